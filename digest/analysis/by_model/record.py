"""An answer -> the analysis: what stands, what is repaired, and what the article's own sentence replaces.

    judged = judge_answer(answer, context)      each statement with its verdict
    asked = judged.items_to_repair(context)     for one repair call, with the failed items only
    judged = judged.repaired(corrected, context)
    analysis = compose(judged, context)

What was refused is replaced by the article's own sentence, and both are kept: the notes of the analysis,
which the draft shows, name what the model wrote and why it does not stand.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from digest.analysis.by_model import judgement
from digest.analysis.by_model.answer import Answer, Said, SaidRow
from digest.analysis.by_model.cautions import said_to_a_model, said_to_the_reader
from digest.analysis.by_model.nearest import nearest
from digest.analysis.by_model.numbered import Numbered
from digest.analysis.by_model.support import Verdict, judge, not_a_statement, problems_of
from digest.checks.checker import with_problems
from digest.language.words import count_words
from digest.records import (
    EMPTY,
    NO_CHANGE,
    Analysis,
    Basis,
    Evidence,
    Keyword,
    Problem,
    Signal,
    SignalBasis,
    SummarySentence,
    Theme,
)

CELLS_OF_MODEL = ("change", "driving_force", "horizon_10y")
LIMITS: Mapping[str, tuple[int, int]] = {
    "title": (2, 12),
    "summary": (4, 60),
    "signal": (5, 14),
    "change": (2, 15),
    "driving_force": (2, 15),
    "horizon_10y": (2, 15),
}
"""Fewest and most words, by the shape of an entry page; of a summary's sentence 12 to 35 are asked for, and
what no sentence is, or is three, is refused."""
OWN_SIGNAL = (
    5,
    25,
)  # words of an article's own sentence that stands as a signal; by the shape of an entry page
MOST_SENTENCES = 5  # of a summary, by the shape of an entry page
FEWEST_SENTENCES = 4
"""Of a summary: with fewer the rules' sentences are added, as far as they have others."""
MOST_KEYWORDS = 10  # by the shape of an entry page
MOST_ROWS_OF_A_SENTENCE = 2
"""Rows that may rest on one sentence before the editor is warned."""
NEVER_MENDED = frozenset(("order", "address", "prompt"))
"""Kinds of problems no repair is asked about: what a page says to a model shall cause no call."""
MOST_QUOTED = 200
"""Characters of a refused text that a note shows."""
ARTICLE = "the article"
"""What statements are held against, in the words of a note."""
MODEL_SCORE, RULES_SCORE = 1.0, 0.5
"""Where the scores of a model's keywords begin, and of those the rules add: each after them is a little
less."""


