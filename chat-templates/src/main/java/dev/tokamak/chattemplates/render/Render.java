package dev.tokamak.chattemplates.render;

import dev.tokamak.chattemplates.filters.Globals;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Arithmetic;
import dev.tokamak.chattemplates.values.Callable;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.function.Supplier;

/** One rendering: its variables, its clock and what it has spent. Used by one thread. */
public final class Render {
    public final Budget budget;
    public final Arithmetic arithmetic;
    public final Supplier<ZonedDateTime> clock;
    private final Map<String, Object> variables;

    public Render(Limits limits, Supplier<ZonedDateTime> clock, Map<String, Object> variables) {
        this.budget = new Budget(limits);
        this.arithmetic = new Arithmetic(this);
        this.clock = clock;
        this.variables = variables;
    }

    /** A variable given to the template or a global function; {@link TemplateObject#MISSING} when there is none. */
    public Object variable(String name) {
        Object value = variables.get(name);
        if (value != null || variables.containsKey(name)) {
            return value;
        }
        Object function = Globals.FUNCTIONS.get(name);
        return function == null ? TemplateObject.MISSING : function;
    }

    public String str(Object value) {
        return PythonText.str(budget, value);
    }

    public boolean equal(Object a, Object b) {
        return Values.equal(budget, a, b);
    }

    public Object call(Object callee, Arguments arguments) {
        budget.step();
        if (callee instanceof Callable callable) {
            return callable.call(this, arguments);
        }
        if (callee instanceof Undefined undefined) {
            throw undefined.fail();
        }
        throw TemplateError.type("'" + Values.typeName(callee) + "' object is not callable");
    }
}
