package dev.tokamak.tokenizers;

import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.EncodedPair;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A tokenizer that was read from a {@code tokenizer.json}.
 *
 * <p>Decoding differs from the Python library in one place on purpose. Where a run of SentencePiece byte tokens is not valid
 * UTF-8 as a whole, the library blanks the run; here only the bytes that belong to no character become U+FFFD. Otherwise no
 * character of such a run could be shown before the run has ended.
 */
final class HuggingFaceTokenizer implements Tokenizer {
    private final NativeEncoder encoder;
    private final FileVocabulary vocabulary;
    private final TextDecoding decoding;

    /** For what only the native library can decode: the encoder, unless some tokens are not spoken as they are written. */
    private final TokenText opaque;

    /** The text of tokens that are whole characters by themselves, filled as they occur; a race writes equal strings. */
    private final AtomicReferenceArray<String> texts;

    private HuggingFaceTokenizer(NativeEncoder encoder, TokenizerFile file) {
        this.encoder = encoder;
        this.vocabulary = new FileVocabulary(file);
        this.decoding = file.decoder();
        this.opaque = decoding == TextDecoding.OPAQUE && !file.spokenAsWritten()
                ? new SpokenTokens(file, vocabulary)
                : encoder;
        this.texts = new AtomicReferenceArray<>(vocabulary.size());
    }

    static HuggingFaceTokenizer read(Path path) {
        return of(TokenizerFile.read(path), path);
    }

    /** The tokenizer of a folder that has no {@code tokenizer.json}. */
    static HuggingFaceTokenizer convert(Path folder) {
        return of(Conversion.of(folder), folder);
    }

    private static HuggingFaceTokenizer of(TokenizerFile file, Path path) {
        try {
            return new HuggingFaceTokenizer(new NativeEncoder(file.text()), file);
        } catch (RuntimeException e) {
            throw TokenizerFile.broken(path, "is not a tokenizer: " + e.getMessage(), e);
        }
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        return encoder.encode(text, addSpecialTokens);
    }

    @Override
    public EncodedPair encodePair(String first, String second) {
        return encoder.encodePair(first, second);
    }

    @Override
    public String decode(int[] tokenIds, boolean skipSpecialTokens) {
        if (decoding == TextDecoding.OPAQUE) {
            return opaque.decode(tokenIds, 0, tokenIds.length, skipSpecialTokens);
        }
        Detokenizer detokenizer = detokenizer(skipSpecialTokens, new int[0]);
        StringBuilder text = new StringBuilder(tokenIds.length * 4);
        for (int id : tokenIds) {
            detokenizer.append(id, text);
        }
        detokenizer.finish(text);
        return text.toString();
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public Detokenizer detokenizer(boolean skipSpecialTokens, int[] promptTail) {
        if (decoding == TextDecoding.OPAQUE) {
            return new WindowDetokenizer(opaque, skipSpecialTokens, promptTail);
        }
        boolean stripLeadingSpace =
                decoding == TextDecoding.SENTENCE_PIECE_PREFIXED && !showsText(promptTail, skipSpecialTokens);
        return new ByteDetokenizer(vocabulary, texts, skipSpecialTokens, stripLeadingSpace);
    }

    private boolean showsText(int[] tokenIds, boolean skipSpecialTokens) {
        for (int id : tokenIds) {
            if (vocabulary.spoken(id).length > 0 && !(skipSpecialTokens && vocabulary.skipped(id))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        encoder.close();
        if (opaque instanceof SpokenTokens spoken) {
            spoken.close();
        }
    }
}
