"""Statements checked against their article: what an analyzer made, and what an editor made of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from digest.checks import check
from digest.checks.time_limit import TimeIsUpError, time_limit
from digest.records import CELLS, Analysis, Article, Check, Evidence, Problem, Signal

MAX_CHECK_S = 5.0
"""Of the processor's time, for one claim. On real articles it takes some milliseconds; longer texts were not
written to be read."""

MAX_CLAIM = 20_000
"""Characters of a claim: ten pages."""

MAX_TEXT = 2_000_000
"""Characters of a text: four books."""


def checked(claim: str, text: str, *, published: date | None = None) -> Check:
    """Check a claim against a text, within limits; what is beyond them counts as not supported.

    Args:
        claim: One sentence or several.
        text: The text it has to rest on.
        published: The day the text appeared.
    """
    for name, each, most in (("claim", claim, MAX_CLAIM), ("text", text, MAX_TEXT)):
        if len(each) > most:
            return not_checked(f"the {name} has {len(each):,} characters, more than {most:,}")
    try:
        with time_limit(MAX_CHECK_S):
            return check(claim, text, published=published)
    except TimeIsUpError:
        return not_checked(f"took longer than {MAX_CHECK_S:g} s")


def not_checked(reason: str) -> Check:
    """Give the outcome for a claim that could not be checked."""
    return Check(0.0, False, (Problem("unchecked", f"not checked: {reason}", ""),))


def checker(article: Article) -> Callable[[str], tuple[Problem, ...]]:
    """Give a function that says what is wrong with a statement about an article; nothing for a supported
    one."""

    def problems_of(statement: str) -> tuple[Problem, ...]:
        return checked(statement, article.text, published=article.published).problems

    return problems_of


def borne_out(statement: str, evidence: Sequence[Evidence], article: Article) -> bool:
    """Whether the sentences that a statement rests on bear it out, alone or with the article's title.

    That is the nearer judgement: elsewhere in the article other figures and denials may stand.
    """
    quotes = " ".join(" ".join(each.quote.split()) for each in sorted(evidence, key=lambda each: each.start))
    return bool(quotes) and not all(
        checked(statement, text, published=article.published).problems
        for text in (quotes, f"{article.title}.\n{quotes}")
    )


def with_problems(analysis: Analysis, article: Article) -> Analysis:
    """Check every sentence of the summary and what each row of the signals says it observed.

    Judgement is not checked: a cell that is inferred or suggested need not be in the article. Nor is anything
    wrong with what the sentences bear out that it rests on.
    """
    problems_of = checker(article)

    def of(text: str, evidence: Sequence[Evidence]) -> tuple[Problem, ...]:
        found = problems_of(text)
        return () if found and borne_out(text, evidence, article) else found

    return replace(
        analysis,
        summary=tuple(replace(each, problems=of(each.text, each.evidence)) for each in analysis.summary),
        signals=tuple(replace(row, problems=_of_row(row, of)) for row in analysis.signals),
    )


def _of_row(
    row: Signal, problems_of: Callable[[str, Sequence[Evidence]], tuple[Problem, ...]]
) -> tuple[Problem, ...]:
    observed = [name for name in CELLS if getattr(row.basis, name) == "observed" and getattr(row, name)]
    found = (problems_of(getattr(row, name), evidence_for(row, name)) for name in observed)
    return tuple(dict.fromkeys(problem for problems in found for problem in problems))


def evidence_for(row: Signal, name: str) -> tuple[Evidence, ...]:
    """Give what a cell of a row rests on."""
    return tuple(each for each in row.evidence if (each.field or "signal") == name)
