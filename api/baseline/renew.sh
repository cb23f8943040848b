#!/bin/sh
# Makes the jars that the build compares api and spi with, from what is in the checkout: on a release, after which a change to the
# property tokamak.baseline.version in pom.xml makes them count.
#
# usage: api/baseline/renew.sh VERSION
set -eu

version=${1:?usage: renew.sh VERSION, such as 0.2.0}
cd "$(dirname "$0")/../.."
mvn -q -B -DskipTests -Djapicmp.skip=true -pl api,spi clean compile
for module in api spi; do
    mkdir -p "$module/baseline"
    rm -f "$module"/baseline/*.jar
    # Without a manifest and with one date, so that equal classes make equal jars.
    (
        cd "$module/target/classes"
        find . -name '*.class' ! -name package-info.class | LC_ALL=C sort | cut -c3- >../baseline.list
        "${JAVA_HOME:+$JAVA_HOME/bin/}jar" --create --no-manifest --date=2026-01-01T00:00:00Z \
            --file "../../baseline/tokamak-$module-$version.jar" @../baseline.list
    )
done
ls -l api/baseline spi/baseline
