"""What `make demo ANALYZER=recorded` shows: the sample week from recorded answers, its introduction too."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from digest.demo.__main__ import ISSUE, RECORDED

pytestmark = pytest.mark.model


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["-h"], 0), (["--limit", "4"], 2)])
def test_the_demo_helps_and_takes_no_option_for_a_folder(tmp_path: Path, words: list[str], code: int) -> None:
    command = [sys.executable, "-m", "digest.demo", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert done.returncode == code
    assert "usage: python -m digest.demo [FOLDER [OPTIONS]]" in done.stdout + done.stderr
    assert not list(tmp_path.iterdir())


def test_the_recorded_introduction_answers_the_sample_issue_and_all_of_it_stands(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    # Its addresses may have other ports than those of the recording, and its entries other ids.
    done = subprocess.run(
        [sys.executable, "-m", "digest.demo", str(folder), "--recorded"],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(path.read_text("utf-8")) for path in RECORDED.glob("*.json")]
    (answer,) = (each["answer"] for each in found if each["purpose"] == "introduction")
    said = [each["text"] for each in answer["introduction"]] + [each["line"] for each in answer["themes"]]
    # A sentence that its entries do not bear out would be named, and be missing.
    assert f"issue {ISSUE}: {len(said)} sentences suggested" in done.stdout
    assert "left out" not in done.stdout + done.stderr
    opening = (folder / "output/issues" / f"{ISSUE}.md").read_text("utf-8").partition("\n## ")[0]
    assert [each for each in said if f"*{each}*" not in opening] == []
    # What an editor reads names the folder, not where it lies.
    texts = [each.read_text("utf-8") for each in (folder / "output").rglob("*.md")]
    assert any("analyzer: model-4/recorded:answers/" in each for each in texts)
    assert not [each for each in texts if str(folder) in each or str(RECORDED) in each]
