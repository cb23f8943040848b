package dev.tokamak.launcher;

import dev.tokamak.engine.plugin.PluginEntry;
import dev.tokamak.engine.plugin.PluginRegistry;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tokamak plugins}: what was found, from which jar and in which version, and what was refused and why. */
@Command(
        name = "plugins",
        description = "List the plugins that were found, from which jars, and why any was refused.",
        mixinStandardHelpOptions = true,
        versionProvider = TokamakCommand.Version.class)
final class PluginsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Installation installation = Installation.current();
        PluginRegistry registry =
                PluginRegistry.discover(installation.plugins(), PluginsCommand.class.getClassLoader());
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-18s %-24s %-12s %s%n", "KIND", "NAME", "VERSION", "FROM");
        List<PluginEntry> entries = registry.entries();
        entries.forEach(entry -> out.println(entry.describe()));
        long refused =
                entries.stream().filter(entry -> entry.refusal().isPresent()).count();
        out.printf(
                "%n%d providers, %d refused; plugins folder: %s%n",
                entries.size() - refused,
                refused,
                installation.plugins().map(Object::toString).orElse("none"));
        return 0;
    }
}
