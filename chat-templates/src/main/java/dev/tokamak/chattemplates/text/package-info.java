/** Texts as Python writes and formats them. */
package dev.tokamak.chattemplates.text;
