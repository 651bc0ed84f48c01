"""An issue's or a review's own words, by a language model from its entries alone.

Of an issue these are an introduction and a line a theme; of a review, what it says first.

The entries stand where an article's sentences do: numbered, between markers, each with what its page says.
What the model writes is held against the entries it cites; neither neighbours nor near ones are tried, for an
entry that was not cited is another article. Each part of a sentence that stands by itself ("A, while B") must
rest on one of them alone, and so must both sides of a "because": otherwise the figure of one story could pass
with the name of another, and one story for the cause of the next. What fails goes into one second call, and
what fails again, or has no entry of its theme, is left out. Nothing stands in its place.

Known exceptions: parts that share a subject ("A did this, and did that") may be of two stories, and a true
sentence that sums up several is refused; the editor sees which entries each sentence rests on.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from digest.analysis.by_model.answer import Said, SaidOpening, read_opening, read_repair, why_unread
from digest.analysis.by_model.context import Item
from digest.analysis.by_model.conversation import Ask
from digest.analysis.by_model.cut_off import has_no_main_clause
from digest.analysis.by_model.notes import as_sentence, number_of_words, refusal_of
from digest.analysis.by_model.numbered import Numbered, as_data
from digest.analysis.by_model.orders import orders_among
from digest.analysis.by_model.repairs import mendable, mended, repair_item
from digest.analysis.by_model.requests import TIMEOUT_S, build_repair, key_parts, language_of
from digest.analysis.by_model.schema import (
    OPENING_FIELDS,
    OPENING_NAME,
    OPENING_SCHEMA,
    REVIEW_FIELDS,
    REVIEW_NAME,
    REVIEW_SCHEMA,
)
from digest.analysis.by_model.support import MAX_CHECKED, Verdict, not_a_statement, problems_of
from digest.analysis.by_model.template import CompiledPrompt, compile_prompt
from digest.errors import AnswerError, ModelError
from digest.language.words import count_words
from digest.records import Article, ModelPrompt, ModelRequest, ModelResponse, Problem, SuggestedWords


@dataclass(frozen=True)
class Piece:
    """What is asked for."""

    name: str
    """Of the field that holds its sentences, as it is told of."""
    block: str
    """Of the prompt file, which makes the call."""
    of: str
    """What is long, where entries find no room."""
    fields: Mapping[str, Any]
    schema: Mapping[str, Any]
    schema_name: str
    most: int
    """Sentences; judgement."""

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """What each block of the prompt file may use."""
        system = ("language", "themes") if "themes" in self.fields else ("language", "title")
        return {
            "system": system,
            self.block: ("marker", "count", "entries"),
            "repair_system": ("language",),
            "repair": ("marker", "items"),
        }


OPENING = Piece("introduction", "issue", "issue", OPENING_FIELDS, OPENING_SCHEMA, OPENING_NAME, 4)
"""By prompts/issue.v1.md. Themes have lines of their own."""
REVIEW = Piece("review", "review", "review", REVIEW_FIELDS, REVIEW_SCHEMA, REVIEW_NAME, 8)
"""By prompts/review.v1.md: what a reader takes in before the lists, over a year of entries."""

LIMITS: Mapping[str, tuple[int, int]] = {"introduction": (5, 50), "theme": (4, 40)}
"""Fewest and most words of a sentence: 10 to 35, and 8 to 30, are asked for; what is far off is no sentence,
or two. Judgement."""
FEWEST_OF_PART = 4
"""Words of a part of a sentence that may be of another entry: fewer are the end of a list. Judgement."""
BESIDE = re.compile(r";\s+|,\s+(?:while|whereas|and|but)\s+|\s+(?:while|whereas)\s+")
"""Where a sentence puts two facts side by side, which may be of two entries."""
CAUSE = re.compile(
    r",?\s+(?:because(?: of)?|since|after|so that|thanks to|due to|owing to|in order to|leading to)\s+"
)
"""Where it says that one has to do with the other: that is for one entry to say, which has both."""
ENTRIES = "the entries"


@dataclass(frozen=True)
class EntryWords:
    """What a model is told of an approved entry."""

    id: str
    theme: str
    """Under which it stands in the issue."""
    lines: tuple[str, ...]
    """Title, sentences of the summary, rows of signals; plain text."""


@dataclass(frozen=True)
class Sources:
    """The entries of an issue, numbered from 1 as a model reads them."""

    entries: tuple[EntryWords, ...]
    numbered: Numbered
    """Each entry as one line: what statements are held against."""
    left_out: int = 0
    """Entries that found no room."""

    def numbers_of(self, theme: str) -> frozenset[int]:
        """Give the numbers of the entries that stand under a theme."""
        return frozenset(at for at, each in enumerate(self.entries, 1) if each.theme == theme)


@dataclass(frozen=True)
class Introduced:
    """What stands of a model's words on an issue."""

    words: tuple[SuggestedWords, ...]
    notes: tuple[str, ...] = ()
    """What does not, and why."""


