package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.TemplateError;
import java.util.List;
import java.util.Map;

/** The arguments of one call: positional ones, then named ones in the order given. */
public final class Arguments {
    public static final Arguments NONE = new Arguments(List.of(), Map.of());

    public final List<Object> positional;
    public final Map<String, Object> named;

    public Arguments(List<Object> positional, Map<String, Object> named) {
        this.positional = positional;
        this.named = named;
    }

    public int size() {
        return positional.size();
    }

    public Object at(int index) {
        return positional.get(index);
    }

    /** The arguments after the first {@code count} positional ones. */
    public Arguments from(int count) {
        return new Arguments(positional.subList(count, positional.size()), named);
    }

    /** Refuses named arguments and any other number of positional ones. */
    public void positionalOnly(String function, int least, int most) {
        if (!named.isEmpty()) {
            throw TemplateError.type(function + "() takes no keyword arguments");
        }
        if (size() < least) {
            throw TemplateError.type(function + " expected at least " + least + " argument" + (least == 1 ? "" : "s")
                    + ", got " + size());
        }
        if (size() > most) {
            throw TemplateError.type(
                    function + " expected at most " + most + " argument" + (most == 1 ? "" : "s") + ", got " + size());
        }
    }
}
