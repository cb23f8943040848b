package dev.tokamak.libtorch.weights;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Weights that are in a folder in a form that is not read, and what can be done about it. */
final class OtherFormats {
    /** By what names match. */
    private static final Map<String, String> ADVICE = new LinkedHashMap<>();

    static {
        ADVICE.put(
                "consolidated*.safetensors",
                "weights in Mistral's own format; take the files of the same model that Hugging Face Transformers reads,"
                        + " model*.safetensors");
        ADVICE.put(
                "*.safetensors",
                "safetensors under another name; a single file must be called model.safetensors, and shards need their"
                        + " model.safetensors.index.json");
        ADVICE.put(
                "*.{bin,pt,pth,ckpt}",
                "weights as PyTorch pickles them; convert them, for instance with Python:"
                        + " AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(OTHER)");
        ADVICE.put("*.gguf", "a GGUF file; take the model's folder in safetensors");
        ADVICE.put("*.{h5,msgpack,onnx}", "weights for another framework; take the model's folder in safetensors");
    }

    private OtherFormats() {}

    /** What is there instead and what to do, to be put behind an error; empty if nothing is. */
    static String found(Path folder) {
        for (Map.Entry<String, String> each : ADVICE.entrySet()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, each.getKey())) {
                for (Path file : files) {
                    return "; found " + file.getFileName() + ", " + each.getValue();
                }
            } catch (IOException e) {
                return "; the folder cannot be listed: " + e.getMessage();
            }
        }
        return "";
    }
}
