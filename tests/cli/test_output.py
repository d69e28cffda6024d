"""A model that took long to train is never lost for want of a place to write it."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

import mnistedu
from mnistedu.cli.output import check_writable, save_or_rescue


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("folder.keras", "it is a folder"),
        ("pipe.keras", "it is not a regular file"),
        ("file/model.keras", "Not a directory"),
        ("x" * 300 + ".keras", "File name too long"),
        ("folder.keras/" + "x" * 300 + "/model.keras", "File name too long"),
    ],
)
def test_a_target_that_cannot_be_written_is_refused_before_training(
    refuse, tmp_path, target, reason
):
    (tmp_path / "folder.keras").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe.keras")
    before = sorted(tmp_path.iterdir())
    error = refuse("train", "--data", "digits", "--epochs", "1000000", "-o", target)
    assert error == f"mnistedu: cannot write {target}: {reason}\n".replace(
        "folder\n", "folder; name a file in it\n"
    )
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that nobody can write to")
def test_a_folder_without_permission_is_refused_even_for_root():
    with pytest.raises(OSError, match=r"cannot write /proc/model.keras: "):
        check_writable(Path("/proc/model.keras"))


def test_a_missing_folder_is_made_with_a_note(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    check_writable(Path("new/folder/model.keras"))
    assert capsys.readouterr().err == "mnistedu: note: made the folder new/folder\n"
    assert not list(Path("new/folder").iterdir())


def test_an_existing_file_stays_as_it_is(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"the last one")
    check_writable(path)
    assert path.read_bytes() == b"the last one"


def test_what_cannot_be_saved_is_saved_elsewhere_and_the_error_says_where(tmp_path, monkeypatch):
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def save(path: Path) -> None:
        path.write_text("weights")

    for folder in (temporary, home):
        with pytest.raises(OSError, match=r"cannot write .*gone.*; saved as (.*) instead") as error:
            save_or_rescue(save, tmp_path / "gone" / "model.h5")
        (rescued,) = folder.glob("model-*.keras")
        assert str(rescued) in str(error.value)
        assert rescued.read_text() == "weights"
        home.mkdir(exist_ok=True)

    with pytest.raises(OSError, match="could not be saved anywhere else"):
        save_or_rescue(lambda path: 1 / 0, tmp_path / "model.keras")


def test_a_trained_model_survives_when_its_folder_vanishes(run, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    folder, train = tmp_path / "results", mnistedu.train

    def train_while_the_folder_vanishes(*arguments: object, **options: object) -> object:
        folder.rmdir()
        folder.touch()
        return train(*arguments, **options)

    monkeypatch.setattr(mnistedu, "train", train_while_the_folder_vanishes)
    command = ("train", "mlp", "--data", "digits", "--epochs", "1", "-o", "results/model.keras")
    code, printed, error = run(*command)
    assert (code, printed) == (1, "")
    (rescued,) = tmp_path.glob("model-*.keras")
    assert "mnistedu: cannot write results/model.keras: " in error
    assert error.endswith(f"; saved as {rescued} instead\n")
    assert run("evaluate", str(rescued), "--data", "digits")[0] == 0
