# Sourced by the scripts beside it: builds once, starts and stops servers, and takes medians.
# shellcheck shell=sh

root=$(cd "$(dirname "$0")/.." && pwd -P)
home=$root/distribution/target/tokamak
work=$root/bench/target/work
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
started=

# One file that is newer than what is built, if there is one.
newer() {
    find "$root" -name target -prune -o \( -name pom.xml -o -path '*/src/main/*' \) -type f -newer "$home/built" -print | head -n 1
}

build() {
    if [ ! -f "$home/built" ] || [ -n "$(newer)" ] || [ ! -d "$root/bench/target/lib" ] || [ "${REBUILD:-no}" != no ]; then
        echo "building" >&2
        # shellcheck disable=SC2086 # several options in one variable
        mvn -q -B ${MAVEN_OPTIONS:-} -f "$root/pom.xml" -DskipTests -pl distribution,bench -am package >&2
    fi
    mkdir -p "$work"
}

# Runs a main class of this module; the load generator needs little, and must not look for natives.
bench() {
    "$java" -XX:+UseSerialGC -Xmx1g -cp "$root/bench/target/classes:$root/bench/target/lib/*:$home/lib/*" "$@"
}

generate() { # options of the load generator
    bench dev.tokamak.bench.LoadGenerator --json "$@"
}

field() { # name: its number in one JSON line on standard input
    sed -n "s/.*\"$1\":\(-\{0,1\}[0-9.]*\).*/\1/p"
}

# The number p50 inside an object, such as ttft_ms.
median_in() {
    sed -n "s/.*\"$1\":{[^}]*\"p50\":\([0-9.]*\).*/\1/p"
}

median() { # of the numbers on standard input, one a line
    sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# Starts Tokamak with further options of "serve"; sets $url and $server, its process id.
serve() {
    : >"$work/serve.log"
    "$home/bin/tokamak" serve --port 0 "$@" >"$work/serve.log" 2>&1 &
    server=$!
    started="$started $server"
    waited=0
    until url=$(sed -n 's/.* is ready at \(http[^ ]*\) .*/\1/p' "$work/serve.log") && [ -n "$url" ]; do
        kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; exit 1; }
        waited=$((waited + 1))
        [ "$waited" -lt 1200 ] || { echo "the server did not get ready; see $work/serve.log" >&2; exit 1; }
        sleep 0.1
    done
}

stop_all() {
    for process in $started; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    started=
}
trap stop_all EXIT
trap 'exit 1' INT TERM

# What the machine was doing, to be printed beside figures.
machine() {
    echo "$(date -u +%Y-%m-%dT%H:%MZ), $(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $(cut -d' ' -f1-3 /proc/loadavg)"
}
