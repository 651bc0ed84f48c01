"""What an editor does to a draft's text as a whole: going back, locking sections, taking and dropping offers.

And what differs between two states of it, by section and row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from digest.errors import DigestError, StoreError
from digest.issues.drafts.front_matter import FrontMatter, join, parse
from digest.issues.drafts.merge import as_it_was, insert_piece
from digest.issues.drafts.pieces import (
    EVIDENCE,
    NAMES,
    OFFERED,
    Offer,
    Piece,
    cut,
    fingerprint,
    new_piece,
)
from digest.issues.drafts.read import read_draft
from digest.issues.drafts.signal_rows import ALIGNMENT_ROW, Row, recorded_rows, table_of, with_row
from digest.issues.drafts.three_way import merge_lines

MACHINE_KEYS = ("id", "issue", "status", "url", "origin", "analyzer", "generated", "edited", "locked")
"""Of the front matter: they stay what they are when a version is brought back."""

SHOWN = 40
"""Characters of a signal by which its row is named."""

ALL = "all"

LOCKABLE = tuple(name for name in NAMES if name != EVIDENCE)


# -- what differs --------------------------------------------------------------------------------------------


def parts_of(text: str) -> dict[str, str]:
    """Give a draft in parts, in their order: front matter, sections, rows of signals, own sections."""
    try:
        front, body, _ = parse(text, "")
    except StoreError:
        return {"file": text}
    found = {"status": str(front.values.get("status") or ""), "front matter": "\n".join(_shown_values(front))}
    locks = (ALL,) if set(LOCKABLE) <= front.locked else tuple(name for name in NAMES if name in front.locked)
    found |= {f"lock on {name}": "locked" for name in locks}
    for piece in cut(body):
        for name, part in _parts(piece):
            found[_free(name, found)] = part
    return found


def changed_parts(before: str | None, after: str | None) -> tuple[str, ...]:
    """Name what differs between two texts of a draft; of None, that there was or is no file."""
    if before is None or after is None:
        return () if before is after else ("file deleted" if after is None else "file written again",)
    old, new = parts_of(before), parts_of(after)
    names = [*new, *(name for name in old if name not in new)]
    return tuple(name for name in names if old.get(name) != new.get(name))


def _parts(piece: Piece) -> Iterable[tuple[str, str]]:
    table = table_of(piece.text) if piece.name == "signals" else None
    if table:
        for row in table.rows:
            signal = row.signal if len(row.signal) <= SHOWN else f"{row.signal[:SHOWN]}…"
            yield f"signals row “{signal}”", " | ".join(row.cells)
        above = "\n".join(table.before.split("\n")[:-ALIGNMENT_ROW])
        if around := "\n".join(filter(None, (above, table.after))):
            yield "signals", around
    elif piece.name == OFFERED:
        yield OFFERED, "\n\n".join((piece.text, *(each.raw for each in piece.offers))).strip()
    elif piece.name:
        yield piece.name, "\n\n".join(filter(None, (piece.text, *(each.raw for each in piece.offers))))
        if piece.rest:
            yield f"below the {piece.name}", piece.rest
    elif own := piece.raw.strip("\n"):
        yield f"own section “{own.partition(chr(10))[0].strip('# ')[:SHOWN]}”", own


def _shown_values(front: FrontMatter) -> Iterable[str]:
    hidden = ("generated", "edited", "status", "locked")
    return (f"{key}: {value}" for key, value in front.values.items() if key not in hidden)


def _free(name: str, taken: Iterable[str]) -> str:
    used, number, free = set(taken), 2, name
    while free in used:
        free, number = f"{name} ({number})", number + 1
    return free


# -- going back ----------------------------------------------------------------------------------------------


def restored(text: str, then: str, path: str, *, section: str = "") -> str:
    """Bring back what a draft, or a section of it, said in an earlier version.

    Status, offers and Evidence stay as they are, and so does the record of what was last made: what is
    brought back is the editor's choice, which no run renews.

    Raises:
        StoreError: One of the texts cannot be read.
        DigestError: There is no such section.
    """
    front, body, _ = parse(text, path)
    old_front, old_body, _ = parse(then, f"{path} (earlier version)")
    now, old = cut(body), cut(old_body)
    if section:
        return as_it_was(text, join(front.raw, _joined(_with_section(now, old, section))))
    aside = {piece.name: piece for piece in now if piece.name in (EVIDENCE, OFFERED)}
    pieces = [aside.pop(piece.name, piece) for piece in old if piece.name != OFFERED]
    pieces = [piece for piece in pieces if piece.name != EVIDENCE or piece in now]
    for piece in aside.values():
        insert_piece(pieces, piece)
    values = {key: front.values[key] for key in MACHINE_KEYS if key in front.values}
    raw = old_front.with_plain_values(values, without=[key for key in MACHINE_KEYS if key not in values])
    return as_it_was(text, join(raw, _joined(pieces)))


def _with_section(now: Sequence[Piece], old: Sequence[Piece], section: str) -> list[Piece]:
    name = section.strip().casefold()
    at = next((place for place, piece in enumerate(now) if _is_called(piece, name)), None)
    then = next((piece for piece in old if _is_called(piece, name)), None)
    if at is None and then is None:
        raise DigestError(f"{section}: no such section, now or then; expected one of: {', '.join(LOCKABLE)}")
    pieces = list(now)
    if at is None and then is not None:
        if then.name:
            insert_piece(pieces, replace(then, offers=()).with_text(then.text, ()))
        else:
            place = next(
                (at for at, each in enumerate(pieces) if each.name in (OFFERED, EVIDENCE)), len(pieces)
            )
            pieces.insert(place, replace(then, raw=then.raw.rstrip("\n") + "\n\n"))
    elif then is None and at is not None:
        del pieces[at]
    elif then is not None and at is not None and pieces[at].name:
        pieces[at] = pieces[at].with_text(then.text, pieces[at].offers)
    elif at is not None:
        # Of own sections there may be several under one heading.
        rest = [each for each in pieces[at + 1 :] if not _is_called(each, name)]
        pieces = [*pieces[:at], *(each for each in old if _is_called(each, name)), *rest]
    return pieces


def _is_called(piece: Piece, name: str) -> bool:
    heading = piece.raw.partition("\n")[0].strip("# ").casefold()
    return piece.name == name if piece.name else heading == name


def carried_over(base: str, mine: str, theirs: str, path: str) -> str:
    """Do to a text what leads from one to another: `base` became `theirs`, and meanwhile `mine`.

    Where both changed the same lines, `theirs` is right; where no draft would come of that, it is all of
    `theirs`.
    """
    if mine in (base, theirs):
        return theirs
    lines, _ = merge_lines(base.split("\n"), mine.split("\n"), theirs.split("\n"))
    merged = "\n".join(lines)
    try:
        read_draft(merged, path)
        return _as_recorded(merged, theirs, path)
    except StoreError:
        return theirs


def _as_recorded(text: str, theirs: str, path: str) -> str:
    """Where a section is what was once made, have it recorded so: then it is not an editor's."""
    front, body, _ = parse(text, path)
    then, _, _ = parse(theirs, path)
    now = front.texts("generated")
    made = {
        piece.name: then.texts("generated")[piece.name]
        for piece in cut(body)
        if piece.name in now and fingerprint(piece.text) == then.generated.get(piece.name)
    }
    return as_it_was(text, join(front.with_values({"generated": {**now, **made}}), body)) if made else text


