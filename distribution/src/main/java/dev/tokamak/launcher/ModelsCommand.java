package dev.tokamak.launcher;

import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.engine.plugin.PluginRegistry;
import dev.tokamak.spi.executor.ExecutorProvider;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tokamak models}: which models the executors that were found can run. */
@Command(
        name = "models",
        description =
                "List the families of models that can be served, how they are called in config.json, and on which devices they run.",
        mixinStandardHelpOptions = true,
        versionProvider = TokamakCommand.Version.class)
final class ModelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PluginRegistry registry = PluginRegistry.discover(
                Installation.current().plugins(), List.of(), ModelsCommand.class.getClassLoader());
        PrintWriter out = spec.commandLine().getOut();
        for (ExecutorProvider executor : registry.all(PluginKind.EXECUTOR)) {
            if (!executor.models().isEmpty()) {
                out.printf("Models of the executor %s%n%n%s", executor.name(), executor.models());
            }
        }
        return 0;
    }
}
