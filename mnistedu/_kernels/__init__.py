"""Convolution and pooling, compiled for the processor at hand.

A compiler for all programs, such as XLA, moves every number of a convolution through memory several
times. `convolution` and `pooling` write loops as a processor likes them, in LLVM's language, with
the phrases of `code`. `machine` compiles them, `store` keeps what it made, `handler` lets XLA call
them on all cores, and `operations` makes them functions of JAX, which have gradients.
"""
