#!/bin/sh
# From "tokamak serve" (built) to the first token of a streamed chat, beside Payara Micro's own start with an empty WAR,
# by turns.
#
# Environment: ROUNDS (3).
set -eu
. "$(dirname "$0")/common.sh"
build
empty=$work/empty
mkdir -p "$empty/WEB-INF"
echo "<!doctype html><title>empty</title>" >"$empty/index.html"
"$(dirname "$(readlink -f "$(command -v "$java")")")/jar" --create --file "$work/empty.war" -C "$empty" .
version=$(sed -n 's/.*<payara.version>\(.*\)<.*/\1/p' "$root/pom.xml")
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
payara=$repository/fish/payara/extras/payara-micro/$version/payara-micro-$version.jar
[ -f "$payara" ] || { echo "$payara is missing; name the repository in MAVEN_REPOSITORY" >&2; exit 1; }

timer() { bench dev.tokamak.bench.StartTimer "$@"; }

machine
# The first start writes the class archive.
timer token "$home/bin/tokamak" serve --port '{port}' >/dev/null
: >"$work/start-tokamak.txt"
: >"$work/start-payara.txt"
round=0
while [ "$round" -lt "${ROUNDS:-3}" ]; do
    round=$((round + 1))
    timer page "$java" -jar "$payara" --nohazelcast --disablephonehome --port '{port}' --contextroot / \
        --deploy "$work/empty.war" | tee -a "$work/start-payara.txt" | sed "s/^/round $round: Payara Micro, empty WAR, first page /; s/$/ s/"
    timer token "$home/bin/tokamak" serve --port '{port}' \
        | tee -a "$work/start-tokamak.txt" | sed "s/^/round $round: tokamak serve, first token /; s/$/ s/"
done
echo "medians: Payara Micro $(median <"$work/start-payara.txt") s, tokamak $(median <"$work/start-tokamak.txt") s"
machine
