#!/bin/sh
# A model over HTTP: one stream and several streams in tokens a second, from the first request sent to the last answer's
# end, and prompts in tokens a second. Prompts are random token ids, another for each request, so no prefix is found in the cache.
#
#   bench/model.sh                        the demo model
#   bench/model.sh --random-125m          a random Llama of 125 million F32 weights, written once to bench/target
#   bench/model.sh --model FOLDER [...]   further options go to "tokamak serve"
#
# Environment: INPUT (128), OUTPUT (64), STREAMS (16), ROUNDS (3), VOCABULARY (4096; ids are drawn below it), TEMPERATURE (0).
set -eu
. "$(dirname "$0")/common.sh"
build
if [ "${1:-}" = --random-125m ]; then
    shift
    model=$root/bench/target/random-125m
    [ -f "$model/model.safetensors" ] || bench dev.tokamak.bench.RandomLlama "$model"
    set -- --model "$model" --dtype float32 "$@"
fi
input=${INPUT:-128}
output=${OUTPUT:-64}
streams=${STREAMS:-16}
rounds=${ROUNDS:-3}
serve "$@"

load() { # connections, requests, prompt tokens, output tokens
    generate --url "$url/v1/completions" --connections "$1" --requests "$2" --seconds 0 --prompt-tokens "$3" \
        --max-tokens "$4" --vocabulary "${VOCABULARY:-4096}" --temperature "${TEMPERATURE:-0}"
}

machine
load "$streams" "$streams" "$input" "$output" >/dev/null
load 1 2 "$input" "$output" >/dev/null
load 1 2 512 1 >/dev/null
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    load 1 2 "$input" "$output" >>"$work/one.$$"
    load "$streams" "$streams" "$input" "$output" >>"$work/many.$$"
    load 1 3 512 1 >>"$work/prefill.$$"
done
echo "medians of $rounds, $input tokens in, $output out:"
echo "  one stream: $(field tokens_per_second <"$work/one.$$" | median) tokens/s," \
    "first token after $(median_in ttft_ms <"$work/one.$$" | median) ms," \
    "then one every $(median_in itl_ms <"$work/one.$$" | median) ms"
echo "  $streams streams: $(field tokens_per_second <"$work/many.$$" | median) tokens/s together," \
    "first token after $(median_in ttft_ms <"$work/many.$$" | median) ms," \
    "then one every $(median_in itl_ms <"$work/many.$$" | median) ms"
echo "  prompt of 512 tokens: $(median_in ttft_ms <"$work/prefill.$$" | median | awk '{ printf "%.0f", 512000 / $1 }') tokens/s"
rm -f "$work/one.$$" "$work/many.$$" "$work/prefill.$$"
echo "  peak memory: $(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status" | awk '{ printf "%.0f", $1 / 1024 }') MiB"
machine
