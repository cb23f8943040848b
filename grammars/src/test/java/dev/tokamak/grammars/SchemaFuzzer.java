package dev.tokamak.grammars;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.StructuredOutput.Kind;
import dev.tokamak.api.TokamakException;
import dev.tokamak.grammars.tokens.TokenIndex;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarCompiler;
import dev.tokamak.spi.grammar.GrammarState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Checks grammars against a validator: whatever a random model finishes must validate, and whatever document is
 * generated and validates must be accepted token by token. Run its main with a number of schemas and a seed for more
 * than the build does.
 */
public final class SchemaFuzzer {
    /** Formats of which the validator knows less than their RFC allows; {@link StringFormatTest} has their texts. */
    private static final Set<String> WIDER_THAN_VALIDATOR =
            Set.of("email", "hostname", "uri", "uri-reference", "time", "date-time", "ipv6");

    private final SyntheticVocabulary vocabulary;
    private final GrammarCompiler compiler;
    private final JsonMapper mapper = JsonMapper.builder()
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private final JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private final SchemaValidatorsConfig config =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    int refused;
    int finished;
    int unfinished;
    int accepted;

    SchemaFuzzer(SyntheticVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.compiler = new AutomatonCompiler(
                new TokenIndex(vocabulary, vocabulary.size(), new int[] {vocabulary.endToken()}),
                Grammars.UNTIMED,
                false);
    }

    /** Checks one schema; an empty text means that all was well. */
    String check(long seed) {
        Random random = new Random(seed);
        RandomSchemas schemas = new RandomSchemas(random);
        JsonNode schema = schemas.schema();
        CompiledGrammar grammar;
        try {
            grammar = compiler.compile(StructuredOutput.of(Kind.JSON_SCHEMA, schema.toString()));
        } catch (TokamakException e) {
            refused++;
            boolean agreed = e.getMessage().startsWith("No finite text")
                    || e.getMessage().contains("'oneOf'");
            return agreed ? "" : "seed " + seed + ": refused " + schema + ": " + e.getMessage();
        }
        JsonSchema validator = factory.getSchema(schema, config);
        RandomModel model = new RandomModel(vocabulary, random);
        for (int i = 0; i < 3; i++) {
            String text = model.write(grammar.newState(), 600);
            if (text == null) {
                unfinished++;
                continue;
            }
            finished++;
            String problem = invalid(validator, text);
            if (problem != null) {
                return "seed " + seed + ": " + problem + "\n  schema " + schema + "\n  text " + text;
            }
        }
        for (int i = 0; i < 3; i++) {
            JsonNode document = schemas.document(schema, schema, 0);
            if (document == null || !validator.validate(document).isEmpty()) {
                continue;
            }
            String text = RandomSchemas.write(document, random);
            String problem = rejected(grammar.newState(), text, random);
            if (problem != null) {
                return "seed " + seed + ": " + problem + "\n  schema " + schema + "\n  text " + text;
            }
            accepted++;
        }
        return "";
    }

    private String invalid(JsonSchema validator, String text) {
        try {
            List<ValidationMessage> messages = validator.validate(mapper.readTree(text)).stream()
                    .filter(message -> !WIDER_THAN_VALIDATOR.contains(
                            message.getSchemaNode().asText()))
                    .toList();
            return messages.isEmpty() ? null : "invalid: " + messages;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return "not JSON: " + e.getMessage();
        }
    }

    private String rejected(GrammarState state, String text, Random random) {
        int[] words = new int[(vocabulary.size() + 31) / 32];
        StringBuilder seen = new StringBuilder();
        for (int token : vocabulary.tokenise(text.getBytes(StandardCharsets.UTF_8), random)) {
            state.fillMask(words, 0);
            boolean masked = (words[token >>> 5] >>> token & 1) == 0;
            boolean taken = state.accept(token);
            if (masked || !taken) {
                return "valid document rejected (masked " + masked + ", accepted " + taken + ") after '" + seen + "'";
            }
            seen.append(new String(vocabulary.bytes(token), StandardCharsets.UTF_8));
        }
        return state.accept(vocabulary.endToken()) ? null : "the end was rejected after '" + seen + "'";
    }

    /** Arguments: schemas to try, first seed, vocabulary size. */
    public static void main(String[] arguments) {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
        int size = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4096;
        SchemaFuzzer fuzzer = new SchemaFuzzer(new SyntheticVocabulary(size));
        int failures = 0;
        for (long i = seed; i < seed + count && failures < 12; i++) {
            String problem;
            try {
                problem = fuzzer.check(i);
            } catch (Throwable e) {
                problem = "seed " + i + ": " + e + " " + e.getStackTrace()[0];
            }
            if (!problem.isEmpty()) {
                failures++;
                System.out.println(problem);
            }
        }
        System.out.println(
                "schemas " + count + ", refused " + fuzzer.refused + ", finished " + fuzzer.finished + ", unfinished "
                        + fuzzer.unfinished + ", documents accepted " + fuzzer.accepted + ", failures " + failures);
    }
}
