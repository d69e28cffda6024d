"""Folders that only this user can change, as root also with the files of other users."""

import os
import socket
import stat
import sys
from contextlib import contextmanager

import pytest

from mnistedu.layers.kernels.private_folder import private_folder, program_cache

OTHER = 12345  # the number of a user and of a group that does not exist

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="folders of users on Windows are private"
)
as_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can give files to other users"
)


@pytest.fixture
def folder(tmp_path):
    """A private folder with a file in it."""
    folder = private_folder(tmp_path / "cache" / "programs")
    (folder / "program").write_bytes(b"code")
    return folder


@contextmanager
def other_user():
    """Be another user for a while."""
    os.setresuid(OTHER, OTHER, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def refused(folder, reason):
    with pytest.raises(PermissionError, match=reason):
        private_folder(folder)
    return True


def test_a_folder_is_created_for_this_user_alone(tmp_path):
    old = os.umask(0)
    try:
        (tmp_path / "cache").mkdir(0o755)
        folder = private_folder(tmp_path / "cache" / "programs")
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert private_folder(folder) == folder


def test_folders_above_that_others_can_write_to_are_not_created(tmp_path):
    old = os.umask(0)
    try:
        assert refused(tmp_path / "cache" / "programs", "other users can write to .*cache")
    finally:
        os.umask(old)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
def test_a_folder_that_others_can_write_to_is_refused(folder, mode):
    folder.chmod(mode)
    assert refused(folder, "other users can write to .*programs")


def test_a_folder_that_others_can_read_is_accepted(folder):
    folder.chmod(0o755)
    assert private_folder(folder) == folder


@pytest.mark.parametrize("mode", [0o777, 0o707])
def test_a_folder_above_that_others_can_write_to_is_refused(folder, mode):
    folder.parent.chmod(mode)
    assert refused(folder, "other users can write to .*cache")


def test_a_sticky_folder_above_is_accepted(folder):
    folder.parent.chmod(0o1777)
    assert private_folder(folder) == folder


@as_root
@pytest.mark.parametrize("mode", [0o770, 0o775])
def test_a_folder_above_that_a_group_can_write_to_is_refused(folder, mode):
    os.chown(folder.parent, 0, OTHER)
    folder.parent.chmod(mode)
    assert refused(folder, "other users can write to .*cache")


@as_root
def test_the_folder_of_another_user_is_refused(folder):
    os.chown(folder, OTHER, OTHER)
    assert refused(folder, "programs belongs to another user")


@as_root
@pytest.mark.parametrize("mode", [0o755, 0o1777])
def test_a_folder_above_of_another_user_is_refused(folder, mode):
    os.chown(folder.parent, OTHER, OTHER)
    folder.parent.chmod(mode)
    assert refused(folder, "cache belongs to another user")


@as_root
def test_nothing_is_created_in_the_folder_of_another_user(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, OTHER, OTHER)
    assert refused(home / "cache" / "programs", "home belongs to another user")
    assert not list(home.iterdir())


@as_root
def test_a_folder_of_root_above_is_accepted_for_another_user(tmp_path):
    for parent in (tmp_path, *tmp_path.parents):
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)  # pytest's folders are closed to others
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, OTHER, OTHER)
    with other_user():
        folder = private_folder(home / "programs")
    assert folder == home / "programs"
    assert folder.stat().st_uid == OTHER


def test_a_link_is_followed(folder, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    assert private_folder(link) == folder


@as_root
def test_a_link_into_the_folder_of_another_user_is_refused(folder, tmp_path):
    os.chown(folder, OTHER, OTHER)
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    assert refused(link, "programs belongs to another user")


def test_a_file_that_others_can_write_to_is_refused_where_they_can_reach_it(folder):
    (folder / "program").chmod(0o666)
    assert private_folder(folder) == folder
    folder.chmod(0o711)
    assert refused(folder, "other users can write to .*program")


@as_root
def test_a_file_of_another_user_is_refused(folder):
    os.chown(folder / "program", OTHER, OTHER)
    assert refused(folder, "program belongs to another user")


@pytest.mark.parametrize("kind", ["link", "pipe", "socket"])
def test_what_is_not_a_file_is_refused(folder, kind, monkeypatch):
    path = folder / kind
    if kind == "link":
        path.symlink_to(folder / "program")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        monkeypatch.chdir(folder)  # the path of a socket must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(kind)
    assert refused(folder, f"{kind} is neither a file nor a folder")


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(OSError, match="cache"):
        private_folder(tmp_path / "cache")
    with pytest.raises(OSError, match="cache"):
        private_folder(tmp_path / "cache" / "programs")


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is elsewhere")
def test_programs_are_kept_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert program_cache() == tmp_path / "mnistedu" / "programs"


@as_root
@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is elsewhere")
def test_a_user_without_a_home_has_no_cache(monkeypatch):
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    with other_user(), pytest.raises(FileNotFoundError, match="has no home folder"):
        program_cache()
