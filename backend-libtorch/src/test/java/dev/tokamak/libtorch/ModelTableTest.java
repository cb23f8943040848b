package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.families.ModelFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table in {@code docs/models.md}: it is made here, and says no more than is tested. */
final class ModelTableTest {
    private static final Path PAGE = Path.of("..", "docs", "models.md");
    private static final String BEGIN = "<!-- made by ModelTableTest -->\n";
    private static final String END = "<!-- end -->\n";

    @Test
    void thePageHasTheTableOfTheFamiliesThatThereAre() throws IOException {
        String found = Files.readString(PAGE);
        int begin = found.indexOf(BEGIN) + BEGIN.length();
        String made = found.substring(0, begin) + ModelTable.markdown() + found.substring(found.indexOf(END));
        Files.writeString(PAGE, made);
        assertThat(found)
                .as("the table has been made anew in %s: look at it, and commit it", PAGE)
                .isEqualTo(made);
    }

    static Stream<ModelFamily> families() {
        return ModelFamily.ALL.stream();
    }

    /** Each is compared with {@code transformers} by {@link ReferenceTest} or {@link VectorsTest}. */
    @ParameterizedTest
    @MethodSource("families")
    void everyFamilyInItIsComparedWithItsReference(ModelFamily family) {
        assertThat(compared()).contains(family.modelType());
    }

    private static Set<String> compared() {
        return Stream.concat(
                        ReferenceTest.checkpoints()
                                .map(name -> Reference.of(name).folder()),
                        EncoderReference.names().stream()
                                .map(name -> EncoderReference.of(name).folder()))
                .map(folder -> ModelFamily.of(ModelConfig.read(folder)).modelType())
                .collect(Collectors.toSet());
    }
}
