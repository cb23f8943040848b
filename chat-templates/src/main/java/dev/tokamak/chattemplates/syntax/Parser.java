package dev.tokamak.chattemplates.syntax;

import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.syntax.Token.Type;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.tree.Expression;
import dev.tokamak.chattemplates.tree.ForLoop;
import dev.tokamak.chattemplates.tree.Macro;
import dev.tokamak.chattemplates.tree.ScopeNames;
import dev.tokamak.chattemplates.tree.Statement;
import dev.tokamak.chattemplates.tree.Target;
import dev.tokamak.chattemplates.values.Values;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses the tags of a template; what stands inside them is read by {@link ExpressionParser}.
 *
 * <p>One file, since tags contain tags: each method may come to any other.
 */
public final class Parser {
    private final Tokens tokens;
    private final ExpressionParser expressions;
    private final List<String> openTags = new ArrayList<>();
    private final List<String[]> expectedEnds = new ArrayList<>();
    private ScopeNames names = new ScopeNames(null, false);
    private boolean inLoop;
    private int loops;
    private int nesting;

    private Parser(List<Token> tokens) {
        this.tokens = new Tokens(tokens);
        this.expressions = new ExpressionParser(this.tokens, name -> names.load(name));
    }

    public static Statement.Body parse(String template) {
        Parser parser = new Parser(Lexer.tokens(template));
        List<Statement> statements = parser.statements();
        parser.expressions.refuseUnknownNames();
        parser.names.resolve();
        return new Statement.Body(statements, parser.names);
    }

    /** Statements until one of the tags in {@code ends} (whose name is then the current token) or the template's end. */
    private List<Statement> statements(String... ends) {
        if (++nesting > Limits.NESTING) {
            throw TemplateError.syntax("blocks are nested more than " + Limits.NESTING + " deep", tokens.line());
        }
        List<Statement> statements = new ArrayList<>();
        while (!tokens.current().is(Type.END)) {
            Token token = tokens.next();
            switch (token.type()) {
                case DATA -> statements.add(new Statement.Data(token.text(), token.line()));
                case VARIABLE_BEGIN -> {
                    int line = tokens.line();
                    statements.add(new Statement.Print(List.of(expressions.tuple(true)), line));
                    tokens.expect(Type.VARIABLE_END);
                }
                default -> {
                    for (String end : ends) {
                        if (tokens.current().isName(end)) {
                            nesting--;
                            return statements;
                        }
                    }
                    statements.add(statement());
                    tokens.expect(Type.BLOCK_END);
                }
            }
        }
        nesting--;
        return statements;
    }

    /** The body of a tag, whose own end comes next, up to one of its end tags. */
    private List<Statement> body(String... ends) {
        tokens.skipOperator(":");
        tokens.expect(Type.BLOCK_END);
        expectedEnds.add(ends);
        List<Statement> statements = statements(ends);
        if (tokens.current().is(Type.END)) {
            throw unexpected(null);
        }
        expectedEnds.remove(expectedEnds.size() - 1);
        return statements;
    }

    private List<Statement> bodyThrough(String end) {
        List<Statement> statements = body(end);
        tokens.next();
        return statements;
    }

    private TemplateError unexpected(String tag) {
        StringBuilder message = new StringBuilder(
                tag == null ? "Unexpected end of template." : "Encountered unknown tag '" + tag + "'.");
        if (!expectedEnds.isEmpty()) {
            String expected = "'" + String.join("' or '", expectedEnds.get(expectedEnds.size() - 1)) + "'";
            boolean known = tag != null
                    && expectedEnds.stream().flatMap(java.util.Arrays::stream).anyMatch(tag::equals);
            message.append(
                    known
                            ? " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for "
                            : " Jinja was looking for the following tags: ");
            message.append(expected).append('.');
        }
        if (!openTags.isEmpty()) {
            message.append(" The innermost block that needs to be closed is '")
                    .append(openTags.get(openTags.size() - 1))
                    .append("'.");
        }
        return TemplateError.syntax(message.toString(), tokens.line());
    }

    private Statement statement() {
        Token tag = tokens.current();
        if (!tag.is(Type.NAME)) {
            throw TemplateError.syntax("tag name expected", tag.line());
        }
        openTags.add(tag.text());
        Statement statement = parseTag(tag);
        openTags.remove(openTags.size() - 1);
        return statement;
    }

