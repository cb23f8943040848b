package dev.tokamak.launcher;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.core.importer.Locations;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between the modules: who may know whom. A new module gets a row in {@link #ARROWS}. */
class ArrowsTest {
    private static final String ROOT = "dev.tokamak";

    /** Each module's package below {@value #ROOT}, and those of the modules that it may name. */
    private static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("api", List.of()),
            Map.entry("spi", List.of("api")),
            Map.entry("engine", List.of("api", "spi")),
            Map.entry("tokenizers", List.of("api", "spi")),
            Map.entry("chattemplates", List.of("api", "spi")),
            Map.entry("grammars", List.of("api", "spi")),
            Map.entry("toolparsers", List.of("api", "spi")),
            Map.entry("libtorch", List.of("api", "spi")),
            Map.entry("cuda", List.of("api", "spi", "libtorch")),
            Map.entry("protocol", List.of("api", "spi", "engine")),
            Map.entry("gate", List.of("api", "protocol")),
            Map.entry("server", List.of("api", "spi", "engine", "protocol", "gate")),
            Map.entry("tck", List.of("api", "spi")),
            Map.entry(
                    "launcher",
                    List.of(
                            "api",
                            "spi",
                            "engine",
                            "tokenizers",
                            "chattemplates",
                            "grammars",
                            "toolparsers",
                            "libtorch",
                            "cuda",
                            "protocol",
                            "gate",
                            "server")));

    private static final String[] HTTP = {
        "jakarta.ws.rs..", "jakarta.servlet..", "java.net.http..", "com.sun.net.httpserver..", "fish.payara.."
    };

    private static JavaClasses house;

    @BeforeAll
    static void readTheHouse() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        ClassFileImporter importer = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests());
        Collection<Location> places = new ArrayList<>(Locations.ofPackage(ROOT));
        // The WAR is no jar that this module could have on its class path.
        places.add(Location.of(Path.of("..", "server-jaxrs", "target", "classes")));
        house = importer.importLocations(places);
    }

    static Stream<String> rooms() {
        return ARROWS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void namesOnlyTheModulesThatItMayKnow(String room) {
        arrow(room, ARROWS.get(room)).check(house);
    }

    @ParameterizedTest
    @ValueSource(strings = {"grammars"})
    void theRoomsOfAModuleHaveNoCircles(String module) {
        slices().matching(ROOT + "." + module + ".(*)..")
                .should()
                .beFreeOfCycles()
                .check(house);
    }

    @Test
    void everyPackageBelongsToARoom() {
        assertThat(house)
                .extracting(each -> each.getPackageName().split("\\.", 4)[2])
                .allSatisfy(room -> assertThat(ARROWS).containsKey(room))
                .contains(ARROWS.keySet().toArray(String[]::new));
    }

    @Test
    void whatCallersAndPluginsCompileAgainstNeedsTheJdkOnly() {
        classes()
                .that()
                .resideInAnyPackage(ROOT + ".api..", ROOT + ".spi..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", ROOT + ".api..", ROOT + ".spi..")
                .check(house);
    }

    @Test
    void noBackendNamesHttp() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".libtorch..", ROOT + ".cuda..", ROOT + ".engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HTTP)
                .check(house);
    }

    @Test
    void theProtocolKnowsNoServer() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HTTP)
                .check(house);
    }

    @Test
    void nativeLibrariesAreNamedByBackendsOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".libtorch..", ROOT + ".cuda..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(house);
    }

    @Test
    void anArrowThatIsNotAllowedIsFound() {
        assertThat(arrow("engine", List.of("api")).evaluate(house).hasViolation())
                .isTrue();
    }

    private static ArchRule arrow(String room, List<String> mayKnow) {
        String[] known = Stream.concat(Stream.of(room), mayKnow.stream())
                .map(each -> ROOT + "." + each + "..")
                .toArray(String[]::new);
        return classes()
                .that(resideInAPackage(ROOT + "." + room + ".."))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAnyPackage(known)))
                .as(room + " may know " + mayKnow);
    }
}
