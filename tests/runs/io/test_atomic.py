"""Atomic writes and the errors of disks."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from nnlab.errors import RequestError, RunFailedError
from nnlab.runs import atomic_replace, atomic_write, translate_os_errors
from nnlab.runs.io.atomic import check_suffix, write_output_file


def test_text_is_written_as_utf8_with_its_line_endings(tmp_path: Path) -> None:
    atomic_write(tmp_path / "a.txt", "größe\r\n")
    assert (tmp_path / "a.txt").read_bytes() == "größe\r\n".encode()


def test_surrogate_escapes_are_written_as_their_bytes(tmp_path: Path) -> None:
    name = "é.yaml".encode().decode("ascii", errors="surrogateescape")
    atomic_write(tmp_path / "a.txt", name)
    assert (tmp_path / "a.txt").read_bytes() == "é.yaml".encode()


def test_folders_are_created_and_files_replaced(tmp_path: Path) -> None:
    path = tmp_path / "plots" / "loss.png"
    atomic_write(path, b"old")
    atomic_write(path, b"new")
    assert path.read_bytes() == b"new"
    assert [file.name for file in path.parent.iterdir()] == ["loss.png"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_interrupted_write_keeps_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")

    def write() -> None:
        with atomic_replace(path) as temporary:
            temporary.write_bytes(b"half of the n")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_temporary_file_is_hidden_and_keeps_the_suffix(tmp_path: Path) -> None:
    with atomic_replace(tmp_path / "model.keras") as temporary:
        assert temporary.suffix == ".keras"
        assert temporary.name.startswith(".")
        temporary.write_bytes(b"")


def test_full_disk_keeps_the_old_file_only(small_disk: Path) -> None:
    path = small_disk / "model.keras"
    atomic_write(path, b"old")
    with pytest.raises(RunFailedError) as caught, translate_os_errors(path):
        atomic_write(path, bytes(1_000_000))
    assert str(path) in str(caught.value)
    assert "error='No space left on device'" in str(caught.value)
    assert "--runs-dir" in str(caught.value)
    assert list(small_disk.iterdir()) == [path]
    assert path.read_bytes() == b"old"


def test_read_only_disk_error_has_a_hint(read_only_disk: Path) -> None:
    path = read_only_disk / "record.json"
    with (
        pytest.raises(RunFailedError, match=r"Read-only file system.*--runs-dir"),
        translate_os_errors(path),
    ):
        atomic_write(path, "{}")


def test_file_in_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "plots").write_text("a file")
    path = tmp_path / "plots" / "loss.png"
    with (
        pytest.raises(RunFailedError, match=r"loss\.png.*Check the path"),
        translate_os_errors(path),
    ):
        atomic_write(path, b"")


def test_error_without_errno_keeps_its_message(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError, match="cable unplugged"), translate_os_errors(tmp_path):
        raise OSError("cable unplugged")


def test_other_errors_pass_through(tmp_path: Path) -> None:
    with pytest.raises(KeyError), translate_os_errors(tmp_path):
        raise KeyError("loss")


def test_os_error_is_the_cause(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError) as caught, translate_os_errors(tmp_path):
        raise OSError(errno.EDQUOT, "over")
    assert isinstance(caught.value.__cause__, OSError)
    assert "quota" in str(caught.value)


@pytest.mark.parametrize("delay_s", [0.05, 0.11, 0.17])
def test_killed_writer_leaves_complete_files(tmp_path: Path, delay_s: float) -> None:
    script = textwrap.dedent("""
        import sys
        from itertools import count
        from pathlib import Path
        from nnlab.runs import atomic_write
        for number in count():
            line = f"{number}\\n"
            for name in ("a", "b"):
                atomic_write(Path(sys.argv[1]) / name, line * 50_000)
            if not number:
                print("started", flush=True)
    """)
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(delay_s)
        writer.send_signal(signal.SIGKILL)
    for name in ("a", "b"):
        lines = (tmp_path / name).read_text().splitlines()
        assert len(lines) == 50_000
        assert len(set(lines)) == 1


def test_suffix_is_matched_regardless_of_case() -> None:
    check_suffix(Path("Curves.PNG"), (".svg", ".png"))


def test_other_suffix_is_rejected_with_a_valid_name() -> None:
    with pytest.raises(RequestError, match=r"path='a/mnist\.yaml'.*'mnist\.svg'"):
        check_suffix(Path("a/mnist.yaml"), (".svg", ".png"))


def test_unwritable_file_is_reported_with_its_reason_and_hint(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RequestError, match=r"file/a\.svg.*error='.+'\. Use --out\."):
        write_output_file(tmp_path / "file" / "a.svg", "", "Use --out.")