    private Statement parseTag(Token tag) {
        int line = tag.line();
        tokens.next();
        return switch (tag.text()) {
            case "for" -> forLoop(line);
            case "if" -> conditional(line);
            case "set" -> set(line);
            case "macro" -> macro(line);
            case "call" -> callBlock(line);
            case "filter" -> filterBlock(line);
            case "with" -> with(line);
            case "print" -> print(line);
            case "break" -> jump(tag, Statement.Flow.BREAK);
            case "continue" -> jump(tag, Statement.Flow.CONTINUE);
            case "generation" -> {
                boolean outerLoop = leaveLoop();
                Statement generation = new Statement.Scoped(scoped("endgeneration"), line);
                inLoop = outerLoop;
                yield generation;
            }
            case "block" -> block(line);
            case "autoescape" -> autoescape(line);
            case "extends", "include", "import", "from" ->
                throw TemplateError.syntax(
                        "the tag '" + tag.text() + "' needs other templates, and a chat template stands alone", line);
            default -> {
                openTags.remove(openTags.size() - 1);
                throw unexpected(tag.text());
            }
        };
    }

    private Statement.Body scoped(String end) {
        enter(false);
        List<Statement> statements = bodyThrough(end);
        return new Statement.Body(statements, leave());
    }

    private void enter(boolean isolated) {
        names = new ScopeNames(names, isolated);
        expressions.enterScope();
    }

    private ScopeNames leave() {
        ScopeNames left = names;
        names = names.outer();
        expressions.leaveScope();
        return left;
    }

    /** A macro's body runs outside the loop that its definition stands in. */
    private boolean leaveLoop() {
        boolean before = inLoop;
        inLoop = false;
        return before;
    }

    private Statement forLoop(int line) {
        Target target = target(false, "in");
        tokens.expectName("in");
        Expression elements = expressions.tuple(false, "recursive");
        loops++;
        Expression test = null;
        ScopeNames testNames = null;
        if (tokens.skipName("if")) {
            enter(false);
            declare(target, true);
            test = expressions.expression();
            testNames = leave();
        }
        boolean recursive = tokens.skipName("recursive");
        boolean outerLoop = inLoop;
        enter(false);
        names.parameter("loop");
        declare(target, true);
        inLoop = true;
        List<Statement> statements = body("endfor", "else");
        inLoop = outerLoop;
        Statement.Body body = new Statement.Body(statements, leave());
        Statement.Body otherwise = tokens.next().isName("else") ? scoped("endfor") : null;
        loops--;
        return new ForLoop(target, elements, test, testNames, body, otherwise, recursive, line);
    }

    private Statement conditional(int line) {
        List<Expression> tests = new ArrayList<>();
        List<List<Statement>> bodies = new ArrayList<>();
        boolean outerSoft = expressions.soften(true);
        tests.add(expressions.tuple(false));
        names.openBranches();
        branch(bodies, "elif", "else", "endif");
        Token end = tokens.next();
        // The rest of the chain is one branch, in which each elif is an if of its own.
        names.openBranch();
        while (end.isName("elif")) {
            tests.add(expressions.tuple(false));
            names.openBranches();
            branch(bodies, "elif", "else", "endif");
            end = tokens.next();
        }
        names.closeBranch();
        if (end.isName("else")) {
            branch(bodies, "endif");
            tokens.next();
        }
        expressions.soften(outerSoft);
        return new Statement.If(tests, bodies, line);
    }

    private void branch(List<List<Statement>> bodies, String... ends) {
        names.openBranch();
        bodies.add(body(ends));
        names.closeBranch();
    }

    private Statement set(int line) {
        Target target = target(true);
        if (tokens.skipOperator("=")) {
            Expression value = expressions.tuple(true);
            declare(target, false);
            return new Statement.Set(target, value, line);
        }
        declare(target, false);
        Expression.Filter filter = tokens.current().isOperator("|") ? expressions.filters(null) : null;
        return new Statement.SetBlock(target, filter, scoped("endset"), line);
    }

    private Statement macro(int line) {
        String name = tokens.expectName();
        refuseLoop(name, line);
        names.store(name);
        return new Statement.DefineMacro(macroBody(name, true, "endmacro", line), line);
    }