def compile_piece(prompt: ModelPrompt, piece: Piece) -> CompiledPrompt:
    """Compile prompts/issue.v1.md, or prompts/review.v1.md.

    Raises:
        ConfigError: everything that is wrong with it, each with file and line.
    """
    return compile_prompt(prompt, piece.names)


def sources_of(entries: Sequence[EntryWords], issue: str, language: str, *, characters: int) -> Sources:
    """Number entries, as many as there is room for; what in them gives orders supports nothing and goes."""
    kept: list[EntryWords] = []
    size = 0
    for each in entries:
        orders = orders_among(each.lines)
        # A headline may sound like an order ("Ban the bag"); it names its entry all the same.
        lines = tuple(line for at, line in enumerate(each.lines) if at == 0 or at not in orders)
        size += sum(map(len, lines))
        if kept and size > characters:
            break
        kept.append(replace(each, lines=lines))
    texts = tuple(
        " ".join(line if line[-1:] in ".!?…”" else f"{line}." for line in each.lines) for each in kept
    )
    article = Article(issue, "", "", "", "", None, language, "\n".join(texts), ())
    numbers = frozenset(range(1, len(texts) + 1))
    return Sources(tuple(kept), Numbered(article, texts, numbers, frozenset()), len(entries) - len(kept))


def build_issue_request(
    piece: Piece,
    sources: Sources,
    themes: Sequence[str],
    compiled: CompiledPrompt,
    *,
    language: str,
    marker: str,
) -> ModelRequest:
    """Ask for an issue's introduction and lines, or for a review's words.

    Args:
        piece: Which of the two.
        sources: The entries.
        themes: Of an issue those that get a line, in order; of a review what it is about.
        compiled: The prompt file.
        language: ISO 639-1, of the newsletter; the prompt file may say another.
        marker: Made at random for this call; what stands around the entries.
    """
    told = "\n".join(_told(at, each, marker) for at, each in enumerate(sources.entries, 1))
    user = compiled.render(piece.block, marker=marker, count=len(sources.entries), entries=told)
    written = language_of(compiled.prompt, language, language)
    # Themes are an editor's words, but they stand outside of the markers: on one line, and nothing more.
    listed = " | ".join(as_data(each, marker) for each in themes)
    system = compiled.render("system", language=written, **{_about(piece): listed})
    answer_tokens = compiled.prompt.answer_tokens
    return ModelRequest(system, user, piece.schema, piece.schema_name, answer_tokens, TIMEOUT_S)


def _about(piece: Piece) -> str:
    return piece.names["system"][1]


def _told(at: int, each: EntryWords, marker: str) -> str:
    title, *lines = (as_data(line, marker) for line in each.lines)
    head = f"[{at}] {as_data(each.theme, marker)}: {title}" if each.theme else f"[{at}] {title}"
    return "\n".join((head, *(f"- {line}" for line in lines)))