@dataclass(frozen=True)
class Context:
    """What an answer is judged by."""

    numbered: Numbered
    rules: Analysis
    """By the rules, of the same article: what stands in where the model fails."""
    themes: tuple[str, ...]
    """Labels of the vocabulary."""
    analyzer: str
    prompt: str = ""
    """What the model was told, without the article."""
    likeness: Mapping[str, float] = field(default_factory=dict)
    """Cosine of the article to each theme, where known."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """How often the archive has each judgement about ten years ahead."""


@dataclass(frozen=True)
class Item:
    """One statement of an answer and what became of it."""

    field: str
    """summary, signal, change, driving_force or horizon_10y."""
    place: int
    """Which sentence of the summary, or which row; from 0."""
    verdict: Verdict
    first: Verdict | None = None
    """Before the repair, where there was one."""

    @property
    def name(self) -> str:
        """Say in words where it stands."""
        where = "summary, sentence" if self.field == "summary" else f"{_label(self.field)}, row"
        return f"{where} {self.place + 1}"


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


def mendable(items: Sequence[Item]) -> dict[int, Item]:
    """Give the refused statements that a repair may be asked about, by the id they have there."""
    return {
        at: each
        for at, each in enumerate(items, 1)
        if each.verdict.state == "refused"
        and not any(problem.kind in NEVER_MENDED for problem in each.verdict.problems)
    }


def judge_answer(answer: Answer, context: Context) -> Judged:
    """Hold every statement of an answer against its article."""
    items = [Item("summary", at, _judged(each, "summary", context)) for at, each in enumerate(answer.summary)]
    for at, row in enumerate(answer.signals):
        for name in ("signal", *CELLS_OF_MODEL):
            said: Said = getattr(row, name)
            is_judgement = name == "horizon_10y" and not said.numbers
            if said.text and not is_judgement:
                items.append(Item(name, at, _judged(said, name, context)))
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
    return replace(
        judged, items=mended(judged.items, corrected, lambda said, item: _judged(said, item.field, context))
    )


def mended(
    items: Sequence[Item], corrected: Mapping[int, Said], judges: Callable[[Said, Item], Verdict]
) -> tuple[Item, ...]:
    """Put what a repair made of statements in their place, as far as it can stand."""
    found = list(items)
    for at, said in corrected.items():
        item = found[at - 1]
        if said.text:
            verdict = judges(said, item)
            found[at - 1] = replace(
                item, verdict=verdict if verdict.state != "refused" else item.verdict, first=item.verdict
            )
    return tuple(found)


def repair_item(
    at: int, item: Item, words: str, shown: Mapping[str, str], source: str = ARTICLE
) -> dict[str, Any]:
    """Give a refused statement as a repair call shows it.

    Args:
        at: Its id there.
        item: The statement.
        words: How many it may have.
        shown: By number, what it may rest on.
        source: What it was held against.
    """
    return {
        "id": at,
        "field": item.field,
        "words": words,
        "said": item.verdict.said.text,
        "refused": "; ".join(_reason(each, source) for each in item.verdict.problems),
        "sentences": dict(shown),
    }


def compose(judged: Judged, context: Context, notes: Sequence[str] = ()) -> Analysis:
    """Make the analysis of what stands, and check it against the whole article as any other is."""
    answer, rules = judged.answer, context.rules
    title, title_notes = _title(answer, context)
    summary, summary_notes = _summary(judged, context)
    signals, signal_notes = _signals(judged, context)
    themes, theme_notes = _themes(answer, context)
    said = {"title": title} | {f"summary, sentence {at}": each.text for at, each in enumerate(summary, 1)}
    said |= {
        f"{_label(name)}, row {at}": getattr(each, name)
        for at, each in enumerate(signals, 1)
        for name in ("signal", *CELLS_OF_MODEL)
    }
    made = Analysis(
        id=rules.id,
        title=title,
        summary=summary,
        keywords=_keywords(answer, context),
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
            *said_to_the_reader({name: _quoted(text) for name, text in said.items()}),
            *([] if signals else [NO_CHANGE]),
        ),
    )
    return with_problems(made, context.numbered.article)


def _judged(said: Said, name: str, context: Context) -> Verdict:
    least, most = LIMITS[name]
    count = count_words(said.text)
    if not least <= count <= most:
        return Verdict(said, "refused", (Problem("length", f"{count} words", f"{least} to {most}"),))
    return judge(
        said, context.numbered, context.prompt, is_sentence=name in ("summary", "signal", "horizon_10y")
    )


def _title(answer: Answer, context: Context) -> tuple[str, list[str]]:
    numbered, title = context.numbered, answer.title
    least, most = LIMITS["title"]
    if not title or title == context.rules.title:
        return context.rules.title, []
    problem = not_a_statement(title, numbered, context.prompt)
    if problem is None and least <= count_words(title) <= most:
        every = range(1, len(numbered.sentences) + 1)
        found = problems_of(title, every, numbered, with_title=True)
        problem = found[0] if found else None
        if problem is None:
            return title, []
    reason = _reason(problem) if problem else f"{count_words(title)} words, expected {least} to {most}"
    return context.rules.title, [f"title: the model wrote “{_quoted(title)}”; refused: {reason}"]


def _summary(judged: Judged, context: Context) -> tuple[tuple[SummarySentence, ...], list[str]]:
    found: list[SummarySentence] = []
    notes = []
    for item in judged.items:
        if item.field != "summary":
            continue
        if item.verdict.state != "refused":
            found.append(_sentence(item.verdict.said, context))
            notes += _repaired(item)
            continue
        own = _own_sentence(item.verdict.said, context, found)
        found += [own] if own else []
        notes.append(_replaced(item, own.text if own else ""))
    for each in context.rules.summary:
        if len(found) >= FEWEST_SENTENCES:
            break
        if not _has(found, each):
            found.append(replace(each, problems=()))
    # The order of the article, in which a reader can follow it.
    found.sort(key=lambda each: min((one.start for one in each.evidence), default=0))
    return tuple(found[:MOST_SENTENCES]), notes


def _sentence(said: Said, context: Context) -> SummarySentence:
    is_own = _is_own(said, context)
    return SummarySentence(
        as_sentence(said.text), _evidence(said.numbers, context), "observed" if is_own else "inferred"
    )


def as_sentence(text: str) -> str:
    """Give a statement with what ends a sentence."""
    return text if text[-1] in ".!…\"”’'" else f"{text}."


def _own_sentence(said: Said, context: Context, taken: Sequence[SummarySentence]) -> SummarySentence | None:
    """Find the article's own sentence that stands for a refused one."""
    numbered = context.numbered
    cited = [at for at in said.numbers if at in numbered.stating]
    for at in [*cited, *nearest(said.text, numbered, 3, cited)]:
        text = numbered.sentences[at - 1]
        least, most = LIMITS["summary"]
        sentence = SummarySentence(text, _evidence((at,), context))
        is_fit = least <= count_words(text) <= most and not not_a_statement(text, numbered, context.prompt)
        if is_fit and not _has(taken, sentence):
            return sentence
    return None


