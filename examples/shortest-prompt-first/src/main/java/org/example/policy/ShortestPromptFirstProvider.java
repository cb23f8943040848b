package org.example.policy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import java.util.Map;

/** Makes {@link ShortestPromptFirst} policies; the option {@code rate} sets how fast a waiting prompt moves up. */
public final class ShortestPromptFirstProvider implements SchedulingPolicyProvider {
    private static final String USUAL_RATE = "1000";

    @Override
    public String name() {
        return "shortest-prompt-first";
    }

    @Override
    public SchedulingPolicy create(Map<String, String> options) {
        String given = options.getOrDefault("rate", USUAL_RATE);
        double rate = parse(given);
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw TokamakException.configuration(
                    "the option " + name() + ".rate must be a number over 0, got " + given);
        }
        return new ShortestPromptFirst(rate);
    }

    private static double parse(String number) {
        try {
            return Double.parseDouble(number);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
