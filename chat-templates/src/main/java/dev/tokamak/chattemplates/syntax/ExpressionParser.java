package dev.tokamak.chattemplates.syntax;

import dev.tokamak.chattemplates.filters.Filters;
import dev.tokamak.chattemplates.filters.Tests;
import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.syntax.Token.Type;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.tree.Expression;
import dev.tokamak.chattemplates.tree.Expression.ArgumentList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Parses what stands inside tags, weakest binding first: each method reads one level of precedence.
 *
 * <p>One file, since each level of precedence calls the next and the last calls the first.
 */
final class ExpressionParser {
    private static final Set<String> CONSTANTS = Set.of("true", "True", "false", "False", "none", "None");
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Tokens tokens;
    private final Consumer<String> nameRead;
    private final List<TemplateError> unknownNames = new ArrayList<>();
    private final Deque<Boolean> outerSoft = new ArrayDeque<>();
    private boolean soft;
    private int nesting;

    /** {@code nameRead} is told each variable that an expression reads. */
    ExpressionParser(Tokens tokens, Consumer<String> nameRead) {
        this.tokens = tokens;
        this.nameRead = nameRead;
    }

    static boolean isConstant(String name) {
        return CONSTANTS.contains(name);
    }

    /**
     * Inside an {@code if} an unknown filter or test fails only when it is reached, so that a template may ask first
     * whether it exists. Blocks with a scope of their own are strict again.
     */
    boolean soften(boolean now) {
        boolean before = soft;
        soft = now;
        return before;
    }

    void enterScope() {
        outerSoft.push(soft);
        soft = false;
    }

    void leaveScope() {
        soft = outerSoft.pop();
    }

    void refuseUnknownNames() {
        if (!unknownNames.isEmpty()) {
            throw unknownNames.get(0);
        }
    }

    boolean isTupleEnd(String... ends) {
        Token token = tokens.current();
        for (String end : ends) {
            if (token.isName(end)) {
                return true;
            }
        }
        return token.is(Type.VARIABLE_END) || token.is(Type.BLOCK_END) || token.isOperator(")");
    }

    /** An expression, or several with commas between. */
    Expression tuple(boolean withConditional, String... ends) {
        return tuple(withConditional, false, ends);
    }

