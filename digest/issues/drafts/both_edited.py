"""A draft that two editors changed on two machines, put together without losing a word of either.

What one of them changed is taken from them. Where both changed the same lines, those stand that came first,
and of the other editor the section is offered below, as what a run makes anew is: see `merge`.
"""

from dataclasses import dataclass

from digest.errors import StoreError
from digest.issues.drafts.front_matter import join, parse
from digest.issues.drafts.merge import as_it_was, insert_piece
from digest.issues.drafts.pieces import EVIDENCE, NAMES, OFFERED, cut, fingerprint, new_piece, offer
from digest.issues.drafts.read import read_draft
from digest.issues.drafts.three_way import merge_lines

OFFERABLE = tuple(name for name in NAMES if name != EVIDENCE)
"""Evidence is made anew by a run, whatever stands there."""


@dataclass(frozen=True)
class Together:
    """What two editors wrote, in one text."""

    text: str
    offered: tuple[str, ...] = ()
    """Sections of which `mine` is offered."""
    is_whole: bool = True
    """Whether all of `mine` is in it: front matter and own sections cannot be offered."""


def put_together(base: str | None, mine: str, theirs: str, path: str) -> Together:
    """Put together what two editors made of a draft.

    Args:
        base: What both came from; None where it is not known: whatever differs then is a conflict.
        mine: What came later.
        theirs: What came first, and stands where both changed the same.
        path: Named in messages.

    Returns:
        A text that can be read as a draft wherever `theirs` can.
    """
    if mine in (base, theirs):
        return Together(theirs)
    if theirs == base:
        return Together(mine)
    old, own, its = (_lines(each) for each in (base or "", mine, theirs))
    lines, is_conflict = merge_lines(old, own, its)
    merged = "\n".join(lines)
    try:
        read_draft(merged, path)
        if not is_conflict:
            return Together(as_it_was(theirs, merged))
        return _with_offers(base, mine, merged, theirs, path)
    except StoreError:
        return Together(theirs, is_whole=False)


def _with_offers(base: str | None, mine: str, merged: str, theirs: str, path: str) -> Together:
    """Offer the sections of which the merged text has not all that `mine` says.

    Raises:
        StoreError: One of the texts cannot be read, or no draft would come of it.
    """
    front, body, _ = parse(merged, path)
    pieces = cut(body)
    before = _texts(_body(base, path)) if base else {}
    own, now = _texts(_body(mine, path)), _texts(body)
    is_lost = {name: _is_lost(before.get(name), own.get(name), now.get(name)) for name in OFFERABLE}
    offered = [name for name in OFFERABLE if is_lost[name]]
    standing = next((piece for piece in pieces if piece.name == OFFERED), None)
    offers = [*(standing.offers if standing else ()), *(offer(own[name], name) for name in offered)]
    if standing is not None:
        pieces[pieces.index(standing)] = standing.with_text(standing.text, offers)
    elif offers:
        insert_piece(pieces, new_piece(OFFERED, "", offers))
    text = as_it_was(theirs, join(front.raw, "".join(piece.raw for piece in pieces)))
    read_draft(text, path)
    rest_is_in = _has_rest(base, mine, merged, path)
    return Together(text, tuple(offered), rest_is_in)


def _is_lost(before: str | None, own: str | None, now: str | None) -> bool:
    """Tell whether a section was changed by an editor, and stands otherwise; to take it out loses no word."""
    if not own or fingerprint(own) == fingerprint(now or ""):
        return False
    return before is None or fingerprint(own) != fingerprint(before)


def _has_rest(base: str | None, mine: str, merged: str, path: str) -> bool:
    """Tell whether the lines that an editor added outside of sections with a name are all there."""
    before = set(_rest(base, path)) if base else set()
    return set(_rest(mine, path)) - before <= set(_rest(merged, path))


def _rest(text: str, path: str) -> list[str]:
    front, body, _ = parse(text, path)
    # Of the front matter only what an editor decides: the rest is the machine's.
    said = [f"{key}: {front.values.get(key)}" for key in ("status", "place", "locked")]
    loose = (piece for piece in cut(body) if piece.name in ("", OFFERED))
    parts = [line for piece in loose for line in piece.raw.split("\n")]
    below = [line for piece in cut(body) for line in piece.rest.split("\n")]
    return [line for line in (*said, *parts, *below) if line.strip()]


def _texts(body: str) -> dict[str, str]:
    return {piece.name: piece.text for piece in cut(body) if piece.name}


def _body(text: str, path: str) -> str:
    return parse(text, path)[1]


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
