"""Claim + text -> what the claim has that the text has not, and how probable it is that the text supports it.

Needs no model but a logistic one of a few numbers. Every finder reads words, not meaning: it can say that a
number, date, name or quotation is not in the text, that a word's contrary stands where the word should, or
that nothing like the claim is there; it cannot see through a clever rewording, and says nothing then.

    reading.py   a text's words, roots, sentences, speakers
    fit.py   does something stand among the same words?
    figures.py  measures.py  what of figures decides by itself
    numbers.py  quantities.py  dates.py  names.py  roles.py (slots.py)  quotes.py  polarity.py  a problem each
    support.py   which words the document has at all            features.py  score.py  the probability
"""

from collections.abc import Sequence
from datetime import date

from digest.checks.claim_dates import find_dates
from digest.checks.claim_names import find_names
from digest.checks.claim_numbers import find_numbers
from digest.checks.claim_reading import Reading, exact, read
from digest.checks.figures import find_figures
from digest.checks.finding import Finding
from digest.checks.polarity import find_negations, find_opposites
from digest.checks.quotes import find_quotes
from digest.checks.roles import find_repeated, find_roles
from digest.checks.score import load_weights, score
from digest.checks.score_features import features
from digest.checks.support import support_of
from digest.checks.verdict import explain
from digest.records import Check

__all__ = ["check", "features_of", "find"]

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
    if _is_verbatim(said, document):
        return Check(VERBATIM_SCORE, True, ())
    there = read(document)
    findings = find(claim, document, published)
    support = support_of(said, there)
    probability = score(features(said, there, findings, support))
    threshold = load_weights().threshold
    if any(each.is_sure for each in findings):
        probability = min(probability, SURE_SHARE * threshold)
    if probability >= threshold:
        return Check(probability, True, ())
    return Check(probability, False, explain(said, there, findings, support))


def find(claim: str, document: str, published: date | None) -> list[Finding]:
    """Give everything the finders have to say, strong and weak."""
    said, there = read(claim), read(document)
    figures, settled = find_figures(said, there)
    # "Celsius" is no name, and "years" no contrary, in a figure that the document has so.
    in_figures = {word for start, end in settled for word in claim[start:end].lower().split()}
    worded = [
        *find_dates(said, there, published),
        *find_names(said, there),
        *find_quotes(said, there),
        *find_negations(said, there),
        *find_opposites(said, there),
        *find_repeated(said, there),
        *find_roles(said, there),
    ]
    return [
        *figures,
        *find_numbers(said, there, settled),
        *(each for each in worded if each.problem.claim.lower() not in in_figures),
    ]


def features_of(claim: str, document: str, findings: Sequence[Finding]) -> list[float]:
    """Give the features the score is made of, for training."""
    said, there = read(claim), read(document)
    return features(said, there, findings, support_of(said, there))


def _is_verbatim(said: Reading, document: str) -> bool:
    """Whether the document has every sentence of the claim word for word."""
    whole = exact(document)
    for start, end in said.spans:
        words = exact(said.quote(start, end - 1)[0])
        if words and f" {words} " not in f" {whole} ":
            return False
    return True
