"""Training of the pretrained network: ``python -m mnistedu.pretraining``.

`sources` reads the data and splits it by writer, `views` varies digits as different people, pens,
screens and cameras would, `negatives` draws what is not a digit, `recipe` sets how each column is
trained, and ``__main__`` is the command.
"""
