"""An answer -> the analysis: what stands, what is repaired, and what the article's own sentence replaces.

    judged = judge_answer(answer, context)      each statement with its verdict
    asked = items_to_repair(judged, context)    for one repair call, with the failed items only
    judged = with_repairs(judged, corrected, context)
    analysis = compose(judged, context)

What was refused is replaced by the article's own sentence, and both are kept: the notes of the analysis,
which the draft shows, name what the model wrote and why it does not stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digest.analysis.by_model.additions import absolutes, is_of_no_sentence
from digest.analysis.by_model.answer import Answer, Said
from digest.analysis.by_model.cautions import said_to_a_model, said_to_the_reader
from digest.analysis.by_model.context import (
    CELLS_OF_MODEL,
    LIMITS,
    Context,
    Item,
    evidence_of,
    is_own,
)
from digest.analysis.by_model.exchanged import put_otherwise
from digest.analysis.by_model.labels import keywords_of, themes_of
from digest.analysis.by_model.nearest import nearest
from digest.analysis.by_model.notes import (
    as_sentence,
    number_of_words,
    quoted,
    reason_of,
    repair_note,
    replaced_note,
)
from digest.analysis.by_model.repairs import mendable, mended, repair_item
from digest.analysis.by_model.rows import signals_of
from digest.analysis.by_model.support import Verdict, judge, not_a_statement, problems_of
from digest.analysis.by_model.words import words_of
from digest.checks.checker import with_problems
from digest.language.words import count_words
from digest.records import (
    CELL_LABELS,
    NO_CHANGE,
    Analysis,
    Basis,
    Problem,
    SummarySentence,
)

MOST_SENTENCES = 5  # of a summary, by the shape of an entry page

NEAR_TITLE = 3
"""Sentences beside the article's title that a title must not turn round; "first" stands in any article."""
FEWEST_SENTENCES = 4
"""Of a summary: with fewer the rules' sentences are added, as far as they have others."""


@dataclass(frozen=True)
class Judged:
    """An answer with a verdict on each of its statements."""

    answer: Answer
    items: tuple[Item, ...]
    failures: int
    """Statements that were refused or repaired, before anything was mended."""

    def refused(self) -> dict[int, Item]:
        """Give what may be mended by a repair, by the id it has there."""
        return mendable(self.items)


def judge_answer(answer: Answer, context: Context) -> Judged:
    """Hold every statement of an answer against its article."""
    items = [Item("summary", at, _judged(each, "summary", context)) for at, each in enumerate(answer.summary)]
    for at, row in enumerate(answer.signals):
        for name in ("signal", *CELLS_OF_MODEL):
            said: Said = getattr(row, name)
            is_judgement = name == "horizon_10y" and not said.numbers
            if said.text and not is_judgement:
                items.append(Item(name, at, _judged(said, name, context, _signal_beside(answer, name, at))))
    failures = sum(each.verdict.state != "supported" for each in items)
    return Judged(answer, tuple(items), failures)


def items_to_repair(judged: Judged, context: Context) -> list[dict[str, Any]]:
    """Give the refused statements as a repair call shows them, each with the sentences it may rest on."""
    found = []
    for at, item in judged.refused().items():
        said = item.verdict.said
        cited = [each for each in said.numbers if each in context.numbered.stating]
        near = nearest(said.text, context.numbered, 2, cited)
        shown = sorted({*cited[:4], *near})
        least, most = LIMITS[item.field]
        rests = {str(each): context.numbered.sentences[each - 1] for each in shown}
        found.append(repair_item(at, item, f"{least} to {most}", rests))
    return found


def with_repairs(judged: Judged, corrected: Mapping[int, Said], context: Context) -> Judged:
    """Judge what a repair made of the refused statements; one that was given up stays refused."""

    def judged_again(said: Said, item: Item) -> Verdict:
        return _judged(said, item.field, context, _signal_beside(judged.answer, item.field, item.place))

    return replace(judged, items=mended(judged.items, corrected, judged_again))


def compose(judged: Judged, context: Context, notes: Sequence[str] = ()) -> Analysis:
    """Make the analysis of what stands, and check it against the whole article as any other is."""
    answer, rules = judged.answer, context.rules
    title, title_notes = _title(answer, context)
    summary, summary_notes = _summary(judged, context)
    signals, signal_notes = signals_of(judged.answer, judged.items, context)
    themes, theme_notes = themes_of(answer, context)
    said = {"title": title} | {f"summary, sentence {at}": each.text for at, each in enumerate(summary, 1)}
    said |= {
        f"{CELL_LABELS[name]}, row {at}": getattr(each, name)
        for at, each in enumerate(signals, 1)
        for name in ("signal", *CELLS_OF_MODEL)
    }
    made = Analysis(
        id=rules.id,
        title=title,
        summary=summary,
        keywords=keywords_of(answer, context),
        themes=themes,
        signals=signals,
        analyzer=context.analyzer,
        notes=(
            *notes,
            *said_to_a_model(context.numbered),
            *title_notes,
            *summary_notes,
            *theme_notes,
            *signal_notes,
            *said_to_the_reader({name: quoted(text) for name, text in said.items()}),
            *([] if signals else [NO_CHANGE]),
        ),
    )
    return with_problems(made, context.numbered.article)


