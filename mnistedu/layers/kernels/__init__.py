"""What takes most of a training's time, compiled for the processor at hand.

A compiler for all programs, such as XLA, moves every number of a convolution through memory several
times. `convolution`, `pooling`, `product` and `dropout` write loops as a processor likes them, in
LLVM's language, with the phrases of `code` and the sums of `block`. `machine` compiles them,
`store` keeps what it made, `handler` lets XLA call them on all cores, `calls` knows them by name,
and `operations` makes them functions of JAX, which have gradients.
"""
