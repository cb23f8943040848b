package dev.tokamak.chattemplates;

/** Everything that can go wrong in a template, named as Python and jinja2 name it. */
final class TemplateError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The Python class that jinja2 would raise; {@link #LIMIT} is ours. */
    enum Kind {
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

        final String pythonName;

        Kind(String pythonName) {
            this.pythonName = pythonName;
        }
    }

    final Kind kind;

    /** Line in the template, counted from 1; 0 until a statement on the way up fills it in. */
    private int line;

    TemplateError(Kind kind, String message, int line) {
        // Without a stack trace: a template's mistake is located by its line, and hostile templates raise many.
        super(message, null, false, false);
        this.kind = kind;
        this.line = line;
    }

    TemplateError(Kind kind, String message) {
        this(kind, message, 0);
    }

    static TemplateError syntax(String message, int line) {
        return new TemplateError(Kind.SYNTAX, message, line);
    }

    static TemplateError type(String message) {
        return new TemplateError(Kind.TYPE, message);
    }

    static TemplateError value(String message) {
        return new TemplateError(Kind.VALUE, message);
    }

    static TemplateError limit(String message) {
        return new TemplateError(Kind.LIMIT, message);
    }

    int line() {
        return line;
    }

    /** Remembers the innermost statement's line; outer statements leave it alone. */
    TemplateError at(int statementLine) {
        if (line == 0) {
            line = statementLine;
        }
        return this;
    }
}
