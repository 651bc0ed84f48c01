"""What the demo takes as its folder."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("words", [["--help"], ["--limit", "4"], ["--recorded", "-h"]])
def test_an_option_is_no_folder(tmp_path: Path, words: list[str]) -> None:
    command = [sys.executable, "-m", "digest.demo", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("usage: python -m digest.demo [FOLDER")
    assert list(tmp_path.iterdir()) == []
