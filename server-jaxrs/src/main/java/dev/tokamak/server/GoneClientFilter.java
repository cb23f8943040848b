package dev.tokamak.server;

import dev.tokamak.gate.Application;
import dev.tokamak.gate.Client;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;

/**
 * Drops what is written for clients that are gone. JAX-RS has no other way to end a suspended request than an answer, and reports at length
 * that it could not be written; whoever has to know that the client is gone hears it from the gate.
 */
public final class GoneClientFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    /** Made by the container. */
    public GoneClientFilter() {}

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // Not when the application is told of its start: Payara lets nothing in for a while after that.
        Application.deployed();
        boolean watched = request.getAttribute(Client.ATTRIBUTE) != null;
        chain.doFilter(request, watched ? new QuietResponse(response) : response);
    }

    private static final class QuietResponse extends HttpServletResponseWrapper {
        private ServletOutputStream out;

        QuietResponse(HttpServletResponse response) {
            super(response);
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            if (out == null) {
                out = new QuietStream(super.getOutputStream());
            }
            return out;
        }

        @Override
        public void flushBuffer() {
            quietly(super::flushBuffer);
        }
    }

    private static final class QuietStream extends ServletOutputStream {
        private final ServletOutputStream out;

        QuietStream(ServletOutputStream out) {
            this.out = out;
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(listener);
        }

        @Override
        public void write(int b) {
            quietly(() -> out.write(b));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            quietly(() -> out.write(bytes, offset, length));
        }

        @Override
        public void flush() {
            quietly(out::flush);
        }

        @Override
        public void close() {
            quietly(out::close);
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void quietly(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            // The connection is closed, and the gate has said so or is about to.
        }
    }
}