def _has(found: Sequence[SummarySentence], each: SummarySentence) -> bool:
    places = {(one.start, one.end) for one in each.evidence}
    return any(places & {(one.start, one.end) for one in other.evidence} for other in found)


def _signals(judged: Judged, context: Context) -> tuple[tuple[Signal, ...], list[str]]:
    notes: list[str] = []
    made: list[Signal] = []
    by_place = {(item.place, item.field): item for item in judged.items if item.field != "summary"}
    for at, row in enumerate(judged.answer.signals):
        signal = _signal(at, row, by_place, made, context, notes)
        if signal is not None:
            made.append(signal)
    cited: dict[int, int] = {}
    for row in judged.answer.signals:
        for number in set(row.signal.numbers):
            cited[number] = cited.get(number, 0) + 1
    for number in sorted(each for each, count in cited.items() if count > MOST_ROWS_OF_A_SENTENCE):
        notes.append(f"sentence {number} is cited by {cited[number]} rows: are they one change?")
    return tuple(made), notes


def _signal(
    at: int,
    row: SaidRow,
    items: Mapping[tuple[int, str], Item],
    above: Sequence[Signal],
    context: Context,
    notes: list[str],
) -> Signal | None:
    item = items.get((at, "signal"))
    if item is None:
        return None
    text, numbers, own = item.verdict.said.text, item.verdict.said.numbers, None
    if item.verdict.state == "refused":
        own = _own_row(item.verdict.said, above, context)
        notes.append(_replaced(item, own.signal if own else ""))
        if own is None:
            return None
        text = own.signal
    else:
        notes += _repaired(item)
    cells, bases = {"signal": text.rstrip(".") if own is None else text}, {"signal": "observed"}
    evidence = list(own.evidence) if own else list(_evidence(numbers, context, "signal"))
    for name, basis in (("change", row.change_basis), ("driving_force", row.force_basis)):
        cells[name], bases[name], found = _cell(items.get((at, name)), basis, context, notes, numbers)
        evidence += _evidence(found, context, name)
    cells["horizon_10y"], bases["horizon_10y"], found = _horizon(at, row, cells, items, above, context, notes)
    evidence += _evidence(found, context, "horizon_10y")
    like = own or (context.rules.signals[0] if context.rules.signals else None)
    return Signal(
        cells["signal"],
        cells["change"],
        cells["horizon_10y"],
        cells["driving_force"],
        basis=SignalBasis(**bases),  # type: ignore[arg-type]
        evidence=tuple(evidence),
        kind=row.kind or (like.kind if like else "event"),
        steep=row.steep or (like.steep if like else "society"),
        claim_strength=row.claim_strength or (like.claim_strength if like else "opinion"),
    )


