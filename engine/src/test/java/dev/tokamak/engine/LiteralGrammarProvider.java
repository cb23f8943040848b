package dev.tokamak.engine;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.grammar.GrammarCompiler;
import dev.tokamak.spi.grammar.GrammarProvider;
import dev.tokamak.spi.grammar.GrammarState;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Grammars that allow exactly their source's bytes, then an end token. Refuses the source {@code bad}, and {@code unknown word} in
 * strict mode; the source {@code slow} is compiled until {@link #SLOW} is opened. What {@code null}, {@code unlinked} and
 * {@code broken} do, their names say; {@code broken} breaks behind its first token.
 */
public final class LiteralGrammarProvider implements GrammarProvider {
    /** Opened by the test that compiles {@code slow}. */
    static final CountDownLatch SLOW = new CountDownLatch(1);

    /** How many {@code slow} grammars are being compiled. */
    static final AtomicInteger COMPILING = new AtomicInteger();

    @Override
    public String name() {
        return "literal";
    }

    @Override
    public GrammarCompiler create(Vocabulary vocabulary, int maskSize, int[] endTokens, boolean strict) {
        GrammarCompiler lenient = create(vocabulary, maskSize, endTokens);
        return source -> {
            if (strict && source.source().equals("unknown word")) {
                throw TokamakException.invalid("response_format", "the word is unknown");
            }
            return lenient.compile(source);
        };
    }

    @Override
    public GrammarCompiler create(Vocabulary vocabulary, int maskSize, int[] endTokens) {
        return (StructuredOutput source) -> {
            if (source.source().equals("bad")) {
                throw TokamakException.invalid("response_format", "the grammar is bad");
            }
            if (source.source().equals("slow")) {
                COMPILING.incrementAndGet();
                awaitSlow();
            }
            switch (source.source()) {
                case "null":
                    return null;
                case "stateless":
                    return () -> null;
                case "unlinked":
                    throw new AbstractMethodError("dev.example.Grammar.compile()");
                default:
                    break;
            }
            byte[] text = source.source().getBytes(StandardCharsets.UTF_8);
            return () -> new Literal(text, 0, (maskSize + 31) / 32, endTokens);
        };
    }

    private static void awaitSlow() {
        try {
            SLOW.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How much of the text was accepted. */
    private static final class Literal implements GrammarState {
        private final byte[] text;
        private int at;
        private final int words;
        private final int[] endTokens;

        Literal(byte[] text, int at, int words, int[] endTokens) {
            this.text = text;
            this.at = at;
            this.words = words;
            this.endTokens = endTokens;
        }

        private boolean allows(int token) {
            return at < text.length
                    ? token == (text[at] & 0xff)
                    : Arrays.stream(endTokens).anyMatch(t -> t == token);
        }

        @Override
        public boolean accept(int token) {
            boolean allowed = allows(token);
            at += allowed ? 1 : 0;
            return allowed;
        }

        @Override
        public boolean fillMask(int[] mask, int offset) {
            if (at > 0 && Arrays.equals(text, "broken".getBytes(StandardCharsets.UTF_8))) {
                throw new AbstractMethodError("dev.example.Grammar.fillMask()");
            }
            for (int word = 0; word < words; word++) {
                int bits = 0;
                for (int bit = 0; bit < 32; bit++) {
                    bits |= allows(word * 32 + bit) ? 1 << bit : 0;
                }
                mask[offset + word] = bits;
            }
            return true;
        }

        @Override
        public void rollback(int tokens) {
            at -= tokens;
        }

        @Override
        public GrammarState fork() {
            return new Literal(text, at, words, endTokens);
        }

        @Override
        public byte[] forcedBytes() {
            return Arrays.copyOfRange(text, Math.min(at, text.length), text.length);
        }

        @Override
        public boolean terminated() {
            return at >= text.length;
        }
    }
}
