"""The problems a person is shown of a claim that is not supported."""

from collections.abc import Iterable, Iterator, Sequence

from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding
from digest.checks.fit import fit
from digest.checks.support import Support
from digest.records import Problem

UNRELATED_BELOW = 0.3
"""A claim of which the best sentences of the document have less than this does not belong to it."""

MAX_WORDS = 4
"""Unsupported words that are named."""

DEFINITE = frozenset(("number", "unit", "bound", "date", "name", "quote", "ordinal"))
"""Findings that say what anybody can look up."""

WEAK = 0.15
"""Findings of other kinds below this strength are shown only if there is nothing stronger."""


def explain(
    claim: ReadText, document: ReadText, findings: Sequence[Finding], support: Support
) -> tuple[Problem, ...]:
    """Choose what to show: what is sure first decides, then what is likely, then the words that are not
    there.

    Returns:
        At least one problem; those of one kind and wording once, in the order they were found.
    """
    covered = sum(support.best) / len(support.best) if support.best else 0.0
    if covered < UNRELATED_BELOW and len(support.novel) >= 2:
        return (Problem("unrelated", claim.text.strip(), ""),)
    shown = [each for each in findings if each.feature in DEFINITE or each.strength >= WEAK]
    problems = [each.problem for each in shown]
    if not problems or (
        covered < 2 * UNRELATED_BELOW and not any(each.feature in DEFINITE for each in shown)
    ):
        named = {each.claim.lower() for each in problems}
        problems += [
            each for each in _unsupported(claim, document, support) if each.claim.lower() not in named
        ]
    if not problems:
        strongest = sorted(findings, key=lambda each: -each.strength)[:1]
        problems = [each.problem for each in strongest]
    if not problems:
        problems = [Problem("unrelated", claim.text.strip(), "")]
    return tuple(_once(dict.fromkeys(problems)))


def _unsupported(claim: ReadText, document: ReadText, support: Support) -> list[Problem]:
    """The rarest words the document has nothing like, in the order of the claim."""
    heaviest = sorted(support.novel, key=lambda at: (-claim.weights[at], at))[:MAX_WORDS]
    problems = []
    for at in sorted(heaviest):
        around = claim.around[at]
        places = [place for root, _, _ in around for place in document.positions.get(root, ())]
        share, place = fit(around, document, places)
        if share < 0.3:
            problems.append(Problem("unsupported", claim.words[at].text, ""))
            continue
        first, end = document.spans[document.sentence_of[place]]
        quote, start, stop = document.quote(first, end - 1)
        problems.append(Problem("unsupported", claim.words[at].text, quote, start, stop))
    return problems


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Leave out what another problem of its kind says of more words: two finders met the same figure."""
    found = list(problems)
    for each in found:
        others = (other for other in found if other is not each and other.kind == each.kind)
        if not any(each.claim in other.claim and each.claim != other.claim for other in others):
            yield each
