package dev.tokamak.libtorch.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.libtorch.operators.DrawInputs;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The draw against one that sorts the vocabulary and sums in double precision. */
final class AtenDrawTest {
    private static final int VOCABULARY = 1000;

    private final ComputeDevice device = new ComputeDevice(new Device(torch.DeviceType.CPU), TensorType.F32);
    private final AtenDraw draw = new AtenDraw(device);
    private final Random random = new Random(20261122);
    private PointerScope scope;

    /** How a row is drawn from. */
    private record Row(float temperature, int topK, float topP, float minP, float uniform) {}

    @BeforeEach
    void openScope() {
        scope = new PointerScope();
    }

    @AfterEach
    void closeScope() {
        scope.close();
        device.close();
    }

    @Test
    void greedyTakesTheLargestLogit() {
        float[] logits = logits(3);
        assertThat(draw(logits, new Row(0, 0, 1, 0, 0.9f))).containsExactly(argmax(logits));
    }

    @Test
    void everyMixtureOfParametersDrawsAsTheReferenceDoes() {
        for (int trial = 0; trial < 200; trial++) {
            int count = 1 + random.nextInt(6);
            Row[] rows = new Row[count];
            float[][] logits = new float[count][];
            for (int i = 0; i < count; i++) {
                logits[i] = logits(random.nextBoolean() ? 4 : 0.3);
                rows[i] = new Row(
                        random.nextInt(5) == 0 ? 0 : 0.2f + random.nextFloat() * 1.5f,
                        random.nextBoolean() ? 0 : 1 + random.nextInt(random.nextBoolean() ? 5 : 400),
                        random.nextBoolean() ? 1 : 0.05f + 0.95f * random.nextFloat(),
                        random.nextInt(3) == 0 ? 0.3f * random.nextFloat() : 0,
                        random.nextFloat());
            }
            long[] found = draw(logits, rows);
            for (int i = 0; i < count; i++) {
                assertThat(accepted(logits[i], rows[i]))
                        .as("trial %d, row %d: %s", trial, i, rows[i])
                        .contains(found[i]);
            }
        }
    }

    @Test
    void topPThatNeedsTheWholeVocabularyGetsIt() {
        float[] flat = new float[VOCABULARY];
        assertThat(draw(flat, new Row(1, 0, 0.9999f, 0, 0.9985f))[0]).isBetween(0L, (long) VOCABULARY - 1);
        int[] drawn = new int[VOCABULARY];
        for (int i = 0; i < 400; i++) {
            drawn[(int) draw(flat, new Row(1, 0, 0.9999f, 0, (i + 0.5f) / 400))[0]]++;
        }
        assertThat(Arrays.stream(drawn).filter(count -> count > 0).count()).isGreaterThan(390);
    }

    @Test
    void frequenciesAreThoseOfTheDistribution() {
        float[] logits = new float[VOCABULARY];
        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        logits[10] = (float) Math.log(0.5);
        logits[20] = (float) Math.log(0.3);
        logits[900] = (float) Math.log(0.2);
        int draws = 20_000;
        int[] counts = new int[VOCABULARY];
        int batch = 200;
        for (int i = 0; i < draws; i += batch) {
            float[][] rowsLogits = new float[batch][];
            Row[] rows = new Row[batch];
            for (int j = 0; j < batch; j++) {
                rowsLogits[j] = logits;
                rows[j] = new Row(1, 0, 1, 0, Philox.uniform(99, i + j));
            }
            for (long id : draw(rowsLogits, rows)) {
                counts[(int) id]++;
            }
        }
        assertThat(counts[10] / (double) draws).isBetween(0.485, 0.515);
        assertThat(counts[20] / (double) draws).isBetween(0.285, 0.315);
        assertThat(counts[900] / (double) draws).isBetween(0.185, 0.215);
    }

    /**
     * Of 0.5, 0.3, 0.15 and 0.05, min-p 0.2 leaves the first three, of which two make up 84 %: enough for top-p 0.83. The other
     * way round top-p would need three of the four, and min-p would leave all of these. The limit is that of chi-squared with one
     * degree of freedom at p = 0.001; the numbers drawn with are always the same.
     */
    @Test
    void minPIsAppliedBeforeTopP() {
        float[] logits = new float[VOCABULARY];
        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        double[] likely = {0.5, 0.3, 0.15, 0.05};
        for (int i = 0; i < likely.length; i++) {
            logits[7 * i + 3] = (float) Math.log(likely[i]);
        }
        int draws = 4_000;
        float[][] rowsLogits = new float[draws][];
        Row[] rows = new Row[draws];
        for (int i = 0; i < draws; i++) {
            rowsLogits[i] = logits;
            rows[i] = new Row(1, 0, 0.83f, 0.2f, Philox.uniform(99, i));
        }
        int[] counts = new int[VOCABULARY];
        for (long id : draw(rowsLogits, rows)) {
            counts[(int) id]++;
        }
        assertThat(counts[3] + counts[10]).isEqualTo(draws);
        double first = draws * 0.5 / 0.8;
        double second = draws * 0.3 / 0.8;
        double chiSquared = Math.pow(counts[3] - first, 2) / first + Math.pow(counts[10] - second, 2) / second;
        assertThat(chiSquared).isLessThan(10.83);
    }

