#!/usr/bin/env bash
# Runs every GPU measurement, prints what each part says and at the end a table. Needs a card, the tokamak-cuda distribution in
# $TOKAMAK_HOME, the bench module's jar in $BENCH_JAR, CUDA's libraries on LD_LIBRARY_PATH, and python3 with torch, transformers,
# cupy and aiohttp; vLLM is measured beside it where that python3 imports it. $TOKENIZER is a folder with a byte-level tokenizer of at most 128,256
# tokens, by default the distribution's demo model; it is filled up so that every id has text.
set -u
here=$(cd "$(dirname "$0")" && pwd)
home=${TOKAMAK_HOME:?the folder of the tokamak-cuda distribution}
model=$here/llama-3.1-8b
tokenizer=${TOKENIZER:-$home/models/tokamak-demo}
java_options="${TOKAMAK_JAVA_OPTS:-} -Dtokamak.cuda.timeline=true -Xmx8g"
log=$(mktemp)
served=$(mktemp -d)
trap 'rm -rf "$log" "$served"' EXIT

offline() {
    # shellcheck disable=SC2086
    java $java_options -cp "$BENCH_JAR:$home/lib/*:$home/payara/runtime/*" dev.tokamak.bench.OfflineBenchmark \
        "$model" "$tokenizer" cuda dummy "$@" 2>&1 | grep -E 'requests|ready|timeline|takes|Exception|rror'
}

{
    echo "== $(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader), $(date -u +%F)"
    echo "== the card and transformers"
    python3 -W ignore "$here/peers.py" "$model" 2>&1 | grep -E '^(copy|transformers|Traceback|[A-Za-z]*Error)'

    echo "== Tokamak, offline"
    offline 1x128x512 32x192x128 128x192x128 256x512x256

    python3 "$here/whole_tokenizer.py" "$tokenizer" "$served" 128256
    cp "$model/config.json" "$served/"
    works=(32x192x128 256x512x256 1024x128x128 1x1024x64 long)
    for way in greedy temperature top-p,top-k top-p penalties logit-bias bad-words allowed min-tokens logprobs expression greedy; do
        works+=("64x192x128:$way")
    done
    echo "== Tokamak, HTTP"
    "$here/serve.sh" tokamak "$served" "${works[@]}"
    if python3 -c 'import vllm' 2>/dev/null; then
        echo "== vLLM, HTTP"
        # Its front end did not answer under an expression of this size within two minutes.
        "$here/serve.sh" vllm "$served" "${works[@]/64x192x128:expression/}"
    fi
} | tee "$log"

echo "== table"
python3 "$here/table.py" "$log"
