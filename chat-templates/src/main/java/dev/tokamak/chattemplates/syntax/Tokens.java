package dev.tokamak.chattemplates.syntax;

import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.syntax.Token.Type;
import dev.tokamak.chattemplates.text.PythonText;
import java.util.List;

/** The tokens of a template and a position in them. */
final class Tokens {
    private final List<Token> tokens;
    private int position;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    Token look() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    int line() {
        return current().line();
    }

    /** Moves past the current token, never past the last, and returns it. */
    Token next() {
        Token token = current();
        if (position < tokens.size() - 1) {
            position++;
        }
        return token;
    }

    boolean skipOperator(String operator) {
        boolean found = current().isOperator(operator);
        if (found) {
            next();
        }
        return found;
    }

    boolean skipName(String name) {
        boolean found = current().isName(name);
        if (found) {
            next();
        }
        return found;
    }

    void expect(Type type) {
        if (!current().is(type)) {
            throw expected(type.description);
        }
        next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw expected(operator);
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw expected(name);
        }
    }

    /** Any name, which is returned. */
    String expectName() {
        if (!current().is(Type.NAME)) {
            throw expected(Type.NAME.description);
        }
        return next().text();
    }

    private TemplateError expected(String what) {
        String message = current().is(Type.END)
                ? "unexpected end of template, expected '" + what + "'."
                : "expected token '" + what + "', got "
                        + PythonText.quote(current().describe());
        return TemplateError.syntax(message, line());
    }
}
