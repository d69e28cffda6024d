"""How the shipped weights were made: ``python -m mnistedu.pretraining`` makes them again.

`views` draws what people may show a recogniser, `negatives` what is no digit, `sources` reads the
data and parts it by writer, `recipe` says how long and how each column learns, and ``__main__`` is
the command.
"""
