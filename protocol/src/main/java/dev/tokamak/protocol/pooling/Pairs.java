package dev.tokamak.protocol.pooling;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Texts that are scored against each other.
 *
 * @param queries one, or as many as documents
 * @param documents at least one
 * @param queryField where the queries are from
 * @param documentField where the documents are from
 * @param documentAlone whether that field is the one document itself
 */
record Pairs(
        List<String> queries, List<String> documents, String queryField, String documentField, boolean documentAlone) {
    private static final String[][] NAMES = {
        {"queries", "documents"}, {"queries", "items"}, {"data_1", "data_2"}, {"text_1", "text_2"}
    };

    /** Reads the body of {@code /score}, by any of the names that its fields have had. */
    static Pairs ofScore(Fields fields) {
        String[] names = names(fields);
        List<String> queries = texts(fields, names[0]);
        List<String> documents = texts(fields, names[1]);
        if (queries.size() != 1 && queries.size() != documents.size()) {
            throw ProtocolException.invalidValue(
                    names[1],
                    names[1] + " must have as many texts as " + names[0] + " unless that has one, got "
                            + documents.size() + " and " + queries.size());
        }
        return new Pairs(
                queries, documents, names[0], names[1], fields.any(names[1]).orElseThrow() instanceof String);
    }

    /** Reads a query and the documents that are ranked by it, which may be objects with a text. */
    static Pairs ofRanking(Fields fields, String documentField) {
        String query = fields.requiredString("query");
        if (!fields.has(documentField)) {
            throw ProtocolException.missing(documentField);
        }
        return new Pairs(List.of(query), items(fields, documentField), "query", documentField, false);
    }

    private static String[] names(Fields fields) {
        for (String[] pair : NAMES) {
            if (fields.has(pair[0]) && fields.has(pair[1])) {
                return pair;
            }
        }
        for (String[] pair : NAMES) {
            if (fields.has(pair[0])) {
                throw ProtocolException.missing(pair[1]);
            }
        }
        for (String[] pair : NAMES) {
            if (fields.has(pair[1])) {
                throw ProtocolException.missing(pair[0]);
            }
        }
        throw ProtocolException.missing(NAMES[0][0]);
    }

    private static List<String> texts(Fields fields, String name) {
        Object value = fields.any(name).orElseThrow();
        if (value instanceof String text) {
            return List.of(text);
        }
        if (!(value instanceof List)) {
            throw Fields.wrongType(name, "a string or a list of strings", value);
        }
        return items(fields, name);
    }

    private static List<String> items(Fields fields, String name) {
        List<String> texts = new ArrayList<>();
        for (Object item : fields.list(name, PooledModel.MAX_TEXTS)) {
            String path = name + "[" + texts.size() + "]";
            if (item instanceof String text) {
                texts.add(text);
            } else if (item instanceof Map) {
                texts.add(Fields.object(path, item).requiredString("text"));
            } else {
                throw Fields.wrongType(path, "a string or an object with a text", item);
            }
        }
        if (texts.isEmpty()) {
            throw ProtocolException.invalidValue(name, name + " must not be an empty list");
        }
        return texts;
    }

    /** The query of a document. */
    String query(int document) {
        return queries.get(queries.size() == 1 ? 0 : document);
    }

    String documentPath(int index) {
        return documentAlone ? documentField : documentField + "[" + index + "]";
    }
}