def _own_row(said: Said, above: Sequence[Signal], context: Context) -> Signal | None:
    """Find the article's own words for a refused signal: the rules' row on the sentence, else the
    sentence."""
    numbered = context.numbered
    cited = [at for at in said.numbers if at in numbered.stating]
    taken = {each.signal for each in above}
    for at in cited or nearest(said.text, numbered, 1):
        span = numbered.article.sentences[at - 1]
        for rule in context.rules.signals:
            rests = [each for each in rule.evidence if (each.field or "signal") == "signal"]
            if rule.signal not in taken and any(span.start <= each.start < span.end for each in rests):
                return replace(rule, evidence=tuple(rests))
        text = numbered.sentences[at - 1].rstrip(".")
        least, most = OWN_SIGNAL
        is_fit = least <= count_words(text) <= most and not not_a_statement(text, numbered, context.prompt)
        if is_fit and text not in taken:
            none = SignalBasis(change="none", horizon_10y="none", driving_force="none")
            return Signal(text, EMPTY, EMPTY, EMPTY, none, _evidence((at,), context, "signal"))
    return None


def _cell(
    item: Item | None, basis: str, context: Context, notes: list[str], row: Sequence[int]
) -> tuple[str, Basis, tuple[int, ...]]:
    """Give a cell's text, basis and the sentences it rests on; `row` has those of its signal."""
    if item is None:
        return EMPTY, "none", ()
    said = item.verdict.said
    if item.verdict.state == "refused":
        own = _own_cell(item, context, row)
        notes.append(_replaced(item, own[0] if own else ""))
        return (own[0], "observed", (own[1],)) if own else (EMPTY, "none", ())
    notes += _repaired(item)
    is_observed = len(said.numbers) == 1 and (basis == "observed" or _is_own(said, context))
    return said.text.rstrip("."), "observed" if is_observed else "inferred", said.numbers


def _own_cell(item: Item, context: Context, row: Sequence[int]) -> tuple[str, int] | None:
    """Find a cited sentence short enough to stand in a cell whole, if the row does not say it already."""
    least, most = LIMITS[item.field]
    for at in item.verdict.said.numbers:
        if at not in context.numbered.stating or at in row:
            continue
        text = context.numbered.sentences[at - 1].rstrip(".")
        if least <= count_words(text) <= most and not not_a_statement(text, context.numbered, context.prompt):
            return text, at
    return None


def _horizon(
    at: int,
    row: SaidRow,
    cells: Mapping[str, str],
    items: Mapping[tuple[int, str], Item],
    above: Sequence[Signal],
    context: Context,
    notes: list[str],
) -> tuple[str, Basis, tuple[int, ...]]:
    """Give what lies ten years ahead: a statement of the article that is cited, else a judgement."""
    said, item = row.horizon_10y, items.get((at, "horizon_10y"))
    if item is not None and item.verdict.state != "refused":
        return _cell(item, "observed", context, notes, ())
    if not said.text:
        return EMPTY, "none", ()
    problem = not_a_statement(said.text, context.numbered, context.prompt)
    reason = (
        _reason(problem)
        if problem
        else judgement.refuse(
            said.text,
            row=" ".join(value for value in cells.values() if value != EMPTY),
            article=context.numbered.words,
            others=[each.horizon_10y for each in above if each.horizon_10y != EMPTY],
            seen=context.seen,
        )
    )
    if not reason:
        return said.text.rstrip("."), "suggested", ()
    notes.append(f"10y horizon, row {at + 1}: the model wrote “{_quoted(said.text)}”; refused: {reason}")
    return EMPTY, "none", ()


def _keywords(answer: Answer, context: Context) -> tuple[Keyword, ...]:
    """Keep the phrases the article has, as it writes them, but in what it tells somebody to do; the rules'
    fill up."""
    numbered = context.numbered
    lines = (line for at, line in enumerate(numbered.sentences, 1) if at not in numbered.orders)
    text = "\n".join((numbered.article.title, *lines))
    found: list[str] = []
    for each in answer.keywords:
        words = r"\s+".join(map(re.escape, each.split()))
        match = re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE) if count_words(each) <= 6 else None
        if match and not not_a_keyword(match[0], context):
            found.append(" ".join(match[0].split()))
    chosen = {
        each.lower(): Keyword(each, round(MODEL_SCORE - at / 100, 4))
        for at, each in reversed(list(enumerate(found)))
    }
    chosen = dict(sorted(chosen.items(), key=lambda pair: -pair[1].score))
    for at, rule in enumerate(context.rules.keywords):
        if len(chosen) < MOST_KEYWORDS and not any(
            rule.keyword.lower() in each or each in rule.keyword.lower() for each in chosen
        ):
            chosen[rule.keyword.lower()] = Keyword(rule.keyword, round(RULES_SCORE - at / 100, 4))
    return tuple(chosen.values())[:MOST_KEYWORDS]


