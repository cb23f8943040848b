/** From a template's text to its tree. */
package dev.tokamak.chattemplates.syntax;
