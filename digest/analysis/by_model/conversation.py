"""One article and one model: what is asked in which order, and what stands where no answer can be used.

An article has one call, and a second one where the answer's shape is wrong or statements are refused; never
a third. A long article has a call for each part and one that joins them. Whoever calls gives the ways to ask
and to have work done elsewhere: nothing here knows a provider, a price or the time.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Protocol

from digest.analysis.by_model.answer import Answer, read_answer, read_repair, why_unread
from digest.analysis.by_model.cautions import said_to_a_model
from digest.analysis.by_model.context import Context
from digest.analysis.by_model.numbered import Numbered, number
from digest.analysis.by_model.record import (
    Judged,
    compose,
    items_to_repair,
    judge_answer,
    with_repairs,
)
from digest.analysis.by_model.requests import (
    article_parts,
    build_join,
    build_repair,
    build_request,
    key_parts,
    language_of,
)
from digest.analysis.by_model.template import CompiledPrompt
from digest.analysis.themes import Nearness
from digest.errors import BudgetError, ModelError
from digest.records import Analysis, Article, ModelRequest, ModelResponse, ThemeLabel

NOT_BY_MODEL = "made by the rules, not by the language model"
"""Begins the note of an analysis that the rules made in a model's place; why stands behind it."""

AGAIN = "again:"
"""Begins the analyzer's name of what the rules made because the model could not be asked: a later run
asks."""


class Ask(Protocol):
    """Asks a model one question."""

    async def __call__(  # noqa: D102
        self, request: ModelRequest, parts: Mapping[str, Any], *, purpose: str, about: str, prompt: str
    ) -> ModelResponse: ...


Elsewhere = Callable[..., Awaitable[Any]]
"""Has a function do its work where it holds up nobody: `await elsewhere(function, *arguments)`."""


