package dev.tokamak.libtorch.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.spi.executor.KvGroup;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CacheLayoutTest {
    private static AttentionShape layer(int window, int kvHeads) {
        return new AttentionShape(8, kvHeads, 4, 0.5, window, 0);
    }

    private static List<AttentionShape> layers(int count, int everyFull) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> layer(i % everyFull == 0 ? 0 : 512, 2))
                .toList();
    }

    private static void layersOfAGroupHaveMemoryOfTheirOwn(CacheLayout layout, int layers) {
        Set<List<Integer>> taken = new HashSet<>();
        for (int i = 0; i < layers; i++) {
            assertThat(layout.place(i)).isBetween(0, layout.places() - 1);
            assertThat(taken.add(List.of(layout.view(i).group(), layout.place(i))))
                    .isTrue();
        }
    }

    @Test
    void aModelWithOneKindOfLayerHasOneGroup() {
        CacheLayout full = CacheLayout.of(List.of(layer(0, 2), layer(0, 2)));
        assertThat(full.kvGroups(4)).containsExactly(KvGroup.full(2 * 2 * 8 * 4));
        CacheLayout windowed = CacheLayout.of(List.of(layer(16, 2), layer(16, 2)));
        assertThat(windowed.kvGroups(2)).containsExactly(KvGroup.window(16, 2 * 2 * 8 * 2));
    }

    @Test
    void fiveWindowsToOneFullLayerAreSixGroupsOfOneSize() {
        CacheLayout layout = CacheLayout.of(layers(24, 6));
        assertThat(layout.places()).isEqualTo(4);
        assertThat(layout.groups()).isEqualTo(6);
        assertThat(layout.kvGroups(2).stream().filter(KvGroup.Full.class::isInstance))
                .hasSize(1);
        assertThat(layout.views()).hasSize(6);
        layersOfAGroupHaveMemoryOfTheirOwn(layout, 24);
    }

    @Test
    void layersThatSeeEverythingLoseNothingWhereTheNumbersDoNotDivide() {
        CacheLayout layout = CacheLayout.of(layers(62, 6));
        assertThat(layout.places()).isEqualTo(10);
        assertThat(layout.groups()).isEqualTo(7);
        layersOfAGroupHaveMemoryOfTheirOwn(layout, 62);
    }

    @Test
    void aSingleFullLayerAmongManyDoesNotMakeAGroupOfEach() {
        CacheLayout layout = CacheLayout.of(layers(48, 48));
        assertThat(layout.groups()).isLessThanOrEqualTo(8);
        layersOfAGroupHaveMemoryOfTheirOwn(layout, 48);
    }

    @Test
    void layersWhoseHeadsDifferAreKeptWhole() {
        CacheLayout layout = CacheLayout.of(List.of(layer(16, 2), layer(0, 4)));
        assertThat(layout.kvGroups(4)).containsExactly(KvGroup.full((2 * 8 + 2 * 16) * 4));
        assertThat(layout.view(0).window()).isEqualTo(16);
    }

    @Test
    void aLongSequenceHoldsWhatItsWindowsShowBesideItsFullLayers() {
        CacheLayout layout = CacheLayout.of(layers(24, 6));
        assertThat(layout.blocks(16_000, 1_000, 16)).isEqualTo(1_000 + 5 * ((512 + 1_000 + 15) / 16 + 1));
        assertThat(layout.blocks(100, 1_000, 16)).isEqualTo(6 * 7);
    }
}
