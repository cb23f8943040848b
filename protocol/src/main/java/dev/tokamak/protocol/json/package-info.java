/** JSON as the protocols need it: read strictly with errors that name the field, and written fast. Used within this module. */
package dev.tokamak.protocol.json;
