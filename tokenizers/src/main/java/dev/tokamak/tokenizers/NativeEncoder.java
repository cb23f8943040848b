package dev.tokamak.tokenizers;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.EncodedPair;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * A tokenizer of the native library, and the owner of its memory. Thread-safe.
 *
 * <p>Implementation notes. The library's own Java class is passed over: it truncates to 512 tokens unless told otherwise, copies
 * eight arrays for each encoding of which one is needed here, and probes the network once a day. What remains is its JNI
 * class. A handle is a bare address there, so calls hold a read lock that {@link #close()} waits for. Native encoding only reads
 * the tokenizer, so any number of threads may be inside. An encoding takes some hundred bytes for each token until it is deleted,
 * and {@link NativeHeap} sees to it that they go back to the system.
 */
final class NativeEncoder implements TokenText, AutoCloseable {
    static {
        // The library would otherwise look for a build for the GPU it finds and download it. A launcher that did set
        // these wins.
        setUnlessSet("RUST_FLAVOR", "cpu");
        setUnlessSet("ai.djl.offline", "true");
        LibUtils.checkStatus();
    }

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final NativeHeap heap = new NativeHeap();
    private long handle;

    /**
     * Reads a tokenizer.
     *
     * @param json the text of a {@code tokenizer.json}
     * @throws RuntimeException of the library's, if the text is no tokenizer
     */
    NativeEncoder(String json) {
        handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
        TokenizersLibrary.LIB.disableTruncation(handle);
        TokenizersLibrary.LIB.disablePadding(handle);
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    int[] encode(String text, boolean addSpecialTokens) {
        String wellFormed = withoutLoneSurrogates(text);
        return encode(
                text.length(),
                () -> TokenizersLibrary.LIB.encode(open(), wellFormed, addSpecialTokens),
                encoding -> narrow(TokenizersLibrary.LIB.getTokenIds(encoding)));
    }

    EncodedPair encodePair(String first, String second) {
        String one = withoutLoneSurrogates(first);
        String other = withoutLoneSurrogates(second);
        return encode(
                first.length() + second.length(),
                () -> TokenizersLibrary.LIB.encodeDual(open(), one, other, true),
                encoding -> new EncodedPair(
                        narrow(TokenizersLibrary.LIB.getTokenIds(encoding)),
                        secondText(TokenizersLibrary.LIB.getTypeIds(encoding))));
    }

    private <T> T encode(int length, LongSupplier encoder, LongFunction<T> reading) {
        lock.readLock().lock();
        try {
            long encoding = encoder.getAsLong();
            try {
                return reading.apply(encoding);
            } finally {
                TokenizersLibrary.LIB.deleteEncoding(encoding);
            }
        } finally {
            lock.readLock().unlock();
            heap.freed(length);
        }
    }

    /** Where the types of tokens change from 0 to 1, for the last time; -1 if they do not. */
    private static int secondText(long[] types) {
        int at = types.length;
        while (at > 0 && types[at - 1] == 1) {
            at--;
        }
        for (int i = 0; i < at; i++) {
            if (types[i] != 0) {
                throw new TokamakException(
                        ErrorCode.UNSUPPORTED,
                        "the model's tokenizer gives the tokens of a pair types other than 0 and then 1");
            }
        }
        return at == types.length ? -1 : at;
    }

    @Override
    public String decode(int[] ids, int from, int to, boolean skipSpecialTokens) {
        long[] wide = new long[to - from];
        for (int i = from; i < to; i++) {
            wide[i - from] = ids[i];
        }
        lock.readLock().lock();
        try {
            return TokenizersLibrary.LIB.decode(open(), wide, skipSpecialTokens);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) {
                TokenizersLibrary.LIB.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private long open() {
        if (handle == 0) {
            throw new IllegalStateException("the tokenizer is closed");
        }
        return handle;
    }

    private static int[] narrow(long[] wide) {
        int[] ids = new int[wide.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) wide[i];
        }
        return ids;
    }

    /**
     * Half a surrogate pair is no character: it becomes U+FFFD. Passed on, it would make the native side misread every character
     * of the text that is outside the basic plane.
     */
    private static String withoutLoneSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints()
                        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }
}
