package dev.tokamak.tck;

import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a tool parser told, with neighbouring pieces of one kind put together, so that transcripts of the same text cut in
 * different ways are equal. Refuses what {@link ToolCallSink} forbids.
 */
final class ToolCallTranscript implements ToolCallSink {
    /** Something that was told: content or a call. */
    sealed interface Event permits Content, Call {}

    /** Text outside of calls. */
    record Content(String text) implements Event {}

    /** A call; not ended if the text ended within it, or if it was broken off. */
    record Call(String name, String id, String arguments, boolean ended) implements Event {}

    private final List<Event> events = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private String name;
    private String id;

    /** Feeds a parser text in pieces and ends it. */
    static List<Event> of(ToolParser parser, Iterable<String> deltas) {
        ToolCallTranscript transcript = new ToolCallTranscript();
        for (String delta : deltas) {
            if (!delta.isEmpty()) {
                parser.accept(delta, transcript);
            }
        }
        parser.finish(transcript);
        return transcript.events();
    }

    @Override
    public void content(String text) {
        require(!text.isEmpty(), "empty content");
        breakOff();
        this.text.append(text);
    }

    @Override
    public void beginCall(String name, String id) {
        breakOff();
        flushContent();
        this.name = name;
        this.id = id;
    }

    @Override
    public void arguments(String json) {
        require(name != null, "arguments outside of a call");
        require(!json.isEmpty(), "empty arguments");
        text.append(json);
    }

    @Override
    public void endCall() {
        require(name != null, "the end of no call");
        flushCall(true);
    }

    private void breakOff() {
        if (name != null) {
            flushCall(false);
        }
    }

    List<Event> events() {
        if (name == null) {
            flushContent();
        } else {
            flushCall(false);
        }
        return List.copyOf(events);
    }

    private void flushContent() {
        if (!text.isEmpty()) {
            events.add(new Content(text.toString()));
            text.setLength(0);
        }
    }

    private void flushCall(boolean ended) {
        events.add(new Call(name, id, text.toString(), ended));
        text.setLength(0);
        name = null;
    }

    private void require(boolean met, String found) {
        if (!met) {
            throw new AssertionError("The parser told " + found + ", behind " + events
                    + Optional.of(text)
                            .filter(rest -> !rest.isEmpty())
                            .map(rest -> " and '" + rest + "'")
                            .orElse(""));
        }
    }
}
