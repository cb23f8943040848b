#!/usr/bin/env bash
# Runs every GPU measurement, prints what each part says and at the end a table. Needs a card, the tokamak-cuda distribution in
# $TOKAMAK_HOME, the bench module's jar in $BENCH_JAR, CUDA's libraries on LD_LIBRARY_PATH, and python3 with torch, transformers,
# cupy and aiohttp. $TOKENIZER is a folder with a tokenizer of at most 128,256 tokens, by default the distribution's demo model.
set -u
here=$(cd "$(dirname "$0")" && pwd)
home=${TOKAMAK_HOME:?the folder of the tokamak-cuda distribution}
model=$here/llama-3.1-8b
tokenizer=${TOKENIZER:-$home/models/tokamak-demo}
java_options="${TOKAMAK_JAVA_OPTS:-} -Dtokamak.cuda.timeline=true -Xmx8g"
log=$(mktemp)
serve_log=$(mktemp)
trap 'rm -f "$log" "$serve_log"' EXIT

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

    echo "== Tokamak, HTTP"
    port=18000
    TOKAMAK_JAVA_OPTS="$java_options" "$home/bin/tokamak" serve "$model" --tokenizer "$tokenizer" --load-format dummy --device cuda \
        --max-num-seqs 256 --max-num-batched-tokens 8192 --port $port >"$serve_log" 2>&1 &
    server=$!
    for _ in $(seq 200); do
        sleep 0.3
        if (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null || ! kill -0 $server 2>/dev/null; then break; fi
    done
    python3 "$here/http_streams.py" http://127.0.0.1:$port 256 512 256
    kill $server
    wait $server 2>/dev/null
    grep -E 'timeline|rror' "$serve_log"
} | tee "$log"

echo "== table"
python3 "$here/table.py" "$log"
