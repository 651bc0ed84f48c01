"""What a backup says of an archive that is a database: a dump of it, and what has to be in that."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from digest.errors import StoreError

DUMP = "output/archive.dump"
"""The dump in a backup; it goes into a database, and never lies in a workspace."""

MARK = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Dumped:
    """What was dumped."""

    schema: str
    """Of the archive; only a digest that has the same can restore it."""
    program: int
    """Version of the program that made the dump: an older one cannot read it."""
    rows: Mapping[str, int]
    """Rows by table."""

    def to_plain(self) -> dict[str, Any]:
        """Give it as the manifest has it."""
        return {"schema": self.schema, "program": self.program, "rows": dict(self.rows)}

    @classmethod
    def from_plain(cls, value: Any) -> "Dumped":
        """Read it from a manifest.

        Raises:
            ValueError: it is none.
        """
        is_ours = (
            isinstance(value, dict)
            and isinstance(value.get("schema"), str)
            and re.fullmatch("[0-9]{4}", value["schema"])
            and type(value.get("program")) is int
            and isinstance(value.get("rows"), dict)
            and all(type(count) is int for count in value["rows"].values())
            and "articles" in value["rows"]
        )
        if not is_ours:
            raise ValueError("not what is said of a dump")
        return cls(value["schema"], value["program"], value["rows"])


class Database(Protocol):
    """An archive that is a database, as `store.dumping` has it."""

    address: str
    name: str

    def dump(self, target: Path) -> Dumped: ...  # noqa: D102

    def rows_of(self, dump: Path) -> dict[str, int]: ...  # noqa: D102

    def check(self, dumped: Dumped) -> None: ...  # noqa: D102

    def load(  # noqa: D102
        self, dump: Path, dumped: Dumped, *, anyway: bool, mark: str, decide: Callable[[str], None]
    ) -> str: ...


@dataclass(frozen=True)
class Loaded:
    """What a restore notes of the database it put an archive into, just before that was committed."""

    address: str
    mark: str
    """By which the database tells that it was."""
    kept: str
    """Where what was there before is now, in words; empty for nothing."""

    def to_plain(self) -> dict[str, str]:
        """Give it as the journal has it."""
        return {"address": self.address, "mark": self.mark, "kept": self.kept}

    @classmethod
    def from_plain(cls, value: Any) -> "Loaded":
        """Read it from a journal.

        Raises:
            StoreError: it is none.
        """
        fields = ("address", "mark", "kept")
        if (
            not isinstance(value, dict)
            or set(value) != set(fields)
            or not all(isinstance(each, str) for each in value.values())
            or not value["address"].startswith("postgresql:")
            or not MARK.fullmatch(value["mark"])
        ):
            raise StoreError("a database that no restore names")
        return cls(*(value[name] for name in fields))
