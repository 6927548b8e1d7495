"""`flask serve`, which `make run` ends in: all of it comes up, and all of it goes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from certus_admin.config import CHECKOUT
from certus_admin.embedded_identity import free_port


@pytest.fixture
def var() -> Iterator[Path]:
    """A state folder where also the ordinary user that PostgreSQL runs as can reach it."""
    folder = Path(tempfile.mkdtemp(prefix="certus-serving-"))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder)


def serve(var: Path, port: int) -> subprocess.Popen[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CERTUS_")}
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=CHECKOUT,
        env={**ours, "CERTUS_VAR": str(var), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> list[str]:
    lines = []
    for line in process.stdout or []:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError("".join(lines))


def test_it_comes_up_with_demo_people_and_stops_whole(var: Path):
    port = free_port()
    process = serve(var, port)
    lines = read_until(process, "the password is certus-demo")
    assert any(f"answers at http://127.0.0.1:{port}" in line for line in lines)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 4, "gunicorn, its two workers and the refresher"
    postmaster = int((var / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/login") as answer:
        assert re.search("<title>.*Certus", answer.read().decode())

    again = serve(var, port)
    words, _ = again.communicate(timeout=20)
    assert f"Port {port} is taken" in words
    assert again.returncode == 1

    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=40)
    assert process.returncode == 0, rest
    assert not any(child.is_running() for child in children)
    assert not psutil.pid_exists(postmaster)
