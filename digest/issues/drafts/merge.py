"""Writing a draft file anew without losing what a person changed in it.

Per section, with the hash of what was last made for it recorded in the front matter:

    the file's text        newly made          then
    ---------------        ----------          ----
    as it was made         anything            is renewed
    changed by a person    as it was made      stays; nothing is offered (a declined offer stays declined)
    changed by a person    something else      stays; the new text is offered, for an older offer
    anything               the same            stays, to the byte
    locked by a person     anything            stays; nothing is offered

The rows of a changed table of signals are renewed each by itself, see `signal_rows`. Offers stand under
`## Offered`. One into which a person has written is kept. So are sections, notes and front matter keys that a
person added. `status` and `locked` are the file's. The rest of the front matter is the machine's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.errors import StoreError
from digest.issues.drafts.evidence import Checker, evidence_text, unchecked
from digest.issues.drafts.front_matter import STATUSES, dump, join, parse
from digest.issues.drafts.pieces import (
    EVIDENCE,
    MAY_BE_MISSING,
    NAMES,
    OFFERED,
    Offer,
    Piece,
    cut,
    fingerprint,
    new_piece,
    offer,
)
from digest.issues.drafts.read import edited_sections, read_page
from digest.issues.drafts.signal_rows import (
    Row,
    Table,
    made_rows,
    recorded_rows,
    renew_rows,
    table_of,
)
from digest.issues.pages.entry_page import entry_parts, render_entry
from digest.records import Article, Draft, Entry, Status


def render_draft(draft: Draft, article: Article | None = None) -> str:
    """Write a draft file from nothing.

    Raises:
        ValueError: A field of the entry is not admissible (see `issues.pages.admit`).
    """
    evidence = evidence_text(draft, draft.entry, (), article=article)
    hashes = _hashes({**_made(draft.entry), EVIDENCE: evidence})
    rows = made_rows(entry_parts(draft.entry)["Signals"], draft.entry, draft.analysis.signals)
    values = _front_values(draft, draft.entry, hashes, (), [row.record for row in rows])
    values = {"id": draft.id, "issue": draft.issue, "status": draft.status} | values
    page = render_entry(draft.entry)
    return join(dump(values), f"\n{page}\n\n## Evidence\n\n{evidence}\n")


def merge_draft(
    existing_text: str | None,
    new: Draft,
    *,
    path: str = "",
    check: Checker = unchecked,
    article: Article | None = None,
) -> str:
    """Renew a draft file with what was newly made; see the rules at the top.

    Args:
        existing_text: All of the file; None where there is none.
        new: What was newly made.
        path: Named in messages; by default where the file of `new` stands in the workspace.
        check: Says what is wrong with a statement of the editor's; shown in Evidence.
        article: Its sentences are shown in Evidence.

    Returns:
        The file's new text; the very same text if nothing changes.

    Raises:
        StoreError: The file cannot be read, or is another draft's. It must then be left as it is.
    """
    if existing_text is None:
        return render_draft(new, article)
    path = path or f"output/drafts/{new.issue}/{new.id}.md"
    front, body, _ = parse(existing_text, path)
    if front.text("id") != new.id:
        raise StoreError(f"{path}: expected the draft of {new.id}, got that of {front.text('id')}")
    _ = front.status  # an unreadable one must stop here, before anything is written
    read_page(existing_text, path)
    recorded = front.generated
    locked = front.locked
    made = {name: text for name, text in _made(new.entry).items() if name not in locked}
    rows = made_rows(made.get("signals", ""), new.entry, new.analysis.signals)
    known_rows = front.generated_rows
    pieces = _merged(cut(body), made, recorded, _Rows(rows, recorded_rows(known_rows)))
    entry = read_page("".join(piece.raw for piece in pieces), path)
    # Of a locked section what it was made as stays known, so that it can be told what a person changed.
    hashes = {**{name: recorded[name] for name in locked if name in recorded}, **_hashes(made)}
    edited = edited_sections(pieces, hashes)
    if EVIDENCE not in locked:
        made[EVIDENCE] = evidence_text(new, entry, edited, check, article)
        pieces = _merged(pieces, {EVIDENCE: made[EVIDENCE]}, recorded)
        hashes |= _hashes({EVIDENCE: made[EVIDENCE]})
    records = known_rows if "signals" in locked else [row.record for row in rows]
    values = _front_values(new, entry, hashes, edited_sections(pieces, hashes), records)
    raw = front.with_values(values)
    return as_it_was(existing_text, join(raw, "".join(piece.raw for piece in pieces)))


def with_status(text: str, status: Status, path: str) -> str:
    """Set the status in a draft file; everything else stays.

    Raises:
        StoreError: The front matter cannot be read.
    """
    if status not in STATUSES:
        raise ValueError(f"not a status: {status!r}")
    front, body, _ = parse(text, path)
    front.text("id")
    return as_it_was(text, join(front.with_values({"status": status}), body))


def _made(entry: Entry) -> dict[str, str]:
    return {name.casefold(): text for name, text in entry_parts(entry).items()}


def _hashes(made: Mapping[str, str]) -> dict[str, str]:
    return {name: fingerprint(text) for name, text in made.items()}


def _front_values(
    draft: Draft, entry: Entry, hashes: Mapping[str, str], edited: Sequence[str], rows: Sequence[str]
) -> dict[str, object]:
    return {
        "issue": draft.issue,
        "url": entry.url,
        "origin": entry.origin.title,
        "analyzer": draft.analysis.analyzer,
        "generated": {
            # On the line of the signals: editors look at the front matter, and its other lines.
            name: " ".join((hashes[name], *rows)) if name == "signals" else hashes[name]
            for name in NAMES
            if name in hashes
        },
        "edited": list(edited),
    }


@dataclass(frozen=True)
class _Rows:
    """The rows of the signals as newly made, and as they were made before."""

    new: tuple[Row, ...] = ()
    recorded: tuple[Row, ...] = ()


def _merged(
    pieces: Sequence[Piece], made: Mapping[str, str], recorded: Mapping[str, str], rows: _Rows = _Rows()
) -> list[Piece]:
    out: list[Piece] = []
    standing = [each for piece in pieces for each in piece.offers if not each.is_touched]
    offers: list[Offer] = []
    for piece in pieces:
        if piece.name not in made:
            out.append(piece)
            continue
        text = made[piece.name]
        old = [each for each in standing if (each.target or piece.name) == piece.name]
        old = [each for each in old if each.target or each in piece.offers]
        renewed, offered = _renewed(piece, text, recorded.get(piece.name, ""), old, rows)
        offers += offered
        out += [renewed] if renewed else []
    present = {piece.name for piece in pieces}
    for name, text in made.items():
        if name not in present:
            old = [each for each in standing if each.target == name]
            missing, offered = _missing(name, text, recorded.get(name, ""), old)
            offers += offered
            if missing:
                insert_piece(out, missing)
    offers += [each for each in standing if each.target and each.target not in made]
    return _with_offers(out, offers)


def _renewed(
    piece: Piece, text: str, recorded: str, standing: Sequence[Offer], rows: _Rows
) -> tuple[Piece | None, list[Offer]]:
    """Apply the rules to one section; None where an optional section has nothing to say any more."""
    current, fresh = fingerprint(piece.text), fingerprint(text)
    touched = tuple(each for each in piece.offers if each.is_touched)
    own = piece if touched == piece.offers else piece.with_text(piece.text, touched)
    if current != fresh and current == recorded:
        is_left_out = not text and not touched and piece.name in MAY_BE_MISSING
        return (None if is_left_out else piece.with_text(text, touched)), []
    if current == fresh:
        return own, []
    if fresh == recorded:
        # An offer of an earlier version goes where the others are.
        return own, [offer(each.text, piece.name, is_row=each.is_row) for each in standing]
    table = table_of(piece.text) if piece.name == "signals" and rows.recorded and rows.new else None
    if table and table.columns:
        return _with_rows(own, text, table, standing, rows)
    return own, _offers(text, piece.name, touched)


def _with_rows(
    piece: Piece, text: str, table: Table, standing: Sequence[Offer], rows: _Rows
) -> tuple[Piece, list[Offer]]:
    """Renew a table of signals of which an editor changed some rows."""
    found = renew_rows(table, rows.new, rows.recorded)
    head = table_of(text)
    if head is None:
        return piece, []
    unchanged = [offer(head.text([row]), piece.name, is_row=True) for row in found.unchanged]
    known = {each.hash for each in standing}
    offers = [each for each in unchanged if each.hash in known]
    offers += [offer(head.text([row]), piece.name, is_row=True) for row in found.offers]
    return (piece if found.text == piece.text else piece.with_text(found.text, piece.offers)), offers


def _missing(
    name: str, text: str, recorded: str, standing: Sequence[Offer]
) -> tuple[Piece | None, list[Offer]]:
    """Apply the rules to a section that is not in the file: never made, or taken out by a person."""
    nothing, fresh = fingerprint(""), fingerprint(text)
    if fresh == nothing:
        return None, []
    if fresh == recorded:
        return None, list(standing)
    return (new_piece(name, text), []) if recorded == nothing else (None, _offers(text, name, ()))


def _offers(text: str, name: str, touched: Sequence[Offer]) -> list[Offer]:
    """Offer a text, unless there is none or a person is at work on an offer of that very text."""
    if not text or fingerprint(text) in {each.hash for each in touched}:
        return []
    return [offer(text, name)]


def _with_offers(pieces: Sequence[Piece], offers: Sequence[Offer]) -> list[Piece]:
    """Put offers under `## Offered`, above Evidence; those a person wrote into stay there as they are."""
    out: list[Piece] = []
    is_placed = False
    touched = [each for piece in pieces if piece.name == OFFERED for each in piece.offers if each.is_touched]
    worked_on = {each.hash for each in touched}
    wanted = (*touched, *(each for each in offers if each.hash not in worked_on))
    if not wanted:
        # Words of the editor's among them would be a section that is published: the last offers stay.
        wanted = tuple(
            each for piece in pieces if piece.name == OFFERED and piece.text for each in piece.offers
        )
    for piece in pieces:
        if piece.name != OFFERED:
            out.append(piece)
        elif not is_placed and (wanted or piece.text or not piece.offers):
            is_placed = True
            same = [each.raw for each in piece.offers] == [each.raw for each in wanted]
            out.append(piece if same else piece.with_text(piece.text, wanted))
        elif piece.text:
            out.append(piece.with_text(piece.text, ()))
    if wanted and not is_placed:
        insert_piece(out, new_piece(OFFERED, "", wanted))
    return out


def insert_piece(pieces: list[Piece], piece: Piece) -> None:
    """Put a section after those that come before it in the order of the page."""
    place = 0
    for at, other in enumerate(pieces):
        if other.name and _order(other.name) < _order(piece.name):
            place = at + 1
    if place:
        before = pieces[place - 1]
        pieces[place - 1] = replace(before, raw=before.raw.rstrip("\n") + "\n\n")
    pieces.insert(place, piece)


def _order(name: str) -> float:
    """Say where a section stands in the file; offers above Evidence."""
    return NAMES.index(EVIDENCE) - 0.5 if name == OFFERED else NAMES.index(name)


def as_it_was(existing: str, text: str) -> str:
    """Keep the file's own line ends and byte-order mark; all of it where only its final newline differs."""
    if _lines(existing) == _lines(text):
        return existing
    made = text.replace("\n", "\r\n") if "\r\n" in existing else text
    return f"\ufeff{made}" if existing.startswith("\ufeff") and not made.startswith("\ufeff") else made


def _lines(text: str) -> list[str]:
    """Split a text into lines, whatever ends them, without a byte-order mark and empty lines at the end."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
