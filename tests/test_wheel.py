"""The wheel holds all that the program needs: it runs from there, in an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as pip does; returns the folder that it was unpacked into."""
    built, unpacked = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("unpacked")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        name = build_wheel(str(built))
    with zipfile.ZipFile(built / name) as packed:
        packed.extractall(unpacked)
    return unpacked


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def run(wheel: Path, folder: Path, *words: str) -> str:
    """Run Python in a folder with the wheel alone before what is installed."""
    environment = os.environ | {"PYTHONPATH": str(wheel)}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_package_and_what_init_copies(wheel: Path) -> None:
    packed = files_below(wheel / "digest")
    workspace = {name: packed.pop(name) for name in list(packed) if name.startswith("_workspace/")}
    assert packed == files_below(ROOT / "digest")
    assert workspace == {
        "_workspace/feeds.yaml": (ROOT / "feeds.yaml").read_bytes(),
        **{f"_workspace/prompts/{path.name}": path.read_bytes() for path in (ROOT / "prompts").iterdir()},
    }


def test_init_in_an_empty_folder_makes_the_workspace_of_the_repository(wheel: Path, tmp_path: Path) -> None:
    where = run(wheel, tmp_path, "-c", "import digest; print(digest.__file__)")
    assert where.strip() == str(wheel / "digest" / "__init__.py")
    run(wheel, tmp_path, "-m", "digest", "init")
    assert (tmp_path / "feeds.yaml").read_bytes() == (ROOT / "feeds.yaml").read_bytes()
    assert files_below(tmp_path / "prompts") == files_below(ROOT / "prompts")


@pytest.mark.model
def test_the_demo_runs_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    said = run(wheel, tmp_path, "-m", "digest.demo", "out", "--limit", "2")
    assert "the issue:   out/output/issues/20261120.md\n" in said
    issue = (tmp_path / "out" / "output" / "issues" / "20261120.md").read_text("utf-8")
    drafts = list((tmp_path / "out" / "output" / "drafts" / "20261120").glob("*.md"))
    assert len(drafts) == 2
    assert "· 2 stories ·" in issue
