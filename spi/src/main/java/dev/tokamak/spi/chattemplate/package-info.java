/** Chat templates: a conversation to the text that a model was trained on. */
package dev.tokamak.spi.chattemplate;
