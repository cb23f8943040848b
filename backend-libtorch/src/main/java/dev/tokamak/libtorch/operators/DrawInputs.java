package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;

/**
 * How each row of logits is drawn from. Host values are for deciding what has to be done at all.
 *
 * @since 0.1
 */
@Incubating
public interface DrawInputs {
    /**
     * How many rows of logits there are.
     *
     * @return 1 or more
     */
    int rows();

    /**
     * A row's temperature.
     *
     * @param row from 0
     * @return 0 for greedy
     */
    float temperature(int row);

    /**
     * How many of the likeliest tokens a row is drawn from.
     *
     * @param row from 0
     * @return 0 for all
     */
    int topK(int row);

    /**
     * The share of probability that a row is drawn from.
     *
     * @param row from 0
     * @return over 0 up to 1; 1 for all
     */
    float topP(int row);

    /**
     * The least probability of a token, as a share of the likeliest one's.
     *
     * @param row from 0
     * @return from 0 to 1; 0 for all
     */
    float minP(int row);

    /**
     * A row's random number: from 0 up to but not including 1.
     *
     * @param row from 0
     * @return a multiple of 2<sup>-24</sup>
     */
    float uniform(int row);
}
