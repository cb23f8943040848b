package dev.tokamak.chattemplates;

/** What {@code namespace()} makes: the one value whose attributes a template may set. */
final class Namespace implements TemplateObject {
    private final Dict attributes;

    Namespace(Dict attributes) {
        this.attributes = attributes;
    }

    void set(String name, Object value) {
        attributes.put(name, value);
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
        return attributes.get(name);
    }

    @Override
    public void repr(Text out) {
        out.append("<Namespace ");
        attributes.repr(out);
        out.append('>');
    }
}
