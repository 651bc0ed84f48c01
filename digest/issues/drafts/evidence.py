"""The `## Evidence` section of a draft: what each statement rests on, for the editor alone."""

from collections.abc import Callable, Iterable, Sequence

from digest.issues.drafts.prose import without_marks
from digest.issues.drafts.same_row import same_row
from digest.issues.drafts.sources import nearest_lines, source_lines
from digest.issues.pages.admit import admit
from digest.issues.pages.entry_page import SIGNAL_COLUMNS
from digest.issues.pages.markdown import Address, fill
from digest.records import CELLS, Article, Basis, Draft, Entry, Problem, Signal, SignalRow

Checker = Callable[[str], Sequence[Problem]]
"""Says what is wrong with a statement, seen from the article."""

EMPTY_CELL = "nothing"


def unchecked(statement: str) -> tuple[Problem, ...]:
    """Find nothing wrong with any statement."""
    return ()


def evidence_text(
    draft: Draft,
    entry: Entry,
    edited: Sequence[str],
    check: Checker = unchecked,
    article: Article | None = None,
) -> str:
    """Write what the statements of a draft rest on.

    Args:
        draft: What was newly made.
        entry: What the draft says now, with the editor's changes: what it has beyond `draft` is the editor's.
        edited: Names of the sections a person changed.
        check: Asked about the sentences and signals that are the editor's; what was made brings its problems.
        article: Whose sentences are shown beside the statements; without it only the quotes are.
    """
    made_by = fill("Made by {}.", admit(draft.analysis.analyzer) or "an unnamed analyzer")
    changed = f" Changed by the editor: {', '.join(edited)}." if edited else ""
    parts = [
        made_by + changed,
        *_section("Sentences of the summary", _summary(draft, entry, check, article)),
        *_section("Rows of the signals", _signals(draft, entry, check, article)),
        *_section("Why these are closest", _closest(draft)),
        *_section("Notes", _bullets((*draft.notes, *draft.analysis.notes))),
    ]
    return "\n\n".join(parts)


def _section(name: str, body: str) -> list[str]:
    return [f"### {name}", body] if body else []


def _summary(draft: Draft, entry: Entry, check: Checker, article: Article | None) -> str:
    """Write each sentence made that is still in the summary, then what the editor wrote."""
    items: list[list[str]] = []
    left = entry.summary
    for sentence in draft.analysis.summary:
        text = admit(sentence.text)
        if not text or text not in left:
            continue
        # A break keeps what stood before it and what stood after it from being read as one sentence.
        left = left.replace(text, "\n", 1)
        sources = source_lines(text, sentence.evidence, article)
        items.append([_said(text, sentence.basis), *sources, *_problems(sentence.problems)])
    items += [
        [_said(text, "editor"), *nearest_lines(text, article), *_problems(check(without_marks(text)))]
        for text in map(admit, left.split("\n"))
        if text
    ]
    return _numbered(items)


def _said(text: str, basis: Basis) -> str:
    return fill("{} " + f"*({basis})*", text)


def _signals(draft: Draft, entry: Entry, check: Checker, article: Article | None) -> str:
    items: list[list[str]] = []
    free = list(draft.analysis.signals)
    for row in entry.signals:
        signal = same_row(row, free)
        if signal:
            free.remove(signal)
        items.append(_signal_lines(row, signal, check, article))
    return _numbered(items)


def _signal_lines(
    row: SignalRow, signal: Signal | None, check: Checker, article: Article | None
) -> list[str]:
    kinds = f" — {_kinds(signal)}" if signal else ""
    lines = [fill("**{}**" + kinds, row.signal or EMPTY_CELL)]
    for name, column in zip(CELLS, SIGNAL_COLUMNS, strict=True):
        text = getattr(row, name)
        is_made = signal is not None and text == admit(getattr(signal, name))
        basis = _basis(row, name, signal)
        ideas = _ideas(signal, name, without=text) if signal else ""
        if basis == "none":
            lines += [f"* {column} *(the article does not say)*", "  " + ideas] if ideas else []
            continue
        # The signal itself stands in the line above.
        shown = "" if name == "signal" else ": {}"
        lines.append(fill(f"* {column} *({basis})*{shown}", *([text or EMPTY_CELL] if shown else [])))
        if signal and is_made:
            supports = [each for each in signal.evidence if (each.field or "signal") == name]
            lines += ["  " + line for line in source_lines(text, supports, article)]
            lines += ["  " + ideas] if ideas and basis == "suggested" else []
        elif name == "signal":
            lines += ["  " + line for line in nearest_lines(text, article)]
    if signal and row.signal == admit(signal.signal):
        return lines + _problems(signal.problems)
    return lines + _problems(check(row.signal))


def _basis(row: SignalRow, name: str, signal: Signal | None) -> Basis:
    """Say whose words a cell has: a suggestion without its italics is the editor's."""
    text = getattr(row, name)
    if signal is None:
        return "editor"
    is_suggested = name in row.suggested
    if is_suggested and any(each.field == name and admit(each.text) == text for each in signal.ideas):
        return "suggested"
    basis: Basis = getattr(signal.basis, name) if text == admit(getattr(signal, name)) else "editor"
    return "editor" if basis == "suggested" and not is_suggested else basis


def _ideas(signal: Signal, name: str, *, without: str) -> str:
    """Write the ideas for a cell that are not in it; moved into the table, the words are the editor's."""
    found = [text for each in signal.ideas if each.field == name and (text := admit(each.text)) != without]
    return (
        fill("* Ideas of the pattern library: " + " · ".join(["“{}”"] * len(found)), *found) if found else ""
    )


def _kinds(signal: Signal) -> str:
    parts: list[str] = [signal.kind, signal.steep, signal.claim_strength]
    if signal.novelty is not None:
        parts.append(f"novelty {_share(signal.novelty)}")
    if signal.sources > 1:
        parts.append(f"supported by {signal.sources} publishers")
    return ", ".join(parts)


def _share(value: float) -> str:
    """Write a number of 0..1 without its leading zero: `.52`."""
    return f"{value:.2f}".replace("0.", ".", 1)


def _closest(draft: Draft) -> str:
    lines = []
    for each in draft.closest:
        why = ": ".join(filter(None, (each.relation, admit(each.reason))))
        similarity = _share(each.similarity)
        title = admit(each.title) or each.id
        lines.append(fill("* [{}]({}) · {} · {}", title, Address(each.id), similarity, why))
    return "\n".join(lines)


def _problems(problems: Sequence[Problem]) -> list[str]:
    lines = []
    for problem in problems:
        kind, claim, document = admit(problem.kind), admit(problem.claim), admit(problem.document)
        if problem.kind == "unrelated":
            lines.append("* **Check it:** nothing like it is in the article")
            continue
        if problem.kind == "unchecked":
            lines.append(fill("* **Check it:** {}", claim))
            continue
        start = "* **Check {}:** the draft says “{}”, the article has "
        end, found = ("“{}”", [document]) if document else ("nothing of the kind", [])
        lines.append(fill(start + end, kind or "it", claim or EMPTY_CELL, *found))
    return lines


def _numbered(items: Sequence[Sequence[str]]) -> str:
    """Write a numbered list; the lines after the first of an item stand below it."""
    out = []
    for number, (first, *below) in enumerate(items, 1):
        mark = f"{number}. "
        out += [mark + first, *(" " * len(mark) + line for line in below)]
    return "\n".join(out)


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(fill("* {}", text) for text in dict.fromkeys(map(admit, texts)) if text)
