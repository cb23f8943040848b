/** Finds plugins on the class path and in the plugins folder, and says what was found where. */
package dev.tokamak.engine.plugin;
