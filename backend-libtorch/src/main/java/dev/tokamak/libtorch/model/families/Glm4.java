package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Block;

/** GLM 4 of 2025: GLM with norms behind attention and feed-forward network as well. */
final class Glm4 extends Glm {
    Glm4() {
        super("Glm4ForCausalLM", "glm4");
    }

    @Override
    public String publishedAs() {
        return "GLM 4 of 2025 (0414)";
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        return super.block(sizes, index)
                .behind(
                        norm(sizes, layer(index) + "post_self_attn_layernorm"),
                        norm(sizes, layer(index) + "post_mlp_layernorm"));
    }
}
