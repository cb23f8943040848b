package dev.tokamak.chattemplates;

import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.syntax.Parser;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;

/** Renders a template with the clock that the references were made with. */
final class Reference {
    static final ZonedDateTime NOW = ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);

    /** A text, or the error that jinja2 would raise. */
    record Outcome(String text, String error) {}

    private Reference() {}

    static Outcome render(String template, Map<String, ?> variables) {
        try {
            return new Outcome(compile(template).evaluate(variables), null);
        } catch (TemplateError e) {
            return new Outcome(null, describe(e));
        }
    }

    private static JinjaTemplate compile(String template) {
        return new JinjaTemplate(Parser.parse(template), Limits.DEFAULT, () -> NOW);
    }

    static String describe(TemplateError e) {
        return e.kind.pythonName + ": " + e.getMessage();
    }
}
