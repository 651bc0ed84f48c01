"""Whether two short statements are one in other words or another order: by the roots of their words."""

import re
from collections.abc import Set

from digest.language.relations import root
from digest.language.words import STOP_WORDS, WORD

ALIKE = 0.7
"""Share of words two statements have in common, of all they have, from which on they are one; judgement."""


def roots_of(text: str) -> frozenset[str]:
    """Give the roots of a statement's words, without those of the closed classes and bare figures."""
    return frozenset(
        root(word) for word in re.findall(WORD, text.lower()) if word not in STOP_WORDS and not word.isdigit()
    )


def are_alike(one: Set[str], other: Set[str]) -> bool:
    """Say whether two statements, by their roots, are one; one without any is like none."""
    return bool(one | other) and len(one & other) >= ALIKE * len(one | other)