def _signal_beside(answer: Answer, name: str, at: int) -> str:
    """Give the signal of a cell's row; empty for what stands in no cell beside one."""
    return answer.signals[at].signal.text if name in CELLS_OF_MODEL else ""


def _judged(said: Said, name: str, context: Context, beside: str = "") -> Verdict:
    """Hold a statement against the article; `beside` is the signal in whose row it stands."""
    least, most = LIMITS[name]
    count = count_words(said.text)
    if not least <= count <= most:
        return Verdict(said, "refused", (Problem("length", number_of_words(count), f"{least} to {most}"),))
    if beside and f" {words_of(beside)} " in f" {words_of(said.text)} ":
        return Verdict(said, "refused", (Problem("again", said.text, ""),))
    return judge(
        said,
        context.numbered,
        context.prompt,
        is_sentence=name in ("summary", "signal", "horizon_10y"),
        is_ahead=name == "horizon_10y",
    )


def _title(answer: Answer, context: Context) -> tuple[str, list[str]]:
    numbered, title = context.numbered, answer.title
    least, most = LIMITS["title"]
    if not title or title == context.rules.title:
        return context.rules.title, []
    problem = not_a_statement(title, numbered, context.prompt)
    if problem is None and least <= count_words(title) <= most:
        every = range(1, len(numbered.sentences) + 1)
        found = problems_of(title, every, numbered, with_title=True, plans_count=True)
        problem = found[0] if found else None
        near = [numbered.article.title, *(numbered.text([at]) for at in nearest(title, numbered, NEAR_TITLE))]
        found = (*put_otherwise(title, near), *absolutes(title, " ".join(near)))
        problem = problem or next(iter(found), None)
        if problem is None and is_of_no_sentence(title, f"{numbered.article.title}.\n{numbered.text(every)}"):
            problem = Problem("unrelated", title, "")
        if problem is None:
            return title, []
    reason = (
        reason_of(problem)
        if problem
        else f"{number_of_words(count_words(title))}, expected {least} to {most}"
    )
    return context.rules.title, [f"title: the model wrote “{quoted(title)}”; refused: {reason}"]


def _summary(judged: Judged, context: Context) -> tuple[tuple[SummarySentence, ...], list[str]]:
    found: list[SummarySentence] = []
    notes = []
    for item in judged.items:
        if item.field != "summary":
            continue
        if item.verdict.state != "refused":
            sentence = _sentence(item.verdict.said, context)
            if sentence.text in (each.text for each in found):
                notes.append(f"{item.name}: the model wrote the same as before; it is left out")
                continue
            found.append(sentence)
            notes += repair_note(item)
            continue
        own = _own_sentence(item.verdict.said, context, found)
        found += [own] if own else []
        notes.append(replaced_note(item, own.text if own else ""))
    for each in context.rules.summary:
        if len(found) >= FEWEST_SENTENCES:
            break
        if not _has(found, each):
            found.append(replace(each, problems=()))
    # The order of the article, in which a reader can follow it.
    found.sort(key=lambda each: min((one.start for one in each.evidence), default=0))
    return tuple(found[:MOST_SENTENCES]), notes


def _sentence(said: Said, context: Context) -> SummarySentence:
    basis: Basis = "observed" if is_own(said, context) else "inferred"
    return SummarySentence(as_sentence(said.text), evidence_of(said.numbers, context), basis)


def _own_sentence(said: Said, context: Context, taken: Sequence[SummarySentence]) -> SummarySentence | None:
    """Find the article's own sentence that stands for a refused one."""
    numbered = context.numbered
    cited = [at for at in said.numbers if at in numbered.stating]
    for at in [*cited, *nearest(said.text, numbered, 3, cited)]:
        text = numbered.sentences[at - 1]
        least, most = LIMITS["summary"]
        sentence = SummarySentence(text, evidence_of((at,), context))
        is_fit = least <= count_words(text) <= most and not not_a_statement(text, numbered, context.prompt)
        if is_fit and not _has(taken, sentence):
            return sentence
    return None


def _has(found: Sequence[SummarySentence], each: SummarySentence) -> bool:
    places = {(one.start, one.end) for one in each.evidence}
    return any(places & {(one.start, one.end) for one in other.evidence} for other in found)
