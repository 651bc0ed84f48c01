"""A cause cut out of its sentence: from a given word to where a phrase or clause ends."""

from collections.abc import Sequence

from digest.analysis.phrases import Found, make_found
from digest.analysis.spans import in_list, pieces
from digest.language.wordlists import word_list
from digest.language.words import TIME_WORDS, Word, has_verb

VAGUE = word_list("vague_causes")


def cut_cause(words: Sequence[Word], start: int, text: str) -> Found | None:
    """The longest piece that begins here, lies before the main clause, and names something."""
    last = _aside_end(words, start)
    for piece in sorted(pieces(words, [start], text, last=last), key=lambda each: -each.count):
        part = words[piece.first : piece.end]
        lowers = {word.lower for word in part}
        content = [word for word in part if word.tag in ("N", "NP", "J", "VG", "VN", "V", "VB")]
        if lowers & (VAGUE - {"that", "which", "so", "far"}) or lowers & frozenset(
            ("i", "we", "our", "my", "us")
        ):
            continue
        if part[0].tag == "#" and len(part) > 1 and part[1].lower in TIME_WORDS:
            continue
        if len(content) < 2 or all(word.lower in TIME_WORDS or word.tag in ("D", "#") for word in part):
            continue
        if part[0].tag in ("C", "W", "X", "M", "V"):
            continue
        # "disaster that devastated Japan, industry bodies said"
        if any(word.text == "," for word in part) and part[-1].tag == "V":
            continue
        return make_found(text, "observed", [(part[0].start, part[-1].end)])
    return None


def _aside_end(words: Sequence[Word], start: int) -> int:
    """Where a cause ends that stands before the main clause, or inside it, between commas.

    "In a bid to remove hazards, buildings are ...", "The council, amid mounting debts, did not ...": behind
    its comma the main clause begins, or goes on with its verb. "Drunk driving, the team's second arrest",
    "surging demand, as reported": so much is said beside the cause.
    """
    is_fronted = not has_verb(words[:start])
    for at in range(start + 1, len(words)):
        if words[at].text != ",":
            continue
        behind = words[at + 1 : at + 2]
        if has_verb(behind) or (not in_list(words, at) and (is_fronted or _is_told_beside(behind))):
            return at
    return len(words)


def _is_told_beside(behind: Sequence[Word]) -> bool:
    return bool(behind) and (behind[0].tag in ("D", "#") or behind[0].lower in ("as", "according", "said"))
