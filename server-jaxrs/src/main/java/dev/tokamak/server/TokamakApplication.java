package dev.tokamak.server;

import jakarta.ws.rs.core.Application;
import java.util.Map;
import java.util.Set;

/** The JAX-RS application at {@code /}. */
public final class TokamakApplication extends Application {

    /** Made by JAX-RS. */
    public TokamakApplication() {}

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                ChatCompletionsResource.class,
                CompletionsResource.class,
                ModelsResource.class,
                PoolingResource.class,
                ServiceResource.class,
                TokenizationResource.class,
                FailureMapper.class,
                StoppingFilter.class);
    }

    @Override
    public Map<String, Object> getProperties() {
        return Map.of("jersey.config.server.wadl.disableWadl", true);
    }
}
