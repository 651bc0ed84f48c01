"""The table of signals, renewed row by row: what an editor made of a row stays, the others are renewed.

A row is known by its evidence, not by its place. What was last made is recorded in the front matter, behind
the hash of the section, a word a row: the hash of the sentence it rests on, then that of each cell (`0` for
an empty one), joined by hyphens.

    the row in the file    newly made          then
    -------------------    ----------          ----
    as it was made         anything            is renewed where it stands, or goes
    changed, or cut        as it was made      stays so
    changed, or cut        something else      stays so; the new row is offered
    not there              a row not known     is added below the others
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from types import MappingProxyType

from markdown_it.rules_block.table import escapedSplit

from digest.issues.drafts.pieces import MARKDOWN, fingerprint
from digest.issues.drafts.same_row import MIN_EQUAL_CELLS, UNSAID, same_row
from digest.issues.pages.admit import admit
from digest.issues.pages.read_entry import COLUMNS
from digest.records import Entry, Signal

HASH_LENGTH = 8
"""Characters of the hash of a cell or a sentence in the front matter. A table has six rows: two of 16 million
times as many are the same by chance."""

MIN_ALIKE = 0.6
"""Share of characters in common from which a signal is taken for a new wording of another, where neither
evidence nor cells tell: "by 12 days" and "by 14 days" have over .9, rows of one article on other things
under .5. Judgement."""

NO_CELL = "0"
ALIGNMENT_ROW = 2
"""Lines of a table before its first row: names and alignment."""

_RECORD = re.compile(r"[0-9a-f]+(?:-[0-9a-f]+){4}")


@dataclass(frozen=True)
class Row:
    """A row of the table as written."""

    line: str
    cells: tuple[str, ...]
    hashes: tuple[str, ...]
    evidence: str = ""
    """Hash of the sentence it rests on, of a row newly made or recorded; empty in a file."""

    @property
    def record(self) -> str:
        """What the front matter keeps of it."""
        return "-".join((self.evidence or NO_CELL, *self.hashes))

    @property
    def signal(self) -> str:
        """Its first cell."""
        return self.cells[0] if self.cells else ""


@dataclass(frozen=True)
class Table:
    """The one table of a section, and what stands around it."""

    before: str
    """With the names and the alignment."""
    rows: tuple[Row, ...]
    after: str
    columns: tuple[int, ...] = ()
    """Which of the four columns its own are, in order: an editor may have taken some out. Empty where a name
    is none of theirs, or they stand in another order: then no row that is made belongs into it."""

    def text(self, rows: Sequence[Row]) -> str:
        """Write the section with other rows; without any there is no table."""
        if not rows:
            kept = self.before.split("\n")[:-ALIGNMENT_ROW]
            return "\n".join([*kept, *filter(None, [self.after])]).strip("\n")
        return "\n".join(filter(None, (self.before, *(row.line for row in rows), self.after)))

    def fitted(self, row: Row) -> Row:
        """Give a row that was made, which has all four columns, with those that the table has."""
        if len(self.columns) == len(row.cells):
            return row
        said = (*row.cells, *[""] * len(COLUMNS))
        cells = tuple(said[column] for column in self.columns)
        line = " | ".join(each.replace("|", r"\|") for each in cells)
        return replace(row, line=f"| {line} |", cells=cells)


@dataclass(frozen=True)
class Renewed:
    """What became of a table."""

    text: str
    offers: tuple[Row, ...]
    """Newly made for rows that an editor changed or cut, and not as it was made before."""
    unchanged: tuple[Row, ...]
    """Newly made as before: an offer of one stays, if it is still there."""


def table_of(text: str) -> Table | None:
    """Read the table of a section; None where it has none, or several."""
    lines = text.split("\n")
    tokens = [token for token in MARKDOWN.parse(text) if token.type in ("table_open", "tr_open")]
    if sum(token.type == "table_open" for token in tokens) != 1 or not tokens[0].map or tokens[0].level:
        return None
    start, end = tokens[0].map
    first = start + ALIGNMENT_ROW
    columns = _columns(_cells(lines[start]))
    rows = tuple(_row(lines[token.map[0]], columns) for token in tokens[2:] if token.map)
    return Table("\n".join(lines[:first]), rows, "\n".join(lines[end:]).rstrip("\n"), columns)


def made_rows(text: str, entry: Entry, signals: Sequence[Signal]) -> tuple[Row, ...]:
    """Give the rows of a table as made, each with the sentence it rests on."""
    table = table_of(text)
    free, rows = list(signals), []
    for row, of_entry in zip(table.rows if table else (), entry.signals, strict=False):
        signal = same_row(of_entry, free)
        if signal:
            free.remove(signal)
        supports = (
            [each for each in signal.evidence if (each.field or "signal") == "signal"] if signal else []
        )
        quote = supports[0].quote if supports else ""
        rows.append(Row(row.line, row.cells, row.hashes, _hash(quote or row.signal)))
    return tuple(rows)


def recorded_rows(records: Iterable[str]) -> tuple[Row, ...]:
    """Read what the front matter keeps of the rows last made; what is no such record is left out."""
    found = []
    for each in records:
        if _RECORD.fullmatch(each):
            evidence, *hashes = each.split("-")
            found.append(Row("", (), tuple(hashes), evidence))
    return tuple(found)


def renew_rows(table: Table, new: Sequence[Row], recorded: Sequence[Row]) -> Renewed:
    """Renew a table of which some rows are an editor's."""
    of_file = paired(table.rows, recorded)
    free = [row for row in range(len(table.rows)) if row not in of_file]
    at = {old: row for row, old in of_file.items()}
    was = _was(table, new, recorded, at)
    # A new wording on another sentence: known by the row of the file it is like.
    for made in (each for each in range(len(new)) if each not in was):
        lost = [old for old in range(len(recorded)) if old not in was.values() and old in at]
        alike = [old for old in lost if _is_alike(new[made], table.rows[at[old]])]
        if alike:
            was[made] = alike[0]
    kept: dict[int, Row | None] = {}
    offers: list[Row] = []
    unchanged: list[Row] = []
    added: list[Row] = []
    for made, row in enumerate(new):
        old = was.get(made)
        if old is None:
            if not any(row.hashes == each.hashes for each in table.rows):
                mine = next((each for each in free if _is_alike(row, table.rows[each])), None)
                free = [each for each in free if each != mine]
                (added if mine is None else offers).append(row)
        elif old in at and table.rows[at[old]].hashes == recorded[old].hashes:
            kept[at[old]] = row
        elif row.hashes == recorded[old].hashes:
            unchanged.append(row)
        elif not any(row.hashes == each.hashes for each in table.rows):
            offers.append(row)
    if any(old not in at and old not in was.values() for old in range(len(recorded))):
        # An editor cut a row, or put it in other words: one of these may be that row, as it is made now.
        offers, added = [*offers, *added], []
    gone = set(range(len(recorded))) - set(was.values())
    for old in gone:
        if old in at and table.rows[at[old]].hashes == recorded[old].hashes:
            kept[at[old]] = None
    made_anew = {place: row and table.fitted(row) for place, row in kept.items()}
    rows = [made_anew.get(place, row) for place, row in enumerate(table.rows)]
    text = table.text([row for row in (*rows, *map(table.fitted, added)) if row])
    return Renewed(text, tuple(offers), tuple(unchanged))


