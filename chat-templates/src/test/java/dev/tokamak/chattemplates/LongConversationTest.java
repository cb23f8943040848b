package dev.tokamak.chattemplates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.chattemplates.render.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is appended costs what is new, and limits grow with what a template is given. */
class LongConversationTest {
    private static String render(String template, Map<String, ?> variables) {
        Reference.Outcome outcome = Reference.render(template, variables);
        assertThat(outcome.error()).isNull();
        return outcome.text();
    }

    private static List<Object> messages(int count) {
        List<Object> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(Map.of("role", i % 2 == 0 ? "user" : "tool", "content", "text of message " + i));
        }
        return messages;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ns.out ~ m.role ~ ': ' ~ m.content ~ 1",
                "ns.out + m.role + ': ' + m.content + '1'",
                "ns.out + (m.role ~ ': ') + m.content ~ 1"
            })
    void promptOfTenThousandMessagesCanBeBuiltByAppending(String appended) {
        String template = "{% set ns = namespace(out='') %}{% for m in messages %}{% set ns.out = " + appended
                + " %}{% endfor %}{{ ns.out }}";
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            expected.append(i % 2 == 0 ? "user" : "tool")
                    .append(": text of message ")
                    .append(i)
                    .append('1');
        }
        assertThat(render(template, Map.of("messages", messages(10_000)))).isEqualTo(expected.toString());
    }

    @Test
    void listsGrowByWhatIsNew() {
        String template =
                "{% set ns = namespace(l=[]) %}{% for m in messages %}{% set ns.l = ns.l + [m.content] %}{% endfor %}"
                        + "{{ ns.l|length }} {{ ns.l[-1] }}";
        assertThat(render(template, Map.of("messages", messages(10_000)))).isEqualTo("10000 text of message 9999");
    }

    @Test
    void allMessagesCanBeLookedThroughForEachMessage() {
        String template = "{% set ns = namespace(n=0) %}{% for m in messages %}{% for o in messages[loop.index0:] %}"
                + "{% if o.role == 'none' %}{% set ns.n = ns.n + 1 %}{% endif %}{% endfor %}{% endfor %}{{ ns.n }}";
        assertThat(render(template, Map.of("messages", messages(4_000)))).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "{% set ns.a = ns.a ~ ns.a ~ ns.a %}{{ ns.a }} # xxx",
                "{% set ns.a = ns.a ~ 1 %}{% set before = ns.a %}{% set ns.a = ns.a ~ 2 %}{{ before }} {{ ns.a }} # x1 x12",
                "{% set ns.a = ns.a ~ 1 %}{% set ns.b = ns.a %}{% set ns.a = ns.a ~ 2 %}{{ ns.b }} {{ ns.a }} # x1 x12",
                "{% macro m() %}{% set ns.a = ns.a ~ 'm' %}<{{ ns.a }}>{% endmacro %}{% set ns.a = ns.a ~ m() %}{{ ns.a }} # x<xm>",
                "{% macro m() %}{% set ns.a = 'm' %}{% endmacro %}{% set ns.a = ns.a ~ 1 %}{% set ns.a = ns.a + m() + '2' %}{{ ns.a }} # x12",
                "{% set ns.a = ns.a + ('<'|escape) + '>' %}{{ ns.a }} # x&lt;&gt;",
                "{% set ns.a = ns.a ~ none ~ 1.5 ~ [1] %}{{ ns.a }} {{ ns.a|length }} # xNone1.5[1] 11",
                "{% set ns.a = ns.a ~ 1 %}{{ ns }} # <Namespace {'a': 'x1', 'b': [1]}>",
                "{% set ns.c = ns.b + [2] %}{% set ns.d = ns.c + [3] %}{% set ns.e = ns.c + [4] %}{{ ns.b }} {{ ns.c }} {{ ns.d }} {{ ns.e }} # [1] [1, 2] [1, 2, 3] [1, 2, 4]",
                "{% set ns.b = ns.b + [2] %}{% set c = ns.b[1:] %}{% set ns.b = ns.b + [3] %}{{ c }} {{ ns.b[:2] + c }} # [2] [1, 2, 2]"
            })
    void whatWasReadBeforeStaysAsItWas(String template, String expected) {
        assertThat(render("{% set ns = namespace(a='x', b=[1]) %}" + template, Map.of()))
                .isEqualTo(expected);
    }

    /** Rounds of a loop share a scope, as in jinja2. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "{% for i in [1, 2] %}{% if i == 1 %}{% set y = 5 %}{% endif %}{{ y }}|{% endfor %} # 5||",
                "{% for i in [1, 2] %}{{ y }}{% set y = i %}|{{ y }};{% endfor %} # |1;|2;",
                "{% for i in [1, 2] %}{% if i == 1 %}{% macro m() %}{{ i }}{% endmacro %}{% set ns.b = m %}{% endif %}{{ ns.b() }}{% endfor %} # 12",
                "{% for i in [1, 2] %}{% for j in [1, 2] if j >= i %}{{ j }}{% endfor %};{% endfor %} # 12;2;",
                "{{ {True: 1} }} {{ {1: 'a', True: 'b'} }} {{ {1.0: 2} == {1: 2} }} {{ {none: 3}[none] }} # {True: 1} {1: 'b'} True 3",
            })
    void roundsOfALoopSeeOfEachOtherWhatTheySeeInPython(String template, String expected) {
        assertThat(render("{% set ns = namespace(b=[1]) %}" + template, Map.of()))
                .isEqualTo(expected);
    }

    @Test
    void limitsOfAShortConversationStaySmall() {
        Limits limits = Limits.DEFAULT.with(100, 10_000);
        assertThat(limits.millis()).isLessThan(2_000);
        assertThat(limits.steps()).isLessThan(2 * Limits.DEFAULT.steps());
        assertThat(Limits.DEFAULT.with(1L << 60, 0).steps()).isEqualTo(Long.MAX_VALUE);
    }
}
