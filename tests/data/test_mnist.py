"""Downloads come from a real server on this machine."""

import contextlib
import gzip
import hashlib
import http.server
import os
import re
import threading
from functools import partial

import numpy as np
import pytest

import mnistedu
from mnistedu.data import CorruptFileError, DataError, DownloadError, MissingFileError
from mnistedu.data import mnist as source
from tests.data.test_idx import idx
from tests.faults.server import BAD_RESPONSES, send_file, serve

CLOSED = "http://127.0.0.1:9/"  # the discard port, where nothing listens


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with four small files in MNIST's format, which stand for the official ones."""
    folder = tmp_path / "site"
    folder.mkdir()
    values = {
        "images": np.zeros((20, 28, 28), np.uint8),
        "labels": np.arange(20, dtype=np.uint8) % 10,
    }
    registry, sizes = {}, {}
    for name in source.REGISTRY:
        content = gzip.compress(idx(values["images" if "images" in name else "labels"]), mtime=0)
        (folder / name).write_bytes(content)
        registry[name] = hashlib.sha256(content).hexdigest()
        sizes[name] = len(content)
    monkeypatch.setattr(source, "REGISTRY", registry)
    monkeypatch.setattr(source, "SIZES", sizes)
    return folder


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The only place where downloads may land; no data is anywhere else."""
    monkeypatch.delenv("MNISTEDU_DATA", raising=False)
    for proxy in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(proxy, raising=False)
        monkeypatch.delenv(proxy.upper(), raising=False)
    folder = tmp_path / "home"
    monkeypatch.setattr(source, "_download_folders", lambda: [folder])
    return folder


@pytest.fixture
def site(files, monkeypatch):
    """Serve the files; the mirrors are a dead one and the living one."""
    handler = partial(QuietHandler, directory=files)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr(source, "MIRRORS", (CLOSED, address))
        yield address
        server.shutdown()
        thread.join()


def test_the_official_files_load(mnist):
    assert [len(part) for part in (mnist.train, mnist.validation, mnist.test)] == [
        55_000,
        5_000,
        10_000,
    ]
    assert mnist.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(mnist.test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip


def test_a_download_uses_the_first_mirror_that_responds(site, home, capfd):
    data = mnistedu.load_mnist(validation=5)
    assert (len(data.train), len(data.validation), len(data.test)) == (15, 5, 20)
    assert data.name == "mnist"
    assert sorted(file.name for file in home.iterdir()) == sorted(source.REGISTRY)
    assert "%" in capfd.readouterr().err  # the progress bar


def test_a_second_load_needs_no_network(site, home, monkeypatch):
    mnistedu.load_mnist(validation=0)
    monkeypatch.setattr(source, "MIRRORS", ())
    assert len(mnistedu.load_mnist(validation=0).validation) == 0


def test_a_damaged_download_is_replaced(site, home):
    mnistedu.load_mnist(validation=0)
    damaged = home / "t10k-images-idx3-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:-5])
    assert len(mnistedu.load_mnist(validation=0).test) == 20


def test_a_wrong_file_on_the_mirror_is_not_kept(site, home, files):
    page = b"<html>Please log in</html>"
    (files / "train-images-idx3-ubyte.gz").write_bytes(page)
    with pytest.raises(DownloadError, match=r"it has a file of 26 bytes, not \d+"):
        mnistedu.load_mnist()
    size = source.SIZES["train-images-idx3-ubyte.gz"]
    (files / "train-images-idx3-ubyte.gz").write_bytes(page.ljust(size))
    with pytest.raises(DownloadError, match="a wrong SHA-256 sum, which was not kept"):
        mnistedu.load_mnist()
    assert list(home.iterdir()) == []


def test_the_error_without_a_network_says_what_to_do(files, home, monkeypatch):
    monkeypatch.setattr(source, "MIRRORS", (CLOSED,))
    with pytest.raises(DownloadError) as caught:
        mnistedu.load_mnist()
    message = str(caught.value)
    assert "is missing and could not be downloaded from any mirror" in message
    assert f"{CLOSED}: the connection failed: Connection refused" in message
    assert "set MNISTEDU_DATA" in message
    assert "load_mnist(fallback='digits')" in message


def test_the_status_of_a_mirror_without_the_file_is_reported(site, home, monkeypatch):
    monkeypatch.setattr(source, "MIRRORS", (site + "elsewhere/",))
    with pytest.raises(DownloadError, match="it answered 404"):
        mnistedu.load_mnist()


def test_an_unreachable_proxy_is_reported(files, home, monkeypatch):
    monkeypatch.setenv("http_proxy", CLOSED)
    monkeypatch.setattr(source, "MIRRORS", ("http://example.invalid/",))
    with pytest.raises(DownloadError, match="the proxy refused or could not be reached"):
        mnistedu.load_mnist()


def test_mirrors_are_tried_in_order_and_failed_ones_last(files, home, monkeypatch):
    asked = []

    def server(number, respond):
        def record(connection, content):
            asked.append(number)
            respond(connection, content)

        return stack.enter_context(serve(record, lambda name: (files / name).read_bytes()))

    with contextlib.ExitStack() as stack:
        bad = BAD_RESPONSES["500"].respond
        mirrors = tuple(server(number, bad) for number in range(3))
        monkeypatch.setattr(source, "MIRRORS", mirrors)
        with pytest.raises(DownloadError) as caught:
            mnistedu.load_mnist()
        assert re.findall(r"  (\S+/): it answered 500", str(caught.value)) == list(mirrors)
        assert asked == [0, 1, 2]
        asked.clear()
        mirrors = (*mirrors[:2], server(3, send_file))
        monkeypatch.setattr(source, "MIRRORS", mirrors)
        mnistedu.load_mnist(validation=0)
        assert asked == [0, 1, 3, 3, 3, 3]


def test_the_time_for_all_downloads_is_limited(site, home, monkeypatch):
    monkeypatch.setattr(source, "TOTAL_SECONDS", 0)
    with pytest.raises(DownloadError, match="not tried: 0 seconds for all downloads are over"):
        mnistedu.load_mnist()


def test_a_file_in_place_of_the_folder_is_an_error(site, home):
    home.write_text("a file where the folder should be")
    with pytest.raises(DownloadError, match=r"no folder can store it: .*home"):
        mnistedu.load_mnist()


def test_a_user_without_a_home_directory_gets_an_error_or_the_fallback(site, monkeypatch, home):
    monkeypatch.setattr(source, "_download_folders", list)
    with pytest.raises(DownloadError, match="can store it: this user has no home directory"):
        mnistedu.load_mnist()
    with pytest.warns(UserWarning, match="no home directory"):
        assert mnistedu.load_mnist(fallback="digits").name == "digits"
    assert source.find_files() is None


def test_downloads_go_to_the_second_folder_if_the_first_cannot_be_written(
    site, home, monkeypatch, tmp_path
):
    blocked = tmp_path / "blocked"
    blocked.touch()
    monkeypatch.setattr(source, "_download_folders", lambda: [blocked, home])
    mnistedu.load_mnist(validation=0)
    assert source.find_files() == home


def test_the_second_folder_is_read_if_the_first_is_damaged(site, home, monkeypatch, tmp_path):
    mnistedu.load_mnist(validation=0)
    first = tmp_path / "first"
    first.mkdir()
    for name in source.REGISTRY:
        (first / name).write_bytes(b"damaged")
    monkeypatch.setattr(source, "_download_folders", lambda: [first, home])
    monkeypatch.setattr(source, "MIRRORS", ())
    assert len(mnistedu.load_mnist(validation=0).test) == 20


def test_downloads_have_the_mode_of_the_umask(site, home):
    before = os.umask(0o022)
    try:
        mnistedu.load_mnist(validation=0)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o644}


def test_a_full_disk_is_a_download_error(
    site, home, capsys
):  # the limit holds for a captured progress bar as well
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, limits[1]))
    try:
        with pytest.raises(DownloadError, match=r"could not be written .* and is unchanged"):
            mnistedu.load_mnist()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(home.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in its file system")
@pytest.mark.parametrize("named", [False, True])
def test_a_pipe_or_a_device_is_not_read(site, home, monkeypatch, named):
    home.mkdir()
    pipe, device, *_ = (home / name for name in source.REGISTRY)
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    if named:
        for read in (lambda: mnistedu.load_mnist(folder=home), lambda: source.find_files(home)):
            with pytest.raises(DataError, match=r"cannot be read .* pipe or a device"):
                read()
    else:
        with pytest.raises(DownloadError, match=r"no folder can store it.* pipe or a device"):
            mnistedu.load_mnist()
        assert source.find_files() is None


def test_no_more_is_read_of_a_file_than_the_official_size(files, home):
    path = files / "train-images-idx3-ubyte.gz"
    with path.open("ab") as file:
        file.truncate(2**40)
    with pytest.raises(CorruptFileError, match="not the official file"):
        mnistedu.load_mnist(folder=files)


def test_an_overlong_folder_name_is_one_clear_error(home, monkeypatch):
    monkeypatch.setenv("MNISTEDU_DATA", "n" * 10_000)
    with pytest.raises(DataError, match=r"n\.\.\., which cannot be read \(File name too long\)"):
        mnistedu.load_mnist()
    with pytest.warns(UserWarning, match="File name too long"):
        mnistedu.load_mnist(fallback="digits")


def test_the_environment_variable_names_the_folder(files, home, monkeypatch):
    monkeypatch.setenv("MNISTEDU_DATA", str(files))
    assert len(mnistedu.load_mnist(validation=0).train) == 20
    assert not home.exists()


def test_a_named_folder_must_contain_the_files(files, home, monkeypatch, tmp_path):
    (files / "t10k-labels-idx1-ubyte.gz").unlink()
    monkeypatch.setenv("MNISTEDU_DATA", str(files))
    with pytest.raises(MissingFileError, match=r"MNISTEDU_DATA names .* not contain t10k-labels"):
        mnistedu.load_mnist()
    with pytest.raises(MissingFileError, match=r"folder names .*nowhere"):
        mnistedu.load_mnist(folder=tmp_path / "nowhere")


def test_a_wrong_file_in_a_named_folder_is_refused_and_not_deleted(files, home):
    path = files / "train-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(CorruptFileError, match=r"train-labels.* not the official file: expected"):
        mnistedu.load_mnist(folder=files)
    assert path.exists()  # it is not ours to delete


def test_the_fallback_warns(files, home, monkeypatch):
    monkeypatch.setattr(source, "MIRRORS", (CLOSED,))
    with pytest.warns(
        UserWarning, match=r"1,797 bundled digits instead: .*any mirror\. load_mnist"
    ):
        data = mnistedu.load_mnist(fallback="digits")
    assert data.name == "digits"


@pytest.mark.parametrize("validation", [-1, 60_000])
def test_the_number_of_validation_images_is_checked(validation):
    with pytest.raises(ValueError, match=r"from 0 to 59,999 images"):
        mnistedu.load_mnist(validation=validation)


def test_an_unknown_fallback_is_refused():
    with pytest.raises(ValueError, match="None or 'digits', got 'cifar'"):
        mnistedu.load_mnist(fallback="cifar")


def test_the_clone_comes_before_the_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("MNISTEDU_DATA", raising=False)
    clone = tmp_path / "clone"
    (clone / "data").mkdir(parents=True)
    (clone / "data" / "README.md").touch()
    monkeypatch.setattr(source, "_CLONE", clone)
    first, second = source._download_folders()
    assert first == clone / "data"
    assert second.name == "mnistedu"
