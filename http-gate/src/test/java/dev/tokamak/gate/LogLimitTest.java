package dev.tokamak.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogLimitTest {
    private final List<String> lines = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            if (isLoggable(record)) {
                lines.add(record.getLoggerName() + " " + record.getLevel() + " " + record.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void limit() {
        handler.setFilter(new LogLimit(handler, record -> !record.getMessage().equals("hidden"), ends::add));
    }

    private void log(int count, String logger, Level level, String message) {
        for (int i = 0; i < count; i++) {
            LogRecord record = new LogRecord(level, message);
            record.setLoggerName(logger);
            handler.publish(record);
        }
    }

    @Test
    void tenThousandLinesOfAKindAreTenAndTheirNumber() {
        log(10_000, "a", Level.WARNING, "broken");
        assertThat(lines).hasSize(10).containsOnly("a WARNING broken");

        assertThat(ends).hasSize(1);
        ends.get(0).run();
        assertThat(lines).hasSize(11).last().isEqualTo("a WARNING 9990 more were left out in 60 s");
    }

    @Test
    void aNewWindowWritesAgain() {
        log(11, "a", Level.WARNING, "one");
        ends.get(0).run();
        log(11, "a", Level.WARNING, "two");
        ends.get(1).run();
        assertThat(lines)
                .hasSize(22)
                .filteredOn(line -> line.endsWith("1 more were left out in 60 s"))
                .hasSize(2);
    }

    @Test
    void otherLoggersAndLevelsAreNotHeldBack() {
        log(100, "a", Level.WARNING, "flood");
        log(1, "a", Level.SEVERE, "error");
        log(1, "b", Level.WARNING, "other");
        log(100, "a", Level.INFO, "progress");
        assertThat(lines)
                .contains("a SEVERE error", "b WARNING other")
                .filteredOn(line -> line.contains("INFO"))
                .hasSize(100);
    }

    @Test
    void aWindowWithoutAFloodEndsWithoutAWord() {
        log(10, "a", Level.WARNING, "rare");
        ends.get(0).run();
        assertThat(lines).hasSize(10);
    }

    @Test
    void whatTheHandlersOwnFilterHidesDoesNotCount() {
        log(100, "a", Level.WARNING, "hidden");
        log(10, "a", Level.WARNING, "shown");
        assertThat(lines).hasSize(10).containsOnly("a WARNING shown");
    }
}
