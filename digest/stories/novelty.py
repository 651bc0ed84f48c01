"""How the signals of an article stand against the archive: how new they are, how many publishers say so."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from digest.checks import check
from digest.language.addresses import host
from digest.records import Analysis, Article, ArticleKey, Signal
from digest.stories.measure import Frequencies, coverage
from digest.stories.neighbours import Archive
from digest.stories.terms import BUCKETS, Terms, keys_of, terms_of

EARLIER = 50
"""Nearest earlier articles a signal is looked for in."""

MIN_SAID = 0.65
"""Share of a signal's words and names, weighed by rarity, and of its words without the names, that one
sentence of another publisher's article must have to say the same. Names alone are no support: reports of one
event share them whatever they say. Chosen on pairs of ECB+ read one by one (November 2026): of 42 that pass
this and MIN_PROBABILITY 40 say the same; of 22 that merely had .6 in the whole text, five did. Words alone: a
report that says it quite differently is not counted."""

MIN_PROBABILITY = 0.5
"""That the article supports the signal (checks): another number, date, name or a denial does not."""

MIN_WORDS = 2
"""Words beside names that both must have."""


def with_standing(
    analysis: Analysis, article: ArticleKey, others: Sequence[ArticleKey], archive: Archive
) -> Analysis:
    """Fill novelty and sources of each signal.

    Novelty is 1 less the largest product, over earlier articles of other stories, of two shares: how much of
    the signal's words and names (weighed by rarity) the article has, and how similar it is to this one. The
    same words in an article about something else say little. No model is needed, and imported articles count
    like any other.

    Args:
        analysis: Of the article.
        article: The article.
        others: The other articles of its story.
        archive: The archive that holds them all.
    """
    if not analysis.signals:
        return analysis
    story = {article.place, *(other.place for other in others)}
    earlier = dict(archive.earlier_than(article, without=story, limit=EARLIER))
    support = [other for other in others if not other.copy_of and publisher(other) != publisher(article)]
    earlier_terms = archive.terms_at(list(earlier))
    told = [_Told(publisher(other), archive.article(other.id)) for other in support]

    def stood(signal: Signal) -> Signal:
        own = terms_of(signal.signal)
        found = [
            coverage(own, terms, archive.frequencies) * earlier[place]
            for place, terms in earlier_terms.items()
        ]
        says_so = {each.publisher for each in told if each.says(signal.signal, own, archive.frequencies)}
        return replace(signal, novelty=round(1 - max(found, default=0.0), 2), sources=1 + len(says_so))

    return replace(analysis, signals=tuple(map(stood, analysis.signals)))


class _Told:
    """What another publisher's article tells, sentence by sentence."""

    def __init__(self, publisher: str, article: Article) -> None:
        self.publisher = publisher
        self._article = article
        self._text = f"{article.title}\n{article.text}"
        sentences = (article.sentence_text(at) for at in range(len(article.sentences)))
        self._sentences = [keys_of(terms_of(each)) for each in (article.title, *sentences)]

    def says(self, statement: str, own: Terms, frequencies: Frequencies) -> bool:
        """Say whether one of the sentences says the same, and the article nothing against it."""
        keys = keys_of(own)
        weights = frequencies.rarity(keys) ** 2
        is_word = (keys < BUCKETS) & ~np.isin(keys, keys[keys >= BUCKETS] - BUCKETS)
        is_said = any(
            weights[found].sum() >= MIN_SAID * weights.sum()
            and weights[found & is_word].sum() >= MIN_SAID * weights[is_word].sum()
            and (found & is_word).sum() >= MIN_WORDS
            for found in (np.isin(keys, sentence) for sentence in self._sentences)
        )
        if not is_said:
            return False
        return check(statement, self._text, published=self._article.published).score >= MIN_PROBABILITY


def publisher(key: ArticleKey) -> str:
    """Name who published an article, such that two spellings of one name are equal."""
    return key.site.casefold().removeprefix("www.").strip() or host(key.canonical_key) or key.id
