"""Writing a draft file anew without losing what a person changed in it.

Per section, with the hash of what was last made for it recorded in the front matter:

    the file's text        newly made          then
    ---------------        ----------          ----
    as it was made         anything            is renewed
    changed by a person    as it was made      stays; nothing is offered (a declined offer stays declined)
    changed by a person    something else      stays; the new text is offered below, for an older offer
    anything               the same            stays, to the byte

An offer into which a person has written is kept as well. So are sections, notes and front matter keys that
a person added. `status` is the file's. The rest of the front matter is the machine's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digest.errors import StoreError
from digest.issues.drafts.evidence import Checker, evidence_text, unchecked
from digest.issues.drafts.front_matter import STATUSES, dump, join, parse
from digest.issues.drafts.pieces import (
    EVIDENCE,
    MAY_BE_MISSING,
    NAMES,
    Offer,
    Piece,
    cut,
    fingerprint,
    new_piece,
    offer,
)
from digest.issues.drafts.read import edited_sections, read_page
from digest.issues.pages.entry_page import entry_parts, render_entry
from digest.records import Article, Draft, Entry, Status


def render_draft(draft: Draft, article: Article | None = None) -> str:
    """Write a draft file from nothing.

    Raises:
        ValueError: A field of the entry is not admissible (see `issues.pages.admit`).
    """
    evidence = evidence_text(draft, draft.entry, (), article=article)
    hashes = _hashes({**_made(draft.entry), EVIDENCE: evidence})
    values = _front_values(draft, draft.entry, hashes, ())
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
    recorded = front.texts("generated")
    made = _made(new.entry)
    pieces = _merged(cut(body), made, recorded)
    entry = read_page("".join(piece.raw for piece in pieces), path)
    made[EVIDENCE] = evidence_text(new, entry, edited_sections(pieces, _hashes(made)), check, article)
    pieces = _merged(pieces, {EVIDENCE: made[EVIDENCE]}, recorded)
    hashes = _hashes(made)
    raw = front.with_values(_front_values(new, entry, hashes, edited_sections(pieces, hashes)))
    return _as_it_was(existing_text, join(raw, "".join(piece.raw for piece in pieces)))


def with_status(text: str, status: Status, path: str) -> str:
    """Set the status in a draft file; everything else stays.

    Raises:
        StoreError: The front matter cannot be read.
    """
    if status not in STATUSES:
        raise ValueError(f"not a status: {status!r}")
    front, body, _ = parse(text, path)
    front.text("id")
    return _as_it_was(text, join(front.with_values({"status": status}), body))


def _made(entry: Entry) -> dict[str, str]:
    return {name.casefold(): text for name, text in entry_parts(entry).items()}


def _hashes(made: Mapping[str, str]) -> dict[str, str]:
    return {name: fingerprint(text) for name, text in made.items()}


def _front_values(
    draft: Draft, entry: Entry, hashes: Mapping[str, str], edited: Sequence[str]
) -> dict[str, object]:
    return {
        "issue": draft.issue,
        "url": entry.url,
        "origin": entry.origin.title,
        "analyzer": draft.analysis.analyzer,
        "generated": {name: hashes[name] for name in NAMES},
        "edited": list(edited),
    }


def _merged(pieces: Sequence[Piece], made: Mapping[str, str], recorded: Mapping[str, str]) -> list[Piece]:
    out: list[Piece] = []
    for piece in pieces:
        if piece.name not in made:
            out.append(piece)
        elif renewed := _renewed(piece, made[piece.name], recorded.get(piece.name, "")):
            out.append(renewed)
    present = {piece.name for piece in pieces}
    for name, text in made.items():
        if name not in present and (missing := _missing(name, text, recorded.get(name, ""))):
            _insert(out, missing)
    return out


def _renewed(piece: Piece, text: str, recorded: str) -> Piece | None:
    """Apply the rules to one section; None where an optional section has nothing to say any more."""
    current, fresh = fingerprint(piece.text), fingerprint(text)
    touched = tuple(each for each in piece.offers if each.is_touched)
    if current != fresh and current == recorded:
        is_left_out = not text and not touched and piece.name in MAY_BE_MISSING
        return None if is_left_out else piece.with_text(text, touched)
    if current == fresh:
        return piece if touched == piece.offers else piece.with_text(piece.text, touched)
    if fresh == recorded:
        return piece
    return piece.with_text(piece.text, touched + _offers(text, touched))


def _missing(name: str, text: str, recorded: str) -> Piece | None:
    """Apply the rules to a section that is not in the file: never made, or taken out by a person."""
    nothing, fresh = fingerprint(""), fingerprint(text)
    if fresh in (nothing, recorded):
        return None
    return new_piece(name, text) if recorded == nothing else new_piece(name, "", _offers(text, ()))


def _offers(text: str, touched: Sequence[Offer]) -> tuple[Offer, ...]:
    """Offer a text, unless there is none or a person is at work on an offer of that very text."""
    if not text or fingerprint(text) in {each.hash for each in touched}:
        return ()
    return (offer(text),)


def _insert(pieces: list[Piece], piece: Piece) -> None:
    """Put a section after those that come before it in the order of the page."""
    place = 0
    for at, other in enumerate(pieces):
        if other.name and NAMES.index(other.name) < NAMES.index(piece.name):
            place = at + 1
    if place:
        before = pieces[place - 1]
        pieces[place - 1] = replace(before, raw=before.raw.rstrip("\n") + "\n\n")
    pieces.insert(place, piece)


def _as_it_was(existing: str, text: str) -> str:
    """Keep the file's own line ends, and the file itself where nothing but its final newline differs."""
    if _lines(existing) == _lines(text):
        return existing
    return text.replace("\n", "\r\n") if "\r\n" in existing else text


def _lines(text: str) -> list[str]:
    """Split a text into lines, whatever ends them, without a byte-order mark and empty lines at the end."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
