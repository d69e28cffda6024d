"""The grid of cells."""

from __future__ import annotations

from mnistedu.widgets.confusion_explorer.cell_grid import CellGrid, cell


def test_a_cell_holds_what_the_page_draws() -> None:
    assert cell("A 4", text="4", image="data:,", tone="right", shade=0.256) == {
        **{"label": "A 4", "text": "4", "image": "data:,", "tone": "right", "shade": 26}
    }


def test_the_page_gets_the_cells_and_returns_the_selection() -> None:
    grid = CellGrid(label="Digits", columns=2, cells=[cell("A 4"), cell("A 9")])
    state = grid.get_state()
    assert "export default" in state["_esm"]
    assert (state["label"], state["columns"], state["selected"]) == ("Digits", 2, -1)
    assert [each["label"] for each in state["cells"]] == ["A 4", "A 9"]
    seen = []
    grid.observe(lambda change: seen.append(change.new), "selected")
    grid.set_state({"selected": 1})
    assert seen == [1]