    @Test
    void keptTokensAreDrawnInTheOrderOfTheVocabularyWhateverKeptThem() {
        float[] logits = new float[VOCABULARY];
        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        logits[3] = (float) Math.log(0.1);
        logits[500] = (float) Math.log(0.7);
        logits[900] = (float) Math.log(0.2);
        for (Row row :
                new Row[] {new Row(1, 0, 1, 0, 0.05f), new Row(1, 3, 1, 0, 0.05f), new Row(1, 0, 0.99f, 0, 0.05f)}) {
            assertThat(draw(logits, row)).as("%s", row).containsExactly(3);
        }
    }

    @Test
    void theLargestUniformNumberStaysAmongLikelyTokens() {
        float[] logits = new float[VOCABULARY];
        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        logits[3] = 1;
        logits[5] = 1;
        float largest = 1 - 0x1p-24f;
        assertThat(draw(logits, new Row(1, 0, 1, 0, largest))).containsExactly(5);
        assertThat(draw(logits, new Row(1, 2, 0.99f, 0, largest))[0]).isIn(3L, 5L);
    }

    @Test
    void onlyTheRowThatIsNotANumberFails() {
        float[] broken = logits(2);
        broken[7] = Float.NaN;
        float[] nothingAllowed = new float[VOCABULARY];
        Arrays.fill(nothingAllowed, Float.NEGATIVE_INFINITY);
        float[] sound = logits(2);
        Row greedy = new Row(0, 0, 1, 0, 0);
        Row drawn = new Row(1, 5, 0.9f, 0, 0.5f);
        long[] found =
                draw(new float[][] {broken, sound, nothingAllowed, broken, sound}, greedy, greedy, drawn, drawn, drawn);
        assertThat(found[0]).isEqualTo(-1);
        assertThat(found[1]).isEqualTo(argmax(sound));
        assertThat(found[2]).isEqualTo(-1);
        assertThat(found[3]).isEqualTo(-1);
        assertThat(accepted(sound, drawn)).contains(found[4]);
    }

    private float[] logits(double spread) {
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (random.nextGaussian() * spread);
        }
        return logits;
    }

    private static long argmax(float[] logits) {
        return IntStream.range(0, logits.length)
                .boxed()
                .max(Comparator.comparing(i -> logits[i]))
                .orElseThrow();
    }

    private long[] draw(float[] logits, Row row) {
        return draw(new float[][] {logits}, row);
    }

    private long[] draw(float[][] logits, Row... rows) {
        float[] all = new float[rows.length * VOCABULARY];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(logits[i], 0, all, i * VOCABULARY, VOCABULARY);
        }
        Tensor tensor = device.upload(all, all.length).view(rows.length, VOCABULARY);
        long[] ids = new long[rows.length];
        device.download(draw.draw(tensor, new Inputs(device, rows)), ids, ids.length);
        return ids;
    }

    /** The tokens that rows may yield: that of its random number, and those of numbers a rounding away. */
    private static long[] accepted(float[] logits, Row row) {
        if (row.temperature() == 0) {
            return new long[] {argmax(logits)};
        }
        return IntStream.of(-1, 0, 1)
                .mapToLong(step -> reference(logits, row, row.uniform() + step * 1e-5))
                .distinct()
                .toArray();
    }

    private static int reference(float[] logits, Row row, double uniform) {
        Integer[] order = IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.comparing(i -> -logits[i]))
                .toArray(Integer[]::new);
        double[] weights = new double[logits.length];
        double best = logits[order[0]];
        for (int i = 0; i < weights.length; i++) {
            double weight = Math.exp((logits[i] - best) / row.temperature());
            weights[i] = weight < row.minP() ? 0 : weight;
        }
        for (int i = row.topK() == 0 ? order.length : row.topK(); i < order.length; i++) {
            weights[order[i]] = 0;
        }
        double total = Arrays.stream(weights).sum();
        double before = 0;
        for (int token : order) {
            double weight = weights[token];
            if (before >= row.topP() * total) {
                weights[token] = 0;
            }
            before += weight;
        }
        double target = uniform * Arrays.stream(weights).sum();
        double sum = 0;
        int last = order[0];
        for (int token = 0; token < weights.length; token++) {
            if (weights[token] > 0) {
                sum += weights[token];
                last = token;
                if (sum > target) {
                    return token;
                }
            }
        }
        return last;
    }

    private record Inputs(ComputeDevice device, Row[] all) implements DrawInputs {
        @Override
        public int rows() {
            return all.length;
        }

        @Override
        public float temperature(int row) {
            return all[row].temperature();
        }

        @Override
        public int topK(int row) {
            return all[row].topK();
        }

        @Override
        public float topP(int row) {
            return all[row].topP();
        }

        @Override
        public float minP(int row) {
            return all[row].minP();
        }

        @Override
        public float uniform(int row) {
            return all[row].uniform();
        }
    }
}
