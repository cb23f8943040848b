package dev.tokamak.engine.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A plugin's jar, compiled from source for a test. */
final class PluginJar {
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> services = new LinkedHashMap<>();
    private final Manifest manifest = new Manifest();
    private final List<Path> classPath = new ArrayList<>();

    PluginJar() {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    }

    /** A scheduling policy under {@code policyName} whose {@code create} returns null and whose constructor runs {@code code}. */
    static PluginJar policy(String type, String policyName, String code) {
        return new PluginJar()
                .source(type, policySource(type, "\"" + policyName + "\"", code))
                .service("dev.tokamak.spi.scheduler.SchedulingPolicyProvider", type);
    }

    /** The source of a scheduling policy whose name is an expression. */
    static String policySource(String type, String policyName, String code) {
        String simple = type.substring(type.lastIndexOf('.') + 1);
        return "package " + type.substring(0, type.lastIndexOf('.')) + ";\n"
                + "public class " + simple
                + " implements dev.tokamak.spi.scheduler.SchedulingPolicyProvider {\n"
                + "public " + simple + "() { " + code + " }\n"
                + "public String name() { return " + policyName + "; }\n"
                + "public dev.tokamak.spi.scheduler.SchedulingPolicy create("
                + "java.util.Map<String, String> options) {\n"
                + "return (a, b) -> Integer.compare(a.promptTokens(), b.promptTokens()); }\n}\n";
    }

    PluginJar source(String type, String text) {
        sources.put(type, text);
        return this;
    }

    PluginJar service(String kind, String type) {
        services.merge(kind, type + "\n", String::concat);
        return this;
    }

    PluginJar manifest(String name, String value) {
        manifest.getMainAttributes().putValue(name, value);
        return this;
    }

    PluginJar compiledAgainst(Path jar) {
        classPath.add(jar);
        return this;
    }

    Path writeTo(Path jar) {
        try {
            Files.createDirectories(jar.getParent());
            Path classes = Files.createTempDirectory("plugin-classes");
            compile(classes);
            pack(classes, jar);
            delete(classes);
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void compile(Path classes) {
        if (sources.isEmpty()) {
            return;
        }
        StringBuilder path = new StringBuilder(System.getProperty("java.class.path"));
        classPath.forEach(jar -> path.append(java.io.File.pathSeparatorChar).append(jar));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((type, text) -> units.add(new SourceText(type, text)));
        boolean compiled = compiler.getTask(
                        null,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString(), "-classpath", path.toString()),
                        null,
                        units)
                .call();
        if (!compiled) {
            throw new IllegalStateException("the test's plugin does not compile: " + sources.keySet());
        }
    }

    private void pack(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> files = Files.walk(classes)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(path).toString()));
                out.write(Files.readAllBytes(path));
            }
            for (Map.Entry<String, String> service : services.entrySet()) {
                out.putNextEntry(new JarEntry("META-INF/services/" + service.getKey()));
                out.write(service.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** Source code from a string. */
    private static final class SourceText extends SimpleJavaFileObject {
        private final String text;

        SourceText(String type, String text) {
            super(URI.create("string:///" + type.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
