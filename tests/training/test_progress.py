from hypothesis import given
from hypothesis import strategies as st

from mnistedu.training.progress import Progress


@given(epochs=st.integers(1, 5), images=st.integers(1, 70_000), stretches=st.integers(1, 30))
def test_the_bar_ends_exactly_at_its_total(epochs, images, stretches):
    with Progress(epochs, images, verbose=True) as progress:
        for _ in range(epochs * stretches):
            progress.advance(1 / stretches)
    assert progress._bar.n == progress._bar.total == epochs * images


def test_nothing_is_shown_when_quiet(capfd):
    with Progress(1, 100, verbose=False) as progress:
        progress.start_epoch(0)
        progress.advance(1.0)
        progress.show({"accuracy": 0.9})
    assert capfd.readouterr().err == ""


def test_measures_stand_beside_the_bar(capfd):
    with Progress(2, 100, verbose=True) as progress:
        progress.start_epoch(0)
        progress.advance(1.0)
        progress.show({"accuracy": 0.98765, "confusion": [[1, 2]]})
    text = capfd.readouterr().err
    assert "epoch 1/2" in text
    assert "accuracy=0.9877" in text
    assert "confusion" not in text