def not_a_keyword(phrase: str, context: Context) -> bool:
    """Say whether a phrase of the article is no keyword though a model named it."""
    problem = not_a_statement(phrase, context.numbered, context.prompt)
    return not any(c.isalpha() for c in phrase) or (problem is not None and problem.kind == "address")


def _themes(answer: Answer, context: Context) -> tuple[tuple[Theme, ...], list[str]]:
    known = {each.lower(): each for each in context.themes}
    chosen = list(dict.fromkeys(known[each.lower()] for each in answer.themes if each.lower() in known))
    notes = []
    proposed = answer.new_theme
    problem = not_a_statement(proposed, context.numbered, context.prompt) if proposed else None
    if proposed and problem is None and proposed.lower() not in known and count_words(proposed) <= 3:
        notes.append(f"the model proposes a theme that prompts/themes.yaml has not: “{_quoted(proposed)}”")
    if not chosen:
        return context.rules.themes, notes
    return tuple(Theme(each, round(context.likeness.get(each, 0.0), 4)) for each in chosen), notes


def _is_own(said: Said, context: Context) -> bool:
    """Whether a statement is the article's own words."""
    text = context.numbered.text(said.numbers)
    return said.text.rstrip(".").lower() in text.lower()


def _evidence(numbers: Sequence[int], context: Context, name: str = "") -> tuple[Evidence, ...]:
    article = context.numbered.article
    spans = [article.sentences[at - 1] for at in sorted(set(numbers))]
    return tuple(Evidence(each.start, each.end, article.text[each.start : each.end], name) for each in spans)


def _repaired(item: Item) -> list[str]:
    """Say that something was mended on the way."""
    now = item.verdict
    if item.first is not None and item.first.said.text != now.said.text:
        return [
            f"{item.name}: the model first wrote “{_quoted(item.first.said.text)}”; "
            f"refused: {_reasons(item.first)}"
        ]
    if now.state == "repaired":
        rests = ", ".join(map(str, now.said.numbers))
        return [f"{item.name}: repaired: it rests on sentences {rests}, not on those the model cited"]
    return []


def _replaced(item: Item, own: str) -> str:
    instead = "the article's own sentence stands instead" if own else "it is left out"
    return f"{item.name}: {refusal_of(item.first or item.verdict)}; {instead}"


def refusal_of(verdict: Verdict, source: str = ARTICLE) -> str:
    """Say what the model wrote and why it does not stand."""
    return f"the model wrote “{_quoted(verdict.said.text)}”; refused: {_reasons(verdict, source)}"


def _reasons(verdict: Verdict, source: str = ARTICLE) -> str:
    return "; ".join(_reason(each, source) for each in verdict.problems[:3])


def _reason(problem: Problem, source: str = ARTICLE) -> str:
    words = {
        "unrelated": f"nothing like it is in {source}",
        "address": "it holds an address",
        "order": "it speaks to the reader or asks for something",
        "prompt": "it repeats what the model was told",
        "mixed": f"no one of {source} says “{_quoted(problem.claim, 60)}” by itself",
        "length": f"{problem.claim}, expected {problem.document}",
    }
    if problem.kind in words:
        return words[problem.kind]
    has = f"“{_quoted(problem.document, 60)}”" if problem.document else "nothing of the kind"
    return f"{problem.kind}: “{_quoted(problem.claim, 60)}”, {source} has {has}"


def _quoted(text: str, most: int = MOST_QUOTED) -> str:
    """Give a text as a note may show it: addresses in it lead nowhere."""
    said = " ".join(text.split())
    said = said if len(said) <= most else f"{said[: most - 1]}…"
    return re.sub(r"(?i)(?<=[a-z])://?|(?<=\w)\.(?=\w)|@", lambda match: f"[{match[0]}]", said)


def _label(name: str) -> str:
    return {"horizon_10y": "10y horizon", "driving_force": "driving force"}.get(name, name)
