package dev.tokamak.api;

import java.util.Optional;

/**
 * Ends one completion by a rule that stop strings and stop tokens cannot express, such as a stop string that counts in one part of the
 * text only. Used by one thread, the engine's output thread, which all requests share: it must be quick and must not block.
 *
 * @since 0.2
 */
@Incubating
@FunctionalInterface
public interface StopCondition {
    /**
     * Takes the next token. The text of all calls, put together, is the completion's text; the engine cuts nothing from it.
     *
     * @param tokenId the token
     * @param text what has become certain with it, possibly empty
     * @return what ends the completion here, told as {@link CompletionOutput#stopReason()}; empty to go on
     */
    Optional<String> accept(int tokenId, String text);
}
