"""Claim + text -> what the claim has that the text has not, and how probable it is that the text supports it.

Needs no model but a logistic one of a few numbers. Every finder reads words, not meaning: it can say that a
number, date, name or quotation is not in the text, that a word's contrary stands where the word should, or
that nothing like the claim is there; it cannot see through a clever rewording, and says nothing then.

    claim_reading.py   a claim or a text, read once: all that the finders look for in it, put together from
        claim_wording.py   words, roots, sentences, speakers
        claim_names.py  claim_dates.py  claim_denials.py
        quantities.py  measures.py (measure_ranges.py)   numbers word by word; figures with units and signs
    find_dates.py  find_names.py  find_numbers.py  quotes.py  polarity.py  roles.py (slots.py)   problems
    figures.py  figure_uses.py  changes.py  ranks.py  exchanges.py  twins.py   what decides by itself: figures
        and their use, values of years, ranks, what changed places, the sentence with all the claim's words
    fit.py   does something stand among the same words?
    support.py   which words the document has at all    score_features.py  score.py   the probability
    verdict.py   which problems are shown    checker.py   within limits, for analyses and drafts
"""

from datetime import date

from digest.checks.changes import find_changes
from digest.checks.claim_reading import ReadText, read
from digest.checks.exchanges import find_exchanges
from digest.checks.figure_uses import find_uses
from digest.checks.figures import find_figures
from digest.checks.find_dates import find_dates
from digest.checks.find_names import find_names
from digest.checks.find_numbers import find_numbers
from digest.checks.finding import Finding
from digest.checks.polarity import find_negations, find_opposites
from digest.checks.quotes import find_quotes, is_verbatim
from digest.checks.ranks import find_ranks, same_numerals
from digest.checks.roles import find_repeated, find_roles
from digest.checks.score import load_weights, score
from digest.checks.score_features import features
from digest.checks.support import support_of
from digest.checks.twins import find_twins
from digest.checks.verdict import explain
from digest.records import Check

__all__ = ["check", "find"]

VERBATIM_SCORE = 0.99
"""Of a claim the document has word for word; there is nothing to weigh then."""

SURE_SHARE = 0.5
"""Of the threshold: what the score of a claim is at most that a finder is sure of."""


def check(claim: str, document: str, *, published: date | None = None) -> Check:
    """Check a claim against a text.

    Args:
        claim: One sentence or several.
        document: The text it has to rest on.
        published: The day the text appeared; "yesterday" and weekdays in it are resolved against it.

    Returns:
        Score, verdict and problems. Whoever is told that a claim is not supported is told why: there is at
        least one problem. A claim of which every sentence stands in the document word for word is supported,
        as is one without any word.
    """
    said = read(claim)
    # Before the document is read: most sentences that are checked are its own.
    if is_verbatim(said, document):
        return Check(VERBATIM_SCORE, True, ())
    there = read(document)
    findings, settled = _find(said, there, published)
    support = support_of(said, there, settled)
    probability = score(features(said, there, findings, support))
    threshold = load_weights().threshold
    if any(each.is_sure for each in findings):
        probability = min(probability, SURE_SHARE * threshold)
    if probability >= threshold:
        return Check(probability, True, ())
    return Check(probability, False, explain(said, there, findings, support))


def find(said: ReadText, there: ReadText, published: date | None) -> list[Finding]:
    """Give everything the finders have to say, strong and weak."""
    return _find(said, there, published)[0]


def _find(
    said: ReadText, there: ReadText, published: date | None
) -> tuple[list[Finding], list[tuple[int, int]]]:
    """The same, and the offsets of the claim's figures that the document has with their units."""
    figures, settled, stated = find_figures(said, there)
    exchanged, agreed = find_exchanges(said, there)
    settled += [*same_numerals(said, there), *agreed]
    # "Celsius" is no name, and "years" no contrary, in a figure that the document has so.
    in_figures = {word for start, end in settled for word in said.text[start:end].lower().split()}
    worded = [
        *find_dates(said, there, published),
        *find_names(said, there),
        *find_quotes(said, there),
        *find_negations(said, there),
        *find_opposites(said, there),
        *find_repeated(said, there),
        # Where two are exchanged for certain, or stand the other way round rightly, names say no more.
        *([] if exchanged or agreed else find_roles(said, there)),
    ]
    found = [
        *figures,
        *find_ranks(said, there),
        *exchanged,
        *find_uses(said, there),
        *find_twins(said, there),
        *find_changes(said, there),
        *find_numbers(said, there, settled),
        *(each for each in worded if each.problem.claim.lower() not in in_figures),
    ]
    return found, stated
