"""What the card and transformers do, in the same run as our own figures: copy ceiling and decoding of the same shape."""
import pathlib
import statistics
import sys
import time

import torch


def copy_ceiling():
    a = torch.ones(2**31, device="cuda", dtype=torch.bfloat16)
    b = torch.empty_like(a)
    times = []
    for _ in range(12):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        b.copy_(a)
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) / 1e3)
    print(f"copy ceiling: {2 * a.nbytes / statistics.median(times) / 1e12:.2f} TB/s, bytes read plus written")


def transformers_decoding(folder):
    import transformers
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder)
    begin = time.time()
    with torch.device("cuda"):
        torch.set_default_dtype(torch.bfloat16)
        model = AutoModelForCausalLM.from_config(config)
    model.eval()
    print(f"transformers {transformers.__version__}: model made in {time.time() - begin:.1f} s")
    for batch, new in ((1, 24), (32, 24), (128, 24)):
        prompt = torch.randint(1000, 4000, (batch, 192), device="cuda")
        times = {}
        for tokens in (1, new):
            for _ in range(2):
                torch.cuda.synchronize()
                begin = time.time()
                model.generate(prompt, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False, pad_token_id=0)
                torch.cuda.synchronize()
                times[tokens] = time.time() - begin
        step = (times[new] - times[1]) / (new - 1)
        print(f"transformers generate, batch {batch}, context 192-216: {step * 1e3:.2f} ms a step, {batch / step:.0f} tokens/s")
    return model


def continuous_batching(model, requests, inputs, output):
    """transformers' own scheduler with a paged cache. Few new tokens, since it is slow: prefill weighs more in its figure than in ours."""
    from transformers import GenerationConfig

    prompts = [torch.randint(1000, 4000, (inputs,)).tolist() for _ in range(requests)]
    config = GenerationConfig(max_new_tokens=output, min_new_tokens=output, do_sample=False, eos_token_id=-1, pad_token_id=0)
    model.set_attn_implementation("paged|sdpa")
    model.generate_batch(prompts[:4], generation_config=config)
    torch.cuda.synchronize()
    begin = time.time()
    answers = model.generate_batch(prompts, generation_config=config)
    torch.cuda.synchronize()
    seconds = time.time() - begin
    tokens = sum(len(answer.generated_tokens) for answer in answers.values())
    print(f"transformers continuous batching, {requests} requests, {inputs} in / {output} out: {tokens / seconds:.0f} output tokens/s")


if __name__ == "__main__":
    copy_ceiling()
    model = transformers_decoding(pathlib.Path(sys.argv[1]))
    try:
        continuous_batching(model, 256, 512, 32)
    except Exception as failure:  # its interface changes from version to version
        print(f"transformers continuous batching: not measured, {type(failure).__name__}: {str(failure)[:200]}")
