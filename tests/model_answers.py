"""Answers of a language model to prompts/analyze.v1.md, as a good one, a careless one or one that obeys
writes them."""

import asyncio
import itertools
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from digest.analysis.by_model.conversation import Analyst
from digest.analysis.by_model.requests import compile_analyze
from digest.articles.given import article_of_text
from digest.records import (
    Analysis,
    Article,
    Keyword,
    ModelRequest,
    ModelResponse,
    SummarySentence,
    Theme,
    ThemeLabel,
    Usage,
)
from digest.workspace.model_prompts import load_model_prompt

ROOT = Path(__file__).parents[1]

THEMES = (
    ThemeLabel("Heavy industry", "economy", "Kilns."),
    ThemeLabel("Energy storage", "technology", "Heat."),
)

KILNS = """Brekke Cement shut two of its five coal kilns in March 2026 and fired an electric one near Lisse.
Quiet quarry
Last year the maker burned coal in every kiln, plant manager Ida Brandt said on Monday.
Coal has doubled in price since 2024, which made the board order electric kilns from Orrdal Works.
The electric kiln makes 1,200 tonnes of cement a day for builders in Lisse and Tarrow.
Builders were not told that the bagged cement would end, according to the Lisse Gazette.
Subscribe to our newsletter for more.
The board plans to replace the other three kilns by 2030 and to sell the old grinders to Tarrow.
"""


def kilns(text: str = KILNS) -> Article:
    """Give an article on kilns; its second and seventh line cannot be cited."""
    return article_of_text(
        id="f" * 32, url="https://e.org/kilns", title="Brekke fires an electric kiln", text=text
    )


def by_rules(article: Article) -> Analysis:
    """Give what stands for the rules' analysis: the article's first sentence."""
    first = article.sentences[0]
    return Analysis(
        id=article.id,
        title=f"Rules on {article.title}",
        summary=(SummarySentence(article.text[first.start : first.end], ()),),
        keywords=(Keyword("plant manager", 0.5),),
        themes=(Theme("Heavy industry", 0.3),),
        signals=(),
        analyzer="rules",
    )


def lines_of(user: str) -> dict[int, str]:
    """Read the numbered sentences of a prompt."""
    return {int(at): text for at, text in re.findall(r"^\[(\d+)\] (.*)$", user, re.MULTILINE)}


def row(numbers: list[int], signal: str, **more: Any) -> dict[str, Any]:
    """Give a row with all fields."""
    return {
        "sentences": numbers,
        "signal": signal,
        "kind": "event",
        "steep": "technology",
        "claim_strength": "done",
        "change_sentences": [],
        "change": "",
        "change_basis": "none",
        "force_sentences": [],
        "driving_force": "",
        "force_basis": "none",
        "horizon_sentences": [],
        "horizon_10y": "",
    } | more


def answer(**fields: Any) -> dict[str, Any]:
    """Give a good answer on the kilns, with some fields replaced."""
    said = (
        (1, "Brekke Cement shut two of its five coal kilns in March 2026 and fired an electric one."),
        (3, "Plant manager Ida Brandt said that the maker burned coal in every kiln last year."),
        (5, "The electric kiln makes 1,200 tonnes of cement a day for builders in Lisse and Tarrow."),
        (8, "The board plans to replace the other three kilns by 2030."),
    )
    return {
        "title": "Brekke Cement replaces coal kilns with an electric one",
        "summary": [{"sentences": [at], "text": text} for at, text in said],
        "keywords": ["electric kiln", "coal kilns", "Orrdal Works", "Quantum yachts"],
        "themes": ["energy storage", "Heavy industry", "Yachts"],
        "new_theme": "Cement",
        "signals": [kiln_row()],
    } | fields


def kiln_row(**more: Any) -> dict[str, Any]:
    """Give the row of the good answer, with some fields replaced."""
    given = {
        "change_sentences": [3, 1],
        "change": "From coal in every kiln last year to two of five shut",
        "change_basis": "inferred",
        "force_sentences": [4],
        "driving_force": "Coal has doubled in price since 2024",
        "force_basis": "observed",
        "horizon_10y": "Cement makers fire kilns only when wind turbines give power away",
    }
    return row([1], "Brekke Cement shut two of its five coal kilns", **(given | more))


def quoting(user: str) -> dict[str, Any]:
    """Answer with the article's own sentences, whatever the article."""
    lines = {at: text for at, text in lines_of(user).items() if 6 <= len(text.split()) <= 14}
    first = list(lines)[:4] or list(lines_of(user))[:4]
    said = lines_of(user)
    return answer(
        title="",
        summary=[{"sentences": [at], "text": said[at]} for at in first],
        keywords=[],
        themes=[],
        new_theme="",
        signals=[row([at], lines[at]) for at in list(lines)[:2]],
    )


class Asked:
    """A way to ask that answers by a function, and remembers what it was asked."""

    def __init__(
        self, *replies: "str | Mapping[str, Any] | Exception | Callable[[ModelRequest], Any]"
    ) -> None:
        self.replies = list(replies)
        self.requests: list[ModelRequest] = []
        self.purposes: list[str] = []
        self.parts: list[Mapping[str, Any]] = []
        self.failures = {"shape": 0, "support": 0}
        self.finish: Any = "stop"

    async def __call__(
        self, request: ModelRequest, parts: Mapping[str, Any], *, purpose: str, about: str, prompt: str
    ) -> ModelResponse:
        self.requests.append(request)
        self.parts.append(parts)
        self.purposes.append(purpose)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if callable(reply):
            reply = reply(request)
        if isinstance(reply, Exception):
            raise reply
        text = reply if isinstance(reply, str) else json.dumps(reply)
        return ModelResponse(text, Usage(), "fake", self.finish)

    def count(self, what: str, number: int) -> None:
        self.failures[what] += number


async def at_once(function: Callable[..., Any], *arguments: Any) -> Any:
    """Do some work here and now."""
    return function(*arguments)


def analyst(asked: Asked, folder: Path = ROOT, **more: Any) -> Analyst:
    """Give a model that is asked with the shipped prompt."""
    numbers = itertools.count(1)
    given = {
        "ask": asked,
        "elsewhere": at_once,
        "new_marker": lambda: f"marker{next(numbers):010d}",
        "count": asked.count,
        "compiled": compile_analyze(load_model_prompt(folder)),
        "themes": THEMES,
        "language": "en",
        "analyzer": "model-1/fake",
    }
    return Analyst(**(given | more))


def analyzed(
    *replies: Any, article: Article | None = None, rules: Analysis | None = None, **more: Any
) -> tuple[Analysis, Asked]:
    """Analyze an article with a model that answers so."""
    asked = Asked(*replies)
    article = article or kilns()
    return asyncio.run(analyst(asked, **more).analyze(article, rules or by_rules(article))), asked
