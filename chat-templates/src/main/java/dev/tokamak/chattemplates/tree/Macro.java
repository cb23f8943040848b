package dev.tokamak.chattemplates.tree;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.text.Text;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Callable;
import dev.tokamak.chattemplates.values.Dict;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Undefined;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A macro or the body of a call block, with the scope that it was defined in. */
public final class Macro implements Callable {
    /**
     * A macro as written.
     *
     * @param name {@code null} for the body of a call block
     * @param parameters their names
     * @param defaults those of the last parameters
     * @param catchesCaller whether the body reads {@code caller} without it being a parameter; likewise the next two
     */
    public record Definition(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            Statement.Body body,
            boolean catchesCaller,
            boolean catchesNamed,
            boolean catchesMore) {}

    private final Definition definition;
    private final Scope closure;

    Macro(Definition definition, Scope closure) {
        this.definition = definition;
        this.closure = closure;
    }

    @Override
    public Object call(Render render, Arguments arguments) {
        Scope scope = new Scope(render, closure, definition.body.names());
        render.budget.enterCall();
        bind(scope, arguments);
        Text out = new Text(render.budget);
        Statement.executeAll(definition.body.statements(), scope, out);
        render.budget.leaveCall();
        return out.toString();
    }

    private void bind(Scope scope, Arguments arguments) {
        Map<String, Object> named = new LinkedHashMap<>(arguments.named);
        List<String> parameters = definition.parameters;
        Map<String, Object> given = new HashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            String name = parameters.get(i);
            if (i < arguments.size()) {
                given.put(name, arguments.at(i));
            } else if (named.containsKey(name)) {
                given.put(name, named.remove(name));
            }
            scope.set(name, given.containsKey(name) ? given.get(name) : MISSING);
        }
        bindSpecial(scope, arguments, named);
        // Defaults may read the parameters before them, so they come last.
        int firstDefault = parameters.size() - definition.defaults.size();
        for (int i = 0; i < parameters.size(); i++) {
            String name = parameters.get(i);
            if (!given.containsKey(name)) {
                scope.set(
                        name,
                        i >= firstDefault
                                ? definition.defaults.get(i - firstDefault).evaluate(scope)
                                : Undefined.because("parameter " + PythonText.quote(name) + " was not provided"));
            }
        }
    }

    private void bindSpecial(Scope scope, Arguments arguments, Map<String, Object> named) {
        if (definition.catchesCaller) {
            Object caller = named.remove("caller");
            scope.set("caller", caller == null ? Undefined.because("No caller defined") : caller);
        }
        if (definition.catchesNamed) {
            Dict rest = new Dict();
            named.forEach(rest::put);
            scope.set("kwargs", rest);
        } else if (!named.isEmpty()) {
            throw TemplateError.type("macro " + PythonText.repr(scope.render.budget, definition.name)
                    + (named.containsKey("caller")
                            ? " was invoked with two values for the special caller argument. This is most likely a bug."
                            : " takes no keyword argument "
                                    + PythonText.quote(named.keySet().iterator().next())));
        }
        int count = definition.parameters.size();
        if (definition.catchesMore) {
            List<Object> more = arguments.positional.subList(Math.min(count, arguments.size()), arguments.size());
            scope.set("varargs", new Tuple(new ArrayList<>(more)));
        } else if (arguments.size() > count) {
            throw TemplateError.type("macro " + PythonText.repr(scope.render.budget, definition.name)
                    + " takes not more than " + count + " argument(s)");
        }
    }

    @Override
    public Object attribute(String name) {
        return switch (name) {
            case "name" -> definition.name;
            case "arguments" -> new Tuple(new ArrayList<>(definition.parameters));
            case "catch_kwargs" -> definition.catchesNamed;
            case "catch_varargs" -> definition.catchesMore;
            case "caller" -> definition.catchesCaller;
            default -> MISSING;
        };
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    @Override
    public String describe() {
        return "jinja2.runtime.Macro object";
    }

    @Override
    public void repr(Text out) {
        out.append("<Macro ")
                .append(definition.name == null ? "anonymous" : PythonText.quote(definition.name))
                .append(">");
    }
}
