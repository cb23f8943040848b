package dev.tokamak.engine.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.Vocabulary;
import dev.tokamak.tck.ByteTokenizer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JoinedSpecialTokensTest {
    private static final int SPECIAL = ByteTokenizer.EOS_ID;
    private static final String CONTENT =
            new String(new ByteTokenizer().vocabulary().bytes(SPECIAL), StandardCharsets.UTF_8);

    /** Bytes, decoded as a word list's tokenizer decodes its words: with a space before each but the first. */
    private static final class Words implements Tokenizer {
        private final ByteTokenizer bytes = new ByteTokenizer();

        @Override
        public int[] encode(String text, boolean addSpecialTokens) {
            return bytes.encode(text, addSpecialTokens);
        }

        @Override
        public String decode(int[] tokenIds, boolean skipSpecialTokens) {
            StringBuilder text = new StringBuilder();
            Detokenizer detokenizer = detokenizer(skipSpecialTokens, new int[0]);
            for (int id : tokenIds) {
                detokenizer.append(id, text);
            }
            return text.toString();
        }

        @Override
        public Vocabulary vocabulary() {
            return bytes.vocabulary();
        }

        @Override
        public Detokenizer detokenizer(boolean skipSpecialTokens, int[] promptTail) {
            return new Detokenizer() {
                private boolean first = true;

                @Override
                public void append(int tokenId, StringBuilder into) {
                    if (skipSpecialTokens && vocabulary().special(tokenId)) {
                        return;
                    }
                    into.append(first ? "" : " ")
                            .append(new String(vocabulary().bytes(tokenId), StandardCharsets.UTF_8));
                    first = false;
                }

                @Override
                public void finish(StringBuilder into) {
                    // Holds nothing back.
                }
            };
        }

        @Override
        public void close() {
            bytes.close();
        }
    }

    private static String text(SamplingParams.Builder params) {
        Request request = new Request(1, "r", params.build(), new Words(), new int[0], null);
        CompletionText text = request.newText();
        StringBuilder all = new StringBuilder();
        for (int token : new int[] {'a', SPECIAL, SPECIAL, SPECIAL, 'b', SPECIAL, 'c'}) {
            all.append(text.add(token, true).text());
        }
        return all.append(text.finish().text()).toString();
    }

    @Test
    void specialTokensAreSetApartAsTheDecoderDoes() {
        assertThat(text(SamplingParams.builder().skipSpecialTokens(false)))
                .isEqualTo(String.join(" ", "a", CONTENT, CONTENT, CONTENT, "b", CONTENT, "c"));
    }

    @Test
    void specialTokensThatFollowEachOtherAreJoinedWhereThatIsAskedFor() {
        assertThat(text(SamplingParams.builder().skipSpecialTokens(false).spacesBetweenSpecialTokens(false)))
                .isEqualTo(String.join(" ", "a", CONTENT + CONTENT + CONTENT, "b", CONTENT, "c"));
    }

    @Test
    void nothingIsJoinedWhereSpecialTokensAreSkipped() {
        assertThat(text(SamplingParams.builder().spacesBetweenSpecialTokens(false)))
                .isEqualTo("a b c");
    }
}
