/**
 * What a Tokamak plugin implements. Each extension point has a package of its own with one {@code XxxProvider} that
 * {@link java.util.ServiceLoader} finds, with a name and one factory method.
 *
 * <p>Every provider must have a public constructor without arguments, be stateless, and have a name of lower-case
 * letters, digits, dashes and underscores that no other provider of its kind has. Interfaces that plugins implement grow
 * by default methods only. Arguments and results are never null unless a method says so.
 */
package dev.tokamak.spi;
