package dev.tokamak.libtorch.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.libtorch.attention.PromptChunks.Group;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PromptChunksTest {
    @Test
    void chunksThatFitAreOneGroup() {
        PromptChunks chunks = new PromptChunks(100);
        chunks.add(10, 40);
        chunks.add(30, 30);
        chunks.add(2, 30);
        assertThat(chunks.groups()).containsExactly(new Group(0, 3, 0, 42, 100, 30, 40));
        assertThat(chunks.beginsAt(0)).isZero();
    }

    @Test
    void aChunkThatDoesNotFitBeginsAGroup() {
        PromptChunks chunks = new PromptChunks(100);
        chunks.add(10, 60);
        chunks.add(5, 41);
        chunks.add(7, 7);
        chunks.add(3, 99);
        assertThat(chunks.groups())
                .containsExactly(
                        new Group(0, 1, 0, 10, 60, 10, 60),
                        new Group(1, 2, 10, 12, 48, 7, 41),
                        new Group(3, 1, 22, 3, 99, 3, 99));
        assertThat(chunks.beginsAt(0)).isZero();
        assertThat(chunks.beginsAt(1)).isEqualTo(2);
        assertThat(chunks.beginsAt(2)).isEqualTo(5);
    }

    @Test
    void aContextBeyondTheCapacityIsAGroupOfItsOwn() {
        PromptChunks chunks = new PromptChunks(100);
        chunks.add(2, 500);
        chunks.add(2, 20);
        assertThat(chunks.groups()).extracting(Group::contextTokens).containsExactly(500, 20);
    }

    @Test
    void manyLongContextsDoNotOverflow() {
        PromptChunks chunks = new PromptChunks(Integer.MAX_VALUE);
        chunks.add(1, Integer.MAX_VALUE - 1);
        chunks.add(1, Integer.MAX_VALUE - 1);
        assertThat(chunks.groups()).hasSize(2);
    }

    @Test
    void groupsAreSideBySideAndTheirBeginsDoNotOverlap() {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            int capacity = 1 + random.nextInt(500);
            int rows = 1 + random.nextInt(40);
            PromptChunks chunks = new PromptChunks(capacity);
            int tokens = 0;
            for (int row = 0; row < rows; row++) {
                int chunk = 2 + random.nextInt(30);
                tokens += chunk;
                Group group = chunks.add(chunk, Math.min(capacity, chunk + random.nextInt(300)));
                assertThat(group).isEqualTo(chunks.groups().get(chunks.groups().size() - 1));
            }
            int row = 0;
            int token = 0;
            int begins = 0;
            for (int i = 0; i < chunks.groups().size(); i++) {
                Group group = chunks.groups().get(i);
                assertThat(group.firstRow()).isEqualTo(row);
                assertThat(group.firstToken()).isEqualTo(token);
                assertThat(chunks.beginsAt(i)).isEqualTo(begins);
                assertThat(group.contextTokens()).isLessThanOrEqualTo(capacity);
                row += group.rows();
                token += group.tokens();
                begins += group.rows() + 1;
            }
            assertThat(row).isEqualTo(rows);
            assertThat(token).isEqualTo(tokens);
            assertThat(begins).isLessThanOrEqualTo(2 * rows);
        }
    }
}
