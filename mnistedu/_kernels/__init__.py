"""Convolutions compiled for the processor at hand.

A compiler for all programs, such as XLA, moves every number of a convolution through memory several
times. `convolution` writes the loops that a processor would like, as instructions for LLVM;
`machine` compiles them; `handler` lets XLA call them, on all cores; and `operations` makes them
functions of JAX, which have gradients.
"""
