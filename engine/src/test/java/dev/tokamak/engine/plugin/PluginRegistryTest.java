package dev.tokamak.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.chattemplate.ChatTemplateProvider;
import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginRegistryTest {
    private static final String POLICY = "dev.tokamak.spi.scheduler.SchedulingPolicyProvider";

    @TempDir
    Path temp;

    private Path plugins() {
        return temp.resolve("plugins");
    }

    private PluginRegistry discover() {
        return PluginRegistry.discover(
                Optional.of(plugins()), List.of(), getClass().getClassLoader());
    }

    private static PluginEntry refused(PluginRegistry registry) {
        List<PluginEntry> refused = registry.entries().stream()
                .filter(entry -> entry.refusal().isPresent())
                .toList();
        assertThat(refused).hasSize(1);
        return refused.get(0);
    }

    @Test
    void findsTheEnginesOwnProvidersOnTheClassPath() {
        PluginRegistry registry = discover();

        assertThat(registry.names(PluginKind.SCHEDULING_POLICY)).contains("fcfs", "priority");
        assertThat(registry.find(PluginKind.SCHEDULER, "default")).isPresent();
        assertThat(registry.find(PluginKind.KV_CACHE_MANAGER, "default")).isPresent();
    }

    @Test
    void loadsAPluginFromAFolderOfItsOwn() {
        Path jar = PluginJar.policy("third.Party", "third", "")
                .manifest("Implementation-Version", "1.2.3")
                .writeTo(plugins().resolve("party/third.jar"));

        PluginRegistry registry = discover();

        assertThat(registry.find(PluginKind.SCHEDULING_POLICY, "third")).isPresent();
        assertThat(registry.entries())
                .contains(new PluginEntry(
                        "scheduling-policy", "third", "party", jar.toString(), "1.2.3", Optional.empty()));
    }

    @Test
    void takesASingleJarForAPlugin() {
        PluginJar.policy("third.Party", "third", "").writeTo(plugins().resolve("lonely.jar"));

        assertThat(discover().entries()).anySatisfy(entry -> {
            assertThat(entry.name()).isEqualTo("third");
            assertThat(entry.plugin()).isEqualTo("lonely");
        });
    }

    @Test
    void givesEachPluginItsOwnClassesOfTheSameName() {
        PluginJar.policy("same.Name", "one", "").writeTo(plugins().resolve("a/one.jar"));
        PluginJar.policy("same.Name", "two", "").writeTo(plugins().resolve("b/two.jar"));

        PluginRegistry registry = discover();

        Class<?> one = registry.require(PluginKind.SCHEDULING_POLICY, "one").getClass();
        Class<?> two = registry.require(PluginKind.SCHEDULING_POLICY, "two").getClass();
        assertThat(one.getName()).isEqualTo(two.getName());
        assertThat(one).isNotSameAs(two);
    }

    @Test
    void hidesTheHostsOtherClassesFromAPlugin() {
        PluginJar.policy("third.Curious", "curious", "dev.tokamak.engine.plugin.PluginKind.all();")
                .writeTo(plugins().resolve("curious/curious.jar"));

        PluginRegistry registry = discover();

        assertThat(refused(registry).refusal().orElseThrow()).contains("NoClassDefFoundError");
        assertThat(registry.find(PluginKind.SCHEDULING_POLICY, "curious")).isEmpty();
    }

    @Test
    void refusesAProviderWithoutANameNamingItsClassAndJar() {
        Path jar = new PluginJar()
                .source("third.Nameless", PluginJar.policySource("third.Nameless", "null", ""))
                .service("dev.tokamak.spi.scheduler.SchedulingPolicyProvider", "third.Nameless")
                .writeTo(plugins().resolve("nameless/nameless.jar"));

        PluginRegistry registry = discover();

        assertThat(refused(registry).refusal().orElseThrow()).contains("third.Nameless", jar.toString(), "is null");
        assertThat(registry.names(PluginKind.SCHEDULING_POLICY)).doesNotContain("null");
    }

    @Test
    void leavesAPluginBehindThatDoesNotEndLoading() {
        Path jar = PluginJar.policy(
                        "third.Endless",
                        "endless",
                        "try { new java.util.concurrent.CountDownLatch(1).await(); }"
                                + " catch (InterruptedException e) { throw new IllegalStateException(e); }")
                .writeTo(plugins().resolve("endless/endless.jar"));
        PluginJar.policy("third.Sound", "sound", "").writeTo(plugins().resolve("sound/sound.jar"));

        PluginRegistry registry = PluginRegistry.discover(
                Optional.of(plugins()), List.of(), getClass().getClassLoader(), Duration.ofSeconds(5));

        assertThat(refused(registry).refusal().orElseThrow()).contains("within 5 s", jar.toString());
        assertThat(refused(registry).name()).isEqualTo("third.Endless");
        assertThat(registry.find(PluginKind.SCHEDULING_POLICY, "sound")).isPresent();
    }

    private static final String TEMPLATES = "dev.tokamak.spi.chattemplate.ChatTemplateProvider";
    private static final String FOREVER = "try { new java.util.concurrent.CountDownLatch(1).await(); }"
            + " catch (InterruptedException e) { throw new IllegalStateException(e); }";

    /** A plugin with an engine for templates. */
    private Path templates(String type, String name, String supports, String compile) {
        String simple = type.substring(type.lastIndexOf('.') + 1);
        return new PluginJar()
                .source(
                        type,
                        "package " + type.substring(0, type.lastIndexOf('.')) + ";\npublic class " + simple
                                + " implements " + TEMPLATES + " {\n"
                                + "public String name() { return \"" + name + "\"; }\n"
                                + "public boolean supports(String source) { " + supports + " }\n"
                                + "public dev.tokamak.spi.chattemplate.ChatTemplate compile(String source) { " + compile
                                + " }\n}\n")
                .service(TEMPLATES, type)
                .writeTo(plugins().resolve(name + "/" + name + ".jar"));
    }

    private PluginRegistry discover(Duration patience) {
        return PluginRegistry.discover(
                Optional.of(plugins()), List.of(), getClass().getClassLoader(), patience);
    }

    @Test
    void passesOverAProviderThatDoesNotComeToAnEndOrFailsWhenItIsAskedWhatItSupports() {
        templates("a.Endless", "a-endless", FOREVER + " return true;", "return null;");
        templates("b.Failing", "b-failing", "throw new NoSuchMethodError(\"gone\");", "return null;");
        templates("c.Sound", "c-sound", "return true;", "return variables -> source;");
        PluginRegistry registry = discover(Duration.ofSeconds(3));

        assertThat(registry.firstThat(PluginKind.CHAT_TEMPLATE, each -> each.supports("x")))
                .map(ChatTemplateProvider::name)
                .contains("c-sound");
    }

    @Test
    void namesClassAndJarOfAProviderThatDoesNotComeToAnEnd() {
        Path jar = templates("a.Endless", "endless", "return true;", FOREVER + " return null;");
        PluginRegistry registry = discover(Duration.ofSeconds(2));
        ChatTemplateProvider endless = registry.require(PluginKind.CHAT_TEMPLATE, "endless");

        assertThatThrownBy(() -> registry.ask(PluginKind.CHAT_TEMPLATE, endless, "compile", each -> each.compile("x")))
                .isInstanceOf(TokamakException.class)
                .hasMessageStartingWith(
                        "compile of the chat-template \"endless\" did not end within 2 s and was left at plugin endless//a.Endless.compile(Endless.java:5)")
                .hasMessageEndingWith("; it is a.Endless from " + jar);
    }

    @Test
    void namesClassAndJarOfAProviderThatThrowsAnError() {
        Path jar = templates("a.Old", "old", "return true;", "throw new AbstractMethodError(\"compile\");");
        PluginRegistry registry = discover();
        ChatTemplateProvider old = registry.require(PluginKind.CHAT_TEMPLATE, "old");

        assertThatThrownBy(() -> registry.ask(PluginKind.CHAT_TEMPLATE, old, "compile", each -> each.compile("x")))
                .isInstanceOf(TokamakException.class)
                .hasMessage("compile of the chat-template \"old\" failed: java.lang.AbstractMethodError: compile; it is"
                        + " a.Old from " + jar);
    }

    @Test
    void lendsAProviderItsOwnClassLoaderWhileItMakesSomething() {
        templates(
                "a.Curious",
                "curious",
                "return true;",
                "String loader = Thread.currentThread().getContextClassLoader().getName(); return variables -> loader;");
        PluginRegistry registry = discover();
        ChatTemplateProvider curious = registry.require(PluginKind.CHAT_TEMPLATE, "curious");

        assertThat(registry.ask(PluginKind.CHAT_TEMPLATE, curious, "compile", each -> each.compile("x"))
                        .render(Map.of()))
                .isEqualTo("plugin curious");
    }

    @Test
    void refusesASecondProviderOfTheSameNameNamingBothJars() {
        Path first = PluginJar.policy("a.First", "twin", "").writeTo(plugins().resolve("a/first.jar"));
        Path second = PluginJar.policy("b.Second", "twin", "").writeTo(plugins().resolve("b/second.jar"));

        PluginRegistry registry = discover();

        assertThat(refused(registry).refusal().orElseThrow()).contains(first.toString(), second.toString());
        assertThat(registry.require(PluginKind.SCHEDULING_POLICY, "twin")
                        .getClass()
                        .getName())
                .isEqualTo("a.First");
    }

    @Test
    void refusesAPluginThatTakesTheNameOfOneOfOurs() {
        PluginJar.policy("a.Usurper", "fcfs", "").writeTo(plugins().resolve("a/usurper.jar"));

        PluginRegistry registry = discover();

        assertThat(refused(registry).name()).isEqualTo("fcfs");
        assertThat(registry.require(PluginKind.SCHEDULING_POLICY, "fcfs")
                        .getClass()
                        .getName())
                .startsWith("dev.tokamak.engine.");
    }

    @Test
    void leavesOutAPluginThatThrowsWhileLoadingAndSaysWhy() {
        PluginJar.policy("a.Broken", "broken", "if (true) throw new IllegalStateException(\"no luck today\");")
                .writeTo(plugins().resolve("broken/broken.jar"));
        PluginJar.policy("b.Sound", "sound", "").writeTo(plugins().resolve("sound/sound.jar"));

        PluginRegistry registry = discover();

        assertThat(refused(registry).refusal().orElseThrow()).contains("no luck today");
        assertThat(registry.find(PluginKind.SCHEDULING_POLICY, "sound")).isPresent();
    }

    @Test
    void leavesOutAProviderClassThatIsMissing() {
        new PluginJar().service(POLICY, "no.SuchClass").writeTo(plugins().resolve("hollow/hollow.jar"));

        assertThat(refused(discover()).refusal().orElseThrow()).contains("no.SuchClass");
    }

    @Test
    void refusesAMalformedName() {
        PluginJar.policy("a.Loud", "LOUD one", "").writeTo(plugins().resolve("loud/loud.jar"));

        assertThat(refused(discover()).refusal().orElseThrow()).contains("\"LOUD one\"", "lower-case");
    }

    @Test
    void refusesAFolderThatDeclaresNoProvider() {
        new PluginJar()
                .source("a.Plain", "package a; public class Plain {}")
                .writeTo(plugins().resolve("p/plain.jar"));

        assertThat(refused(discover()).refusal().orElseThrow()).contains("META-INF/services");
    }

    @Test
    void refusesAFileThatIsNoJar() throws IOException {
        Files.createDirectories(plugins().resolve("torn"));
        Files.writeString(plugins().resolve("torn/torn.jar"), "this is not a jar");

        assertThat(refused(discover()).refusal().orElseThrow()).contains("torn.jar", "not a readable jar");
    }

    @Test
    void letsAPluginExtendAnotherOne() {
        Path base = PluginJar.policy("base.Base", "base", "")
                .source("base.Shared", "package base; public class Shared { public static int value = 7; }")
                .writeTo(plugins().resolve("zbase/base.jar"));
        PluginJar.policy("more.More", "more", "if (base.Shared.value != 7) throw new Error();")
                .compiledAgainst(base)
                .manifest("Tokamak-Extends", "zbase")
                .writeTo(plugins().resolve("more/more.jar"));

        PluginRegistry registry = discover();

        assertThat(registry.entries())
                .allSatisfy(entry -> assertThat(entry.refusal()).isEmpty());
        assertThat(registry.find(PluginKind.SCHEDULING_POLICY, "more")).isPresent();
    }

    @Test
    void letsAPluginExtendAProviderOfTheHost() {
        PluginJar.policy("more.Insider", "insider", "dev.tokamak.engine.plugin.PluginKind.all();")
                .manifest("Tokamak-Extends", "fcfs")
                .writeTo(plugins().resolve("insider/insider.jar"));

        assertThat(discover().find(PluginKind.SCHEDULING_POLICY, "insider")).isPresent();
    }

    @Test
    void refusesAPluginThatExtendsWhatIsNotThere() {
        PluginJar.policy("more.Orphan", "orphan", "")
                .manifest("Tokamak-Extends", "nobody")
                .writeTo(plugins().resolve("orphan/orphan.jar"));

        assertThat(refused(discover()).refusal().orElseThrow()).contains("\"nobody\"");
    }

    @Test
    void setsTheContextClassLoaderWhileAPluginLoads() {
        PluginJar.policy(
                        "a.Watcher",
                        "watcher",
                        "if (Thread.currentThread().getContextClassLoader() != getClass().getClassLoader())"
                                + " throw new Error();")
                .writeTo(plugins().resolve("watcher/watcher.jar"));
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        assertThat(discover().find(PluginKind.SCHEDULING_POLICY, "watcher")).isPresent();
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void namesWhatIsThereWhenSomethingIsMissing() {
        PluginRegistry registry = discover();

        assertThatThrownBy(() -> registry.require(PluginKind.SCHEDULING_POLICY, "lottery"))
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION))
                .hasMessageContaining("lottery")
                .hasMessageContaining("fcfs, nothing, priority");
    }

    @Test
    void startsWithoutAPluginsFolder() {
        PluginRegistry registry = PluginRegistry.discover(
                Optional.of(temp.resolve("nowhere")), List.of(), getClass().getClassLoader());

        SchedulingPolicyProvider fcfs = registry.require(PluginKind.SCHEDULING_POLICY, "fcfs");
        assertThat(fcfs.name()).isEqualTo("fcfs");
    }
}
