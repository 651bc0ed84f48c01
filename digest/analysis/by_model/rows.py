"""The rows of the signals: what stands of a model's, and what the article's own words replace."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from digest.analysis.by_model import judgement
from digest.analysis.by_model.answer import Answer, Said, SaidRow
from digest.analysis.by_model.context import CELLS_OF_MODEL, LIMITS, Context, Item, evidence_of, is_own
from digest.analysis.by_model.nearest import nearest
from digest.analysis.by_model.notes import quoted, reason_of, repair_note, replaced_note
from digest.analysis.by_model.support import CONTRADICTIONS, not_a_statement
from digest.analysis.by_model.words import words_of
from digest.analysis.standing import leans_alone
from digest.language.wordings import are_alike, roots_of
from digest.language.words import count_words
from digest.records import (
    CELL_LABELS,
    EMPTY,
    Basis,
    Evidence,
    Idea,
    Signal,
    SignalBasis,
)

OWN_SIGNAL = (
    5,
    25,
)  # words of an article's own sentence that stands as a signal; by the shape of an entry page

AHEAD = re.compile(
    r"(?i)\b(?:will|shall|would|could|may|might|should|expect\w*|plan\w*|forecast\w*|project\w*|predict\w*|aim\w*"
    r"|goal\w*|target\w*|hop\w+|intend\w*|future|by (?:the )?(?:19|20)\d\d|20[3-9]\d|decades?|next|coming"
    r"|years (?:from now|ahead|to come|later)"
    r"|long[- ]term|going to|set to|due(?! to)|until|estimat\w*|to be|want\w*|likely|soon|eventually|ahead"
    r"|later|toward\w*|promised to|pledg\w*|commit\w*|century|generations?)\b|[’']ll\b"
)
"""What a statement about years ahead has in it, or in its sentences; those of careful readers do."""
MOST_ROWS_OF_A_SENTENCE = 2
"""Rows that may rest on one sentence before the editor is warned."""


def signals_of(
    answer: Answer, items: Sequence[Item], context: Context
) -> tuple[tuple[Signal, ...], list[str]]:
    """Give the rows that stand, and notes on the others."""
    notes: list[str] = []
    made: list[Signal] = []
    by_place = {(item.place, item.field): item for item in items if item.field != "summary"}
    for at, row in enumerate(answer.signals):
        signal = _signal(at, row, by_place, made, context, notes)
        if signal is None:
            continue
        same = _said_above(signal, made)
        if same:
            notes.append(
                f"signal, row {at + 1}: it says what row {same} says; it is left out"
                + _with_it(row, made[same - 1])
            )
        else:
            made.append(signal)
    cited: dict[int, int] = {}
    for row in answer.signals:
        for number in context.numbered.stating.intersection(row.signal.numbers):
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
        own = _own_row(item.verdict.said, above, _standing(items), context)
        notes.append(replaced_note(item, own.signal if own else "") + ("" if own else _with_it(row)))
        if own is None:
            return None
        text = own.signal
    else:
        notes += repair_note(item)
    cells, bases = {"signal": text.rstrip(".") if own is None else text}, {"signal": "observed"}
    evidence = list(own.evidence) if own else list(evidence_of(numbers, context, "signal"))
    for name, basis in (("change", row.change_basis), ("driving_force", row.force_basis)):
        cells[name], bases[name], found = _cell(items.get((at, name)), basis, context, notes, numbers)
        if _is_said(name, cells):
            notes.append(f"{_name(name, at)}: “{quoted(cells[name])}” says the row again; it is left out")
            cells[name], bases[name], found = EMPTY, "none", ()
        evidence += evidence_of(found, context, name)
    cells["horizon_10y"], bases["horizon_10y"], found = _horizon(at, row, cells, items, above, context, notes)
    evidence += evidence_of(found, context, "horizon_10y")
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
        ideas=_ideas(cells, evidence, above, context),
    )


def _with_it(row: SaidRow, above: Signal | None = None) -> str:
    """Name the cells that go with a row, but those that the row `above` has too."""
    cells = [(name, getattr(row, name).text) for name in CELLS_OF_MODEL]
    lost = [(name, text) for name, text in cells if text and not (above and getattr(above, name) == text)]
    named = ", ".join(f"{CELL_LABELS[name].lower()} “{quoted(text)}”" for name, text in lost)
    return f", and with it {named}" if named else ""


def _name(name: str, at: int) -> str:
    return f"{CELL_LABELS[name]}, row {at + 1}"


def _is_said(name: str, cells: Mapping[str, str]) -> bool:
    """Say whether a cell says what a cell before it does: its words, or as a force the like; a change
    "from ... to" may be in its signal."""
    cell, others = (
        cells[name],
        [cells[each] for each in ("signal", "change") if each != name and each in cells],
    )
    if cell == EMPTY or cell.lower().startswith("from "):
        return False
    words, own = f" {words_of(cell)} ", roots_of(cell)
    return any(
        words in f" {words_of(other)} "
        or f" {words_of(other)} " in words
        or (name == "driving_force" and are_alike(own, roots_of(other)))
        for other in others
        if other != EMPTY
    )


def _said_above(signal: Signal, above: Sequence[Signal]) -> int:
    """Give the row above that says the same, from 1; 0 where none does."""
    roots = roots_of(signal.signal)
    return next((at for at, each in enumerate(above, 1) if are_alike(roots, roots_of(each.signal))), 0)


def _ideas(
    cells: Mapping[str, str], evidence: Sequence[Evidence], above: Sequence[Signal], context: Context
) -> tuple[Idea, ...]:
    """Give the ideas that the rules have for a row on the same sentence, for cells that stay empty; none
    that a row above has."""
    used = {idea.text for each in above for idea in each.ideas}
    for rule in context.rules.signals:
        starts = [each.start for each in _of_signal(rule.evidence)]
        if any(one.start <= start < one.end for one in _of_signal(evidence) for start in starts):
            free = [each for each in rule.ideas if each.text not in used]
            return tuple(each for each in free if cells.get(each.field) == EMPTY)
    return ()


def _of_signal(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [each for each in evidence if (each.field or "signal") == "signal"]


def _standing(items: Mapping[tuple[int, str], Item]) -> set[int]:
    """Give the sentences that signals rest on which were not refused."""
    said = (each.verdict for (_, name), each in items.items() if name == "signal")
    return {number for each in said if each.state != "refused" for number in each.said.numbers}


def _own_row(
    said: Said, above: Sequence[Signal], standing: Collection[int], context: Context
) -> Signal | None:
    """Find the article's own words for a refused signal: the rules' row on the sentence, else the sentence,
    if it can be read by itself; none of a sentence on which another row rests."""
    numbered = context.numbered
    cited = [at for at in said.numbers if at in numbered.stating]
    used = [each.start for row in above for each in _of_signal(row.evidence)]
    for at in cited or nearest(said.text, numbered, 1):
        span = numbered.article.sentences[at - 1]
        if at in standing or any(span.start <= start < span.end for start in used):
            continue
        for rule in context.rules.signals:
            rests = _of_signal(rule.evidence)
            if any(span.start <= each.start < span.end for each in rests):
                return replace(rule, evidence=tuple(rests))
        text = numbered.sentences[at - 1].rstrip(".")
        least, most = OWN_SIGNAL
        is_fit = least <= count_words(text) <= most and not not_a_statement(text, numbered, context.prompt)
        if is_fit and not leans_alone(text):
            none = SignalBasis(change="none", horizon_10y="none", driving_force="none")
            return Signal(text, EMPTY, EMPTY, EMPTY, none, evidence_of((at,), context, "signal"))
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
        notes.append(replaced_note(item, own[0] if own else ""))
        return (own[0], "observed", (own[1],)) if own else (EMPTY, "none", ())
    notes += repair_note(item)
    is_observed = len(said.numbers) == 1 and (basis == "observed" or is_own(said, context))
    return said.text.rstrip("."), "observed" if is_observed else "inferred", said.numbers


def _own_cell(item: Item, context: Context, row: Sequence[int]) -> tuple[str, int] | None:
    """Find a cited sentence short enough to stand in a cell whole, if the row does not say it already and the
    cell is mostly of it: nobody has said of another that it is a change or a cause."""
    least, most = LIMITS[item.field]
    said = roots_of(item.verdict.said.text)
    if any(each.kind == "again" for each in item.verdict.problems):
        return None
    for at in item.verdict.said.numbers:
        if at not in context.numbered.stating or at in row:
            continue
        text = context.numbered.sentences[at - 1].rstrip(".")
        is_of_it = 2 * len(said & roots_of(text)) >= len(said)
        is_fit = least <= count_words(text) <= most and is_of_it
        if is_fit and not not_a_statement(text, context.numbered, context.prompt):
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
    reason = ""
    if item is not None and item.verdict.state != "refused":
        now = item.verdict.said
        if AHEAD.search(f"{now.text} {context.numbered.text(now.numbers)}"):
            return _cell(item, "observed", context, notes, ())
        reason = "the article says it of no time ahead"
    elif item is not None:
        # What the article has otherwise is no judgement either; what it has not may be one.
        reason = next((reason_of(each) for each in item.verdict.problems if each.kind in CONTRADICTIONS), "")
    if not said.text:
        return EMPTY, "none", ()
    problem = not_a_statement(said.text, context.numbered, context.prompt)
    reason = reason or (
        reason_of(problem)
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
    notes.append(f"10y horizon, row {at + 1}: the model wrote “{quoted(said.text)}”; refused: {reason}")
    return EMPTY, "none", ()
