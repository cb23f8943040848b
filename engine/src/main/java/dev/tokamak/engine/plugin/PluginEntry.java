package dev.tokamak.engine.plugin;

import java.util.Optional;

/**
 * One line of what was found.
 *
 * @param kind the extension point's label; empty where a whole plugin folder was refused
 * @param name the provider's name, or its class or folder where it has none
 * @param plugin the folder under {@code plugins/}, or {@code host} for the class path
 * @param location the jar or folder of classes it came from
 * @param version the jar's {@code Implementation-Version}, or {@code -}
 * @param refusal why it was left out, or empty if it is in use
 */
public record PluginEntry(
        String kind, String name, String plugin, String location, String version, Optional<String> refusal) {
    /** One line for people. */
    public String describe() {
        String line = String.format("%-18s %-24s %-12s %s", kind, name, version, location);
        return refusal.map(why -> line + "\n    refused: " + why).orElse(line);
    }
}
