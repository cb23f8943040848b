package dev.tokamak.server;

import dev.tokamak.api.TokamakException;
import dev.tokamak.gate.Settings;
import dev.tokamak.protocol.ServingOptions;
import java.util.Arrays;
import java.util.Locale;

/** How requests are served, from {@code tokamak.*} settings, named as the options of {@code tokamak serve}. */
final class ServingSettings {
    private ServingSettings() {}

    static ServingOptions fromEnvironment() {
        ServingOptions.Builder builder = ServingOptions.builder()
                .autoToolChoice(flag("enable-auto-tool-choice"))
                .trustRequestChatTemplate(flag("trust-request-chat-template"))
                .escapeSpecialTokens(flag("escape-special-tokens-in-content"))
                .promptTokensDetails(flag("enable-prompt-tokens-details"))
                .maxLogprobs((int) Settings.number("max-logprobs", 20, -1, Integer.MAX_VALUE));
        String format = Settings.text("chat-template-content-format");
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

    private static boolean flag(String name) {
        return Boolean.parseBoolean(Settings.text(name));
    }
}
