"""The templates of docs/ for timers, containers and GitHub Actions: what they say, without running them."""

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCS = Path(__file__).parents[1] / "docs"
SERVICES = sorted((DOCS / "systemd").glob("*.service"))


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_every_unit_has_the_keys_and_the_archives_address(path: Path) -> None:
    service = unit(path)["Service"]
    # The minus: a workspace that needs no keys has no such file.
    assert service["EnvironmentFile"] == "-/etc/digest/environment"
    assert service["User"] == "digest"
    assert service["ProtectHome"] == "yes"
    assert "PGPASSFILE" in (DOCS / "operation.md").read_text("utf-8")


def test_the_workspace_of_the_image_belongs_to_its_user() -> None:
    lines = (DOCS / "Containerfile").read_text("utf-8").splitlines()
    user = lines.index("USER digest")
    (folder,) = (at for at, line in enumerate(lines) if "chown digest:digest /srv/digest" in line)
    assert folder < user < lines.index("WORKDIR /srv/digest")


@pytest.fixture
def workflow() -> dict[Any, Any]:
    found = yaml.safe_load((DOCS / "github-actions.yml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_workflow_keeps_no_archive_on_github(workflow: dict[Any, Any]) -> None:
    steps = workflow["jobs"]["run"]["steps"]
    assert not [each for each in steps if "cache" in each.get("uses", "")]
    (run,) = (each for each in steps if each.get("run", "").startswith("digest "))
    assert run["env"]["DIGEST_ARCHIVE"] == "${{ secrets.DIGEST_ARCHIVE }}"
    assert (run["env"]["DIGEST_PAGES"], run["env"]["DIGEST_DRAFTS"]) == ("archive", "archive")
    (kept,) = (each["with"] for each in steps if "upload-artifact" in each.get("uses", ""))
    assert kept["path"] == "output/reports"
    assert kept["retention-days"] <= 14


def test_no_stranger_starts_the_workflow(workflow: dict[Any, Any]) -> None:
    # YAML 1.1 reads the word `on` as true.
    assert set(workflow[True]) == {"schedule", "workflow_dispatch"}
    assert workflow["permissions"] == {"contents": "read"}
    for step in workflow["jobs"]["run"]["steps"]:
        assert not re.search(r"\$\{\{", step.get("run", "")), "a shell reads what stands there"
