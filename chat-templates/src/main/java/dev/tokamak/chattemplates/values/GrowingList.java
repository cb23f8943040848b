package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Budget;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;

/**
 * A list that was made by adding one list to another. Templates that collect with {@code ns.list = ns.list + [x]} would copy all for each
 * element; here the longest of such lists shares its elements with the ones that it was made of, each of which sees its own
 * beginning only. Never changes once it is made.
 */
final class GrowingList extends AbstractList<Object> implements RandomAccess {
    private final ArrayList<Object> shared;
    private final int size;

    private GrowingList(ArrayList<Object> shared) {
        this.shared = shared;
        this.size = shared.size();
    }

    static GrowingList joined(Budget budget, List<?> a, List<?> b) {
        ArrayList<Object> elements;
        if (a instanceof GrowingList list && list.shared.size() == list.size) {
            budget.grownList(b.size(), (long) list.size + b.size());
            elements = list.shared;
        } else {
            budget.elements((long) a.size() + b.size());
            elements = new ArrayList<>(a.size() + b.size());
            elements.addAll(a);
        }
        elements.addAll(b);
        return new GrowingList(elements);
    }

    @Override
    public Object get(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return shared.get(index);
    }

    @Override
    public int size() {
        return size;
    }
}
