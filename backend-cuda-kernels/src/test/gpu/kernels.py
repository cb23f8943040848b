"""Compiles the CUDA sources of this module with NVRTC, as the product does, and launches them on torch tensors."""
import ctypes
import functools
import pathlib

import cupy
import torch

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "main/resources/dev/tokamak/cuda"


@functools.lru_cache(maxsize=None)
def kernel(file, name, defines=()):
    source = (SOURCES / "common.cuh").read_text() + "\n" + (SOURCES / file).read_text()
    options = ("--std=c++17", f"-I{SOURCES}") + tuple(f"-D{k}={v}" for k, v in defines)
    return cupy.RawModule(code=source, options=options, backend="nvrtc").get_function(name)


def launch(function, grid, block, args, shared=0):
    if shared > 32 * 1024:  # 48 KB together with what is static needs no leave
        function.max_dynamic_shared_size_bytes = shared
    converted = []
    for a in args:
        if a is None or torch.is_tensor(a):
            converted.append(cupy.uint64(0 if a is None else a.data_ptr()))
        elif isinstance(a, float):
            converted.append(cupy.float32(a))
        elif isinstance(a, int):
            converted.append(cupy.int32(a))
        else:
            converted.append(a)
    with cupy.cuda.Stream.from_external(torch.cuda.current_stream()):
        function(grid, block, tuple(converted), shared_mem=shared)


def launch_dependent(function, grid, block, args, shared=0):
    """Like launch, with the attribute of programmatic dependent launch, as the product does from sm_90 on."""
    from cuda.bindings import driver

    if shared > 32 * 1024:
        function.max_dynamic_shared_size_bytes = shared
    values, types = [], []
    for a in args:
        if a is None or torch.is_tensor(a):
            values.append(0 if a is None else a.data_ptr())
            types.append(ctypes.c_void_p)
        else:
            values.append(a if isinstance(a, (float, int)) else int(a))
            types.append(ctypes.c_float if isinstance(a, float) else ctypes.c_int if isinstance(a, int) else ctypes.c_longlong)
    config = driver.CUlaunchConfig()
    config.gridDimX, config.gridDimY, config.gridDimZ = tuple(grid) + (1,) * (3 - len(grid))
    config.blockDimX, config.blockDimY, config.blockDimZ = block[0], 1, 1
    config.sharedMemBytes = shared
    config.hStream = torch.cuda.current_stream().cuda_stream
    attribute = driver.CUlaunchAttribute()
    attribute.id = driver.CUlaunchAttributeID.CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION
    value = driver.CUlaunchAttributeValue()
    value.programmaticStreamSerializationAllowed = 1
    attribute.value = value
    config.attrs = [attribute]
    config.numAttrs = 1
    result = driver.cuLaunchKernelEx(config, driver.CUfunction(function.kernel.ptr), (tuple(values), tuple(types)), 0)
    if int(result[0]) != 0:
        raise RuntimeError(f"launch: {result[0]}")


def i64(x):
    return cupy.int64(x)
