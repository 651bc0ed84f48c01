"""How the signals of an article stand against the archive: how new they are, how many publishers say so."""

from collections.abc import Sequence
from dataclasses import replace

from digest.archive_stories import publisher
from digest.likeness.measure import coverage
from digest.likeness.terms import terms_of
from digest.records import Analysis, ArticleKey, Signal
from digest.similarity import Archive

EARLIER = 50
"""Nearest earlier articles a signal is looked for in."""

MIN_SUPPORT = 0.6
"""Share of a signal's words and names, weighed by rarity, that another publisher's article of the same story
must have to say the same. Of 100 signals of the sample week against an article about something else, one to
two reach it by chance. Words alone: a report that says it quite differently is not counted."""


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
    terms_by_place = archive.terms_at([other.place for other in support])

    def stood(signal: Signal) -> Signal:
        own = terms_of(signal.signal)
        found = [
            coverage(own, terms, archive.frequencies) * earlier[place]
            for place, terms in earlier_terms.items()
        ]
        says_so = {
            publisher(other)
            for other in support
            if other.place in terms_by_place
            and coverage(own, terms_by_place[other.place], archive.frequencies) >= MIN_SUPPORT
        }
        return replace(signal, novelty=round(1 - max(found, default=0.0), 2), sources=1 + len(says_so))

    return replace(analysis, signals=tuple(map(stood, analysis.signals)))
