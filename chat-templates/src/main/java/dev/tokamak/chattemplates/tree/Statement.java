package dev.tokamak.chattemplates.tree;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.GrowingText;
import dev.tokamak.chattemplates.text.Text;
import dev.tokamak.chattemplates.values.Namespace;
import dev.tokamak.chattemplates.values.Values;
import java.util.List;

/** A node that does something: writes, sets a variable, runs its body. Immutable and shared by all renderings. */
public abstract class Statement {
    /** How a statement ended. */
    public enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    final int line;

    Statement(int line) {
        this.line = line;
    }

    abstract Flow execute(Scope scope, Text out);

    public static Flow executeAll(List<Statement> statements, Scope scope, Text out) {
        for (Statement statement : statements) {
            try {
                Flow flow = statement.execute(scope, out);
                if (flow != Flow.NEXT) {
                    return flow;
                }
            } catch (TemplateError e) {
                throw e.at(statement.line);
            }
        }
        return Flow.NEXT;
    }

    /** What a filter or call block writes, which unlike a print statement has to be text already. */
    private static String text(Object value) {
        if (!Values.isText(value)) {
            throw TemplateError.type("sequence item 0: expected str instance, " + Values.typeName(value) + " found");
        }
        return value.toString();
    }

    /** A block's statements and the names of the scope they run in. */
    public record Body(List<Statement> statements, ScopeNames names) {
        Flow execute(Scope outer, Text out) {
            return executeAll(statements, new Scope(outer.render, outer, names), out);
        }
    }

    public static final class Data extends Statement {
        private final String text;

        public Data(String text, int line) {
            super(line);
            this.text = text;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            out.append(text);
            return Flow.NEXT;
        }
    }

    public static final class Print extends Statement {
        private final List<Expression> values;

        public Print(List<Expression> values, int line) {
            super(line);
            this.values = values;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            for (Expression value : values) {
                out.append(scope.render.str(value.evaluate(scope)));
            }
            return Flow.NEXT;
        }
    }

    /** {@code if} with its {@code elif} and {@code else}: as many bodies as tests, and one more for the else. */
    public static final class If extends Statement {
        private final List<Expression> tests;
        private final List<List<Statement>> bodies;

        public If(List<Expression> tests, List<List<Statement>> bodies, int line) {
            super(line);
            this.tests = tests;
            this.bodies = bodies;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            for (int i = 0; i < tests.size(); i++) {
                if (Values.truth(tests.get(i).evaluate(scope))) {
                    return executeAll(bodies.get(i), scope, out);
                }
            }
            boolean hasElse = bodies.size() > tests.size();
            return hasElse ? executeAll(bodies.get(tests.size()), scope, out) : Flow.NEXT;
        }
    }

    public static final class Set extends Statement {
        private final Target target;
        private final Expression value;
        private final List<Expression> added;

        public Set(Target target, Expression value, int line) {
            super(line);
            this.target = target;
            this.value = value;
            this.added = target instanceof Target.Member to ? value.addedTo(to.namespace, to.attribute) : null;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            target.check(scope);
            if (added != null) {
                Target.Member to = (Target.Member) target;
                GrowingText text = ((Namespace) scope.find(to.namespace)).grow(to.attribute);
                if (text != null) {
                    append(scope, to, text);
                    return Flow.NEXT;
                }
            }
            target.assign(scope, value.evaluate(scope));
            return Flow.NEXT;
        }

        /** As evaluating and assigning would do it, without copying what is there. */
        private void append(Scope scope, Target.Member to, GrowingText text) {
            Render render = scope.render;
            render.budget.elements(added.size());
            StringBuilder more = new StringBuilder();
            for (int i = 0; i < added.size(); i++) {
                Object operand = added.get(i).evaluate(scope);
                if (!(value instanceof Expression.Concat) && !(operand instanceof String)) {
                    text.append(render.budget, more.toString());
                    Object sum = render.arithmetic.binary("+", text.read(render.budget), operand);
                    for (Expression rest : added.subList(i + 1, added.size())) {
                        sum = render.arithmetic.binary("+", sum, rest.evaluate(scope));
                    }
                    to.assign(scope, sum);
                    return;
                }
                more.append(render.str(operand));
            }
            to.check(scope);
            text.append(render.budget, more.toString());
            ((Namespace) scope.find(to.namespace)).grown(to.attribute, text);
        }
    }

    /** {@code {% set x %}text{% endset %}}, perhaps through filters. */
    public static final class SetBlock extends Statement {
        private final Target target;
        private final Expression.Filter filter;
        private final Body body;

        public SetBlock(Target target, Expression.Filter filter, Body body, int line) {
            super(line);
            this.target = target;
            this.filter = filter;
            this.body = body;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            Text text = new Text(scope.render.budget);
            Flow flow = body.execute(scope, text);
            if (flow == Flow.NEXT) {
                Object value = text.toString();
                target.assign(scope, filter == null ? value : filter.evaluateOn(scope, value));
            }
            return flow;
        }
    }

    public static final class FilterBlock extends Statement {
        private final Expression.Filter filter;
        private final Body body;

        public FilterBlock(Expression.Filter filter, Body body, int line) {
            super(line);
            this.filter = filter;
            this.body = body;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            Text text = new Text(scope.render.budget);
            Flow flow = body.execute(scope, text);
            if (flow == Flow.NEXT) {
                out.append(text(filter.evaluateOn(scope, text.toString())));
            }
            return flow;
        }
    }

    public static final class With extends Statement {
        private final List<Target> targets;
        private final List<Expression> values;
        private final Body body;

        public With(List<Target> targets, List<Expression> values, Body body, int line) {
            super(line);
            this.targets = targets;
            this.values = values;
            this.body = body;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            Scope inner = new Scope(scope.render, scope, body.names);
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(inner, values.get(i).evaluate(scope));
            }
            return executeAll(body.statements, inner, out);
        }
    }

    /** A body with a scope of its own and nothing else: {@code block}, {@code generation}, {@code autoescape false}. */
    public static final class Scoped extends Statement {
        private final Body body;

        public Scoped(Body body, int line) {
            super(line);
            this.body = body;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            return body.execute(scope, out);
        }
    }

    public static final class Jump extends Statement {
        private final Flow flow;

        public Jump(Flow flow, int line) {
            super(line);
            this.flow = flow;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            return flow;
        }
    }

    public static final class DefineMacro extends Statement {
        private final Macro.Definition definition;

        public DefineMacro(Macro.Definition definition, int line) {
            super(line);
            this.definition = definition;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            scope.set(definition.name(), new Macro(definition, scope));
            return Flow.NEXT;
        }
    }

    /** {@code {% call macro() %}body{% endcall %}}: the macro gets the body as {@code caller}. */
    public static final class CallBlock extends Statement {
        private final Expression.Call call;
        private final Macro.Definition body;

        public CallBlock(Expression.Call call, Macro.Definition body, int line) {
            super(line);
            this.call = call;
            this.body = body;
        }

        @Override
        Flow execute(Scope scope, Text out) {
            out.append(text(call.evaluateWith(scope, new Macro(body, scope))));
            return Flow.NEXT;
        }
    }
}
