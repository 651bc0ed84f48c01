"""The files in prompts/ that are data, and the files a new workspace starts with.

A file the workspace does not have is taken from the package, so that a workspace of feeds.yaml alone works.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import AfterValidator, Field

from digest.errors import ConfigError
from digest.records import Pattern, Steep, ThemeLabel
from digest.workspace.config import FEEDS_FILE, document_of, document_text
from digest.workspace.config_check import AnyShape, Shape, check_document, expected, problem_at, worded
from digest.workspace.config_values import Text
from digest.workspace.files import FileError, is_there, read_bytes
from digest.workspace.yaml_lines import Document, Problem

THEMES_FILE = "prompts/themes.yaml"
PATTERNS_FILE = "prompts/patterns.yaml"
REASONS_FILE = "prompts/reasons.yaml"


def _phrasing(value: str) -> str:
    if not 2 <= len(value.split()) <= 15:
        raise expected("2 to 15 words")
    return value


def _some(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise expected("at least one")
    return value


_Texts = Annotated[tuple[Text, ...], Field(strict=False)]
_Phrasings = Annotated[
    tuple[Annotated[Text, AfterValidator(_phrasing)], ...], Field(strict=False), AfterValidator(_some)
]


class _ThemeShape(Shape):
    theme: Text
    steep: Steep
    description: Text
    examples: _Texts = ()


class _ThemesShape(Shape):
    version: Literal[1]
    themes: Annotated[list[_ThemeShape], Field(min_length=1)]


class _PatternShape(Shape):
    pattern: Text
    steep: Steep
    description: Text
    cues: Annotated[_Texts, AfterValidator(_some)]
    unless: _Texts = ()
    change: _Phrasings
    horizon_10y: _Phrasings
    driving_force: _Phrasings


class _PatternsShape(Shape):
    version: Literal[1]
    patterns: Annotated[list[_PatternShape], Field(min_length=1)]


class _ReasonShape(Shape):
    reason: Text
    description: Text


class _ReasonsShape(Shape):
    version: Literal[1]
    reasons: Annotated[list[_ReasonShape], Field(min_length=1)]


def load_reasons(workspace: Path) -> dict[str, str]:
    """Read prompts/reasons.yaml: why editors reject, in their order, each with its description.

    Raises:
        ConfigError: everything that is wrong with it, at once.
    """
    shape = _load(_ReasonsShape, workspace, REASONS_FILE, "reasons", "reason")
    return {each.reason: each.description for each in shape.reasons}


def check_reason(workspace: Path, reason: str) -> None:
    """Check a reason that an editor gives; none is as good.

    Raises:
        ConfigError: It is not in prompts/reasons.yaml.
    """
    if reason and reason not in (known := load_reasons(workspace)):
        raise ConfigError(f"--reason: expected one of {', '.join(known)}, got {reason!r}; see {REASONS_FILE}")


def load_themes(workspace: Path) -> tuple[ThemeLabel, ...]:
    """Read prompts/themes.yaml, in its order.

    Raises:
        ConfigError: everything that is wrong with it, at once.
    """
    shape = _load(_ThemesShape, workspace, THEMES_FILE, "themes", "theme")
    return tuple(ThemeLabel(**theme.model_dump()) for theme in shape.themes)


def load_patterns(workspace: Path) -> tuple[Pattern, ...]:
    """Read prompts/patterns.yaml, in its order.

    Raises:
        ConfigError: everything that is wrong with it, at once.
    """
    shape = _load(_PatternsShape, workspace, PATTERNS_FILE, "patterns", "pattern")
    return tuple(Pattern(**pattern.model_dump()) for pattern in shape.patterns)


def prompts_version(workspace: Path) -> str:
    """Hash the prompt files a workspace uses: 12 characters that change when one of them does."""
    hashed = hashlib.sha256()
    for name in (THEMES_FILE, PATTERNS_FILE):
        try:
            hashed.update(read_bytes(path_of(workspace, name)))
        except FileError as error:
            raise ConfigError(f"{name}: cannot be read: {error.reason}") from error
    return hashed.hexdigest()[:12]


def default_files() -> dict[str, str]:
    """Give the files of a new workspace: path from its root -> text."""
    root = _packaged_root()
    prompts = root / "prompts"
    files = [
        root / FEEDS_FILE,
        *(path for path in sorted(prompts.iterdir()) if path.suffix in (".yaml", ".md")),
    ]
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}


def _packaged_root() -> Path:
    """Find the packaged workspace: inside the wheel, or beside the package where it is installed editable."""
    package = Path(__file__).resolve().parents[1]
    for root in (package / "_workspace", package.parent):
        if (root / FEEDS_FILE).is_file() and (root / "prompts").is_dir():
            return root
    raise ConfigError(f"the installation lacks {FEEDS_FILE} and prompts/; install digest again")


def path_of(workspace: Path, name: str) -> Path:
    """Give a prompt file: the workspace's, or the package's where it has none."""
    path = workspace / name
    # A link that leads nowhere is no missing file: whoever made it meant one.
    return path if is_there(path) or path.is_symlink() else _packaged_root() / name


def _load(model: type[AnyShape], workspace: Path, name: str, listed: str, key: str) -> AnyShape:
    text = document_text(path_of(workspace, name), name)
    return cast(AnyShape, _checked(model, text, name, listed, key))


# By what the file says: the desk asks for each page that it shows, and a vocabulary takes 40 ms to read.
@lru_cache(maxsize=8)
def _checked(model: type[Shape], text: str, name: str, listed: str, key: str) -> Shape:
    document = document_of(text, name)
    shape, problems = check_document(model, document)
    problems += [*document.problems, *_repeated_names(document, listed, key)]
    if problems or shape is None:
        raise ConfigError(worded(name, problems))
    return shape


def _repeated_names(document: Document, listed: str, key: str) -> list[Problem]:
    problems: list[Problem] = []
    first: dict[str, int] = {}
    top = document.value if isinstance(document.value, dict) else {}
    rows = top.get(listed)
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        name = row.get(key) if isinstance(row, dict) else None
        if not isinstance(name, str):
            continue
        earlier = first.setdefault(" ".join(name.lower().split()), index)
        if earlier != index:
            where = f"{listed}[{earlier}] on line {document.line((listed, earlier))}"
            problems.append(problem_at(document, (listed, index, key), f"the same name as {where}"))
    return problems
