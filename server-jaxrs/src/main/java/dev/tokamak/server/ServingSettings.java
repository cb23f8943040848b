package dev.tokamak.server;

import dev.tokamak.api.TokamakException;
import dev.tokamak.protocol.ServingOptions;
import java.util.Arrays;
import java.util.Locale;

/** How requests are served, from {@code tokamak.*} settings, named as the options of {@code tokamak serve}. */
final class ServingSettings {
    private ServingSettings() {}

    static ServingOptions fromEnvironment() {
        ServingOptions.Builder builder = ServingOptions.builder()
                .autoToolChoice(Boolean.parseBoolean(ServerSettings.text("enable-auto-tool-choice")))
                .trustRequestChatTemplate(Boolean.parseBoolean(ServerSettings.text("trust-request-chat-template")));
        String format = ServerSettings.text("chat-template-content-format");
        if (format != null) {
            try {
                builder.contentFormat(ServingOptions.ContentFormat.valueOf(format.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw TokamakException.configuration("tokamak.chat-template-content-format is '" + format
                        + "', expected one of "
                        + Arrays.toString(ServingOptions.ContentFormat.values()).toLowerCase(Locale.ROOT));
            }
        }
        return builder.build();
    }
}
