"""Imports point one way: what a file may import of the project is written here, and nowhere else."""

import ast
import importlib
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "digest"

GROUND = ("errors", "records", "language")

# Room or file -> what of the project it may import beside itself. What is listed above may be used below.
RULES: dict[str, tuple[str, ...]] = {
    "__init__.py": (),
    # Errors are shown and kept: they say nothing secret.
    "errors.py": ("language.secrecy", "language.counts"),
    "records/": (),
    "language/": ("errors",),
    "ports.py": ("records",),
    "workspace/": GROUND,
    "store/": (*GROUND, "workspace"),
    "articles/": GROUND,
    "checks/": GROUND,
    # A cut is checked against its sentence before it stands.
    "analysis/": (*GROUND, "checks"),
    "feeds/": (*GROUND, "ports", "workspace", "store"),
    "stories/": (*GROUND, "workspace", "store", "articles", "checks"),
    "search/": (*GROUND, "ports", "store", "stories"),
    "issues/": (*GROUND, "ports", "workspace", "store", "articles", "checks", "stories"),
    "review/": (*GROUND, "ports", "workspace", "store", "checks", "stories", "search", "issues"),
    "adapters/": GROUND,
    # Asking a language model: tries, rates, money, kept answers. What is asked and what an answer is worth is
    # for analysis/by_model/ to say.
    "language_model/": (*GROUND, "ports", "store"),
    "intake_calls.py": (*GROUND, "ports", "articles", "analysis", "checks"),
    "intake_marks.py": (*GROUND, "store"),
    "intake.py": (
        *GROUND,
        "ports",
        "store",
        "feeds",
        "articles",
        "analysis",
        "language_model",
        "intake_calls",
        "intake_marks",
    ),
    "pipeline.py": (
        *(
            *GROUND,
            "ports",
            "workspace",
            "store",
            "feeds",
            "analysis",
            "stories",
            "issues",
            "intake",
            "refilling",
            "language_model",
        ),
    ),
    "status.py": (*GROUND, "feeds", "store"),
    "metrics.py": GROUND,
    "refilling.py": (*GROUND, "store", "intake", "intake_calls"),
    "demo/": ("workspace",),
    "cli/": (
        *(*GROUND, "ports", "workspace", "store", "feeds", "articles", "analysis", "checks", "stories"),
        *(
            "search",
            "issues",
            "adapters",
            "intake",
            "intake_calls",
            "refilling",
            "pipeline",
            "language_model",
        ),
        *("review", "status", "metrics"),
    ),
    "__main__.py": ("cli",),
}

JUDGING = ("language/", "articles/", "analysis/", "checks/")

# What judging code may not know: the environment, and what time it is.
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
    return path.split("/")[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES)
def test_a_file_imports_only_what_its_layer_may(path: str) -> None:
    allowed = next(names for rule, names in RULES.items() if path.startswith(rule))
    room = own_room(path)
    for name in imports_of(path):
        if name == "__version__" or name == room or name.startswith(f"{room}."):
            continue
        assert any(name == each or name.startswith(f"{each}.") for each in allowed), (
            f"digest/{path} imports digest.{name}"
        )


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith(JUDGING)])
def test_judging_code_knows_neither_environment_nor_time(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & FORBIDDEN_CALLS


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith(JUDGING)])
def test_judging_code_hangs_nothing_on_a_record_behind_its_back(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert "__dict__" not in {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_the_house_has_its_rooms_and_nothing_beside_them() -> None:
    at_top = {path.split("/")[0] for path in FILES}
    assert at_top == {rule.rstrip("/") for rule in RULES}


def test_only_the_command_line_wires_adapters() -> None:
    wiring = {
        path
        for path in FILES
        for name in imports_of(path)
        if name.split(".")[0] == "adapters" and not path.startswith((name.split(".")[0], "cli/"))
    }
    assert not wiring


def test_every_record_can_be_had_from_the_one_place() -> None:
    defined = set()
    for path in (ROOT / "records").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                defined.add(node.name)
            elif isinstance(node, ast.Assign) and path.name != "__init__.py":
                defined.update(ast.unparse(target) for target in node.targets)
    assert defined == set(importlib.import_module("digest.records").__all__)


def is_number(value: ast.expr | None) -> bool:
    """Whether an expression is a number, or numbers put together."""
    match value:
        case ast.Constant():
            return type(value.value) in (int, float)
        case ast.UnaryOp():
            return is_number(value.operand)
        case ast.BinOp():
            return is_number(value.left) and is_number(value.right)
        case ast.Tuple():
            return bool(value.elts) and all(map(is_number, value.elts))
        case ast.Call():
            return ast.unparse(value.func) == "timedelta"
    return False


def unexplained(source: str) -> Iterator[str]:
    """Give the numbers of a module beside which nothing says what they guard: no docstring below, no comment
    above or at the end of the line."""
    lines, body = source.splitlines(), ast.parse(source).body
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not is_number(node.value):
            continue
        is_documented = (
            isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        )
        is_below_comment = node.lineno > 1 and lines[node.lineno - 2].startswith("#")
        if not (is_documented or is_below_comment or node.end_lineno in comments):
            yield lines[node.lineno - 1]


def test_a_number_without_a_word_is_found_in_whatever_form_it_stands() -> None:
    silent = ["A = 1", "B: float = -0.5", "C, D = 2, 1 << 20", "E = timedelta(days=2)"]
    said = ["# Why.", "F = 1", "G = 2  # why", "H = 3", '"""Why."""', 'I = "1"', "J = True"]
    assert list(unexplained("\n".join([*silent, *said]))) == silent


@pytest.mark.parametrize("path", FILES)
def test_every_threshold_says_what_it_guards(path: str) -> None:
    assert not list(unexplained((ROOT / path).read_text(encoding="utf-8")))
