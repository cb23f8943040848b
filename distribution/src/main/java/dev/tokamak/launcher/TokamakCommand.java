package dev.tokamak.launcher;

import dev.tokamak.api.TokamakException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code tokamak} command.
 *
 * <p>Exit codes: 0 when all went well, 1 when the configuration, the model or a plugin is at fault (one line on the error
 * stream says what and where), 2 when the command line itself is.
 */
@Command(
        name = "tokamak",
        description = "A high-throughput LLM serving engine for the JVM.",
        subcommands = {ServeCommand.class, PluginsCommand.class, ModelsCommand.class, CommandLine.HelpCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = TokamakCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class TokamakCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private TokamakCommand() {}

    /**
     * Runs the command and ends the process with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new TokamakCommand())
                .setUsageHelpWidth(110)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(TokamakCommand::refuse)
                .setExecutionExceptionHandler(TokamakCommand::fail);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int refuse(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("tokamak: " + exception.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(exception, err)) {
            err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        return CommandLine.ExitCode.USAGE;
    }

    private static int fail(Exception exception, CommandLine command, CommandLine.ParseResult result) throws Exception {
        if (exception instanceof TokamakException) {
            command.getErr().println("tokamak: " + exception.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw exception;
    }

    /** The product's version, as the build wrote it into the jar. */
    static final class Version implements IVersionProvider {

        static String number() {
            String version = TokamakCommand.class.getPackage().getImplementationVersion();
            return version == null ? "development build" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"tokamak " + number() + " on Java " + Runtime.version()};
        }
    }
}
