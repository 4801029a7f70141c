"""One demo to a folder and a port, and words for whoever tries otherwise."""

import re
import socket
from pathlib import Path

import pytest

from config.demo.environment import UnableToStart, clear, prepare_folder, require_free_port, settings_for, take


def test_a_folder_belongs_to_one_demo_at_a_time(tmp_path: Path) -> None:
    prepare_folder(tmp_path)
    with take(tmp_path), pytest.raises(UnableToStart, match="running"):
        take(tmp_path)
    take(tmp_path).close()


def test_only_what_a_demo_left_is_cleared(tmp_path: Path) -> None:
    prepare_folder(tmp_path)
    clear(tmp_path)
    (tmp_path / "letter.txt").write_text("Dear…")
    with pytest.raises(UnableToStart, match="other things"):
        clear(tmp_path)
    (tmp_path / "letter.txt").rename(tmp_path / "state.json")
    (tmp_path / "media").mkdir()
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnableToStart, match="cannot be written"):
        prepare_folder(tmp_path / "file" / "demo")


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_is_no_port_is_said(port: int) -> None:
    with pytest.raises(UnableToStart, match="no port"):
        require_free_port(port)


def test_a_port_in_use_is_said_with_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UnableToStart, match=f"PORT={port + 1}"):
            require_free_port(port)


def test_no_setting_of_a_real_installation_leaks_into_the_demo(tmp_path: Path) -> None:
    example = Path(__file__).resolve().parent.parent.parent / ".env.example"
    every = set(re.findall(r"^#?([A-Z_]+)=", example.read_text(), re.MULTILINE))
    state = {"SECRET_KEY": "x", "FERNET_KEYS": "y"}
    assert every <= settings_for(tmp_path, state, sandbox_url="http://127.0.0.1:9", time_scale=20, port=8000).keys()