def paired(rows: Sequence[Row], recorded: Sequence[Row]) -> dict[int, int]:
    """Say which row of a table was made as which, by their places; an editor's own are left out."""
    return _pairs(rows, recorded, [_same_cells, _same_words])


def with_words(recorded: Sequence[Row], signals: Iterable[Signal]) -> tuple[Row, ...]:
    """Give recorded rows the words they were made of, as far as these are the signals they were made of."""
    said = {_hash(text): text for text in (admit(each.signal) for each in signals)}
    return tuple(
        replace(each, cells=(said[each.hashes[0]],)) if each.hashes[0] in said else each for each in recorded
    )


def with_row(text: str, row: Row, recorded: Sequence[Row]) -> str:
    """Put a row in the place of the one it is a new wording of, or below the others.

    Args:
        text: The section.
        row: An offer.
        recorded: The rows last made; one that was made as another of them is not taken for the offered one's.

    Raises:
        ValueError: The section has no one table of signals.
    """
    table = table_of(text)
    if not table or not table.columns:
        raise ValueError("no table of signals that a row could be put into")
    of_file = paired(table.rows, recorded)
    made_as = [place for place, old in of_file.items() if recorded[old].hashes == row.hashes]
    near = [
        (_likeness(row, each), -place)
        for place, each in enumerate(table.rows)
        if place in made_as or place not in of_file
    ]
    best, place = max(near, default=(0.0, 0))
    rows, row = list(table.rows), table.fitted(row)
    if made_as:
        rows[made_as[0]] = row
    elif best >= MIN_ALIKE:
        rows[-place] = row
    else:
        rows.append(row)
    return table.text(rows)


