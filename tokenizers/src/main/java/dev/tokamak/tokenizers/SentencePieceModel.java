package dev.tokamak.tokenizers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A SentencePiece model ({@code tokenizer.model}), as far as a conversion needs it.
 *
 * <p>Implementation notes. The file is one message of protocol buffers. A field is a number that holds its place and kind, and a value:
 * a number of variable length, four or eight bytes, or a length with that many bytes. What is not looked for is passed over.
 */
final class SentencePieceModel {
    static final int NORMAL = 1;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;

    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int BYTES = 2;
    private static final int FOUR_BYTES = 5;

    /** One entry of the vocabulary; its place is its id. */
    record Piece(String text, float score, int type) {}

    final List<Piece> pieces = new ArrayList<>();
    boolean unigram = true;
    boolean byteFallback;
    int unkId;
    int bosId = 1;
    int eosId = 2;
    String unkPiece = "<unk>";
    String bosPiece = "<s>";
    String eosPiece = "</s>";
    byte[] charsMap = {};
    boolean addDummyPrefix = true;
    boolean removeExtraWhitespaces = true;
    boolean escapeWhitespaces = true;

    private SentencePieceModel() {}

    static SentencePieceModel read(Path file) {
        SentencePieceModel model = new SentencePieceModel();
        try {
            model.whole(ByteBuffer.wrap(SourceFile.bytes(file)).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IllegalArgumentException | java.nio.BufferUnderflowException e) {
            throw TokenizerFile.broken(file, "is no SentencePiece model or is cut off", e);
        }
        if (model.pieces.isEmpty()) {
            throw TokenizerFile.broken(file, "is no SentencePiece model: it has no pieces", null);
        }
        return model;
    }

    private void whole(ByteBuffer in) {
        while (in.hasRemaining()) {
            int tag = tag(in);
            switch (tag) {
                case 1 << 3 | BYTES -> pieces.add(piece(bytes(in)));
                case 2 << 3 | BYTES -> trainer(bytes(in));
                case 3 << 3 | BYTES -> normalizer(bytes(in));
                default -> skip(in, tag);
            }
        }
    }

    private static Piece piece(ByteBuffer in) {
        String text = "";
        float score = 0;
        int type = NORMAL;
        while (in.hasRemaining()) {
            int tag = tag(in);
            switch (tag) {
                case 1 << 3 | BYTES -> text = text(in);
                case 2 << 3 | FOUR_BYTES -> score = in.getFloat();
                case 3 << 3 | VARINT -> type = (int) varint(in);
                default -> skip(in, tag);
            }
        }
        return new Piece(text, score, type);
    }

    private void trainer(ByteBuffer in) {
        while (in.hasRemaining()) {
            int tag = tag(in);
            switch (tag) {
                case 3 << 3 | VARINT -> unigram = varint(in) == 1;
                case 35 << 3 | VARINT -> byteFallback = varint(in) != 0;
                case 40 << 3 | VARINT -> unkId = (int) varint(in);
                case 41 << 3 | VARINT -> bosId = (int) varint(in);
                case 42 << 3 | VARINT -> eosId = (int) varint(in);
                case 45 << 3 | BYTES -> unkPiece = text(in);
                case 46 << 3 | BYTES -> bosPiece = text(in);
                case 47 << 3 | BYTES -> eosPiece = text(in);
                default -> skip(in, tag);
            }
        }
    }

    private void normalizer(ByteBuffer in) {
        while (in.hasRemaining()) {
            int tag = tag(in);
            switch (tag) {
                case 2 << 3 | BYTES -> {
                    ByteBuffer map = bytes(in);
                    charsMap = new byte[map.remaining()];
                    map.get(charsMap);
                }
                case 3 << 3 | VARINT -> addDummyPrefix = varint(in) != 0;
                case 4 << 3 | VARINT -> removeExtraWhitespaces = varint(in) != 0;
                case 5 << 3 | VARINT -> escapeWhitespaces = varint(in) != 0;
                default -> skip(in, tag);
            }
        }
    }

    private static int tag(ByteBuffer in) {
        long tag = varint(in);
        if (tag <= 0 || tag > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("field " + tag);
        }
        return (int) tag;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number that does not end");
    }

    private static ByteBuffer bytes(ByteBuffer in) {
        long length = varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a field of " + length + " bytes");
        }
        ByteBuffer part = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return part;
    }

    private static String text(ByteBuffer in) {
        return StandardCharsets.UTF_8.decode(bytes(in)).toString();
    }

    private static void skip(ByteBuffer in, int tag) {
        switch (tag & 7) {
            case VARINT -> varint(in);
            case EIGHT_BYTES -> in.getLong();
            case BYTES -> bytes(in);
            case FOUR_BYTES -> in.getInt();
            default -> throw new IllegalArgumentException("field " + tag);
        }
    }
}
