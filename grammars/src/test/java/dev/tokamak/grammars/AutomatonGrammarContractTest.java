package dev.tokamak.grammars;

import dev.tokamak.spi.grammar.GrammarProvider;
import dev.tokamak.tck.GrammarContract;

class AutomatonGrammarContractTest extends GrammarContract {
    @Override
    protected GrammarProvider provider() {
        return new AutomatonGrammarProvider();
    }
}
