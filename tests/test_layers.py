"""Imports point one way: what a file may import of the project is written here, and nowhere else."""

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "digest"

BASE = ("errors", "records", "ports", "addresses", "files", "codec")

# What the pipeline is put together from.
STEPS = (
    "checking",
    "feed_reading",
    "intake",
    "mapped",
    "vector_index",
    "weighing",
    "telling_apart",
    "placing",
    "similarity",
    "archive_stories",
    "standing",
    "draft_files",
    "draft_checks",
    "drafting",
    "issue_names",
    "editions",
    "issue_files",
)

# Folder or file -> what of the project it may import beside itself. The first rule that fits counts.
RULES: dict[str, tuple[str, ...]] = {
    "errors.py": (),
    "records/": (),
    "ports/": ("records",),
    "addresses.py": (),
    "english/": (),
    "likeness/": ("english", "records"),
    "charset.py": (),
    "files.py": ("errors",),
    "codec.py": ("records",),
    "yaml_lines.py": (),
    "config_check.py": ("errors", "yaml_lines"),
    "config.py": ("errors", "records", "addresses", "config_check", "yaml_lines"),
    "feeds_file.py": ("errors", "records", "addresses", "files", "config", "yaml_lines"),
    "prompt_files.py": ("errors", "records", "config", "config_check", "yaml_lines"),
    "opml.py": ("errors", "records", "addresses", "charset", "stages.collect"),
    # A cut is checked against its sentence before it stands.
    "stages/analyze/": (
        "errors",
        "records",
        "ports",
        "addresses",
        "charset",
        "english",
        "likeness",
        "stages.check",
    ),
    "stages/": ("errors", "records", "ports", "addresses", "charset", "english", "likeness"),
    "adapters/": ("errors", "records", "ports"),
    "store/": BASE,
    "drafts/": (*BASE, "stages.render"),
    "evaluation/": (
        *BASE,
        "config",
        "english",
        "likeness",
        "stages",
        "drafts",
        "importing",
        "searching",
        *STEPS,
    ),
    "sample_week/": (),
    "demo.py": ("files", "prompt_files", "sample_week"),
    "cli/": ("*",),
    "__main__.py": ("cli",),
    "__init__.py": (),
    "pipeline.py": (*BASE, "config", "stages", "publishing", *STEPS),
    "": (*BASE, "config", "english", "likeness", "stages", "drafts", "published", "trending", *STEPS),
}

# What stages may not know: the environment, and what time it is.
FORBIDDEN_CALLS = {"os.environ", "os.getenv", "time.time", "datetime.now", "datetime.today", "date.today"}

FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


def imports_of(path: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= whole if node.module == "digest" else {node.module}
    return {name.removeprefix("digest.") for name in names if name.startswith("digest.")}


def own_room(path: str) -> str:
    """The folder or file whose parts may import each other."""
    parts = path.split("/")
    if parts[0] == "stages" and len(parts) > 1:
        return f"stages.{parts[1].removesuffix('.py')}"
    return parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES)
def test_a_file_imports_only_what_its_layer_may(path: str) -> None:
    allowed = next(names for rule, names in RULES.items() if path.startswith(rule))
    if allowed == ("*",):
        return
    room = own_room(path)
    for name in imports_of(path):
        if name == "__version__" or name == room or name.startswith(f"{room}."):
            continue
        assert any(name == each or name.startswith(f"{each}.") for each in allowed), (
            f"digest/{path} imports digest.{name}"
        )


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith("stages/")])
def test_stages_know_neither_environment_nor_time(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & FORBIDDEN_CALLS


def test_only_the_command_line_wires_adapters_and_store() -> None:
    wiring = {
        path
        for path in FILES
        for name in imports_of(path)
        if name.split(".")[0] in ("adapters", "store") and not path.startswith((name.split(".")[0], "cli/"))
    }
    assert not wiring


@pytest.mark.parametrize("package", ["records", "ports"])
def test_every_record_and_port_can_be_had_from_the_one_place(package: str) -> None:
    defined = set()
    for path in (ROOT / package).glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                defined.add(node.name)
            elif isinstance(node, ast.Assign) and path.name != "__init__.py":
                defined.update(ast.unparse(target) for target in node.targets)
    assert defined == set(importlib.import_module(f"digest.{package}").__all__)
