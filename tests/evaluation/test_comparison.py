import json

import numpy as np
import pytest

import mnistedu
from mnistedu.evaluation import compare


@pytest.fixture(scope="module")
def table(digits):
    models = {
        "class <means>": mnistedu.build_baseline("class_means"),
        "k-NN": mnistedu.build_baseline("knn"),
        "MLP": mnistedu.build_mlp(units=(32,)),
    }
    return compare(models, digits, epochs=3)


def test_each_model_is_trained_and_evaluated(table):
    means, knn, mlp = table.reports
    assert [report.name for report in table.reports] == ["class <means>", "k-NN", "MLP"]
    assert means.parameters == 7840
    assert knn.parameters is None
    assert mlp.parameters == 784 * 32 + 32 + 32 * 10 + 10
    for report in table.reports:
        assert report.training_seconds > 0
        assert report.prediction_microseconds > 0
        assert report.result.accuracy > 0.5
    assert knn.size > 1197 * 784  # it stores every image
    assert mlp.size > 4 * mlp.parameters


def test_text_and_html_are_tables(table):
    head, *rows = str(table).split("\n")
    assert head.split()[:3] == ["model", "parameters", "training"]
    assert len(rows) == 3
    assert len({len(row) for row in (head, *rows)}) == 1
    assert f"{table.reports[1].result.accuracy:.2%}" in rows[1]
    html = table._repr_html_()
    assert html.count("<tr>") == 4
    assert '<th scope="row">class &lt;means&gt;</th>' in html
    assert "color" not in html  # so that it is readable on any page


def test_to_dict_can_be_written_as_json(table):
    figures = json.loads(json.dumps(table.to_dict()))
    assert figures["MLP"]["parameters"] == table.reports[2].parameters
    assert figures["MLP"]["interval"] == list(table.reports[2].result.interval)


def test_zero_epochs_evaluates_without_training(table, digits):
    model = mnistedu.build_mlp(units=())
    before = model.get_weights()
    models = {"untrained": model, "guess": lambda images: np.full((len(images), 10), 0.1)}
    untrained, guess = compare(models, digits, epochs=0).reports
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    assert untrained.training_seconds is guess.training_seconds is None
    assert guess.parameters is guess.size is None
    assert guess.result.loss == pytest.approx(np.log(10))


def test_rejects_no_models_and_models_that_cannot_be_trained(digits):
    with pytest.raises(ValueError, match="at least one model"):
        compare({}, digits)
    with pytest.raises(TypeError, match="can be trained here, got function"):
        compare({"guess": lambda images: images}, digits)
