/** One rendering: what it may cost, what it knows, and how it fails. */
package dev.tokamak.chattemplates.render;
