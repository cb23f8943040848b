#!/bin/sh
# Compiles every CUDA source of this module with nvcc, as the product does with NVRTC: behind common.cuh, for each type and for
# the oldest and the newest architecture that the kernels were written for. Shows the compiler's words and fails if one of them
# does not compile.
#
# usage: compile-kernels.sh NVCC SOURCES TARGET
set -eu

nvcc=$1
sources=$2
target=$3

rm -rf "$target"
mkdir -p "$target"
failed=$target/failed
cp "$sources"/*.cuh "$target"

# NAME SM OPTION...
compile() {
    source=$1
    sm=$2
    shift 2
    output=$target/$source-sm_$sm$(printf '%s' "$*" | tr -c 'A-Za-z0-9' '_')
    if ! "$nvcc" -std=c++17 -cubin "-arch=sm_$sm" "$@" -o "$output.cubin" "$target/$source.cu" >"$output.log" 2>&1; then
        { echo "$source.cu does not compile for sm_$sm $*:" && cat "$output.log"; } >>"$failed"
    fi
}

for file in "$sources"/*.cu; do
    name=$(basename "$file" .cu)
    # Messages have the lines of the files that were put together.
    {
        echo '#line 1 "common.cuh"'
        cat "$sources/common.cuh"
        printf '\n#line 1 "%s.cu"\n' "$name"
        cat "$file"
    } >"$target/$name.cu"
    # Two at a time.
    {
        compile "$name" 80
        compile "$name" 80 -DTOKAMAK_FLOAT16=1
    } &
    compile "$name" 90
    compile "$name" 90 -DTOKAMAK_FLOAT16=1
    if grep -q FP8_CACHE "$file"; then
        compile "$name" 90 -DFP8_CACHE=1
    fi
    wait
done

if [ -f "$failed" ]; then
    cat "$failed" >&2
    exit 1
fi
echo "$(ls "$target" | grep -c '\.cubin$') compilations of the CUDA sources by $nvcc, without an error"
