"""Statements checked against their article: what an analyzer made, and what an editor made of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from digest.checks import check
from digest.checks.time_limit import TimeIsUpError, time_limit
from digest.records import CELLS, Analysis, Article, Check, Problem, Signal

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


def with_problems(analysis: Analysis, article: Article) -> Analysis:
    """Check every sentence of the summary and what each row of the signals says it observed.

    Judgement is not checked: a cell that is inferred or suggested need not be in the article.
    """
    problems_of = checker(article)
    return replace(
        analysis,
        summary=tuple(replace(each, problems=problems_of(each.text)) for each in analysis.summary),
        signals=tuple(replace(row, problems=_of_row(row, problems_of)) for row in analysis.signals),
    )


def _of_row(row: Signal, problems_of: Callable[[str], tuple[Problem, ...]]) -> tuple[Problem, ...]:
    observed = [getattr(row, name) for name in CELLS if getattr(row.basis, name) == "observed"]
    return tuple(dict.fromkeys(problem for text in observed if text for problem in problems_of(text)))
