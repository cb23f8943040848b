/** Abstract JUnit tests that a plugin extends to prove itself. */
package dev.tokamak.tck;
