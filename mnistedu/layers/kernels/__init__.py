"""The loops that take most of the time of training, compiled for the host's processor.

XLA, a compiler for all programs, moves each number of a convolution through memory several times.
`conv2d`, `max_pool`, `matmul` and `dropout` build loops that suit the processor, as LLVM code, with
the vectors of `builder` and the sums of `accumulators`. `target` compiles them, `disk_cache` keeps
the machine code, `ffi_handler` lets XLA call them on all cores, `registry` knows them by name, and
`primitives` makes them functions of JAX with derivatives. `availability` says which of them to use.
"""
