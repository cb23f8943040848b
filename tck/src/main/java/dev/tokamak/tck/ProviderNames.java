package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ServiceLoader;

/** What every provider keeps, whatever its kind. */
final class ProviderNames {
    private ProviderNames() {}

    /** Lower-case letters, digits, dashes and underscores. */
    static void assertValid(String name) {
        assertThat(name).matches("[a-z0-9][a-z0-9_-]*");
    }

    /** The provider's class is declared under {@code META-INF/services}. */
    static <P> void assertDeclared(Class<P> kind, P provider) {
        assertThat(ServiceLoader.load(kind, provider.getClass().getClassLoader()).stream()
                        .map(ServiceLoader.Provider::type)
                        .map(Class::getName))
                .as("providers under META-INF/services/%s", kind.getName())
                .contains(provider.getClass().getName());
    }
}
