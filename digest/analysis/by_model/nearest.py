"""The sentences of an article that are nearest to a statement, by the rare words they share."""

from collections.abc import Collection

from digest.analysis.by_model.numbered import Numbered
from digest.language.background import rarity
from digest.language.relations import root
from digest.language.words import STOP_WORDS, split_words


def nearest(statement: str, numbered: Numbered, count: int, without: Collection[int] = ()) -> list[int]:
    """Give the numbers of the sentences that state something and that share most with a statement, nearest
    first.

    Returns:
        At most `count`; fewer where fewer share any word.
    """
    said = rare_roots(statement)
    found = []
    for at in numbered.stating.difference(without):
        own = rare_roots(numbered.sentences[at - 1])
        shared = sum(weight for each, weight in said.items() if each in own)
        if shared:
            # Of two that share as much the shorter says less beside it.
            found.append((-shared, sum(own.values()), at))
    return [at for _, _, at in sorted(found)[:count]]


def rare_roots(text: str) -> dict[str, float]:
    """Give the roots of a text's words, each with its rarity; words of the closed classes are left out."""
    return {
        root(word.text): rarity(word.lower)
        for word in split_words(text)
        if word.lower not in STOP_WORDS and word.text[0].isalnum()
    }
