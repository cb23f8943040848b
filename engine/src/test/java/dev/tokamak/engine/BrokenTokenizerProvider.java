package dev.tokamak.engine;

import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.TokenizerProvider;
import dev.tokamak.spi.tokenizer.Vocabulary;
import dev.tokamak.tck.ByteTokenizer;
import java.nio.file.Path;

/**
 * The byte tokenizer, except that some tokens cannot be turned into text: 13 throws an exception, 14 an error, and 15 an error of
 * which not even the message can be had.
 */
public final class BrokenTokenizerProvider implements TokenizerProvider {
    /** An error that throws another one whenever it is to be told. */
    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new NoClassDefFoundError("fifteen");
        }
    }

    @Override
    public String name() {
        return "broken";
    }

    @Override
    public boolean supports(Path folder) {
        return false;
    }

    @Override
    public Tokenizer create(Path folder) {
        Tokenizer sound = new ByteTokenizer();
        return new Tokenizer() {
            @Override
            public int[] encode(String text, boolean addSpecialTokens) {
                return sound.encode(text, addSpecialTokens);
            }

            @Override
            public String decode(int[] tokenIds, boolean skipSpecialTokens) {
                return sound.decode(tokenIds, skipSpecialTokens);
            }

            @Override
            public Vocabulary vocabulary() {
                return sound.vocabulary();
            }

            @Override
            public Detokenizer detokenizer(boolean skipSpecialTokens, int[] promptTail) {
                Detokenizer whole = sound.detokenizer(skipSpecialTokens, promptTail);
                return new Detokenizer() {
                    @Override
                    public void append(int tokenId, StringBuilder into) {
                        if (tokenId == 13) {
                            throw new IllegalStateException("thirteen");
                        } else if (tokenId == 14) {
                            throw new NoClassDefFoundError("fourteen");
                        } else if (tokenId == 15) {
                            throw new Unspeakable();
                        }
                        whole.append(tokenId, into);
                    }

                    @Override
                    public void finish(StringBuilder into) {
                        whole.finish(into);
                    }
                };
            }

            @Override
            public void close() {
                sound.close();
            }
        };
    }
}
