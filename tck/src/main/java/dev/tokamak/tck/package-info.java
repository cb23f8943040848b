/**
 * Contract tests. A plugin's test extends the abstract class of its extension point and says how to make the plugin; JUnit
 * then runs what every plugin of that kind must keep. Beside them are an executor and a tokenizer that need no model, for
 * tests and benchmarks of everything around them.
 */
package dev.tokamak.tck;
