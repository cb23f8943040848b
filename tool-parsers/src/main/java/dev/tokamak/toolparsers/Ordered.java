package dev.tokamak.toolparsers;

import java.util.LinkedHashMap;
import java.util.Map;

/** Maps whose entries keep their order, so that what is written from them is the same each time. */
final class Ordered {
    private Ordered() {}

    static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
