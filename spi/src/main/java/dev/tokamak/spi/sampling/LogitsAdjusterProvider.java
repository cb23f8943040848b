package dev.tokamak.spi.sampling;

import dev.tokamak.api.Incubating;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.util.Optional;

/**
 * Makes logits adjusters for the requests that ask for them in {@code SamplingParams.extra()}, by this provider's name.
 *
 * @since 0.1
 */
@Incubating
public interface LogitsAdjusterProvider {
    /**
     * The name under which requests give their argument.
     *
     * @return lower case
     */
    String name();

    /**
     * Makes an adjuster for one sequence.
     *
     * @param argument the request's, plain JSON values
     * @param vocabulary the model's tokens
     * @return empty if the argument asks for nothing
     * @throws dev.tokamak.api.TokamakException {@link dev.tokamak.api.ErrorCode#INVALID_REQUEST} if the argument is malformed
     */
    Optional<LogitsAdjuster> create(Object argument, Vocabulary vocabulary);
}
