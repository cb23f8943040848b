#!/usr/bin/env bash
# Serves a model shape with random weights and streams from it: serve.sh tokamak|vllm MODEL WORK... (streams.py tells of works). MODEL is a folder with
# config.json and a tokenizer. tokamak wants $TOKAMAK_HOME, vllm a python3 that imports vllm. Server options: $SERVER_OPTIONS.
set -u
here=$(cd "$(dirname "$0")" && pwd)
name=$1
model=$2
shift 2
log=$(mktemp)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# shellcheck disable=SC2206
options=(--load-format dummy --max-num-seqs 256 --max-num-batched-tokens 8192 --port "$port" ${SERVER_OPTIONS:-})
case $name in
tokamak)
    TOKAMAK_JAVA_OPTS="${TOKAMAK_JAVA_OPTS:-} -Dtokamak.cuda.timeline=true -Xmx8g" \
        "$TOKAMAK_HOME/bin/tokamak" serve "$model" --device cuda "${options[@]}" >"$log" 2>&1 &
    ;;
vllm)
    VLLM_NO_USAGE_STATS=1 HF_HUB_OFFLINE=1 python3 -m vllm.entrypoints.cli.main serve "$model" --dtype bfloat16 --max-model-len 8192 \
        --no-enable-prefix-caching --gpu-memory-utilization 0.85 "${options[@]}" >"$log" 2>&1 &
    ;;
*)
    sed -n 2,3p "$0" >&2
    exit 2
    ;;
esac
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -f "$log"' EXIT
begin=$SECONDS
until curl -sf -o /dev/null "http://127.0.0.1:$port/health"; do
    if ! kill -0 $server 2>/dev/null || [ $((SECONDS - begin)) -gt 400 ]; then
        tail -5 "$log"
        exit 1
    fi
    sleep 0.3
done
echo "HTTP $name: healthy after $((SECONDS - begin)) s"
python3 "$here/streams.py" "$name" "http://127.0.0.1:$port" "$@"
status=$?
kill $server
wait $server 2>/dev/null
grep -E 'timeline|whole prompts|cuDNN' "$log"
exit $status