    private Expression tuple(boolean withConditional, boolean mayBeEmpty, String... ends) {
        List<Expression> items = new ArrayList<>();
        boolean several = false;
        while (true) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (isTupleEnd(ends)) {
                break;
            }
            items.add(withConditional ? expression() : or());
            if (!tokens.current().isOperator(",")) {
                break;
            }
            several = true;
        }
        if (!several && !items.isEmpty()) {
            return items.get(0);
        }
        if (!several && !mayBeEmpty) {
            throw TemplateError.syntax(
                    "Expected an expression, got "
                            + PythonText.quote(tokens.current().describe()),
                    tokens.line());
        }
        return new Expression.TupleLiteral(items);
    }

    Expression expression() {
        if (++nesting > Limits.NESTING) {
            throw TemplateError.syntax("expressions are nested more than " + Limits.NESTING + " deep", tokens.line());
        }
        int line = tokens.line();
        int unknownBefore = unknownNames.size();
        Expression value = or();
        while (tokens.skipName("if")) {
            Expression test = or();
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            value = new Expression.Conditional(test, value, otherwise, line);
            line = tokens.line();
            unknownNames.subList(unknownBefore, unknownNames.size()).clear();
        }
        nesting--;
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (tokens.skipName("or")) {
            left = new Expression.Either(false, left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.skipName("and")) {
            left = new Expression.Either(true, left, not());
        }
        return left;
    }

    private Expression not() {
        int count = 0;
        while (tokens.skipName("not")) {
            count++;
        }
        Expression value = compare();
        if (count > 0) {
            value = new Expression.Unary("not", value);
            value = count % 2 == 0 ? new Expression.Unary("not", value) : value;
        }
        return value;
    }

    private Expression compare() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> others = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            if (token.is(Type.OPERATOR) && COMPARISONS.contains(token.text())) {
                operators.add(tokens.next().text());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                operators.add("not in");
            } else {
                break;
            }
            others.add(sum());
        }
        return operators.isEmpty() ? first : new Expression.Compare(first, operators, others);
    }

    private Expression sum() {
        Expression left = concat();
        while (tokens.current().isOperator("+") || tokens.current().isOperator("-")) {
            String operator = tokens.next().text();
            left = new Expression.Binary(operator, left, concat());
        }
        return left;
    }

    private Expression concat() {
        Expression first = product();
        if (!tokens.current().isOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>();
        parts.add(first);
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return new Expression.Concat(parts);
    }

    private Expression product() {
        Expression left = power();
        while (true) {
            Token token = tokens.current();
            boolean product = token.isOperator("*") || token.isOperator("/") || token.isOperator("//");
            if (!product && !token.isOperator("%")) {
                return left;
            }
            tokens.next();
            left = new Expression.Binary(token.text(), left, power());
        }
    }

    private Expression power() {
        Expression left = unary(true);
        while (tokens.skipOperator("**")) {
            left = new Expression.Binary("**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        Token token = tokens.current();
        Expression value;
        if (token.isOperator("-") || token.isOperator("+")) {
            if (++nesting > Limits.NESTING) {
                throw TemplateError.syntax("more than " + Limits.NESTING + " signs in a row", tokens.line());
            }
            tokens.next();
            value = new Expression.Unary(token.text(), unary(false));
            nesting--;
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilters ? filtersAndTests(value) : value;
    }

    private Expression primary() {
        Token token = tokens.next();
        switch (token.type()) {
            case NAME -> {
                if (isConstant(token.text())) {
                    char first = Character.toLowerCase(token.text().charAt(0));
                    return new Expression.Constant(first == 'n' ? null : (Object) (first == 't'));
                }
                nameRead.accept(token.text());
                return new Expression.Name(token.text());
            }
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.current().is(Type.STRING)) {
                    text.append(tokens.next().text());
                }
                return new Expression.Constant(text.toString());
            }
            case INTEGER, FLOAT -> {
                return new Expression.Constant(token.value());
            }
            default -> {
                return bracketed(token);
            }
        }
    }

    private Expression bracketed(Token token) {
        if (token.isOperator("(")) {
            Expression value = tuple(true, true);
            tokens.expectOperator(")");
            return value;
        }
        if (token.isOperator("[")) {
            return list();
        }
        if (token.isOperator("{")) {
            return dict();
        }
        throw TemplateError.syntax("unexpected " + PythonText.quote(token.describe()), token.line());
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("]")) {
                    break;
                }
            }
            items.add(expression());
        }
        return new Expression.ListLiteral(items);
    }

    private Expression dict() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            if (!keys.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("}")) {
                    break;
                }
            }
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
        }
        return new Expression.DictLiteral(keys, values);
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        int length = 0;
        while (true) {
            if (tokens.skipOperator(".")) {
                value = member(value);
            } else if (tokens.skipOperator("[")) {
                value = subscript(value);
            } else if (tokens.current().isOperator("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
            refuseLong(++length);
        }
    }

    /** A long chain evaluates as deep as it is long. */
    private void refuseLong(int length) {
        if (length > Limits.NESTING) {
            throw TemplateError.syntax(
                    "a chain of more than " + Limits.NESTING + " accesses, calls or filters", tokens.line());
        }
    }

    private Expression member(Expression owner) {
        Token name = tokens.next();
        if (name.is(Type.NAME)) {
            return new Expression.Attribute(owner, name.text());
        }
        if (!name.is(Type.INTEGER)) {
            throw TemplateError.syntax("expected name or number", name.line());
        }
        return new Expression.Item(owner, new Expression.Constant(name.value()));
    }

    private Expression subscript(Expression owner) {
        List<Expression> keys = new ArrayList<>();
        boolean several = false;
        while (!tokens.skipOperator("]")) {
            if (!keys.isEmpty()) {
                tokens.expectOperator(",");
                several = true;
                if (tokens.skipOperator("]")) {
                    break;
                }
            }
            Expression key = tokens.current().isOperator(":") ? null : expression();
            if (tokens.current().isOperator(":")) {
                return slice(owner, key, several);
            }
            keys.add(key);
        }
        Expression key = keys.size() == 1 ? keys.get(0) : new Expression.TupleLiteral(keys);
        return new Expression.Item(owner, key);
    }

    private Expression slice(Expression owner, Expression start, boolean several) {
        int line = tokens.line();
        tokens.expectOperator(":");
        Expression stop = slicePart();
        Expression step = tokens.skipOperator(":") ? slicePart() : null;
        if (several || !tokens.skipOperator("]")) {
            throw TemplateError.syntax("a slice has to stand alone between brackets", line);
        }
        return new Expression.Sliced(owner, start, stop, step);
    }

    private Expression slicePart() {
        boolean absent = tokens.current().isOperator(":") || tokens.current().isOperator("]");
        return absent ? null : expression();
    }

    private ArgumentList arguments() {
        int line = tokens.line();
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression more = null;
        Expression moreNamed = null;
        boolean any = false;
        while (!tokens.skipOperator(")")) {
            if (any) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(")")) {
                    break;
                }
            }
            any = true;
            if (tokens.skipOperator("*")) {
                require(more == null && moreNamed == null, line);
                more = expression();
            } else if (tokens.skipOperator("**")) {
                require(moreNamed == null, line);
                moreNamed = expression();
            } else if (tokens.current().is(Type.NAME) && tokens.look().isOperator("=")) {
                require(moreNamed == null, line);
                String name = tokens.next().text();
                tokens.next();
                if (named.put(name, expression()) != null) {
                    throw TemplateError.syntax("keyword argument repeated: " + name, line);
                }
            } else {
                require(more == null && moreNamed == null && named.isEmpty(), line);
                positional.add(expression());
            }
        }
        return any ? new ArgumentList(positional, named, more, moreNamed) : ArgumentList.EMPTY;
    }

    private static void require(boolean valid, int line) {
        if (!valid) {
            throw TemplateError.syntax("invalid syntax for function call expression", line);
        }
    }

    private Expression filtersAndTests(Expression start) {
        Expression value = start;
        int length = 0;
        while (true) {
            if (tokens.current().isOperator("|")) {
                value = filters(value);
            } else if (tokens.current().isName("is")) {
                value = test(value);
            } else if (tokens.current().isOperator("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
            refuseLong(++length);
        }
    }

    /** {@code | a | b(c)} after a value; {@code null} for the text of a block. */
    Expression.Filter filters(Expression input) {
        tokens.expectOperator("|");
        return filterChain(input);
    }

    /** {@code a | b(c)} on the text of a block. */
    Expression.Filter filterChain() {
        return filterChain(null);
    }

    private Expression.Filter filterChain(Expression input) {
        Expression value = input;
        Expression.Filter filter;
        int length = 0;
        do {
            refuseLong(++length);
            int line = tokens.line();
            String name = dottedName();
            if (!Filters.exists(name)) {
                unknown("filter", name, line);
            }
            filter = new Expression.Filter(
                    value, name, tokens.current().isOperator("(") ? arguments() : ArgumentList.EMPTY);
            value = filter;
        } while (tokens.skipOperator("|"));
        return filter;
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(tokens.expectName());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expectName());
        }
        return name.toString();
    }

    private void unknown(String kind, String name, int line) {
        if (!soft) {
            unknownNames.add(new TemplateError(
                    TemplateError.Kind.ASSERTION, "No " + kind + " named " + PythonText.quote(name) + ".", line));
        }
    }

    private Expression test(Expression tested) {
        int line = tokens.line();
        tokens.next();
        boolean negated = tokens.skipName("not");
        String name = dottedName();
        if (!Tests.exists(name)) {
            unknown("test", name, line);
        }
        ArgumentList arguments = ArgumentList.EMPTY;
        if (tokens.current().isOperator("(")) {
            arguments = arguments();
        } else if (startsTestArgument()) {
            if (tokens.current().isName("is")) {
                throw TemplateError.syntax("You cannot chain multiple tests with is", tokens.line());
            }
            arguments = new ArgumentList(List.of(postfix(primary())), Map.of(), null, null);
        }
        Expression test = new Expression.Test(tested, name, arguments);
        return negated ? new Expression.Unary("not", test) : test;
    }

    private boolean startsTestArgument() {
        Token token = tokens.current();
        return switch (token.type()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            default -> false;
        };
    }
}