def _was(table: Table, new: Sequence[Row], recorded: Sequence[Row], at: Mapping[int, int]) -> dict[int, int]:
    """Say which of the rows last made each new one is; `at` gives the row of the file that is made as one."""
    untouched = {
        old for old, each in enumerate(recorded) if old in at and table.rows[at[old]].hashes == each.hashes
    }
    # Of what stands as it was made, the words are known.
    old_rows = [
        replace(each, cells=table.rows[at[old]].cells) if old in untouched else each
        for old, each in enumerate(recorded)
    ]
    was = _pairs(new, old_rows, [_same_evidence_and_cells, _same_evidence_and_words])
    for evidence in dict.fromkeys(each.evidence for each in new):
        mine = [made for made, each in enumerate(new) if made not in was and each.evidence == evidence]
        olds = [old for old, each in enumerate(recorded) if each.evidence == evidence]
        olds = [old for old in olds if old not in was.values()]
        if len(mine) != len(olds):
            # Some went or came: one that is like none whose words are known is one that an editor rewrote.
            olds = [old for old in olds if old not in untouched]
        was |= dict(zip(mine, olds, strict=False))
    return _pairs(new, old_rows, [_same_cells], was)


def _pairs(
    rows: Sequence[Row],
    others: Sequence[Row],
    rules: Sequence[Callable[[Row, Row], float]],
    known: Mapping[int, int] = MappingProxyType({}),
) -> dict[int, int]:
    """Pair rows with others, each with one at most: by the first rule as far as it goes, the surest first."""
    found = dict(known)
    for rule in rules:
        sure = [
            (-rule(row, other), abs(place - at), place, at)
            for place, row in enumerate(rows)
            for at, other in enumerate(others)
        ]
        for score, _, place, at in sorted(sure):
            if score < 0 and place not in found and at not in found.values():
                found[place] = at
    return found


def _same_evidence_and_cells(row: Row, other: Row) -> float:
    count = _same_cells(row, other) if row.evidence == other.evidence else 0
    if not count or not other.signal:
        return count
    # Of two with as many equal cells: one in like words, one whose words are not known, one in other words.
    words = _words_alike(row, other)
    return count + (words if words >= MIN_ALIKE else -words)


def _same_evidence_and_words(row: Row, other: Row) -> float:
    return _likeness(row, other) if row.evidence == other.evidence and _is_alike(row, other) else 0


def _same_cells(row: Row, other: Row) -> float:
    """Count equal cells, the signal for enough of them; 0 where they are too few to tell."""
    pairs = [(mine, its) for mine, its in zip(row.hashes, other.hashes, strict=False) if mine != NO_CELL]
    count = sum(mine == its for mine, its in pairs)
    is_signal = row.hashes[:1] == other.hashes[:1] and row.hashes[:1] != (NO_CELL,)
    return count + MIN_EQUAL_CELLS * is_signal if is_signal or count >= MIN_EQUAL_CELLS else 0


def _same_words(row: Row, other: Row) -> float:
    return _words_alike(row, other) if other.signal and _words_alike(row, other) >= MIN_ALIKE else 0


def _is_alike(row: Row, other: Row) -> bool:
    return _likeness(row, other) >= MIN_ALIKE


def _likeness(row: Row, other: Row) -> float:
    return 1.0 if _same_cells(row, other) else _words_alike(row, other)


def _words_alike(row: Row, other: Row) -> float:
    return SequenceMatcher(None, row.signal.casefold(), other.signal.casefold(), autojunk=False).ratio()


def _row(line: str, columns: Sequence[int]) -> Row:
    cells = _cells(line)
    said = [""] * max(len(COLUMNS), len(cells))
    for column, cell in zip(columns or range(len(cells)), cells, strict=False):
        said[column] = cell
    return Row(line, tuple(cells), tuple(NO_CELL if each in UNSAID else _hash(each) for each in said))


def _cells(line: str) -> list[str]:
    found = escapedSplit(line.strip())
    cells = found[1:] if found and not found[0] else found
    return [each.strip() for each in (cells[:-1] if cells and not cells[-1] else cells)]


def _columns(header: Sequence[str]) -> tuple[int, ...]:
    """Say which of the four columns these are; see `Table.columns`."""
    names = [
        next((at for at, known in enumerate(COLUMNS) if name.casefold() in known), -1) for name in header
    ]
    is_known = names[:1] == [0] and names == sorted(set(names))
    return tuple(names) if is_known else ()


def _hash(text: str) -> str:
    return fingerprint(text)[:HASH_LENGTH]
