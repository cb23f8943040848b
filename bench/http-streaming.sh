#!/bin/sh
# Content events a second over HTTP, through the whole engine with an executor that costs nothing, beside a bare FastAPI app
# that streams constant chunks; both take turns under the same load generator on the same processors.
#
# The executor makes one token for every stream each STEP_MICROS and uses no processor meanwhile. If it made them faster than
# they are sent, the engine would merge them, as it does for every slow reader, and events would no longer be tokens.
#
# Environment: STEP_MICROS (1000: 64,000 tokens a second are offered), ROUNDS (5), SECONDS_EACH (8), CONNECTIONS (64), TOKENS (256), PYTHON (python3), PEER=no to leave FastAPI out.
set -eu
. "$(dirname "$0")/common.sh"
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-8}
connections=${CONNECTIONS:-64}
tokens=${TOKENS:-256}
build

# The executor comes from the contract kit, as a plugin of an installation that borrows all else.
bare=$work/home
rm -rf "$bare"
mkdir -p "$bare/bin" "$bare/plugins/tck"
cp "$home/bin/tokamak" "$bare/bin/"
for part in "$home"/*; do
    case ${part##*/} in
        bin | plugins) ;;
        *) ln -s "$part" "$bare/" ;;
    esac
done
cp "$root"/bench/target/lib/tokamak-tck-*.jar "$bare/plugins/tck/"
home=$bare
serve --executor deterministic --option deterministic.free=true --option deterministic.vocabulary=4096 \
    --option deterministic.context=4096 --option deterministic.step-micros="${STEP_MICROS:-1000}" \
    --option deterministic.blocks=65536 --option deterministic.block-size=16 \
    --max-num-seqs 256
tokamak=$server

if [ "${PEER:-yes}" != no ]; then
    venv=$work/venv
    if [ ! -x "$venv/bin/uvicorn" ]; then
        "${PYTHON:-python3}" -m venv "$venv"
        "$venv/bin/pip" install -q -r "$root/bench/peers/requirements.txt"
    fi
    peer_port=$("${PYTHON:-python3}" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    "$venv/bin/uvicorn" --app-dir "$root/bench/peers" --loop uvloop --http httptools --no-access-log \
        --log-level warning --port "$peer_port" fastapi_stream:app >"$work/peer.log" 2>&1 &
    peer=$!
    started="$started $peer"
fi

load() { # base URL, process id, seconds
    generate --url "$1/v1/chat/completions" --connections "$connections" --max-tokens "$tokens" \
        --seconds "$3" --server-pid "$2"
}

machine
load "$url" "$tokamak" 20 >/dev/null
[ -z "${peer:-}" ] || load "http://127.0.0.1:$peer_port" "$peer" 3 >/dev/null
: >"$work/tokamak.txt"
: >"$work/peer.txt"
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    line=$(load "$url" "$tokamak" "$seconds")
    mine=$(echo "$line" | field events_per_second)
    echo "$mine" >>"$work/tokamak.txt"
    note="tokamak $mine events/s ($(echo "$line" | field tokens_per_second) tokens/s; server $(echo "$line" | field server_cpu_seconds) s of processor, generator $(echo "$line" | field generator_cpu_seconds) s)"
    if [ -n "${peer:-}" ]; then
        line=$(load "http://127.0.0.1:$peer_port" "$peer" "$seconds")
        theirs=$(echo "$line" | field events_per_second)
        echo "$theirs" >>"$work/peer.txt"
        note="$note, FastAPI $theirs"
    fi
    echo "round $round: $note"
done
echo "median of $rounds: tokamak $(median <"$work/tokamak.txt") events/s"
[ -z "${peer:-}" ] || echo "median of $rounds: FastAPI $(median <"$work/peer.txt") events/s"

# 256 streams at once: how many threads the server has meanwhile.
generate --url "$url/v1/chat/completions" --connections 256 --max-tokens "$tokens" --seconds 3 --cut >"$work/many.json" &
many=$!
sleep 2
threads=$(sed -n 's/^Threads:[^0-9]*//p' "/proc/$tokamak/status")
wait "$many"
echo "256 open streams: $threads threads in the server, $(field events_per_second <"$work/many.json") events/s"

# No request: what the processors are used for.
ticks() { awk '{ print $14 + $15 }' "/proc/$tokamak/stat"; }
sleep 3
before=$(ticks)
sleep 10
echo "without a request: $(($(ticks) - before)) ticks of 10 ms in 10 s"
machine
