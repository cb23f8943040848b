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
    private static final String LINE = "%-18s %-20s %-16s %s%n";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Installation installation = Installation.current();
        PluginRegistry registry =
                PluginRegistry.discover(installation.plugins(), List.of(), PluginsCommand.class.getClassLoader());
        PrintWriter out = spec.commandLine().getOut();
        List<PluginEntry> entries = registry.entries();
        out.printf(LINE, "KIND", "NAME", "VERSION", "FROM");
        for (PluginEntry entry : entries) {
            out.printf(LINE, entry.kind(), entry.name(), entry.version(), shortened(entry.location(), installation));
            entry.refusal().ifPresent(why -> out.println("    refused: " + why));
        }
        long refused =
                entries.stream().filter(entry -> entry.refusal().isPresent()).count();
        out.printf(
                "%n%d providers, %d refused; plugins folder: %s%n",
                entries.size() - refused,
                refused,
                installation.plugins().map(Object::toString).orElse("none"));
        return 0;
    }

    /** Relative to the installation where it is in it. */
    private static String shortened(String location, Installation installation) {
        String home = installation.home() + "/";
        return location.startsWith(home) ? location.substring(home.length()) : location;
    }
}
