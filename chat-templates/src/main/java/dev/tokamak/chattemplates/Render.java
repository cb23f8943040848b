package dev.tokamak.chattemplates;

import java.time.ZonedDateTime;
import java.util.Map;
import java.util.function.Supplier;

/** One rendering: its variables, its clock and what it has spent. Used by one thread. */
final class Render {
    final Budget budget;
    final Arithmetic arithmetic;
    final Supplier<ZonedDateTime> clock;
    private final Map<String, Object> variables;

    Render(Limits limits, Supplier<ZonedDateTime> clock, Map<String, Object> variables) {
        this.budget = new Budget(limits);
        this.arithmetic = new Arithmetic(this);
        this.clock = clock;
        this.variables = variables;
    }

    /** A variable given to the template or a global function; {@link TemplateObject#MISSING} when there is none. */
    Object variable(String name) {
        Object value = variables.get(name);
        if (value != null || variables.containsKey(name)) {
            return value;
        }
        Object function = Globals.FUNCTIONS.get(name);
        return function == null ? TemplateObject.MISSING : function;
    }

    String str(Object value) {
        return PythonText.str(budget, value);
    }

    boolean equal(Object a, Object b) {
        return Values.equal(budget, a, b);
    }

    Object call(Object callee, Arguments arguments) {
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
