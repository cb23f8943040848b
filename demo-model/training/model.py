"""The model: Llama with tied embeddings, its training form over packed documents and its decoding form with a cache."""

import inspect
import json
import math
import pathlib

import torch
import torch.nn.functional as F
from torch import nn

try:
    from torch.nn.attention.varlen import varlen_attn
    CAUSAL = {"is_causal": True} if "is_causal" in inspect.signature(varlen_attn).parameters else {"window_size": (-1, 0)}
except ImportError:
    varlen_attn = None

CONFIG = dict(vocab_size=4096, hidden_size=256, intermediate_size=704, num_hidden_layers=8, num_attention_heads=4,
              num_key_value_heads=2, head_dim=64, max_position_embeddings=16384, rope_theta=500000.0, rms_norm_eps=1e-5)


def _packed_attention(q, k, v, starts, longest):
    """Causal attention inside each document of a packed row; q, k, v are (tokens, heads, width)."""
    if q.is_cuda:
        return varlen_attn(q, k, v, starts, starts, longest, longest, **CAUSAL)
    ends = starts.tolist()
    documents = [(a, b) for a, b in zip(ends, ends[1:]) if a < b]
    q, k, v = (x.transpose(0, 1) for x in (q, k, v))
    return torch.cat([F.scaled_dot_product_attention(q[None, :, a:b], k[None, :, a:b], v[None, :, a:b], is_causal=True)[0].transpose(0, 1)
                      for a, b in documents])


