package dev.tokamak.tck;

import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/**
 * A tokenizer whose tokens are the 256 bytes of UTF-8, followed by two special tokens: {@value #BOS} with id {@value #BOS_ID} and
 * {@value #EOS} with id {@value #EOS_ID}. Chosen by the name {@code bytes}. Thread-safe.
 */
public final class ByteTokenizer implements Tokenizer {
    /** The text of the token that begins a text. */
    public static final String BOS = "<s>";

    /** The text of the token that ends a text. */
    public static final String EOS = "</s>";

    /** The id of {@link #BOS}. */
    public static final int BOS_ID = 256;

    /** The id of {@link #EOS}. */
    public static final int EOS_ID = 257;

    private static final Vocabulary VOCABULARY = new ByteVocabulary();

    /** A tokenizer. */
    public ByteTokenizer() {}

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length + 1];
        int size = 0;
        if (addSpecialTokens) {
            ids[size++] = BOS_ID;
        }
        for (int at = 0; at < bytes.length; ) {
            if (startsWith(bytes, at, BOS)) {
                ids[size++] = BOS_ID;
                at += BOS.length();
            } else if (startsWith(bytes, at, EOS)) {
                ids[size++] = EOS_ID;
                at += EOS.length();
            } else {
                ids[size++] = bytes[at++] & 0xff;
            }
        }
        return java.util.Arrays.copyOf(ids, size);
    }

    private static boolean startsWith(byte[] bytes, int at, String ascii) {
        if (at + ascii.length() > bytes.length) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[at + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String decode(int[] tokenIds, boolean skipSpecialTokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : tokenIds) {
            if (!(skipSpecialTokens && VOCABULARY.special(id))) {
                bytes.writeBytes(VOCABULARY.bytes(id));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public Vocabulary vocabulary() {
        return VOCABULARY;
    }

    @Override
    public Detokenizer detokenizer(boolean skipSpecialTokens, int[] promptTail) {
        return new ByteDetokenizer(skipSpecialTokens);
    }

    @Override
    public void close() {}

    /** Bytes and two special tokens. */
    private static final class ByteVocabulary implements Vocabulary {
        @Override
        public int size() {
            return 258;
        }

        @Override
        public byte[] bytes(int id) {
            if (id < BOS_ID) {
                return new byte[] {(byte) id};
            }
            return switch (id) {
                case BOS_ID -> BOS.getBytes(StandardCharsets.UTF_8);
                case EOS_ID -> EOS.getBytes(StandardCharsets.UTF_8);
                default -> new byte[0];
            };
        }

        @Override
        public OptionalInt addedToken(String content) {
            return switch (content) {
                case BOS -> OptionalInt.of(BOS_ID);
                case EOS -> OptionalInt.of(EOS_ID);
                default -> OptionalInt.empty();
            };
        }

        @Override
        public boolean special(int id) {
            return id == BOS_ID || id == EOS_ID;
        }

        @Override
        public List<Integer> specialTokens() {
            return List.of(BOS_ID, EOS_ID);
        }
    }

    /** Holds back the bytes of a character until it is whole. */
    private static final class ByteDetokenizer implements Detokenizer {
        private final boolean skipSpecialTokens;
        private final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        private final ByteBuffer bytes = ByteBuffer.allocate(16);
        private final CharBuffer chars = CharBuffer.allocate(16);

        ByteDetokenizer(boolean skipSpecialTokens) {
            this.skipSpecialTokens = skipSpecialTokens;
        }

        @Override
        public void append(int tokenId, StringBuilder into) {
            if (!(skipSpecialTokens && VOCABULARY.special(tokenId))) {
                bytes.put(VOCABULARY.bytes(tokenId));
                decode(into, false);
            }
        }

        @Override
        public void finish(StringBuilder into) {
            decode(into, true);
        }

        private void decode(StringBuilder into, boolean atEnd) {
            bytes.flip();
            decoder.decode(bytes, chars, atEnd);
            bytes.compact();
            chars.flip();
            into.append(chars);
            chars.clear();
        }
    }
}
