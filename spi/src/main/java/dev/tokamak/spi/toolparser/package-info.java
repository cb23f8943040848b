/** Tool parsers: a model's text to tool calls, one delta at a time. */
package dev.tokamak.spi.toolparser;
