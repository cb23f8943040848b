/** What a template may call by name: filters, tests and globals. */
package dev.tokamak.chattemplates.filters;
