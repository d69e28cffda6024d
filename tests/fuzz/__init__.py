"""Damaged input of every kind: nothing but documented errors, in bounded time and memory.

`targets` lists what is fuzzed. The tests try some inputs of each with Hypothesis; ``make fuzz``
tries as many as ``FUZZ_SECONDS`` allow, with atheris where it is installed.
"""
