package dev.tokamak.tokenizers;

/** Decodes tokens whose text depends on their neighbours. */
interface TokenText {
    /**
     * Decodes some of an array's ids.
     *
     * @param ids tokens
     * @param from the first of them
     * @param to behind the last
     * @param skipSpecialTokens whether special tokens are left out
     */
    String decode(int[] ids, int from, int to, boolean skipSpecialTokens);
}
