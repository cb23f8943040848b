package dev.tokamak.grammars.limits;

/**
 * What one grammar may cost.
 *
 * @param compileMillis time to compile, in milliseconds
 * @param states states of the byte automaton before it is made deterministic
 * @param sourceChars length of the source text
 * @param cachedGrammars compiled grammars that a compiler keeps
 * @param cachedBytes memory, about, that the kept grammars may have cached together before the eldest are dropped
 * @param cacheBytes memory, about, that one grammar's lazily built states and masks may take before they are dropped
 *     and
 *     built again
 */
public record GrammarLimits(
        int compileMillis, int states, int sourceChars, int cachedGrammars, long cachedBytes, long cacheBytes) {
    public static final GrammarLimits DEFAULT = new GrammarLimits(1_500, 300_000, 1 << 20, 128, 384L << 20, 32L << 20);
}
