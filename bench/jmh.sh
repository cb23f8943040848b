#!/bin/sh
# Runs microbenchmarks; arguments are JMH's, such as: bench/jmh.sh EngineStepBenchmark -prof gc
set -eu
. "$(dirname "$0")/common.sh"
build
bench org.openjdk.jmh.Main "$@"
