package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.text.GrowingText;
import dev.tokamak.chattemplates.text.Text;
import java.util.HashMap;
import java.util.Map;

/** What {@code namespace()} makes: the one value whose attributes a template may set. */
public final class Namespace implements TemplateObject {
    private final Budget budget;
    private final Dict attributes;
    private final Map<String, GrowingText> growing = new HashMap<>(2);

    public Namespace(Budget budget, Dict attributes) {
        this.budget = budget;
        this.attributes = attributes;
    }

    public void set(String name, Object value) {
        growing.remove(name);
        attributes.put(name, value);
    }

    /**
     * The text of this name, to be appended to and given back to {@link #grown}; {@code null} when it is no text. What is set in
     * between does not change it, as if it had been read.
     */
    public GrowingText grow(String name) {
        GrowingText text = growing.remove(name);
        if (text != null) {
            attributes.put(name, text);
            return text;
        }
        Object value = attributes.get(name);
        String start = value instanceof GrowingText beingGrown
                ? beingGrown.read(budget)
                : value instanceof String s ? s : null;
        return start == null ? null : new GrowingText(start);
    }

    public void grown(String name, GrowingText text) {
        growing.put(name, text);
    }

    @Override
    public String typeName() {
        return "Namespace";
    }

    @Override
    public String describe() {
        return "jinja2.utils.Namespace object";
    }

    @Override
    public boolean truth() {
        return true;
    }

    @Override
    public Object attribute(String name) {
        GrowingText text = growing.get(name);
        if (text != null) {
            return text.read(budget);
        }
        Object value = attributes.get(name);
        return value instanceof GrowingText read ? read.read(budget) : value;
    }

    @Override
    public void repr(Text out) {
        out.append("<Namespace ");
        growing.forEach((name, text) -> attributes.put(name, text.read(budget)));
        attributes.repr(out);
        out.append('>');
    }
}
