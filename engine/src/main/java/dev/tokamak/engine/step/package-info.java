/** The step loop: one thread that plans, launches and awaits steps, and what it needs beside it. */
package dev.tokamak.engine.step;