    private Macro.Definition macroBody(String name, boolean signature, String end, int line) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        enter(false);
        if (signature) {
            signature(parameters, defaults);
        }
        return finishMacro(name, parameters, defaults, end, line);
    }

    private Macro.Definition finishMacro(
            String name, List<String> parameters, List<Expression> defaults, String end, int line) {
        names.startBody();
        boolean outerLoop = leaveLoop();
        List<Statement> statements = bodyThrough(end);
        inLoop = outerLoop;
        boolean caller = names.bodyReads("caller");
        boolean named = names.bodyReads("kwargs") && !parameters.contains("kwargs");
        boolean more = names.bodyReads("varargs") && !parameters.contains("varargs");
        int explicit = parameters.indexOf("caller");
        if (caller && explicit >= 0 && explicit < parameters.size() - defaults.size()) {
            throw new TemplateError(
                    TemplateError.Kind.ASSERTION,
                    "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a"
                            + " default.",
                    line);
        }
        parameter(caller && explicit < 0, "caller");
        parameter(named, "kwargs");
        parameter(more, "varargs");
        Statement.Body body = new Statement.Body(statements, leave());
        return new Macro.Definition(name, parameters, defaults, body, caller && explicit < 0, named, more);
    }

    private void parameter(boolean used, String name) {
        if (used) {
            names.parameter(name);
        }
    }

    private void signature(List<String> parameters, List<Expression> defaults) {
        tokens.expectOperator("(");
        while (!tokens.current().isOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            int line = tokens.line();
            String name = tokens.expectName();
            if (ExpressionParser.isConstant(name)) {
                throw TemplateError.syntax("can't assign to 'name'", line);
            }
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw TemplateError.syntax("non-default argument follows default argument", tokens.line());
            }
            names.parameter(name);
            parameters.add(name);
        }
        tokens.next();
    }

    private Statement callBlock(int line) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        enter(false);
        if (tokens.current().isOperator("(")) {
            signature(parameters, defaults);
        }
        ScopeNames inner = names;
        names = inner.outer();
        Expression call = expressions.expression();
        names = inner;
        if (!(call instanceof Expression.Call)) {
            throw TemplateError.syntax("expected call", line);
        }
        Macro.Definition body = finishMacro(null, parameters, defaults, "endcall", line);
        return new Statement.CallBlock((Expression.Call) call, body, line);
    }

    private Statement filterBlock(int line) {
        Expression.Filter filter = expressions.filterChain();
        return new Statement.FilterBlock(filter, scoped("endfilter"), line);
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.current().is(Type.BLOCK_END)) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(target(false));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        enter(false);
        targets.forEach(target -> declare(target, true));
        List<Statement> statements = bodyThrough("endwith");
        return new Statement.With(targets, values, new Statement.Body(statements, leave()), line);
    }

    private Statement print(int line) {
        List<Expression> printed = new ArrayList<>();
        while (!tokens.current().is(Type.BLOCK_END)) {
            if (!printed.isEmpty()) {
                tokens.expectOperator(",");
            }
            printed.add(expressions.expression());
        }
        return new Statement.Print(printed, line);
    }

    private Statement jump(Token tag, Statement.Flow flow) {
        if (!inLoop) {
            throw TemplateError.syntax("'" + tag.text() + "' outside loop", tag.line());
        }
        return new Statement.Jump(flow, tag.line());
    }

    private Statement block(int line) {
        String name = tokens.expectName();
        tokens.skipName("scoped");
        tokens.skipName("required");
        boolean outerLoop = leaveLoop();
        enter(true);
        List<Statement> statements = bodyThrough("endblock");
        tokens.skipName(name);
        inLoop = outerLoop;
        return new Statement.Scoped(new Statement.Body(statements, leave()), line);
    }

    private Statement autoescape(int line) {
        Expression value = expressions.expression();
        if (!(value instanceof Expression.Constant constant) || Values.truth(constant.value)) {
            throw TemplateError.syntax("only 'autoescape false' is supported: a prompt is not HTML", line);
        }
        return new Statement.Scoped(scoped("endautoescape"), line);
    }

    private void refuseLoop(String name, int line) {
        if (loops > 0 && name.equals("loop")) {
            throw new TemplateError(
                    TemplateError.Kind.ASSERTION, "Can't assign to special loop variable in for-loop target", line);
        }
    }

    private void declare(Target target, boolean parameter) {
        if (target instanceof Target.Unpacked unpacked) {
            unpacked.parts.forEach(part -> declare(part, parameter));
        } else if (target instanceof Target.Name name) {
            refuseLoop(name.name, tokens.line());
            if (parameter) {
                names.parameter(name.name);
            } else {
                names.store(name.name);
            }
        } else if (target instanceof Target.Member member) {
            names.load(member.namespace);
        }
    }

    /** One target or several with commas between, up to the end of the tag, {@code =}, or the name {@code end}. */
    private Target target(boolean withMembers, String... end) {
        List<Target> parts = new ArrayList<>();
        boolean several = false;
        int line = tokens.line();
        while (true) {
            if (!parts.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (expressions.isTupleEnd(end)) {
                break;
            }
            parts.add(singleTarget(withMembers));
            if (!tokens.current().isOperator(",")) {
                break;
            }
            several = true;
        }
        if (!several && parts.isEmpty()) {
            throw TemplateError.syntax(
                    "Expected an expression, got "
                            + PythonText.quote(tokens.current().describe()),
                    line);
        }
        return several ? new Target.Unpacked(parts) : parts.get(0);
    }

    private Target singleTarget(boolean withMembers) {
        Token token = tokens.next();
        if (token.isOperator("(")) {
            Target inner = target(withMembers);
            tokens.expectOperator(")");
            return inner;
        }
        if (!token.is(Type.NAME) || ExpressionParser.isConstant(token.text())) {
            throw TemplateError.syntax("can't assign to " + PythonText.quote(token.describe()), token.line());
        }
        if (withMembers && tokens.skipOperator(".")) {
            return new Target.Member(token.text(), tokens.expectName());
        }
        return new Target.Name(token.text());
    }
}
