#!/usr/bin/env bash
# Runs every GPU measurement and prints a table's worth of lines. Needs a card, the tokamak-cuda distribution in $TOKAMAK_HOME, the
# bench module's jar in $BENCH_JAR, CUDA's libraries on LD_LIBRARY_PATH, and python3 with torch, transformers, cupy and aiohttp.
set -u
here=$(cd "$(dirname "$0")" && pwd)
home=${TOKAMAK_HOME:?the folder of the tokamak-cuda distribution}
model=$here/llama-3.1-8b
tokenizer=${TOKENIZER:-$home/models/tokamak-demo}
java_options="${TOKAMAK_JAVA_OPTS:-} -Dtokamak.cuda.timeline=true -Xmx8g"

echo "== $(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader), $(date -u +%F)"
echo "== the card and transformers"
python3 -W ignore "$here/peers.py" "$model" 2>&1 | grep -v Warning

echo "== Tokamak, offline"
# shellcheck disable=SC2086
java $java_options -cp "$BENCH_JAR:$home/lib/*" dev.tokamak.bench.OfflineBenchmark "$model" "$tokenizer" cuda dummy \
    1x128x512 32x192x128 128x192x128 256x512x256 2>&1 | grep -E 'requests|ready|timeline'

echo "== Tokamak, HTTP"
port=18000
TOKAMAK_JAVA_OPTS="$java_options" "$home/bin/tokamak" serve --model "$model" --tokenizer "$tokenizer" --load-format dummy --device cuda \
    --max-num-seqs 256 --max-num-batched-tokens 8192 --port $port >"${TMPDIR:-/tmp}/tokamak-serve.log" 2>&1 &
server=$!
for _ in $(seq 100); do
    sleep 0.3
    (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break
done
grep -E 'ready' "${TMPDIR:-/tmp}/tokamak-serve.log"
python3 "$here/http_streams.py" http://127.0.0.1:$port 256 512 256
kill $server
wait $server 2>/dev/null
