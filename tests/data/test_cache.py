import sys

import pytest

from mnistedu.data.cache import cache_folder


@pytest.mark.skipif(sys.platform != "linux", reason="XDG_CACHE_HOME is Linux's")
def test_the_folder_is_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "mnistedu"


def test_a_user_without_a_home_directory_has_no_cache(monkeypatch):
    import platformdirs

    def fail(name):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(platformdirs, "user_cache_dir", fail)
    assert cache_folder() is None