@dataclass(frozen=True)
class Introducer:
    """A language model that is asked for an issue's or a review's own words."""

    ask: Ask
    new_marker: Callable[[], str]
    """Gives a random word, another one each time."""
    count: Callable[[Literal["shape", "support"], int], object]
    """Told of failures."""
    compiled: CompiledPrompt
    language: str
    """ISO 639-1, of the newsletter."""
    piece: Piece = OPENING

    async def introduce(self, sources: Sources, themes: Sequence[str]) -> Introduced:
        """Ask, check, have mended what failed, and give what stands.

        Raises:
            ModelError: there is no answer, or none that can be read.
        """
        said, may_repair = await self._answer(sources, themes)
        prompt = self.compiled.render("system", language="", **{_about(self.piece): ""})
        items, names = judge_opening(said, sources, themes, prompt, most=self.piece.most)
        self.count("support", sum(each.verdict.state == "refused" for each in items))
        if may_repair and mendable(items):
            items = await self._repaired(items, names, sources, prompt)
        return _standing(items, names, sources, self.piece)

    async def _answer(self, sources: Sources, themes: Sequence[str]) -> tuple[SaidOpening, bool]:
        """Ask, once more where the answer cannot be read; says whether a call is left."""
        for again in range(2):
            marker = self.new_marker()
            request = build_issue_request(
                self.piece, sources, themes, self.compiled, language=self.language, marker=marker
            )
            response = await self._ask(request, marker, sources, self.piece.name, again=again)
            said, _ = read_opening(response.text, self.piece.fields, self.piece.name)
            if response.finish_reason == "refused":
                self.count("shape", 1)
                raise AnswerError(response.model_id, why_unread(response))
            if said is not None:
                return said, again == 0
            self.count("shape", 1)
        raise AnswerError(response.model_id, why_unread(response))

    async def _repaired(
        self, items: Sequence[Item], names: Sequence[str], sources: Sources, prompt: str
    ) -> tuple[Item, ...]:
        """Ask once more about what was refused; without an answer, it stays refused."""
        asked = mendable(items)
        shown = [_to_repair(at, item, names[at - 1], sources) for at, item in asked.items()]
        marker = self.new_marker()
        written = language_of(self.compiled.prompt, self.language, self.language)
        request = build_repair(self.compiled, shown, language=written, marker=marker)
        try:
            response = await self._ask(request, marker, sources, "repair")
        except ModelError:
            return tuple(items)
        corrected, problems = read_repair(response.text, list(asked))
        if problems and not corrected:
            self.count("shape", 1)
        by_item = {id(item): names[at - 1] for at, item in asked.items()}
        return mended(
            items,
            corrected,
            lambda said, item: _judged(said, item.field, by_item[id(item)], sources, prompt),
        )

    async def _ask(
        self, request: ModelRequest, marker: str, sources: Sources, purpose: str, *, again: int = 0
    ) -> ModelResponse:
        prompt = self.compiled.prompt
        parts = key_parts(request, prompt, marker=marker, again=again)
        about = sources.numbered.article.id
        return await self.ask(
            request, parts, purpose=purpose, about=about, prompt=f"{prompt.name} {prompt.version}"
        )