@dataclass(frozen=True)
class Analyst:
    """A language model and what it is asked."""

    ask: Ask
    elsewhere: Elsewhere
    new_marker: Callable[[], str]
    """Gives a random word, another one each time."""
    count: Callable[[Literal["shape", "support"], int], object]
    """Told of failures."""
    compiled: CompiledPrompt
    themes: tuple[ThemeLabel, ...]
    language: str
    """ISO 639-1, of the newsletter."""
    analyzer: str
    """From `model_analyzer_id`."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """How often the archive has each judgement about ten years ahead."""

    async def analyze(self, article: Article, rules: Analysis, nearness: Nearness | None = None) -> Analysis:
        """Analyze an article; what the rules made of it stands where the model fails, with a note.

        Args:
            article: With its sentences.
            rules: The rules' analysis.
            nearness: Of the article to each theme of the vocabulary.
        """
        numbered = number(article)
        if not numbered.citable:
            return _by_rules(rules, numbered, self.analyzer, "it has no sentence that could be cited")
        prompt = self.compiled.render("system", language="", themes="")
        context = Context(
            numbered,
            rules,
            tuple(each.theme for each in self.themes),
            self.analyzer,
            prompt=prompt,
            nearness=nearness or Nearness(),
            seen=self.seen,
        )
        try:
            return await self._by_model(context)
        except BudgetError as error:
            reason = f"the budget of this {error.of} is used up"
            return _by_rules(rules, numbered, AGAIN + self.analyzer, reason)
        except ModelError as error:
            # Whatever kept the model from answering, another run may find it gone.
            return _by_rules(rules, numbered, AGAIN + self.analyzer, str(error))

    async def _by_model(self, context: Context) -> Analysis:
        parts, left_out = article_parts(context.numbered, self.compiled.prompt)
        notes = [f"the article is long: its last {left_out} sentences were not read"] if left_out else []
        if parts:
            read = await self._answer_of_parts(context.numbered, parts)
        else:
            read = await self._answer(context.numbered)
        if read.answer is None:
            return _by_rules(context.rules, context.numbered, self.analyzer, read.why)
        judged: Judged = await self.elsewhere(judge_answer, read.answer, context)
        self.count("support", judged.failures)
        if read.may_repair and judged.refused():
            judged = await self._repaired(judged, context)
        made: Analysis = await self.elsewhere(compose, judged, context, notes)
        return made

    async def _answer(self, numbered: Numbered) -> "_Read":
        """Ask about an article, once more where the answer cannot be read."""
        for again in range(2):
            marker = self.new_marker()
            request = build_request(
                numbered, self.compiled, self.themes, language=self.language, marker=marker
            )
            response = await self._ask(request, marker, numbered.article.id, "analysis", again=again)
            read = self._read(response)
            if read.answer is not None or response.finish_reason == "refused":
                break
        return replace(read, may_repair=again == 0)

    async def _answer_of_parts(self, numbered: Numbered, parts: Sequence[Sequence[int]]) -> "_Read":
        """Ask about each part, then for one record of what they gave; a part that gives none is left out."""
        answers, read = [], _Read(None)
        for part in range(1, len(parts) + 1):
            marker = self.new_marker()
            request = build_request(
                numbered,
                self.compiled,
                self.themes,
                language=self.language,
                marker=marker,
                part=part,
                parts=parts,
            )
            read = self._read(await self._ask(request, marker, numbered.article.id, "analysis of a part"))
            answers += [read.answer] if read.answer else []
        if len(answers) < 2:
            return _Read(answers[0]) if answers else read
        marker = self.new_marker()
        records = [asdict(each) for each in answers]
        request = build_join(numbered, self.compiled, records, language=self.language, marker=marker)
        joined = self._read(await self._ask(request, marker, numbered.article.id, "joining"))
        return _Read(joined.answer or answers[0])

    async def _repaired(self, judged: Judged, context: Context) -> Judged:
        """Ask once more about what was refused; without an answer, it stays refused."""
        items = await self.elsewhere(items_to_repair, judged, context)
        article, marker = context.numbered.article, self.new_marker()
        written = language_of(self.compiled.prompt, self.language, article.language)
        request = build_repair(self.compiled, items, language=written, marker=marker)
        try:
            response = await self._ask(request, marker, article.id, "repair")
        except ModelError:
            return judged
        corrected, problems = read_repair(response.text, list(judged.refused()))
        if problems and not corrected:
            self.count("shape", 1)
        repaired: Judged = await self.elsewhere(with_repairs, judged, corrected, context)
        return repaired

    def _read(self, response: ModelResponse) -> "_Read":
        answer, _ = read_answer(response.text)
        if answer is None or response.finish_reason == "refused":
            self.count("shape", 1)
            return _Read(None, why_unread(response))
        return _Read(answer)

    async def _ask(
        self, request: ModelRequest, marker: str, about: str, purpose: str, *, again: int = 0
    ) -> ModelResponse:
        prompt = self.compiled.prompt
        parts = key_parts(request, prompt, marker=marker, again=again)
        return await self.ask(
            request, parts, purpose=purpose, about=about, prompt=f"{prompt.name} {prompt.version}"
        )


@dataclass(frozen=True)
class _Read:
    """An answer, or why there is none."""

    answer: Answer | None
    why: str = ""
    may_repair: bool = False
    """Whether a call is left."""


def why_by_rules(analysis: Analysis) -> str:
    """Say why the rules made an analysis in a model's place; empty where a model made it, or none was
    asked."""
    start = f"{NOT_BY_MODEL}: "
    return next((each.removeprefix(start) for each in analysis.notes if each.startswith(start)), "")


def _by_rules(rules: Analysis, numbered: Numbered, analyzer: str, reason: str) -> Analysis:
    """Let the rules' analysis stand; the article may mean its sentences to be repeated here, too."""
    note = f"{NOT_BY_MODEL}: {' '.join(reason.split())}"
    return replace(rules, analyzer=analyzer, notes=(*rules.notes, *said_to_a_model(numbered), note))
