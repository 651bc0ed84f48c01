"""Templates of the desk: every value is escaped, a missing one is an error."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

PACKAGE = Path(__file__).parent

KEYS = {
    "desk": (
        ("j", "next story"),
        ("k", "previous story"),
        ("Enter", "open the story"),
        ("a", "approve"),
        ("A", "approve over open warnings"),
        ("r", "reject, with a reason"),
        ("d", "defer to the next issue"),
        ("x", "select"),
        ("m", "merge: once on a story, once on the other"),
        ("u", "undo"),
        ("U", "redo"),
        ("/", "search"),
        ("p", "the issue: check and publish"),
        ("?", "all keys"),
    ),
    "story": (
        ("j", "next story"),
        ("k", "previous story"),
        ("Tab", "next field; its evidence is shown"),
        ("a", "approve"),
        ("A", "approve over open warnings"),
        ("r", "reject, with a reason"),
        ("d", "defer to the next issue"),
        ("e", "edit the section that has the focus"),
        ("1 to 9", "take an idea over"),
        ("s", "to the article's sentences; arrows go on, Enter uses one"),
        ("J", "move the row that has the focus down"),
        ("K", "move it up"),
        ("Delete", "delete it"),
        ("Ctrl+Enter", "save now; it saves by itself while you rest"),
        ("Escape", "leave the text for its row or section; what was typed stays"),
        ("u", "undo"),
        ("U", "redo"),
        ("b", "back to the desk"),
        ("?", "all keys"),
    ),
    "find": (("b", "back to the desk"), ("u", "undo"), ("U", "redo"), ("?", "all keys")),
    "missed": (("b", "back to the desk"), ("u", "undo"), ("U", "redo"), ("?", "all keys")),
    "issue": (
        ("j", "next story"),
        ("k", "previous story"),
        ("e", "write the introduction"),
        ("1 to 9", "take a suggestion over"),
        ("J", "move the story or theme that has the focus down"),
        ("K", "move it up"),
        ("P", "publish"),
        ("S", "to where it is sent from; what goes to readers is asked about first"),
        ("b", "back to the desk"),
        ("u", "undo"),
        ("U", "redo"),
        ("?", "all keys"),
    ),
}
"""What each page's keys do; the script knows them by the same names, on the buttons."""


@dataclass(frozen=True)
class KeyNames:
    """What keys are called on a page: by default, or as the settings have it."""

    given: Mapping[str, str]
    """By the usual one: the key that stands for it."""

    def __call__(self, usual: str) -> str:
        """Give the name of a key."""
        return self.given.get(usual, usual)

    @property
    def as_json(self) -> str:
        """Those that are others, for the script."""
        return json.dumps(dict(self.given))


@cache
def static_version() -> str:
    """Give a hash of all that is served beside the pages; with it in the address, browsers may keep that."""
    files = sorted((PACKAGE / "static").iterdir())
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("digest.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["version"] = static_version()
    return made


def page(name: str, **values: Any) -> str:
    """Write a page from its template."""
    return _environment().get_template(f"{name}.html.j2").render(**values)