# -- locks ---------------------------------------------------------------------------------------------------


def with_locks(text: str, path: str, *, section: str = "", locks: bool) -> str:
    """Lock or unlock a section, or all: what is locked no run renews.

    Raises:
        DigestError: There is no such section.
    """
    front, body, _ = parse(text, path)
    name = section.strip().casefold()
    if name and name not in LOCKABLE:
        raise DigestError(f"{section}: no section that a run renews; expected one of: {', '.join(LOCKABLE)}")
    wanted = front.locked | {name or ALL} if locks else front.locked - {name}
    if not name:
        wanted = frozenset(NAMES) if locks else frozenset()
    if not wanted & set(LOCKABLE):
        # Evidence alone cannot be named, so nobody could unlock it.
        wanted = frozenset()
    if wanted == front.locked:
        return text
    is_all = set(LOCKABLE) <= wanted
    value: object = ALL if is_all else [each for each in NAMES if each in wanted]
    raw = front.with_values({"locked": value}) if wanted else front.with_plain_values({}, without=["locked"])
    return as_it_was(text, join(raw, body))


def locked_sections(text: str, path: str) -> tuple[str, ...]:
    """Name the sections of a draft that are locked."""
    return tuple(name for name in NAMES if name in parse(text, path)[0].locked)


# -- offers --------------------------------------------------------------------------------------------------


