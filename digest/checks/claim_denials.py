"""Which words of a text deny, and which words they deny."""

from digest.checks.claim_wording import Wording
from digest.language.relations import root
from digest.language.words import Word

NEGATIONS = frozenset([
    "not", "no", "never", "neither", "nor", "none", "nobody", "nothing", "cannot", "hardly", "barely",
    "scarcely", "without", "nope", "nah", "dont", "doesnt", "didnt", "isnt", "cant", "wont",
])  # fmt: skip
DENYING = (
    "lack", "absence", "absent", "avoid", "refuse", "reject", "fail", "failure", "deny", "decline",
    "unable", "prevent", "exclude", "impossible", "unlikely", "cease", "prohibit", "ban", "forbid",
)  # fmt: skip
"""Words that deny what they are said of."""

DENYING_ROOTS = frozenset(root(word) for word in (*DENYING, "unclear", "unknown", "unaware"))

DENIAL_REACH = 5
"""A word counts as denied if a negation stands at most so many words before it."""


def is_negation(lower: str) -> bool:
    """Whether a word denies."""
    return lower in NEGATIONS or lower.endswith("n't")


def negations_of(wording: Wording) -> list[int]:
    """Find the words that deny, in order."""
    return [at for at, word in enumerate(wording.words) if is_negation(word.lower)]


def denials_of(wording: Wording, negations: list[int]) -> list[int]:
    """Leave out the negations that deny nothing: "not only", "no more than"."""
    return [at for at in negations if not _is_not_only(wording.words[at + 1 : at + 3])]


def _is_not_only(after: tuple[Word, ...]) -> bool:
    lowers = [word.lower for word in after]
    is_bound = len(lowers) > 1 and lowers[0] in ("more", "fewer", "less") and lowers[1] == "than"
    return is_bound or lowers[:1] in (["only"], ["just"], ["merely"])


def denied_by(wording: Wording, denials: list[int]) -> dict[int, int]:
    """Give for each word under a denial of its sentence, with no mark between, where the nearest stands."""
    found: dict[int, int] = {}
    for near in denials:
        _, end = wording.spans[wording.sentence_of[near]]
        for at in range(near + 1, min(end, near + DENIAL_REACH + 1)):
            found[at] = near
            if wording.words[at].text in ",;:":
                break
    return found


def denying_of(wording: Wording, negations: list[int]) -> list[int]:
    """Find the words that deny, and those that do so by what they mean, in order."""
    meant = (at for each in DENYING_ROOTS for at in wording.positions.get(each, ()))
    return sorted({*negations, *meant})
