/** Values as Python has them: their types, their order, their arithmetic, and calls. */
package dev.tokamak.chattemplates.values;
