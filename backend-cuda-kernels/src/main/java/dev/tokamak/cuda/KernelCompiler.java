package dev.tokamak.cuda;

import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Compiles this module's CUDA sources for the card at hand with NVRTC, and keeps the result on disk.
 *
 * <p>Implementation notes. NVRTC is one of the libraries that libtorch itself links to, so it is there wherever libtorch runs on CUDA; a file
 * takes a fraction of a second, once. Cubins made at build time would need {@code nvcc} on the build machine and one per
 * architecture, and could not be specialised by head size or group size. The cache key is a hash of source, definitions, architecture
 * and NVRTC version; a file is written aside and moved, so that two processes cannot see half of one.
 */
final class KernelCompiler {
    private static final String COMMON = "common.cuh";
    private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([a-z]+\\.cuh)\"$");

    private final int computeCapability;
    private final Path cache;

    /**
     * A compiler for an architecture.
     *
     * @param computeCapability ten times major plus minor, such as 90
     * @param cache a folder, made when it is needed
     */
    KernelCompiler(int computeCapability, Path cache) {
        this.computeCapability = computeCapability;
        this.cache = cache;
    }

    /**
     * The architecture.
     *
     * @return ten times major plus minor, such as 90
     */
    int computeCapability() {
        return computeCapability;
    }

    /**
     * Where compiled kernels are kept: {@code $TOKAMAK_CACHE}, else {@code $XDG_CACHE_HOME/tokamak}, else
     * {@code ~/.cache/tokamak}, in {@code kernels}.
     *
     * @return a path that need not exist
     */
    static Path defaultCache() {
        String own = System.getenv("TOKAMAK_CACHE");
        if (own != null && !own.isEmpty()) {
            return Path.of(own, "kernels");
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null && !xdg.isEmpty() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("tokamak").resolve("kernels");
    }

    /**
     * Compiles a source, or takes it from the cache.
     *
     * @param file such as {@code norm.cu}
     * @param defines macros
     * @return machine code for the architecture
     * @throws TokamakException {@link dev.tokamak.api.ErrorCode#CONFIGURATION} with the compiler's log
     */
    byte[] compile(String file, Map<String, String> defines) {
        String source = read(COMMON) + "\n" + included(read(file));
        List<String> options = new ArrayList<>();
        options.add("--gpu-architecture=sm_" + computeCapability);
        options.add("--std=c++17");
        new TreeMap<>(defines).forEach((name, value) -> options.add("-D" + name + "=" + value));
        Path cached = cache.resolve(key(source, options) + ".cubin");
        try {
            if (Files.isRegularFile(cached)) {
                return Files.readAllBytes(cached);
            }
        } catch (IOException unreadable) {
            // Compiled again below.
        }
        byte[] cubin = compile(file, source, options);
        store(cached, cubin);
        return cubin;
    }

    /** A source with the module's own headers in the place of their names. */
    private static String included(String source) {
        return INCLUDE.matcher(source).replaceAll(found -> Matcher.quoteReplacement(read(found.group(1))));
    }

    private static String read(String file) {
        try (InputStream in = KernelCompiler.class.getResourceAsStream(file)) {
            if (in == null) {
                throw TokamakException.configuration("the CUDA source " + file + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String key(String source, List<String> options) {
        int[] major = new int[1];
        int[] minor = new int[1];
        nvrtc.nvrtcVersion(major, minor);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(source.getBytes(StandardCharsets.UTF_8));
            digest.update((options + " " + major[0] + "." + minor[0]).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A cache that cannot be written costs time at the next start, nothing else. */
    private static void store(Path cached, byte[] cubin) {
        try {
            Files.createDirectories(cached.getParent());
            Path aside = Files.createTempFile(cached.getParent(), "kernel", ".tmp");
            Files.write(aside, cubin);
            try {
                Files.move(aside, cached, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(aside, cached, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            System.getLogger(KernelCompiler.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "compiled kernels cannot be kept in " + cached.getParent() + ": " + e);
        }
    }

    private static byte[] compile(String file, String source, List<String> options) {
        try (_nvrtcProgram program = new _nvrtcProgram();
                BytePointer text = new BytePointer(source);
                BytePointer name = new BytePointer(file)) {
            check(nvrtc.nvrtcCreateProgram(program, text, name, 0, (BytePointer) null, (BytePointer) null), file);
            BytePointer[] list = options.stream().map(BytePointer::new).toArray(BytePointer[]::new);
            try (PointerPointer<BytePointer> pointers = new PointerPointer<>(list)) {
                int result = nvrtc.nvrtcCompileProgram(program, list.length, pointers);
                if (result != nvrtc.NVRTC_SUCCESS) {
                    throw TokamakException.configuration("cannot compile " + file + ": " + log(program));
                }
                return cubin(program, file);
            } finally {
                for (BytePointer option : list) {
                    option.close();
                }
                nvrtc.nvrtcDestroyProgram(program);
            }
        }
    }

    private static byte[] cubin(_nvrtcProgram program, String file) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            check(nvrtc.nvrtcGetCUBINSize(program, size), file);
            byte[] bytes = new byte[(int) size.get()];
            check(nvrtc.nvrtcGetCUBIN(program, bytes), file);
            return bytes;
        }
    }

    private static String log(_nvrtcProgram program) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            nvrtc.nvrtcGetProgramLogSize(program, size);
            byte[] bytes = new byte[(int) size.get()];
            nvrtc.nvrtcGetProgramLog(program, bytes);
            return new String(bytes, StandardCharsets.UTF_8).trim();
        }
    }

    private static void check(int result, String file) {
        if (result != nvrtc.NVRTC_SUCCESS) {
            throw TokamakException.configuration("NVRTC failed on " + file + ": "
                    + nvrtc.nvrtcGetErrorString(result).getString());
        }
    }
}
