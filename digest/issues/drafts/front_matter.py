"""The YAML at the top of a draft file: read with line numbers, changed without losing what a person wrote.

To most Markdown readers it is a paragraph like any other. Values that come from feeds are written so that
nothing in them comes alive there: what `inert` finds risky stands as an escape of YAML (`\\x5b` for `[`).
"""

import io
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml as pyyaml  # type: ignore[import-untyped]
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from digest.errors import StoreError
from digest.issues.drafts.pieces import NAMES
from digest.issues.pages.inert import risky_places
from digest.issues.pages.markdown_blocks import split_front_matter
from digest.records import Status
from digest.workspace.yaml_lines import YamlSyntaxError, refuse_bombs

STATUSES: tuple[Status, ...] = ("pending", "approved", "rejected", "deferred")

MOST_CHARACTERS = 200_000
"""Of front matter; with one note to oneself the longest known has 2,000."""

MOST_PARSED = 8
"""Front matters that are kept as they were read: whoever shows or saves one draft asks several times."""

MADE = ("id", "issue", "url", "origin", "analyzer")
"""Keys whose texts this program writes; what else stands there is an editor's own."""

_ID_LINE = re.compile(r"\A\ufeff?---\r?\nid: ['\"]?([0-9a-f]{32})['\"]?\r?\n")


class FrontMatter:
    """The keys of a draft file; keys and comments a person added stay."""

    def __init__(self, path: str, raw: str, values: CommentedMap) -> None:
        self.path = path
        self.raw = raw
        """As in the file, without the lines of dashes and without a final newline."""
        self.values = values
        """Read alone: what is changed is loaded anew."""

    @property
    def status(self) -> Status:
        """The state of the draft, as the file says it.

        Raises:
            StoreError: It is missing, or none of the four.
        """
        value = self.text("status").casefold()
        for status in STATUSES:
            if value == status:
                return status
        raise StoreError(
            f"{self._where('status')}: status: expected one of {', '.join(STATUSES)}, got {value!r}"
        )

    def text(self, key: str) -> str:
        """Give a value that must be there, as text.

        Raises:
            StoreError: It is missing, empty, or a list or mapping.
        """
        value = self.values.get(key)
        if value is None or isinstance(value, list | dict) or not str(value).strip():
            raise StoreError(f"{self._where(key)}: {key}: expected a value in the front matter, got none")
        return str(value).strip()

    def texts(self, key: str) -> dict[str, str]:
        """Give a mapping of texts; empty where it is missing or is none."""
        value = self.values.get(key)
        return {str(name): str(each) for name, each in value.items()} if isinstance(value, Mapping) else {}

    @property
    def generated(self) -> dict[str, str]:
        """Give, by section, the hash of what was last made for it."""
        return {name: value.partition(" ")[0] for name, value in self.texts("generated").items()}

    @property
    def generated_rows(self) -> list[str]:
        """Give what is recorded of the rows of signals last made (see `signal_rows`): behind their hash."""
        return self.texts("generated").get("signals", "").split(" ")[1:]

    @property
    def locked(self) -> frozenset[str]:
        """Names of the sections that nothing may renew; all of them for `locked: all`."""
        value = self.values.get("locked")
        words = value if isinstance(value, list) else re.split(r"[,\s]+", str(value or ""))
        names = frozenset(str(word).strip().casefold() for word in words) - {""}
        return frozenset(NAMES) if {"all", "true"} & names else names

    def with_values(self, values: Mapping[str, object]) -> str:
        """Give the YAML with some keys set, in its old place or at the end; as it was if nothing differs."""
        changed = {key: value for key, value in values.items() if _plain(self.values.get(key)) != value}
        if not changed and not self._is_alive():
            return self.raw
        renewed = _yaml().load(self.raw)
        renewed.update(changed)
        return dump(renewed)

    def with_plain_values(self, values: Mapping[str, object], *, without: Sequence[str] = ()) -> str:
        """Give the YAML with some keys set as another file had them, and without others."""
        renewed = _yaml().load(self.raw)
        renewed.update({key: _plain(value) for key, value in values.items()})
        for key in without:
            renewed.pop(key, None)
        return dump(renewed)

    def _is_alive(self) -> bool:
        """Tell whether something this program wrote, in an earlier version, is no mere text to a reader."""
        texts = [str(self.values[key]) for key in MADE if isinstance(self.values.get(key), str)]
        return any(_risky(text) and _escaped(text) not in self.raw for text in texts)

    def _where(self, key: str) -> str:
        # The first line of the file is the line of dashes.
        line = self.values.lc.value(key)[0] + 2 if key in self.values else 1
        return f"{self.path}: line {line}"


