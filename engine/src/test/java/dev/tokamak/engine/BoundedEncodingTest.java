package dev.tokamak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Vocabulary;
import dev.tokamak.tck.ByteTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BoundedEncodingTest {
    private static final int PIECE = BoundedEncoding.PIECE;

    private final ByteTokenizer tokenizer = new ByteTokenizer();
    private long encoded;
    private int longest;

    private int[] encode(String text, boolean addSpecialTokens) {
        encoded += text.length();
        longest = Math.max(longest, text.length());
        return tokenizer.encode(text, addSpecialTokens);
    }

    private BoundedEncoding encoding(Vocabulary vocabulary, int context) {
        return new BoundedEncoding(this::encode, vocabulary, context);
    }

    private static TokamakException refusal(BoundedEncoding encoding, String text) {
        return catchThrowableOfType(TokamakException.class, () -> encoding.encode(text, true));
    }

    @Test
    void whatNoContextCouldSpellIsRefusedWithoutEncoding() {
        TokamakException refusal = refusal(encoding(tokenizer.vocabulary(), 2048), "7".repeat(15_000_000));
        assertThat(refusal.code()).isEqualTo(ErrorCode.PROMPT_TOO_LONG);
        assertThat(refusal)
                .hasMessageStartingWith(
                        "This model's maximum context length is 2048 tokens. However, your prompt has 15000000 "
                                + "characters")
                .hasMessageContaining("context_length_exceeded");
        assertThat(encoded).isZero();
    }

    @Test
    void aLongTextOfShortTokensIsRefusedAfterItsFirstPieces() {
        TokamakException refusal = refusal(encoding(new LongTokens(256), 100_000), "7".repeat(15_000_000));
        assertThat(refusal.code()).isEqualTo(ErrorCode.PROMPT_TOO_LONG);
        assertThat(refusal.param()).contains("prompt");
        assertThat(encoded).isLessThan(200_000);
        assertThat(longest).isEqualTo(PIECE);
    }

    @Test
    void whatFitsIsEncodedAsAWhole() {
        String text = "<s>" + "é😀".repeat(PIECE) + "</s>";
        int[] whole = tokenizer.encode(text, true);
        BoundedEncoding encoding = encoding(new LongTokens(256), whole.length + 1);
        assertThat(encoding.encode(text, true)).isEqualTo(whole);
        assertThat(refusal(encoding(new LongTokens(256), whole.length), text))
                .hasMessageContaining("However, your prompt has " + whole.length + " tokens");
    }

    @Test
    void oneEndOfALongTextIsAsInTheWholeWhereverItIsCut() {
        Random random = new Random(5);
        BoundedEncoding encoding = encoding(new LongTokens(256), 100);
        for (int trial = 0; trial < 40; trial++) {
            String[] atoms = {"a", "é", "😀", "<s>", "</s>"};
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(5 * PIECE);
            while (text.length() < length) {
                text.append(atoms[random.nextInt(atoms.length)]);
            }
            int[] whole = tokenizer.encode(text.toString(), true);
            int most = 1 + random.nextInt(random.nextBoolean() ? 50 : 2 * PIECE);
            int kept = Math.min(most, whole.length);
            assertThat(encoding.encode(text.toString(), true, most, true))
                    .isEqualTo(Arrays.copyOfRange(whole, whole.length - kept, whole.length));
            assertThat(encoding.encode(text.toString(), true, most, false)).isEqualTo(Arrays.copyOf(whole, kept));
        }
    }

    @Test
    void theEndOfAHugeTextCostsWhatTheEndIsLong() {
        int[] end = encoding(tokenizer.vocabulary(), 2048).encode("7".repeat(15_000_000) + "8", true, 5, true);
        assertThat(end).containsExactly('7', '7', '7', '7', '8');
        assertThat(encoded).isLessThan(3 * PIECE);
    }

    /** As the bytes, and one token that is long. */
    private record LongTokens(int length) implements Vocabulary {
        @Override
        public int size() {
            return 2;
        }

        @Override
        public byte[] bytes(int id) {
            return new byte[id * length];
        }

        @Override
        public OptionalInt addedToken(String content) {
            return OptionalInt.empty();
        }

        @Override
        public boolean special(int id) {
            return false;
        }

        @Override
        public List<Integer> specialTokens() {
            return List.of();
        }
    }
}
