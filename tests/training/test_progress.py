from hypothesis import given
from hypothesis import strategies as st

from mnistedu.training.progress import Progress


@given(epochs=st.integers(1, 5), images=st.integers(1, 70_000), chunks=st.integers(1, 30))
def test_the_bar_ends_exactly_at_its_total(epochs, images, chunks):
    with Progress(epochs, images, verbose=True) as progress:
        for _ in range(epochs * chunks):
            progress.advance(1 / chunks)
    assert progress._bar.n == progress._bar.total == epochs * images


def test_nothing_is_shown_if_not_verbose(capfd):
    with Progress(1, 100, verbose=False) as progress:
        progress.start_epoch(0)
        progress.advance(1.0)
        progress.show({"accuracy": 0.9})
    assert capfd.readouterr().err == ""


def test_metrics_that_are_single_numbers_are_shown(capfd):
    with Progress(2, 100, verbose=True) as progress:
        progress.start_epoch(0)
        progress.advance(1.0)
        progress.show({"accuracy": 0.98765, "confusion": [[1, 2]]})
    text = capfd.readouterr().err
    assert "epoch 1/2" in text
    assert "accuracy=0.9877" in text
    assert "confusion" not in text
