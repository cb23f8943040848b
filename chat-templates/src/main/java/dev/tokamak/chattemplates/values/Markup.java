package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.text.Text;

/**
 * A string marked as safe HTML by {@code safe} or {@code escape}. Chat templates use {@code tojson|safe}; as in Python,
 * adding another string to it escapes that string.
 */
public final class Markup implements TemplateObject {
    private final String text;

    public Markup(String text) {
        this.text = text;
    }

    /** The text of any value as HTML; what is markup already stays as it is. */
    public static Markup escape(Budget budget, Object value) {
        if (value instanceof Markup markup) {
            return markup;
        }
        String plain = PythonText.str(budget, value);
        Text out = new Text(budget);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&#34;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return new Markup(out.toString());
    }

    @Override
    public String typeName() {
        return "Markup";
    }

    @Override
    public String describe() {
        return "markupsafe.Markup object";
    }

    @Override
    public int length() {
        return text.codePointCount(0, text.length());
    }

    @Override
    public void repr(Text out) {
        out.append("Markup(").append(PythonText.quote(text)).append(")");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Markup markup && markup.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
