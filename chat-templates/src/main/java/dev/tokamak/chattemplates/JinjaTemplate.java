package dev.tokamak.chattemplates;

import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.syntax.Parser;
import dev.tokamak.chattemplates.text.Text;
import dev.tokamak.chattemplates.tree.Scope;
import dev.tokamak.chattemplates.tree.Statement;
import dev.tokamak.spi.chattemplate.ChatTemplate;
import dev.tokamak.spi.chattemplate.ChatTemplateException;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** A parsed template. Immutable; each rendering has a state of its own. */
final class JinjaTemplate implements ChatTemplate {
    private final Statement.Body body;
    private final Limits limits;
    private final Supplier<ZonedDateTime> clock;

    JinjaTemplate(Statement.Body body, Limits limits, Supplier<ZonedDateTime> clock) {
        this.body = body;
        this.limits = limits;
        this.clock = clock;
    }

    static JinjaTemplate compile(String source) {
        try {
            return new JinjaTemplate(Parser.parse(source), Limits.DEFAULT, ZonedDateTime::now);
        } catch (StackOverflowError e) {
            throw failure(tooDeep());
        } catch (TemplateError e) {
            throw failure(e);
        }
    }

    @Override
    public String render(Map<String, ?> variables) {
        try {
            return evaluate(variables);
        } catch (TemplateError e) {
            throw failure(e);
        }
    }

    /** As {@link #render}, with the failure as jinja2 would name it. */
    String evaluate(Map<String, ?> variables) {
        Map<String, Object> converted = new HashMap<>();
        try {
            Inputs inputs = new Inputs();
            variables.forEach((name, value) -> converted.put(name, inputs.convert(value, name)));
            Render render = new Render(limits.with(inputs.elements(), inputs.chars()), clock, converted);
            Text out = new Text(render.budget);
            Statement.executeAll(body.statements(), new Scope(render, null, body.names()), out);
            return out.toString();
        } catch (StackOverflowError e) {
            // Deep data or long chains of operators; nothing is held that an unwound stack could leave behind.
            throw tooDeep();
        }
    }

    private static TemplateError tooDeep() {
        return TemplateError.limit("the template or its data are nested too deeply (recursion depth)");
    }

    private static ChatTemplateException failure(TemplateError error) {
        boolean own = error.kind == TemplateError.Kind.RAISED;
        return new ChatTemplateException(
                own ? error.getMessage() : error.kind.pythonName + ": " + error.getMessage(), error.line());
    }
}
