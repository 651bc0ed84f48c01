"""Compare every figure of `make eval` with the floor pinned for it in floors.json.

    python -m tests.quality.gate            fails where a figure is under its floor, and says by how much
    python -m tests.quality.gate --raise    pins what has become better, and what is new
    python -m tests.quality.gate --lower    pins everything as it is now, also what has become worse
    python -m tests.quality.gate --only stories,hubs   these sections alone, with any of the above

A floor is what was reached once, not what has to be reached: that is the table's "must be". Floors hold for
one state of the data, whose hash is pinned with them when everything is measured. Times are judged by their
targets alone. Vectors of what stories, search and hubs import are kept in output/eval/.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.quality.eval import tools_of
from tests.quality.evaluation.corpus import corpus_files, load_corpus
from tests.quality.evaluation.evaluate import PARTS, evaluate
from tests.quality.evaluation.figures import Figure, Section
from tests.quality.evaluation.table import formatted, render_sections

FLOORS = Path(__file__).with_name("floors.json")
WORKSPACE = Path(__file__).parents[2]
# Another processor rounds otherwise: a figure may move by so much without anything having changed. Counts of
# faults may not.
TOLERANCE = 0.004
QUICK_PAGES = 8
"""Pages of the part that runs among the tests."""
QUICK_PARTS = ("titles", "summaries", "signals")

Floors = dict[str, float]


@dataclass(frozen=True)
class Miss:
    """A figure that does not hold its floor."""

    key: str
    figure: Figure
    floor: float | None
    """None where none is pinned."""

    def __str__(self) -> str:
        value = formatted(self.figure.value, self.figure.unit)
        if self.floor is None:
            return f"{self.key}: {value}, and no floor is pinned; pin it with --raise"
        floor = formatted(self.floor, self.figure.unit)
        by = formatted(abs(self.figure.value - self.floor), self.figure.unit)
        side = "over" if self.figure.wants_less else "under"
        return f"{self.key}: {value}, {by} {side} the floor of {floor}  ({self.figure.what})"


def keyed(sections: Iterable[Section]) -> dict[str, Figure]:
    """Give the figures by section and key."""
    return {f"{section.name}/{figure.key}": figure for section in sections for figure in section.figures}


def misses(figures: Mapping[str, Figure], floors: Mapping[str, float]) -> list[Miss]:
    """Find the figures under their floors, and those without one."""
    return [
        Miss(key, figure, floors.get(key))
        for key, figure in figures.items()
        if not _holds(figure, floors.get(key))
    ]


def _holds(figure: Figure, floor: float | None) -> bool:
    if not figure.is_pinned:
        return figure.holds is not False
    if floor is None:
        return False
    tolerance = 0.0 if figure.unit == "count" else TOLERANCE
    worse = figure.value - floor if figure.wants_less else floor - figure.value
    return worse <= tolerance + 1e-9


def pinned(figures: Mapping[str, Figure], floors: Mapping[str, float], *, lower: bool) -> Floors:
    """Give new floors: the better of old and measured; with `lower`, the measured ones."""
    new = dict(floors)
    for key, figure in figures.items():
        if not figure.is_pinned:
            continue
        old = floors.get(key)
        if old is None or lower:
            new[key] = round(figure.value, 4)
        else:
            new[key] = (min if figure.wants_less else max)(old, round(figure.value, 4))
    return new


def corpus_hash(folder: Path) -> str:
    """Hash the names and contents of all files that figures are measured on."""
    hashed = hashlib.sha256()
    for path in corpus_files(folder):
        hashed.update(path.relative_to(folder).as_posix().encode() + b"\0")
        hashed.update(hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()


def measure(folder: Path, *, is_quick: bool = False, only: Collection[str] = PARTS) -> tuple[Section, ...]:
    """Evaluate everything, some sections, or the quick part."""
    corpus = load_corpus(folder, limit=QUICK_PAGES if is_quick else None)
    with tools_of(WORKSPACE) as tools:
        return evaluate(corpus, tools, only=QUICK_PARTS if is_quick else only)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gate; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.gate", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("DIGEST_DEV_DATA"))
    parser.add_argument("--quick", action="store_true", help="only the part that runs among the tests")
    parser.add_argument("--only", default="", metavar="PARTS", help="only these sections, commas between")
    parser.add_argument("--raise", dest="raises", action="store_true", help="pin what is better or new")
    parser.add_argument("--lower", action="store_true", help="pin everything as it is now")
    asked = parser.parse_args(arguments)
    if asked.data is None:
        parser.error("no labelled data: name its folder with --data or DIGEST_DEV_DATA")
    only = [part for part in asked.only.split(",") if part] or list(PARTS)
    if unknown := set(only) - set(PARTS):
        parser.error(f"{', '.join(sorted(unknown))}: known sections are {', '.join(PARTS)}")
    stored = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    name = "quick" if asked.quick else "full"
    sections = measure(asked.data, is_quick=asked.quick, only=only)
    figures, floors = keyed(sections), stored.get(name, {})
    sys.stdout.write(render_sections(sections) + "\n")
    if asked.raises or asked.lower:
        if not asked.only:
            stored["corpus"] = corpus_hash(asked.data)
        stored[name] = pinned(figures, floors, lower=asked.lower)
        FLOORS.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", "utf-8")
    found = [str(miss) for miss in misses(figures, stored.get(name, {}))]
    if stored.get("corpus") != corpus_hash(asked.data):
        found.append("the data is not what the floors were measured on; measure anew with --lower")
    sys.stdout.write("".join(f"FAILED {line}\n" for line in found) or "every figure holds its floor\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
