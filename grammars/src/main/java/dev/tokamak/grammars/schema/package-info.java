/** JSON schemas, from their form to the expression that they become. */
package dev.tokamak.grammars.schema;
