/** What a template consists of, and how it runs: statements, expressions, and the names that they see. */
package dev.tokamak.chattemplates.tree;
