package dev.tokamak.chattemplates.render;

/** Everything that can go wrong in a template, named as Python and jinja2 name it. */
public final class TemplateError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The Python class that jinja2 would raise; {@link #LIMIT} is ours. */
    public enum Kind {
        SYNTAX("TemplateSyntaxError"),
        ASSERTION("TemplateAssertionError"),
        RUNTIME("TemplateRuntimeError"),
        RAISED("TemplateError"),
        UNDEFINED("UndefinedError"),
        SECURITY("SecurityError"),
        FILTER_ARGUMENT("FilterArgumentError"),
        TYPE("TypeError"),
        VALUE("ValueError"),
        KEY("KeyError"),
        INDEX("IndexError"),
        ZERO_DIVISION("ZeroDivisionError"),
        OVERFLOW("OverflowError"),
        ATTRIBUTE("AttributeError"),
        ASSERT("AssertionError"),
        LIMIT("LimitExceeded");

        public final String pythonName;

        Kind(String pythonName) {
            this.pythonName = pythonName;
        }
    }

    public final Kind kind;

    /** Line in the template, counted from 1; 0 until a statement on the way up fills it in. */
    private int line;

    public TemplateError(Kind kind, String message, int line) {
        // Without a stack trace: a template's mistake is located by its line, and hostile templates raise many.
        super(message, null, false, false);
        this.kind = kind;
        this.line = line;
    }

    public TemplateError(Kind kind, String message) {
        this(kind, message, 0);
    }

    public static TemplateError syntax(String message, int line) {
        return new TemplateError(Kind.SYNTAX, message, line);
    }

    public static TemplateError type(String message) {
        return new TemplateError(Kind.TYPE, message);
    }

    public static TemplateError value(String message) {
        return new TemplateError(Kind.VALUE, message);
    }

    public static TemplateError limit(String message) {
        return new TemplateError(Kind.LIMIT, message);
    }

    public int line() {
        return line;
    }

    /** Remembers the innermost statement's line; outer statements leave it alone. */
    public TemplateError at(int statementLine) {
        if (line == 0) {
            line = statementLine;
        }
        return this;
    }
}
