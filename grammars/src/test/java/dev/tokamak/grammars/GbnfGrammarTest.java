package dev.tokamak.grammars;

import static dev.tokamak.api.StructuredOutput.Kind.GRAMMAR;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GbnfGrammarTest {
    private static final Grammars GRAMMARS = new Grammars();

    @Test
    void recursionRepetitionAndCommentsWork() {
        String grammar = """
                # sums of numbers in brackets
                root   ::= expr ("\\n" expr){0,1}
                expr   ::= term (("+" | "-") term)*   # no left recursion
                term   ::= number
                         | "(" expr ")"
                number ::= [0-9]+ | 'x'
                """;
        GRAMMARS.accepts(GRAMMAR, grammar, "1", "(1+(2-x))-30", "1\n2");
        GRAMMARS.rejects(GRAMMAR, grammar, "", "(1", "1+", "1\n2\n3");
    }

    @Test
    void rightRecursionOverALongTextStaysSmall() {
        GRAMMARS.accepts(GRAMMAR, "root ::= [ab] root | \"c\"", "ab".repeat(5000) + "c");
    }

    @Test
    void balancedBracketsAreCounted() {
        String grammar = "root ::= (\"[\" root \"]\")*";
        GRAMMARS.accepts(GRAMMAR, grammar, "", "[[][[]]]", "[".repeat(500) + "]".repeat(500));
        GRAMMARS.rejects(GRAMMAR, grammar, "[[]", "]");
    }

    @Test
    void ambiguousGrammarsAreFollowedInAllReadings() {
        GRAMMARS.accepts(GRAMMAR, "root ::= a a\na ::= \"x\"*", "xxxx", "");
        GRAMMARS.accepts(GRAMMAR, "root ::= p \"!\" | q \"?\"\np ::= [a-z]+\nq ::= [a-m]+ p?", "abc!", "abc?");
        GRAMMARS.accepts(GRAMMAR, "root ::= \"a\" | \"a\" root root | \"b\"", "aabab");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "start ::= \"a\"@root",
                "root ::= missing@missing",
                "root ::= root \"a\" | \"b\"@left recursion",
                "root ::= a root | \"b\"; a ::= \"\" | \"c\"@left recursion",
                "root ::= \"a@not closed",
                "root = (\"a\"@not closed",
                "root ::= \"a\" root ::= \"b\"@twice",
                "root ::= \"a\"{3,1}@wrong",
                "root \"a\"@::=",
                "root ::= \"a\" )@')'",
                "root ::= \"a\" root@for ever"
            })
    void malformedGrammarsAreRefused(String grammar, String named) {
        GRAMMARS.refuses(GRAMMAR, grammar, named);
    }
}
