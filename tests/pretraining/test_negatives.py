from mnistedu.pretraining import negatives, views


def test_every_shape_can_be_drawn(rng):
    for name in negatives.SHAPES:
        assert views.vector_view(negatives.draw_shape(name), rng).any()


def test_side_by_side_draws_digits_next_to_each_other(rng, seven):
    two = negatives.side_by_side(seven, seven, rng)
    first, second = two.strokes
    assert first[:, 0].max() < second[:, 0].min()
