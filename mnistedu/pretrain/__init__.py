"""How the shipped weights were made: ``python -m mnistedu.pretrain`` makes them again.

`views` draws what people may show a recogniser, `negatives` what is no digit, `sources` reads the
data and parts it by writer, `network` is the model, and ``__main__`` the command.
"""
