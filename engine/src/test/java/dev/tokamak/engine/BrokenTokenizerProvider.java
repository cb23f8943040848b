package dev.tokamak.engine;

import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.TokenizerProvider;
import dev.tokamak.spi.tokenizer.Vocabulary;
import dev.tokamak.tck.ByteTokenizer;
import java.nio.file.Path;

/** The byte tokenizer, except that the tokens 13 and 14 cannot be turned into text: 13 throws an exception, 14 an error. */
public final class BrokenTokenizerProvider implements TokenizerProvider {
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
