import numpy as np
import pytest

from mnistedu.pretrained.architecture import NO_DIGIT
from mnistedu.pretraining import negatives, sources


def to_unipen(samples):
    lines = []
    for sample in samples:
        lines += [f'.SEGMENT DIGIT 0 ? "{sample.label}"', f".COMMENT 0 {sample.writer} 0"]
        for points in sample.ink.strokes:
            lines += [".PEN_DOWN", *(f" {x} {500 - y}" for x, y in points.tolist()), ".PEN_UP"]
    return "\n".join(lines)


def test_each_writer_is_in_one_part(tmp_path, samples):
    path = tmp_path / "pens.tra"
    path.write_text(to_unipen(samples))
    digits = sources.read_pendigits(path)
    writers = [
        {sample.writer for sample in part}
        for part in (digits.train, digits.validation, digits.test)
    ]
    assert [len(part) for part in writers] == [20, 4, 6]
    assert set.union(*writers) == set(range(1, 31))


def test_rejects_a_file_without_all_writers(tmp_path, samples):
    path = tmp_path / "pens.tra"
    path.write_text(to_unipen(samples[:2]))
    with pytest.raises(ValueError, match="writers 1 to 30"):
        sources.read_pendigits(path)


def test_validation_shapes_are_some_of_all_shapes():
    assert set(sources.VALIDATION_SHAPES) < set(negatives.SHAPES)


def test_views_contain_digits_and_negatives(rng, few, pens):
    views = sources.draw_views(few.train, pens.train, rng)
    assert views.images.shape == (len(views), 28, 28)
    assert views.images.dtype == np.uint8
    assert set(views.labels.tolist()) == set(range(11))
    assert (views.labels == NO_DIGIT).sum() == 10
    again = sources.draw_views(few.train, pens.train, np.random.default_rng(0))
    np.testing.assert_array_equal(views.images, again.images)


def test_views_contain_each_image_the_given_number_of_times(rng, few, pens):
    views = sources.draw_views(few.train, pens.train, rng, plain=3)
    for image in few.train.images[:5]:
        assert (views.images == image).all(axis=(1, 2)).sum() >= 3
