/**
 * Tool-call and reasoning parsers of the model families.
 *
 * <p>{@link dev.tokamak.toolparsers.CallStream} walks a completion one character at a time. A {@code Format} names the marks
 * that begin, wrap and close calls and the reader that understands what is between them; there is one reader for each shape
 * of call ({@code JsonCallReader}, {@code NamedCallReader}, {@code ParameterCallReader}, {@code LiteralCallReader}). The
 * classes whose names end in {@code ToolParsers} are the tables: one nested provider for each name.
 */
package dev.tokamak.toolparsers;
