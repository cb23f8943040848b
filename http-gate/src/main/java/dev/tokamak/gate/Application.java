package dev.tokamak.gate;

/**
 * Whether there is an application behind the gate. It says so itself; before and after that, what Payara does not find is not
 * there yet, or not any more. One for the process, as the listeners are older than the application and outlive it.
 */
public final class Application {
    private static volatile boolean deployed;

    private Application() {}

    /** Says that a request has reached the application. */
    public static void deployed() {
        if (!deployed) {
            deployed = true;
        }
    }

    /** Says that the application does not answer any more. */
    public static void undeployed() {
        deployed = false;
    }

    static boolean isDeployed() {
        return deployed;
    }
}
