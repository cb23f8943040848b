package dev.tokamak.chattemplates.syntax;

/**
 * A piece of a template.
 *
 * @param value the text between tags, a name, a string with its escapes resolved, a number, or an operator's characters
 * @param line counted from 1
 */
public record Token(Type type, Object value, int line) {
    enum Type {
        DATA("template data / text"),
        BLOCK_BEGIN("begin of statement block"),
        BLOCK_END("end of statement block"),
        VARIABLE_BEGIN("begin of print statement"),
        VARIABLE_END("end of print statement"),
        NAME("name"),
        STRING("string"),
        INTEGER("integer"),
        FLOAT("float"),
        OPERATOR("operator"),
        END("end of template");

        final String description;

        Type(String description) {
            this.description = description;
        }
    }

    boolean is(Type other) {
        return type == other;
    }

    boolean isOperator(String operator) {
        return type == Type.OPERATOR && value.equals(operator);
    }

    boolean isName(String name) {
        return type == Type.NAME && value.equals(name);
    }

    String text() {
        return (String) value;
    }

    /** As error messages name it. */
    String describe() {
        return type == Type.NAME || type == Type.OPERATOR ? text() : type.description;
    }
}
