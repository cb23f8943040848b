package org.example.toolparser;

import dev.tokamak.spi.toolparser.ToolParserProvider;
import dev.tokamak.tck.ToolParserContract;
import java.util.List;

class ArrowToolParserTest extends ToolParserContract {
    @Override
    protected ToolParserProvider provider() {
        return new ArrowToolParserProvider();
    }

    @Override
    protected String render(List<Call> calls, String contentBefore) {
        StringBuilder text = new StringBuilder(contentBefore).append(contentBefore.isEmpty() ? "" : "\n");
        calls.forEach(call -> text.append("=>" + call.name() + " " + json(call.arguments()) + "\n"));
        return text.toString();
    }

    @Override
    protected boolean hasGrammar() {
        return true;
    }
}
