"""Compiles the CUDA sources of this module with NVRTC, as the product does, and launches them on torch tensors."""
import functools
import pathlib

import cupy
import torch

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "main/resources/dev/tokamak/cuda"


@functools.lru_cache(maxsize=None)
def kernel(file, name, defines=()):
    source = (SOURCES / "common.cuh").read_text() + "\n" + (SOURCES / file).read_text()
    options = ("--std=c++17",) + tuple(f"-D{k}={v}" for k, v in defines)
    return cupy.RawModule(code=source, options=options, backend="nvrtc").get_function(name)


def pointer(tensor):
    return cupy.uint64(0 if tensor is None else tensor.data_ptr())


def launch(function, grid, block, args, shared=0):
    converted = []
    for a in args:
        if a is None or torch.is_tensor(a):
            converted.append(pointer(a))
        elif isinstance(a, float):
            converted.append(cupy.float32(a))
        elif isinstance(a, int):
            converted.append(cupy.int32(a))
        else:
            converted.append(a)
    if shared > 32 * 1024:  # 48 KB together with what is static needs no leave
        function.max_dynamic_shared_size_bytes = shared
    with cupy.cuda.Stream.from_external(torch.cuda.current_stream()):
        function(grid, block, tuple(converted), shared_mem=shared)


def i64(x):
    return cupy.int64(x)
