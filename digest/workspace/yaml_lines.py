"""YAML 1.2 with line numbers: text -> plain values, and where each of them stands. Knows no keys of ours.

PyYAML composes the nodes, because libyaml does so 25 times faster than a parser in Python (0.03 s against
0.7 s for 2,000 lines of patterns, November 2026). It would read them by YAML 1.1, where `no` is false and
`12:30` a number; so scalars are resolved here, by the core schema of YAML 1.2.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml  # type: ignore[import-untyped]

Path = tuple[str | int, ...]
"""Keys and indices from the top to a value."""

_NULL = re.compile(r"|~|null|Null|NULL")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_INT_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MAX_DIGITS = 100  # of a number that is read as one; Python itself refuses over 4,300; judgement
_MAX_DEPTH = 50  # lists and mappings in each other; guards recursion; judgement
_MAX_REPEATED = 10_000
"""Values that aliases may stand for, all together: a dozen lines can stand for billions."""

_INF = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@dataclass(frozen=True)
class Span:
    """Where a value stands in the text: character offsets, end exclusive; line and column from 0."""

    start: int
    end: int
    line: int
    column: int
    is_flow: bool = False
    """Written with brackets or braces (collections only)."""


@dataclass(frozen=True)
class Problem:
    """A mistake and its line, from 1."""

    line: int
    message: str


@dataclass(frozen=True)
class Document:
    """A YAML text, read."""

    value: object
    """dict, list, str, int, float, bool or None."""
    spans: dict[Path, Span]
    problems: tuple[Problem, ...]
    """Duplicate keys and the like; the value is complete without them."""

    def line(self, path: Path) -> int:
        """Return the line, from 1, of the value at `path`, or of the nearest one around it."""
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans[path].line + 1 if path in self.spans else 1


class YamlSyntaxError(Exception):
    """Text that is not YAML, with its line, from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line, self.message = line, message
        super().__init__(f"{line}: {message}")


def read_yaml(text: str) -> Document:
    """Read one YAML document.

    Raises:
        YamlSyntaxError: not well-formed, or nested beyond reason.
    """
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    text = text.removeprefix("\ufeff")
    try:
        refuse_bombs(yaml.parse(text, Loader=loader))
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        context = f" {error.context}" if error.context else ""
        raise YamlSyntaxError(mark.line + 1 if mark else 1, f"not YAML: {error.problem}{context}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 1
        raise YamlSyntaxError(line, f"not YAML: {error.reason}") from error
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise YamlSyntaxError(line, "not YAML: half of a surrogate pair, which is no character") from error
    reader = _Reader()
    value = reader.value(node, ()) if node is not None else None
    return Document(value, reader.spans, tuple(reader.problems))


def refuse_bombs(events: Iterable[Any]) -> None:
    """Look at depth and aliases before anything is made of them.

    A composer recurses: in C, 30,000 brackets end the program. An alias stands for all that its anchor holds,
    other aliases included, so that nine lines can stand for a billion values.

    Args:
        events: Of PyYAML's parser, or of another one after its pattern.

    Raises:
        YamlSyntaxError: nested deeper, or repeating more, than a person would write.
    """
    # Of each collection that is open: its anchor, and the values in it so far.
    open_: list[list[Any]] = []
    sizes: dict[str, int] = {}
    repeated = 0
    for event in events:
        name = type(event).__name__
        size = 0
        if name in ("SequenceStartEvent", "MappingStartEvent"):
            open_.append([event.anchor, 1])
            if len(open_) > _MAX_DEPTH:
                raise YamlSyntaxError(event.start_mark.line + 1, f"nested deeper than {_MAX_DEPTH} levels")
        elif name in ("SequenceEndEvent", "MappingEndEvent"):
            anchor, size = open_.pop()
            if anchor:
                sizes[anchor] = size
        elif name == "AliasEvent":
            if any(anchor == event.anchor for anchor, _ in open_):
                raise YamlSyntaxError(event.start_mark.line + 1, "an alias (*) that repeats what holds it")
            # The parser itself says what is wrong with one that stands for nothing.
            size = sizes.get(event.anchor, 1)
            repeated += size
            if repeated > _MAX_REPEATED:
                raise YamlSyntaxError(
                    event.start_mark.line + 1,
                    f"aliases (*) that stand for more than {_MAX_REPEATED:,} values",
                )
        elif name == "ScalarEvent":
            size = 1
            if event.anchor:
                sizes[event.anchor] = 1
        if open_:
            open_[-1][1] += size


class _Reader:
    """Turns nodes into plain values and notes where they stood."""

    def __init__(self) -> None:
        self.spans: dict[Path, Span] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: Path) -> object:
        start, end = node.start_mark, node.end_mark
        is_flow = bool(getattr(node, "flow_style", False))
        self.spans[path] = Span(start.index, end.index, start.line, start.column, is_flow)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.Node, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(line, "expected a name before the colon, got a list or mapping"))
                continue
            key = str(key_node.value)
            if key in lines:
                where = f"{path_text(path)}: " if path else ""
                self.problems.append(
                    Problem(line, f"{where}{key!r} is given twice; first on line {lines[key]}")
                )
                continue
            lines[key] = line
            found[key] = self.value(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node) -> object:
        text = str(node.value)
        # Quoted scalars are text; the C composer gives style "" for plain ones, the Python one None.
        if node.style:
            return text
        if _NULL.fullmatch(text):
            return None
        if _BOOL.fullmatch(text):
            return text.lower() == "true"
        if _INT.fullmatch(text):
            return int(text) if len(text) < _MAX_DIGITS else text
        if _INT_BASED.fullmatch(text) and len(text) < _MAX_DIGITS:
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text)
        if _INF.fullmatch(text):
            return float(text.replace(".", ""))
        return text


def path_text(path: Path) -> str:
    """Write a path as people read it: `feeds[3].url`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
