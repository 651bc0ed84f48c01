"""A draft that two editors changed on two machines, put together without losing a word of either.

What one of them changed is taken from them, of the front matter key by key: see `both_front`. Where both
changed the same lines, those stand that came first, and of the other editor the section is offered below, as
what a run makes anew is: see `merge`. What cannot be offered is told: nothing is lost without a word.
"""

from collections import Counter
from dataclasses import dataclass, replace

from digest.errors import StoreError
from digest.issues.drafts.both_front import merge_keys
from digest.issues.drafts.front_matter import join, parse
from digest.issues.drafts.merge import as_it_was, insert_piece
from digest.issues.drafts.pieces import EVIDENCE, NAMES, OFFERED, cut, fingerprint, new_piece, offer
from digest.issues.drafts.read import read_draft
from digest.issues.drafts.three_way import merge_lines

OFFERABLE = tuple(name for name in NAMES if name != EVIDENCE)
"""Evidence is made anew by a run, whatever stands there: nothing can be taken for it."""


@dataclass(frozen=True)
class Together:
    """What two editors wrote, in one text."""

    text: str
    offered: tuple[str, ...] = ()
    """Sections of which `mine` is offered."""
    is_whole: bool = True
    """Whether all of `mine` is in it: front matter, Evidence and own sections cannot be offered."""


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
    try:
        return _put_together(base, mine, theirs, path)
    except StoreError:
        return Together(theirs, is_whole=False)


def _put_together(base: str | None, mine: str, theirs: str, path: str) -> Together:
    """Put front matter together key by key, and what is below it line by line.

    Raises:
        StoreError: One of the texts cannot be read, or no draft would come of it.
    """
    (old, was), (own, says), (its, stands) = (_cut(each, path) for each in (base, mine, theirs))
    front, is_key_lost = merge_keys(old, own, its)
    lines, is_conflict = merge_lines(was, says, stands)
    merged = join("\n".join(front), "\n".join(lines))
    read_draft(merged, path)
    if not is_conflict:
        return Together(as_it_was(theirs, merged), is_whole=not is_key_lost)
    found = _with_offers(base, mine, merged, theirs, path)
    return replace(found, is_whole=found.is_whole and not is_key_lost)


def _cut(text: str | None, path: str) -> tuple[list[str], list[str]]:
    """Give the lines of the front matter, and those below it; none for no text."""
    if text is None:
        return [], []
    front, body, _ = parse("\n".join(_lines(text)), path)
    return front.raw.split("\n"), body.split("\n")


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
    is_rest_in = _has_rest(
        *(_rest(_body(each, path)) if each else Counter() for each in (base, mine, theirs, text))
    )
    return Together(text, tuple(offered), is_rest_in)


def _is_lost(before: str | None, own: str | None, now: str | None) -> bool:
    """Tell whether a section was changed by an editor, and stands otherwise; to take it out loses no word."""
    if not own or fingerprint(own) == fingerprint(now or ""):
        return False
    return before is None or fingerprint(own) != fingerprint(before)


def _has_rest(base: Counter[str], mine: Counter[str], theirs: Counter[str], text: Counter[str]) -> bool:
    """Tell whether every line that an editor added outside of what can be offered is there, as often."""
    added = mine - base
    stands = base & theirs
    return all(text[line] >= count + stands[line] for line, count in added.items())


def _rest(body: str) -> Counter[str]:
    """Count the lines of a body that are of no section that can be offered: Evidence is not."""
    loose = [piece.raw for piece in cut(body) if piece.name not in OFFERABLE]
    beside = [text for piece in cut(body) for text in (piece.rest, *(each.raw for each in piece.offers))]
    return Counter(line for text in (*loose, *beside) for line in text.split("\n") if line.strip())


def _texts(body: str) -> dict[str, str]:
    return {piece.name: piece.text for piece in cut(body) if piece.name}


def _body(text: str, path: str) -> str:
    return parse(text, path)[1]


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
