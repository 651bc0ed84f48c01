"""What the demo takes as its folder."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("words", "code"), [(["--help"], 0), (["--limit", "4"], 2), (["--recorded", "-h"], 0)]
)
def test_an_option_is_no_folder(tmp_path: Path, words: list[str], code: int) -> None:
    command = [sys.executable, "-m", "digest.demo", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert "usage: python -m digest.demo [FOLDER" in (done.stderr if code else done.stdout)
    assert list(tmp_path.iterdir()) == []