def offers_of(text: str) -> list[Offer]:
    """Give what was newly made and waits for the editor, in the order of the file."""
    return [each for piece in cut(parse(text, "")[1]) for each in _aimed(piece)]


def taken(text: str, number: int, path: str) -> str:
    """Put an offer, 1 first, in the place it was made for.

    Raises:
        DigestError: There is no such offer.
    """
    front, body, _ = parse(text, path)
    pieces, chosen = _without_offer(cut(body), number, path)
    for at, piece in enumerate(pieces):
        if piece.name == chosen.target:
            known = recorded_rows(front.generated_rows)
            own = _with_row(piece.text, chosen, known, path) if chosen.is_row else chosen.text
            pieces[at] = piece.with_text(own, piece.offers)
            break
    else:
        if chosen.target:
            insert_piece(pieces, new_piece(chosen.target, chosen.text))
        else:
            raise DigestError(f"{path}: offer {number} does not say what it is for; copy it by hand")
    return as_it_was(text, join(front.raw, _joined(pieces)))


def _with_row(section: str, chosen: Offer, recorded: Sequence[Row], path: str) -> str:
    """Put an offered row among those of its section."""
    offered, table = table_of(chosen.text), table_of(section)
    if not section.strip():
        return chosen.text
    if not (offered and offered.rows and offered.columns and table and table.columns):
        # In its place the rest of what stands there would be lost.
        raise DigestError(f"{path}: Signals has no table that the row could be put into; copy it by hand")
    return with_row(section, offered.rows[0], recorded)


def dismissed(text: str, number: int, path: str) -> str:
    """Drop an offer, 1 first; it does not come back while the article says the same.

    Raises:
        DigestError: There is no such offer.
    """
    front, body, _ = parse(text, path)
    pieces, _chosen = _without_offer(cut(body), number, path)
    return as_it_was(text, join(front.raw, _joined(pieces)))


def _without_offer(pieces: Sequence[Piece], number: int, path: str) -> tuple[list[Piece], Offer]:
    out: list[Piece] = []
    chosen, count = None, 0
    for piece in pieces:
        left = []
        for each in _aimed(piece):
            count += 1
            if count == number:
                chosen = each
            else:
                left.append(each)
        if len(left) == len(piece.offers):
            out.append(piece)
        elif not left and piece.name == OFFERED and piece.text:
            raise DigestError(
                f"{path}: with its last offer gone, your own words under Offered would be published; "
                "move them to another section or delete them first"
            )
        elif left or piece.text or piece.name != OFFERED:
            out.append(piece.with_text(piece.text, left))
    if chosen is None:
        what = f"offers 1 to {count}" if count > 1 else "offer 1" if count else "no offers"
        raise DigestError(f"{path}: there is no offer {number}; the draft has {what}")
    return out, chosen


def _aimed(piece: Piece) -> list[Offer]:
    """Give a piece's offers; in files of earlier versions they stood below the section they were made for."""
    is_own = piece.name != OFFERED
    return [replace(each, target=each.target or piece.name) if is_own else each for each in piece.offers]


def _joined(pieces: Iterable[Piece]) -> str:
    return "".join(piece.raw for piece in pieces)
