package dev.tokamak.spi.grammar;

import dev.tokamak.api.Incubating;
import dev.tokamak.spi.tokenizer.Vocabulary;

/**
 * Compiles grammars for one vocabulary.
 *
 * @since 0.1
 */
@Incubating
public interface GrammarProvider {
    /**
     * The name by which a configuration chooses this compiler.
     *
     * @return lower case
     */
    String name();

    /**
     * Makes a compiler for a vocabulary, with whatever it precomputes from it.
     *
     * @param vocabulary the model's tokens
     * @param maskSize token ids in a mask, the width of the model's logits
     * @param endTokens end-of-sequence ids, allowed where the grammar may end; none for a model that has none, whose answers end
     *     where {@link GrammarState#terminated()} says so
     * @return a thread-safe compiler
     */
    GrammarCompiler create(Vocabulary vocabulary, int maskSize, int[] endTokens);

    /**
     * Makes a compiler as the other method does, and says what happens to words of a schema that the compiler does not know or
     * cannot enforce though the standard lets a reader pass over them: unknown keywords and formats. A provider that does not
     * override this is equally strict always.
     *
     * @param vocabulary the model's tokens
     * @param maskSize token ids in a mask, the width of the model's logits
     * @param endTokens end-of-sequence ids, allowed where the grammar may end
     * @param strict whether to refuse such words by name; otherwise they have no effect
     * @return a thread-safe compiler
     */
    default GrammarCompiler create(Vocabulary vocabulary, int maskSize, int[] endTokens, boolean strict) {
        return create(vocabulary, maskSize, endTokens);
    }
}
