package dev.tokamak.libtorch.cache;

import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.CacheView;
import dev.tokamak.spi.executor.KvGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which layers share a block table, and which share memory.
 *
 * <p><b>Implementation notes.</b> Layers of one window form groups of equally many layers, so that any block may serve any group: a
 * block has a piece of memory in each of {@link #places} tensors, and a group's <i>i</i>th layer keeps its keys and values in the
 * <i>i</i>th. Behind their window, the blocks of a windowed group go back to all. A group that has fewer layers than places leaves
 * the rest of its blocks unused; the size of groups is chosen so that layers which see everything lose as little as can be, then
 * all together, with at most {@value #MOST_GROUPS} groups, since each has a block table to be kept. Where layers' heads differ,
 * one group has them all.
 */
public final class CacheLayout {
    private static final int MOST_GROUPS = 8;

    private final List<AttentionShape> layers;
    private final int[] group;
    private final int[] place;
    private final List<Integer> windows = new ArrayList<>();
    private final int places;

    private CacheLayout(List<AttentionShape> layers, Map<Integer, List<Integer>> kinds, int size) {
        this.layers = layers;
        group = new int[layers.size()];
        place = new int[layers.size()];
        places = size;
        kinds.forEach((window, members) -> {
            for (int i = 0; i < members.size(); i++) {
                if (i % size == 0) {
                    windows.add(window);
                }
                group[members.get(i)] = windows.size() - 1;
                place[members.get(i)] = i % size;
            }
        });
    }

    /**
     * Groups layers by their windows.
     *
     * @param layers what each keeps
     */
    public static CacheLayout of(List<AttentionShape> layers) {
        Map<Integer, List<Integer>> kinds = new LinkedHashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            kinds.computeIfAbsent(layers.get(i).window(), window -> new ArrayList<>())
                    .add(i);
        }
        boolean alike = layers.stream()
                        .map(shape -> List.of(shape.kvHeads(), shape.headDim(), shape.latent()))
                        .distinct()
                        .count()
                <= 1;
        return kinds.size() > 1 && alike ? new CacheLayout(layers, kinds, size(kinds)) : single(layers);
    }

    /**
     * One group of all layers, whose blocks are kept as long as one of them may need them.
     *
     * @param layers what each keeps
     */
    public static CacheLayout single(List<AttentionShape> layers) {
        int[] distinct =
                layers.stream().mapToInt(AttentionShape::window).distinct().toArray();
        int window = distinct.length == 1 ? distinct[0] : 0;
        List<Integer> all = IntStream.range(0, layers.size()).boxed().toList();
        return new CacheLayout(layers, Map.of(window, all), layers.size());
    }

    private static int size(Map<Integer, List<Integer>> kinds) {
        int most = kinds.values().stream().mapToInt(List::size).max().orElseThrow();
        int best = most;
        long least = Long.MAX_VALUE;
        for (int size = 1; size <= most; size++) {
            int groups = 0;
            for (List<Integer> members : kinds.values()) {
                groups += groups(members, size);
            }
            if (groups <= MOST_GROUPS) {
                long full = (long) groups(kinds.getOrDefault(0, List.of()), size) * size;
                long cost = (full << 32) + (long) groups * size;
                if (cost < least) {
                    least = cost;
                    best = size;
                }
            }
        }
        return best;
    }

    private static int groups(List<Integer> members, int size) {
        return (members.size() + size - 1) / size;
    }

    /** How many layers there are. */
    int layers() {
        return layers.size();
    }

    /** How many groups there are. */
    public int groups() {
        return windows.size();
    }

    /** How many layers a group has at most, each with memory of its own. */
    public int places() {
        return places;
    }

    /** What the layers keep in the tensor of a place. */
    AttentionShape shapeAt(int index) {
        for (int layer = 0; layer < place.length; layer++) {
            if (place[layer] == index) {
                return layers.get(layer);
            }
        }
        throw new IllegalArgumentException("there is no place " + index);
    }

    /** In which tensor a layer keeps its keys and values. */
    int place(int layer) {
        return place[layer];
    }

    /** How a layer looks at the cache. */
    public CacheView view(int layer) {
        return new CacheView(group[layer], layers.get(layer).window());
    }

    /** All ways in which layers look at the cache. */
    public List<CacheView> views() {
        return IntStream.range(0, layers.size()).mapToObj(this::view).distinct().toList();
    }

    /** What the layers of one group hold of one token, in elements. */
    public long elementsPerToken() {
        return IntStream.range(0, places)
                .mapToLong(index -> shapeAt(index).cacheWidth())
                .sum();
    }

    /**
     * What the block manager is told.
     *
     * @param elementBytes of what is cached
     * @return in the order of the groups
     */
    public List<KvGroup> kvGroups(int elementBytes) {
        long bytes = elementsPerToken() * elementBytes;
        return windows.stream().map(window -> kvGroup(window, bytes)).toList();
    }

    private KvGroup kvGroup(int window, long bytes) {
        if (window > 0) {
            return KvGroup.window(window, bytes);
        }
        return layers.stream().allMatch(shape -> shape.latent() > 0) ? KvGroup.latent(bytes) : KvGroup.full(bytes);
    }

    /**
     * How many blocks a sequence holds at most.
     *
     * @param tokens of the sequence
     * @param ahead how many tokens a step computes of it at most
     * @param blockSize tokens in a block
     */
    public long blocks(int tokens, int ahead, int blockSize) {
        long blocks = 0;
        for (int window : windows) {
            long all = (tokens + blockSize - 1L) / blockSize;
            long seen = ((long) window + ahead + blockSize - 1) / blockSize + 1;
            blocks += window == 0 ? all : Math.min(all, seen);
        }
        return blocks;
    }
}
