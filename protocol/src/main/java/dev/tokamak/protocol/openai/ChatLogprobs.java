package dev.tokamak.protocol.openai;

import dev.tokamak.api.TokenLogprob;
import dev.tokamak.protocol.json.JsonBuffer;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code logprobs} of a chat's choice.
 *
 * @param content one for each token
 */
public record ChatLogprobs(List<Token> content) {
    /**
     * A token and how likely it was.
     *
     * @param token its text
     * @param logprob natural logarithm of its probability
     * @param bytes its UTF-8, which may be part of a character only
     * @param topLogprobs the likeliest tokens at its place
     */
    @JsonbPropertyOrder({"token", "logprob", "bytes", "topLogprobs"})
    public record Token(
            String token,
            double logprob,
            List<Integer> bytes,
            @JsonbProperty("top_logprobs") List<TopToken> topLogprobs) {}

    /**
     * One of the likeliest tokens.
     *
     * @param token its text
     * @param logprob natural logarithm of its probability
     * @param bytes its UTF-8, which may be part of a character only
     */
    @JsonbPropertyOrder({"token", "logprob", "bytes"})
    public record TopToken(String token, double logprob, List<Integer> bytes) {}

    static ChatLogprobs of(List<TokenLogprob> logprobs, TokenTexts tokens) {
        List<Token> content = new ArrayList<>(logprobs.size());
        for (TokenLogprob logprob : logprobs) {
            List<TopToken> top = logprob.top().stream()
                    .map(t -> new TopToken(tokens.text(t.tokenId()), decimal(t), bytes(t, tokens)))
                    .toList();
            content.add(new Token(tokens.text(logprob.tokenId()), decimal(logprob), bytes(logprob, tokens), top));
        }
        return new ChatLogprobs(content);
    }

    /** The float's own digits: widened as it is, it would grow digits that mean nothing. */
    static double decimal(TokenLogprob logprob) {
        return Double.parseDouble(Float.toString(TokenTexts.finite(logprob)));
    }

    private static List<Integer> bytes(TokenLogprob logprob, TokenTexts tokens) {
        List<Integer> bytes = new ArrayList<>();
        for (byte b : tokens.bytes(logprob.tokenId())) {
            bytes.add(b & 0xFF);
        }
        return bytes;
    }

    /** Writes a token as {@link Token} is written. */
    static void write(TokenLogprob logprob, TokenTexts tokens, JsonBuffer out) {
        writeToken(logprob, tokens, out);
        out.raw(",\"top_logprobs\":[");
        String separator = "";
        for (TokenLogprob top : logprob.top()) {
            writeToken(top, tokens, out.raw(separator));
            out.raw("}");
            separator = ",";
        }
        out.raw("]}");
    }

    private static void writeToken(TokenLogprob logprob, TokenTexts tokens, JsonBuffer out) {
        out.raw("{\"token\":").string(tokens.text(logprob.tokenId()));
        out.raw(",\"logprob\":").number(TokenTexts.finite(logprob)).raw(",\"bytes\":[");
        String separator = "";
        for (byte b : tokens.bytes(logprob.tokenId())) {
            out.raw(separator).number(b & 0xFF);
            separator = ",";
        }
        out.raw("]");
    }
}