def parse(text: str, path: str) -> tuple[FrontMatter, str, int]:
    """Split a draft file into its front matter, its body, and the number of lines before the body.

    Raises:
        StoreError: There is no front matter, or it cannot be read; the message names file and line.
    """
    raw, body, offset = split_front_matter(text)
    if raw is None:
        raise StoreError(f"{path}: line 1: expected front matter between two lines of ---, got none")
    if len(raw) > MOST_CHARACTERS:
        raise StoreError(
            f"{path}: line 1: front matter of {len(raw):,} characters, more than {MOST_CHARACTERS:,}"
        )
    try:
        values = _loaded(raw)
    except YamlSyntaxError as error:
        raise StoreError(
            f"{path}: line {error.line + 1}: front matter cannot be read: {error.message}"
        ) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1
        is_colon = "mapping values are not allowed" in str(error.problem)
        hint = "; put a text with a colon in quotes" if is_colon else ""
        raise StoreError(f"{path}: line {line}: front matter is not YAML: {error.problem}{hint}") from error
    except (YAMLError, ValueError) as error:
        raise StoreError(
            f"{path}: line 1: front matter is not YAML: {' '.join(str(error).split())}"
        ) from error
    except (RecursionError, ArithmeticError, AttributeError, KeyError, TypeError, IndexError) as error:
        # Mistakes of the library over what nobody writes, such as tags and directives.
        raise StoreError(f"{path}: line 1: front matter cannot be read as YAML ({error!r})") from error
    if not isinstance(values, CommentedMap):
        raise StoreError(
            f"{path}: line 2: expected `key: value` lines in the front matter, got something else"
        )
    return FrontMatter(path, raw, values), body, offset


@lru_cache(maxsize=MOST_PARSED)
def _loaded(raw: str) -> Any:
    _refuse_bombs(raw)
    return _yaml().load(raw)


def file_id(text: str, path: Path | str) -> str:
    """Give the id that a draft file says it is.

    Raises:
        StoreError: There is no front matter, or no id in it.
    """
    # Read without YAML where it is written as it is made: an issue has many drafts.
    if found := _ID_LINE.match(text):
        return found[1]
    return parse(text, str(path))[0].text("id")


def dump(values: Mapping[str, object]) -> str:
    """Write values as YAML, without a final newline."""
    risky = {key: text for key in MADE if isinstance(text := values.get(key), str) and _risky(text)}
    if not risky:
        return _dumped(values)
    # The library has no way to ask for an escape: marks stand in until it has written the rest.
    start = _unused_marks(_dumped(values))
    written: Any = deepcopy(values)
    for key, text in risky.items():
        places = set(_risky(text))
        marked = (chr(start + ord(each)) if at in places else each for at, each in enumerate(text))
        written[key] = DoubleQuotedScalarString("".join(marked))
    marks = {start + code: f"\\x{code:02x}" for code in range(128)}
    return _dumped(written).translate(marks)


def join(raw: str, body: str) -> str:
    """Put front matter and body together."""
    return f"---\n{raw}\n---\n{body}"


class _Constructor(RoundTripConstructor):
    """Names the line of a value that looks like a date or a number and is none."""

    def construct_non_recursive_object(self, node: Any, tag: str | None = None) -> Any:
        try:
            value = super().construct_non_recursive_object(node, tag)
            str(value) if isinstance(value, int) else None  # which has a limit of digits
        except ConstructorError:
            raise
        except (ValueError, ArithmeticError) as error:
            shown = str(node.value)
            shown = shown if len(shown) <= 40 else f"{shown[:40]}..."
            problem = f"{shown!r} is no date or number; put it in quotes"
            raise ConstructorError(None, None, problem, node.start_mark) from error
        return value


def _risky(text: str) -> list[int]:
    """Find what must be escaped, all of it below 128; the lines around are one paragraph with it."""
    return risky_places(text, in_link=True, has_neighbours=True)


def _escaped(text: str) -> str:
    return dump({"url": text}).removeprefix("url: ")


def _unused_marks(text: str) -> int:
    """Find 128 characters without a meaning that a text has none of; give the first."""
    used = {ord(each) >> 7 for each in text}
    return next(block << 7 for block in range(0xE000 >> 7, 0xF900 >> 7) if block not in used)


def _dumped(values: Mapping[str, object]) -> str:
    stream = io.StringIO()
    _yaml().dump(values, stream)
    return stream.getvalue().rstrip("\n")


def _refuse_bombs(raw: str) -> None:
    """Look at depth and aliases first, as libyaml sees them, or ruamel's own parser where that gives up.

    libyaml takes a twentieth of the time, and reads nearly everything the same way.
    """
    try:
        refuse_bombs(pyyaml.parse(raw, Loader=getattr(pyyaml, "CBaseLoader", pyyaml.BaseLoader)))
    except (pyyaml.YAMLError, UnicodeEncodeError):
        refuse_bombs(_yaml().parse(raw))


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    # Addresses must not be folded over lines.
    yaml.width = 1_000_000
    return yaml


def _plain(value: Any) -> object:
    """Give what ruamel read as the plain value it stands for."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value
