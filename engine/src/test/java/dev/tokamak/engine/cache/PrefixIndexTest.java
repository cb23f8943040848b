package dev.tokamak.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PrefixIndexTest {
    private static final int BLOCKS = 24;

    /** Keys are taken from few values with colliding homes, so that probes overlap and removal has to move entries. */
    @Property(tries = 500)
    void findsExactlyWhatWasAddedAndNotRemoved(
            @ForAll @Size(max = 120) List<@IntRange(min = 0, max = BLOCKS - 1) Integer> toggles) {
        PrefixIndex index = new PrefixIndex(BLOCKS);
        Map<Integer, Long> model = new HashMap<>();
        for (int block : toggles) {
            if (model.containsKey(block)) {
                index.remove(block);
                model.remove(block);
            } else {
                index.add(block, block % 3, block, 0);
                model.put(block, (long) block);
            }
            assertThat(index.size()).isEqualTo(model.size());
            for (int b = 0; b < BLOCKS; b++) {
                assertThat(index.find(b % 3, b, 0)).isEqualTo(model.containsKey(b) ? b : -1);
                assertThat(index.find(b % 3, b, 1)).isEqualTo(-1);
                assertThat(index.contains(b)).isEqualTo(model.containsKey(b));
            }
        }
    }
}
