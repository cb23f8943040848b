package dev.tokamak.chattemplates.tree;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names that one scope of a template reads and writes, recorded while it is parsed.
 *
 * <p>Implementation notes: jinja2 decides before running what a name means in a scope. A name that the scope writes
 * before reading it is a variable of that scope from the scope's start, also for blocks inside that read it earlier than
 * it is set: there it is undefined, even when the template was given a variable of that name. {@link #unset()} lists
 * these names; a scope binds them to "missing" when it is entered. A name first written in a branch of an {@code if} is
 * taken from outside until then, so it is not among them.
 */
public final class ScopeNames {
    private interface Event {}

    private record Load(String name) implements Event {}

    private record Store(String name, boolean parameter) implements Event {}

    private record Branches(List<List<Event>> branches) implements Event {}

    private record Inner(ScopeNames scope) implements Event {}

    private final ScopeNames outer;
    private final boolean isolated;
    private final List<Event> events = new ArrayList<>();
    private final List<List<Event>> open = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private String[] unset = {};
    private int bodyStart;

    public ScopeNames(ScopeNames outer, boolean isolated) {
        this.outer = outer;
        this.isolated = isolated;
        open.add(events);
        if (outer != null) {
            outer.record(new Inner(this));
        }
    }

    public ScopeNames outer() {
        return outer;
    }

    private void record(Event event) {
        open.get(open.size() - 1).add(event);
    }

    public void load(String name) {
        record(new Load(name));
    }

    public void store(String name) {
        record(new Store(name, false));
    }

    public void parameter(String name) {
        record(new Store(name, true));
    }

    public void openBranches() {
        record(new Branches(new ArrayList<>()));
    }

    public void openBranch() {
        List<Event> events = open.get(open.size() - 1);
        List<Event> branch = new ArrayList<>();
        ((Branches) events.get(events.size() - 1)).branches.add(branch);
        open.add(branch);
    }

    public void closeBranch() {
        open.remove(open.size() - 1);
    }

    /** What was recorded so far are a macro's parameters and their defaults. */
    public void startBody() {
        bodyStart = events.size();
    }

    /** Does the body read this name without having set it? */
    public boolean bodyReads(String name) {
        return firstUse(events.subList(bodyStart, events.size()), name) instanceof Load;
    }

    private static Event firstUse(List<Event> events, String name) {
        for (Event event : events) {
            Event found = null;
            if (event instanceof Load load && load.name.equals(name)
                    || event instanceof Store store && store.name.equals(name)) {
                found = event;
            } else if (event instanceof Branches choice) {
                for (List<Event> branch : choice.branches) {
                    found = found == null ? firstUse(branch, name) : found;
                }
            } else if (event instanceof Inner inner && !inner.scope.isolated) {
                found = firstUse(inner.scope.events, name);
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** To be called on the outermost scope when everything is parsed. */
    public void resolve() {
        List<ScopeNames> inner = new ArrayList<>();
        Set<String> undefined = new HashSet<>();
        walk(events, known, new HashSet<>(), undefined, inner);
        unset = undefined.toArray(String[]::new);
        inner.forEach(ScopeNames::resolve);
    }

    private void walk(
            List<Event> part, Set<String> seen, Set<String> stored, Set<String> undefined, List<ScopeNames> inner) {
        for (Event event : part) {
            if (event instanceof Load load) {
                if (!isKnownOutside(load.name)) {
                    seen.add(load.name);
                }
            } else if (event instanceof Store store) {
                stored.add(store.name);
                if (seen.add(store.name) && !store.parameter && !isKnownOutside(store.name)) {
                    undefined.add(store.name);
                }
            } else if (event instanceof Branches choice) {
                walkBranches(choice, seen, stored, undefined, inner);
            } else if (event instanceof Inner scope) {
                inner.add(scope.scope);
            }
        }
    }

    private void walkBranches(
            Branches choice, Set<String> seen, Set<String> stored, Set<String> undefined, List<ScopeNames> inner) {
        Set<String> seenBefore = new HashSet<>(seen);
        Set<String> storedBefore = new HashSet<>(stored);
        for (List<Event> branch : choice.branches) {
            Set<String> branchSeen = new HashSet<>(seenBefore);
            Set<String> branchStored = new HashSet<>(storedBefore);
            walk(branch, branchSeen, branchStored, new HashSet<>(), inner);
            seen.addAll(branchSeen);
            stored.addAll(branchStored);
        }
        // Names first stored in a branch come from outside until that branch runs, so none of them is undefined.
        for (String name : stored) {
            if (!storedBefore.contains(name)) {
                undefined.remove(name);
            }
        }
    }

    private boolean isKnownOutside(String name) {
        for (ScopeNames scope = isolated ? null : outer; scope != null; scope = scope.isolated ? null : scope.outer) {
            if (scope.known.contains(name)) {
                return true;
            }
        }
        return false;
    }

    /** Names that are missing, not taken from outside, when the scope starts. Interned. */
    String[] unset() {
        return unset;
    }
}
