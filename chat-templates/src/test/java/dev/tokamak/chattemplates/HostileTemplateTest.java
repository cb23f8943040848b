package dev.tokamak.chattemplates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.syntax.Parser;
import dev.tokamak.spi.chattemplate.ChatTemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A template that asks for too much is refused, quickly, with a message that names the limit. */
@Timeout(300)
class HostileTemplateTest {
    private static final String NESTED_LISTS =
            "{% set ns = namespace(s=[1], t=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}"
                    + "{% set ns.t = [ns.t, ns.t] %}{% endfor %}";

    private static String refusal(String template) {
        return refusal(template, Limits.DEFAULT);
    }

    private static String refusal(String template, Limits limits) {
        try {
            JinjaTemplate compiled = new JinjaTemplate(Parser.parse(template), limits, () -> Reference.NOW);
            return "rendered " + compiled.evaluate(Map.of()).length() + " characters";
        } catch (TemplateError e) {
            return Reference.describe(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
                "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|tojson }}"
            })
    void endlessRecursionIsRefused(String template) {
        assertThat(refusal(template)).startsWith("LimitExceeded").contains("recursion depth");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% for a in range(100000) %}{% for b in range(100000) if false %}{% endfor %}{% endfor %}",
                "{% for a in range(100000) %}{% set x = 99999 in range(100000) %}{% endfor %}",
                "{% set x = 'a' * 9999999 %}{% for i in range(100000) %}{% set y = x.upper() %}{% endfor %}",
                "{% set x = 'a' * 9999999 %}{% for i in range(100000) %}{% set y = x|wordcount %}{% endfor %}",
                "{{ ('a' * 4000000 ~ 'b') in 'a' * 8000000 }}",
                "{{ ('a' * 8000000).count('a' * 4000000 ~ 'b') }}",
                "{{ ('a' * 8000000).rfind('a' * 4000000 ~ 'b') }}",
                NESTED_LISTS + "{{ ns.s == ns.t }}",
                NESTED_LISTS + "{{ ns.s < ns.t }}"
            })
    void tooManyStepsAreRefused(String template) {
        Limits patient = new Limits(20_000_000, 60_000, 16 << 20, 64 << 20, 200);
        assertThat(refusal(template, patient)).isEqualTo("LimitExceeded: the template took more than 20000000 steps");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'a' * 999999999 }}",
                "{{ 'a' * 10 ** 30 }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%.999999999f' % 1.5 }}",
                "{{ '%*d' % (999999999, 1) }}",
                "{{ '%99999999999999999999s' % 'a' }}",
                "{{ '{:999999999}'.format('a') }}",
                "{{ '{:.999999999f}'.format(1.5) }}",
                "{{ '{:{}}'.format('a', 999999999) }}",
                "{{ 'a'.center(999999999) }}",
                "{{ 'a'.zfill(10 ** 12) }}",
                "{{ '\\t'.expandtabs(10 ** 9) }}",
                "{{ 'a'|indent(999999999, true) }}",
                "{{ [[[1]]]|tojson(indent=999999999) }}",
                "{{ ('x' * 4000000).join('aaaaaaaaaaaa') }}",
                "{{ ('a' * 8000000).replace('a', 'xxxxxxxxxxxxxxxx') }}",
                "{% set ns = namespace(s='aa') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{{ strftime_now('%Y' * 5000000) }}",
                NESTED_LISTS + "{{ ns.s }}",
                NESTED_LISTS + "{{ ns.s|tojson }}"
            })
    void tooLongATextIsRefusedBeforeItIsMade(String template) {
        assertThat(refusal(template))
                .isEqualTo("LimitExceeded: the template makes a text of more than 16777216 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ [0] * 999999999 }}",
                "{{ (1,) * 2 ** 62 }}",
                "{{ [1]|batch(10 ** 12, 'x')|list }}",
                "{{ [1]|slice(10 ** 12)|list }}",
                "{{ ('a,' * 8000000).split(',') }}",
                "{{ ('a ' * 8000000).rsplit(' ', 9999999) }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[]) %}{% for i in range(99999) %}{% set ns.s = [1] + ns.s %}{% endfor %}"
            })
    void tooManyElementsAreRefused(String template) {
        assertThat(refusal(template))
                .startsWith("LimitExceeded: the template makes")
                .contains("list");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 10 ** 100000000 }}",
                "{{ 10 ** 4000 ** 4000 }}",
                "{% set ns = namespace(x=2) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}"
            })
    void tooLargeAnIntegerIsRefused(String template) {
        assertThat(refusal(template))
                .isEqualTo("LimitExceeded: the template computes an integer of more than 65536 bits");
    }

    @Test
    void aRangeHasTheLimitOfTheSandbox() {
        assertThat(refusal("{{ range(100001) }}"))
                .isEqualTo("OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
        assertThat(refusal("{{ range(-10 ** 17, 10 ** 18) }}")).startsWith("OverflowError");
    }

    @Test
    void tooDeepAKeyIsRefused() {
        String tuples = NESTED_LISTS.replace("[ns.s, ns.s]", "(ns.s, ns.s)").replace("s=[1]", "s=(1,)");
        assertThat(refusal(tuples + "{{ {ns.s: 1} }}")).startsWith("LimitExceeded: a tuple used as a key");
    }

    @Test
    void timeIsBounded() {
        Limits limits = new Limits(Long.MAX_VALUE, 50, 1 << 20, Long.MAX_VALUE, 100);
        String loops = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";
        assertThat(refusal(loops, limits)).isEqualTo("LimitExceeded: the template ran for more than 50 ms");
    }

    @Test
    void nestingIsBoundedWhileCompiling() {
        List<String> templates = new ArrayList<>();
        for (String[] part : new String[][] {
            {"{{ ", "(", "1", ")", " }}"},
            {"{{ ", "[", "1", "]", " }}"},
            {"{{ ", "-", "1", "", " }}"},
            {"{{ ", "", "a", ".a", " }}"},
            {"{{ ", "", "a", "|upper", " }}"},
            {"{{ ", "", "a", "[0]", " }}"},
            {"{{ ", "", "1", " if 1 else 1", " }}"},
            {"", "{% if 1 %}", "", "{% endif %}", ""}
        }) {
            templates.add(part[0] + part[1].repeat(50_000) + part[2] + part[3].repeat(50_000) + part[4]);
        }
        for (String template : templates) {
            assertThat(refusal(template)).startsWith("TemplateSyntaxError").contains("150");
        }
    }

    @Test
    void longChainsOfOperatorsAreRefusedRatherThanOverflowTheStack() {
        JinjaTemplate chain = JinjaTemplate.compile("{{ 1" + " + 1".repeat(200_000) + " }}");
        assertThatThrownBy(() -> chain.render(Map.of()))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("nested too deeply");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.__class__.__mro__ }}",
                "{{ cycler.__init__.__globals__ }}",
                "{{ '{0.__class__.__mro__}'.format('') }}",
                "{{ [].append(1) }}",
                "{{ {}.update(a=1) }}",
                "{{ [3, 1]['sort']() }}"
            })
    void whatTheSandboxForbidsIsRefused(String template) {
        assertThat(refusal(template)).startsWith("SecurityError: access to attribute");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ ''.getClass() }}", "{{ [].stream() }}", "{{ {}.entrySet() }}", "{{ 1.intValue() }}"})
    void thereIsNoWayToJava(String template) {
        assertThat(refusal(template)).startsWith("UndefinedError");
    }

    @Test
    void afterARefusalTheSameTemplateStillRenders() {
        JinjaTemplate template = JinjaTemplate.compile("{{ 'a' * n }}");
        assertThatThrownBy(() -> template.render(Map.of("n", Integer.MAX_VALUE)))
                .isInstanceOf(ChatTemplateException.class);
        assertThat(template.render(Map.of("n", 3))).isEqualTo("aaa");
    }
}