def _rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class Model(nn.Module):
    """All layers' weights of a kind are one tensor, so that the optimiser works on them together."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        layers, hidden, inner = config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"]
        self.heads, self.kv_heads, self.width = config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"]
        attention, kv = self.heads * self.width, self.kv_heads * self.width

        def weight(out, into, scale=1.0):
            return nn.Parameter(torch.randn(layers, out, into) * scale / math.sqrt(into))

        self.embed = nn.Parameter(torch.randn(config["vocab_size"], hidden) * 0.05)
        self.qkv = weight(attention + 2 * kv, hidden)
        self.o = weight(hidden, attention, 0.3)
        self.gate_up = weight(2 * inner, hidden)
        self.down = weight(hidden, inner, 0.3)
        self.norms = nn.Parameter(torch.ones(2 * layers + 1, hidden))
        frequencies = config["rope_theta"] ** (-torch.arange(0, self.width, 2).float() / self.width)
        angles = torch.arange(config["max_position_embeddings"])[:, None] * frequencies
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def _norm(self, x, weight):
        y = x.float()
        return (y * torch.rsqrt(y.square().mean(-1, keepdim=True) + self.config["rms_norm_eps"]) * weight).to(x.dtype)

    def hidden(self, tokens, positions, attend, dtype):
        """Hidden states of (..., tokens); attend(layer, q, k, v) does the attention."""
        x = F.embedding(tokens, self.embed).to(dtype)
        cos, sin = self.cos[positions][..., None, :].to(dtype), self.sin[positions][..., None, :].to(dtype)
        qkv, o, gate_up, down = (w.to(dtype).unbind(0) for w in (self.qkv, self.o, self.gate_up, self.down))
        norms = self.norms.unbind(0)
        heads, kv = self.heads * self.width, self.kv_heads * self.width
        for i in range(len(o)):
            q, k, v = F.linear(self._norm(x, norms[2 * i]), qkv[i]).split((heads, kv, kv), -1)
            q, k, v = (y.unflatten(-1, (-1, self.width)) for y in (q, k, v))
            x = x + F.linear(attend(i, _rotate(q, cos, sin), _rotate(k, cos, sin), v).flatten(-2), o[i])
            gate, up = F.linear(self._norm(x, norms[2 * i + 1]), gate_up[i]).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, down[i])
        return self._norm(x, norms[-1])

    def loss(self, tokens, positions, packs, predicted_from, targets):
        """Mean cross entropy at the positions that count; packs are (number of tokens, documents' starts, longest document) in turn."""
        group = self.heads // self.kv_heads
        sizes = [size for size, _, _ in packs]

        def attend(_, q, k, v):
            parts = zip(packs, q.split(sizes), k.repeat_interleave(group, 1).split(sizes), v.repeat_interleave(group, 1).split(sizes))
            return torch.cat([_packed_attention(q, k, v, starts, longest) for (_, starts, longest), q, k, v in parts])

        dtype = torch.bfloat16 if tokens.is_cuda else torch.float32
        states = self.hidden(tokens, positions, attend, dtype)[predicted_from]
        return F.cross_entropy(F.linear(states, self.embed.to(dtype)).float(), targets, ignore_index=-100)

    @torch.no_grad()
    def generate(self, prompts, limits, stops, dtype=torch.float32):
        """Greedy continuations of token lists, all as one batch."""
        device = self.embed.device
        count, longest = len(prompts), max(map(len, prompts))
        total = min(longest + max(limits), self.config["max_position_embeddings"])
        shape = (count, total, self.kv_heads, self.width)
        keys, values = ([torch.zeros(shape, device=device, dtype=dtype) for _ in self.o] for _ in range(2))
        lengths = torch.tensor([len(p) for p in prompts], device=device)
        tokens = torch.tensor([p + [0] * (longest - len(p)) for p in prompts], device=device)
        rows, columns = torch.arange(count, device=device), torch.arange(total, device=device)
        group = self.heads // self.kv_heads

        def attention(positions, upto):
            mask = (columns[:upto] <= positions[:, :, None])[:, None]

            def attend(i, q, k, v):
                keys[i][rows[:, None], positions], values[i][rows[:, None], positions] = k, v
                k, v = (c[i][:, :upto].repeat_interleave(group, 2).transpose(1, 2) for c in (keys, values))
                return F.scaled_dot_product_attention(q.transpose(1, 2), k, v, attn_mask=mask).transpose(1, 2)
            return attend

        if longest <= 2048:  # one mask for all of a long batch would take gigabytes
            positions = torch.arange(longest, device=device).expand(count, -1)
            state = self.hidden(tokens, positions, attention(positions, longest), dtype)[rows, lengths - 1]
        else:
            state = torch.stack([self._prefill(tokens[row, :length], keys, values, row, dtype) for row, length in enumerate(lengths.tolist())])
        head, stop = self.embed.to(dtype), torch.tensor(list(stops), device=device)
        produced, done = [], torch.zeros(count, dtype=torch.bool, device=device)
        limits = torch.tensor(limits, device=device)
        for step in range(total - longest):
            chosen = F.linear(state, head).argmax(-1)
            produced.append(torch.where(done, -1, chosen))
            done = done | torch.isin(chosen, stop) | (step + 1 >= limits)
            if step % 16 == 15 and done.all():
                break
            positions = (lengths + step)[:, None]
            state = self.hidden(chosen[:, None], positions, attention(positions, min(longest + step + 1, total)), dtype)[:, 0]
        table = torch.stack(produced, 1).tolist()
        return [[t for t in row if t >= 0 and t not in stops] for row in table]

    def _prefill(self, tokens, keys, values, row, dtype):
        """Computes one long prompt into its row of the cache, and its last hidden state."""
        positions = torch.arange(len(tokens), device=tokens.device)

        def attend(i, q, k, v):
            keys[i][row, :len(tokens)], values[i][row, :len(tokens)] = k, v
            q, k, v = (y.transpose(0, 1)[None] for y in (q, k.repeat_interleave(q.size(1) // k.size(1), 1), v.repeat_interleave(q.size(1) // v.size(1), 1)))
            return F.scaled_dot_product_attention(q, k, v, is_causal=True)[0].transpose(0, 1)
        return self.hidden(tokens, positions, attend, dtype)[-1]

    def named_weights(self):
        """The weights under their names in a Hugging Face checkpoint."""
        heads, kv = self.heads * self.width, self.kv_heads * self.width
        weights = {"model.embed_tokens.weight": self.embed, "model.norm.weight": self.norms[-1]}
        for i in range(len(self.o)):
            layer = f"model.layers.{i}."
            q, k, v = self.qkv[i].split((heads, kv, kv))
            gate, up = self.gate_up[i].chunk(2)
            weights |= {layer + "self_attn.q_proj.weight": q, layer + "self_attn.k_proj.weight": k,
                        layer + "self_attn.v_proj.weight": v, layer + "self_attn.o_proj.weight": self.o[i],
                        layer + "mlp.gate_proj.weight": gate, layer + "mlp.up_proj.weight": up,
                        layer + "mlp.down_proj.weight": self.down[i], layer + "input_layernorm.weight": self.norms[2 * i],
                        layer + "post_attention_layernorm.weight": self.norms[2 * i + 1]}
        return weights

    @torch.no_grad()
    def load(self, folder):
        from safetensors.torch import load_file
        stored = load_file(pathlib.Path(folder) / "model.safetensors")
        for name, weight in self.named_weights().items():
            weight.copy_(stored[name])

    @torch.no_grad()
    def save(self, folder):
        """Writes the checkpoint: weights in BF16, config.json and generation_config.json."""
        from safetensors.torch import save_file
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        save_file({name: w.detach().to("cpu", torch.bfloat16).contiguous().clone() for name, w in self.named_weights().items()},
                  folder / "model.safetensors", metadata={"format": "pt"})
        stops = {"bos_token_id": None, "eos_token_id": [2, 0], "pad_token_id": 0}
        config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", **self.config, "hidden_act": "silu", "attention_bias": False,
                  "mlp_bias": False, "attention_dropout": 0.0, "initializer_range": 0.02, "rope_scaling": None,
                  "tie_word_embeddings": True, "use_cache": True, "torch_dtype": "bfloat16", **stops}
        generation = {**stops, "do_sample": True, "temperature": 0.4, "top_p": 0.9}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
