package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import dev.tokamak.spi.scheduler.SequenceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The law of scheduling policies, as tests. A policy's test extends this class and says how to make its provider; the tests check
 * that the policy is found, that both of its orders are orders, that waiting does not change its mind, and that it does not
 * starve a step.
 *
 * <p>Random sequences are the same each time; the system property {@code tokamak.tck.seed} sets others.
 *
 * @since 0.1
 */
public abstract class SchedulingPolicyContract {
    private static final long SEED = Long.getLong("tokamak.tck.seed", 20261122L);
    private static final int SEQUENCES = 40;

    /** For subclasses. */
    protected SchedulingPolicyContract() {}

    /**
     * Makes the provider under test.
     *
     * @return by its public constructor, as a service loader would
     */
    protected abstract SchedulingPolicyProvider provider();

    /**
     * The options that the policy is made with.
     *
     * @return none unless overridden
     */
    protected Map<String, String> options() {
        return Map.of();
    }

    /** What a policy sees. */
    private record View(
            long id,
            long arrival,
            long arrivalNanos,
            int priority,
            int promptTokens,
            int generatedTokens,
            int computedTokens)
            implements SequenceView {}

    private SchedulingPolicy policy() {
        return provider().create(options());
    }

    private static List<View> sequences() {
        Random random = new Random(SEED);
        List<View> views = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            views.add(new View(
                    i, i, i * 1_000_000L, random.nextInt(5) - 2, 1 + random.nextInt(200), random.nextInt(20), 0));
        }
        return views;
    }

    @Test
    void providerHasAValidName() {
        ProviderNames.assertValid(provider().name());
    }

    @Test
    void providerIsDeclaredAsAService() {
        ProviderNames.assertDeclared(SchedulingPolicyProvider.class, provider());
    }

    @Test
    void admissionIsAntisymmetric() {
        SchedulingPolicy policy = policy();
        for (View a : sequences()) {
            for (View b : sequences()) {
                assertThat(Integer.signum(policy.compare(a, b)))
                        .as("%s and %s", a, b)
                        .isEqualTo(-Integer.signum(policy.compare(b, a)));
            }
        }
    }

    @Test
    void admissionIsTransitive() {
        SchedulingPolicy policy = policy();
        List<View> views = sequences();
        for (View a : views) {
            for (View b : views) {
                for (View c : views) {
                    if (policy.compare(a, b) <= 0 && policy.compare(b, c) <= 0) {
                        assertThat(policy.compare(a, c))
                                .as("%s, %s, %s", a, b, c)
                                .isNotPositive();
                    }
                }
            }
        }
    }

    @Test
    void admissionDoesNotChangeWhileSequencesWait() {
        SchedulingPolicy policy = policy();
        List<View> views = sequences();
        List<Integer> before = orders(policy, views);

        assertThat(orders(policy, views)).isEqualTo(before);
    }

    private static List<Integer> orders(SchedulingPolicy policy, List<View> views) {
        List<Integer> orders = new ArrayList<>();
        for (View a : views) {
            for (View b : views) {
                orders.add(Integer.signum(policy.compare(a, b)));
            }
        }
        return orders;
    }

    @Test
    void choiceOfVictimIsAntisymmetric() {
        SchedulingPolicy policy = policy();
        for (View a : sequences()) {
            for (View b : sequences()) {
                assertThat(Integer.signum(policy.compareVictims(a, b)))
                        .as("%s and %s", a, b)
                        .isEqualTo(-Integer.signum(policy.compareVictims(b, a)));
            }
        }
    }

    @Test
    void aSequenceAloneMakesProgress() {
        SchedulingPolicy policy = policy();
        for (View view : sequences()) {
            assertThat(policy.tokens(view, view.promptTokens(), 512))
                    .as("tokens of %s with an empty step before it", view)
                    .isPositive();
        }
    }
}