def judge_opening(
    said: SaidOpening, sources: Sources, themes: Sequence[str], prompt: str, *, most: int = OPENING.most
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Hold what a model said against the entries it cites; gives each sentence, and the theme it is of.

    A line of no known theme is left out, and so is a second one of the same.
    """
    known = {each.casefold(): each for each in themes}
    told: dict[str, Said] = {}
    for theme, line in said.lines:
        if theme.casefold() in known:
            told.setdefault(known[theme.casefold()], line)
    introduction = list({each.text: each for each in said.introduction}.values())[:most]
    found = [
        *(("introduction", "", each) for each in introduction),
        *(("theme", each, told[each]) for each in themes if each in told),
    ]
    items = (
        Item(field, at, _judged(each, field, theme, sources, prompt))
        for at, (field, theme, each) in enumerate(found)
    )
    return tuple(items), tuple(theme for _, theme, _ in found)


def _judged(said: Said, field: str, theme: str, sources: Sources, prompt: str) -> Verdict:
    least, most = LIMITS[field]
    count = count_words(said.text)
    if not least <= count <= most:
        return Verdict(said, "refused", (Problem("length", number_of_words(count), f"{least} to {most}"),))
    if problem := not_a_statement(said.text, sources.numbered, prompt):
        return Verdict(said, "refused", (problem,))
    if not theme and has_no_main_clause(said.text):
        return Verdict(said, "refused", (Problem("broken", said.text, ""),))
    may = sources.numbers_of(theme) if theme else sources.numbered.citable
    cited = tuple(at for at in said.numbers if at in may)[:MAX_CHECKED]
    if not cited:
        return Verdict(said, "refused", (Problem("unrelated", said.text, ""),))
    if any(said.text.startswith(f"{sources.entries[at - 1].theme or said.text}: ") for at in cited):
        return Verdict(said, "refused", (Problem("heading", said.text, ""),))
    found = problems_of(said.text, cited, sources.numbered) or _mixed(said.text, cited, sources)
    return Verdict(Said(said.text, cited), "refused" if found else "supported", found)


def _mixed(text: str, cited: Sequence[int], sources: Sources) -> tuple[Problem, ...]:
    """Find a part of a sentence that only several entries together would bear out."""
    for part in _parts_of(text, BESIDE):
        clauses = dict.fromkeys((part, *_parts_of(part, CAUSE)))
        if not any(all(not problems_of(each, (at,), sources.numbered) for each in clauses) for at in cited):
            return (Problem("mixed", part, ""),)
    return ()


def _parts_of(text: str, joints: re.Pattern[str]) -> list[str]:
    """Cut a sentence at joints; a few words stay with what is before them."""
    parts: list[str] = []
    start = 0
    for joint in [*joints.finditer(text), None]:
        part = text[start : joint.start() if joint else len(text)]
        if parts and count_words(part) < FEWEST_OF_PART:
            parts[-1] = f"{parts[-1]}, {part}"
        else:
            parts.append(part)
        start = joint.end() if joint else start
    return parts


def _to_repair(at: int, item: Item, theme: str, sources: Sources) -> dict[str, Any]:
    may = sources.numbers_of(theme) if theme else sources.numbered.citable
    shown = [each for each in item.verdict.said.numbers if each in may] or sorted(may)
    least, most = LIMITS[item.field]
    rests = {str(each): sources.numbered.sentences[each - 1] for each in shown[:MAX_CHECKED]}
    return repair_item(at, item, f"{least} to {most}", rests, ENTRIES)


def _standing(items: Sequence[Item], names: Sequence[str], sources: Sources, piece: Piece) -> Introduced:
    words, notes = [], []
    if sources.left_out:
        notes.append(f"the {piece.of} is long: its last {sources.left_out} entries were not read")
    for item, theme in zip(items, names, strict=True):
        said = item.verdict.said
        where = f"theme {theme}" if theme else f"{piece.name}, sentence {item.place + 1}"
        if item.verdict.state == "refused":
            notes.append(f"{where}: {refusal_of(item.first or item.verdict, ENTRIES)}; it is left out")
            continue
        if item.first is not None:
            notes.append(f"{where}: first {refusal_of(item.first, ENTRIES)}")
        text = said.text.rstrip(".") if theme else as_sentence(said.text)
        ids = tuple(sources.entries[at - 1].id for at in said.numbers)
        words.append(SuggestedWords(text, ids, theme))
    return Introduced(tuple(words), tuple(notes))
