package dev.tokamak.chattemplates.tree;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.Text;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Callable;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** {@code for target in elements if test recursive}, with its {@code else}. */
public final class ForLoop extends Statement {
    private final Target target;
    private final Expression elements;
    private final Expression test;
    private final ScopeNames testNames;
    private final Body body;
    private final Body otherwise;
    private final boolean recursive;

    /** Test and otherwise may be {@code null}. */
    public ForLoop(
            Target target,
            Expression elements,
            Expression test,
            ScopeNames testNames,
            Body body,
            Body otherwise,
            boolean recursive,
            int line) {
        super(line);
        this.target = target;
        this.elements = elements;
        this.test = test;
        this.testNames = testNames;
        this.body = body;
        this.otherwise = otherwise;
        this.recursive = recursive;
    }

    @Override
    Flow execute(Scope scope, Text out) {
        Object values = elements.evaluate(scope);
        if (recursive) {
            // Apart, as in jinja2: a break inside must not leave half a text behind in the output.
            Text text = new Text(scope.render.budget);
            run(scope, values, 0, text);
            out.append(text.toString());
            return Flow.NEXT;
        }
        return run(scope, values, 0, out);
    }

    private Flow run(Scope scope, Object values, int depth, Text out) {
        Iterator<Object> iterator = Values.iterate(values);
        Loop loop = test == null
                ? new Loop(scope, iterator, Values.lengthOrNone(values), depth)
                : new Loop(scope, selected(scope, iterator), -1, depth);
        boolean completedOnce = false;
        Scope inner = new Scope(scope.render, scope, body.names());
        while (loop.hasNext()) {
            scope.render.budget.step();
            Object value = loop.advance();
            inner.clear();
            target.assign(inner, value);
            inner.set("loop", loop);
            Flow flow = executeAll(body.statements(), inner, out);
            if (flow == Flow.BREAK) {
                break;
            }
            completedOnce |= flow == Flow.NEXT;
        }
        // jinja2 notes "there was an element" at the end of the body, which continue and break skip.
        return completedOnce || otherwise == null ? Flow.NEXT : otherwise.execute(scope, out);
    }

    private Iterator<Object> selected(Scope scope, Iterator<Object> all) {
        return new Lookahead() {
            @Override
            public Object find() {
                while (all.hasNext()) {
                    Object value = all.next();
                    scope.render.budget.step();
                    Scope inner = new Scope(scope.render, scope, testNames);
                    target.assign(inner, value);
                    if (Values.truth(test.evaluate(inner))) {
                        return value;
                    }
                }
                return TemplateObject.MISSING;
            }
        };
    }

    /** An iterator that has to find its next element to know whether there is one. */
    public abstract static class Lookahead implements Iterator<Object> {
        private Object next = TemplateObject.MISSING;

        /** The next element, or missing at the end. */
        public abstract Object find();

        @Override
        public final boolean hasNext() {
            if (next == TemplateObject.MISSING) {
                next = find();
            }
            return next != TemplateObject.MISSING;
        }

        @Override
        public final Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Object found = next;
            next = TemplateObject.MISSING;
            return found;
        }
    }

    /** The variable {@code loop}. */
    private final class Loop implements Callable {
        private final Scope scope;
        private final int depth;
        private Iterator<Object> rest;
        private int length;
        private long index = -1;
        private Object before = MISSING;
        private Object current = MISSING;
        private Object after = MISSING;
        private List<Object> lastChanged;

        Loop(Scope scope, Iterator<Object> rest, int length, int depth) {
            this.scope = scope;
            this.rest = rest;
            this.length = length;
            this.depth = depth;
        }

        boolean hasNext() {
            return after != MISSING || rest.hasNext();
        }

        Object advance() {
            Object next = peek();
            after = MISSING;
            before = current;
            current = next;
            index++;
            return next;
        }

        private Object peek() {
            if (after == MISSING && rest.hasNext()) {
                after = rest.next();
            }
            return after;
        }

        @Override
        public int length() {
            if (length < 0) {
                List<Object> remaining = new ArrayList<>();
                while (rest.hasNext()) {
                    scope.render.budget.elements(1);
                    remaining.add(rest.next());
                }
                length = (int) index + 1 + (after == MISSING ? 0 : 1) + remaining.size();
                rest = remaining.iterator();
            }
            return length;
        }

        @Override
        public Object attribute(String name) {
            return switch (name) {
                case "index" -> index + 1;
                case "index0" -> index;
                case "revindex" -> length() - index;
                case "revindex0" -> length() - index - 1;
                case "length" -> (long) length();
                case "first" -> index == 0;
                case "last" -> peek() == MISSING;
                case "depth" -> depth + 1L;
                case "depth0" -> (long) depth;
                case "previtem" -> index == 0 ? Undefined.because("there is no previous item") : before;
                case "nextitem" -> peek() == MISSING ? Undefined.because("there is no next item") : after;
                case "cycle" -> Callable.of("method", name, (render, arguments) -> cycle(arguments));
                case "changed" -> Callable.of("method", name, (render, arguments) -> changed(render, arguments));
                default -> MISSING;
            };
        }

        private Object cycle(Arguments values) {
            values.positionalOnly("cycle", 0, Integer.MAX_VALUE);
            if (values.size() == 0) {
                throw TemplateError.type("no items for cycling given");
            }
            return values.at((int) (index % values.size()));
        }

        private boolean changed(Render render, Arguments values) {
            values.positionalOnly("changed", 0, Integer.MAX_VALUE);
            boolean changed = lastChanged == null || !render.equal(lastChanged, values.positional);
            lastChanged = values.positional;
            return changed;
        }

        @Override
        public Object call(Render render, Arguments arguments) {
            arguments.positionalOnly("loop", 1, 1);
            if (!recursive) {
                throw TemplateError.type("The loop must have the 'recursive' marker to be called recursively.");
            }
            render.budget.enterCall();
            Text text = new Text(render.budget);
            run(scope, arguments.at(0), depth + 1, text);
            render.budget.leaveCall();
            return text.toString();
        }

        @Override
        public boolean truth() {
            return length() != 0;
        }

        @Override
        public Iterator<Object> iterator() {
            return Values.iterator(this::hasNext, () -> Tuple.of(advance(), this));
        }

        @Override
        public String typeName() {
            return "LoopContext";
        }

        @Override
        public String describe() {
            return "jinja2.runtime.LoopContext object";
        }

        @Override
        public void repr(Text out) {
            out.append("<LoopContext " + (index + 1) + "/" + length() + ">");
        }
    }
}
