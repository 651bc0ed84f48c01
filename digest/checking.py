"""Statements checked against their article: what an analyzer made, and what an editor made of it."""

from collections.abc import Callable
from dataclasses import replace

from digest.records import CELLS, Analysis, Article, Problem, Signal
from digest.stages.check import check


def checker(article: Article) -> Callable[[str], tuple[Problem, ...]]:
    """Give a function that says what is wrong with a statement about an article; nothing for a supported
    one."""

    def problems_of(statement: str) -> tuple[Problem, ...]:
        return check(statement, article.text, published=article.published).problems

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
