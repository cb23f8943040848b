package dev.tokamak.spi.grammar;

import dev.tokamak.api.Incubating;
import dev.tokamak.api.StructuredOutput;

/**
 * Compiles grammars. Thread-safe; called off the engine thread.
 *
 * @since 0.1
 */
@Incubating
public interface GrammarCompiler {
    /**
     * Compiles a grammar within limits. Equal sources may give the same object.
     *
     * @param source what to compile
     * @return an immutable, shareable grammar
     * @throws dev.tokamak.api.TokamakException {@link dev.tokamak.api.ErrorCode#INVALID_REQUEST} if the source is malformed, uses
     *     what is not supported (named in the message), or exceeds a limit of time or size (named in the message)
     */
    CompiledGrammar compile(StructuredOutput source);
}
