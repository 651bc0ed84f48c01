"""One draft beside its article: each field with the sentences it rests on and what the checks say of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from digest.issues.draft_checks import check_mark, lines_of, newer, reason_of
from digest.issues.draft_files import FoundDraft
from digest.issues.drafts import evidence_of, prose_of_draft, statement_key, statements_of, without_marks
from digest.issues.drafts.same_row import same_row
from digest.issues.drafts.sources import nearest_place, places_of
from digest.issues.history.asking import offers_waiting
from digest.issues.pages import admit
from digest.issues.publishable import unchecked, unpublishable
from digest.records import (
    CELL_LABELS,
    CELLS,
    EMPTY,
    Analysis,
    Article,
    DraftChecks,
    FailedCheck,
    Reference,
    Signal,
    SignalRow,
)
from digest.review.bullets import Near, near_entries
from digest.review.cells import EditedRow, row_key, rows_of
from digest.review.citing import cited_in
from digest.review.fixing import fixed
from digest.review.saving import Section, sections_of
from digest.review.shown import mark_of
from digest.store import Store

COLUMNS = {name: label[:1].upper() + label[1:] for name, label in CELL_LABELS.items()}


@dataclass(frozen=True)
class Sentence:
    """A sentence of the article."""

    number: int
    """1 first."""
    text: str
    begins_paragraph: bool


@dataclass(frozen=True)
class Failing:
    """What a check says of some words."""

    reason: str
    mark: str
    """By which it is known."""
    fix: str
    """What the article has in its place; empty where it cannot be put there."""


@dataclass(frozen=True)
class Idea:
    """A phrase of the pattern library, offered for a cell; its number is its place among the page's."""

    row: int
    """0 first."""
    field: str
    text: str
    stands: bool
    """It stands in the table, in italics."""

    @property
    def column(self) -> str:
        """The name of its cell."""
        return COLUMNS[self.field]


@dataclass(frozen=True)
class Field:
    """Words of the draft."""

    text: str
    places: tuple[int, ...] = ()
    """Numbers of the sentences it rests on, 1 first."""
    basis: str = ""
    """Who says it; empty where that is not known."""
    warnings: tuple[Failing, ...] = ()
    column: str = ""
    is_suggested: bool = False
    written: str = ""
    """Of a cell: as it is edited."""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return self.text in ("", EMPTY)


@dataclass(frozen=True)
class Offered:
    """A newly made text that waits below an editor's."""

    number: int
    """1 first, in the file."""
    target: str
    """What it was made for."""
    text: str

    @property
    def mark(self) -> str:
        """A hash by which another one in its place is told."""
        return mark_of(self.target, self.text)


@dataclass(frozen=True)
class Story:
    """What the story's page shows."""

    draft: FoundDraft
    title: Field
    sentences: tuple[Sentence, ...]
    summary: tuple[Field, ...]
    keywords: tuple[Field, ...]
    themes: tuple[Field, ...]
    rows: tuple[tuple[Field, ...], ...]
    edited_rows: list[EditedRow] | None
    """As they are edited; None where that is done as Markdown."""
    ideas: tuple[Idea, ...]
    closest: tuple[Near, ...]
    sources: tuple[Reference, ...]
    sections: dict[str, Section]
    offers: tuple[Offered, ...]
    notes: tuple[str, ...]
    """What must be known of the file as a whole, and warnings that stand nowhere else."""
    warning_count: int = 0

    @property
    def warned(self) -> set[str]:
        """The marks of the warnings that stand at a field."""
        cells = [cell for row in self.rows for cell in row]
        fields = (self.title, *self.summary, *self.keywords, *self.themes, *cells)
        return {each.mark for field in fields for each in field.warnings}

    @property
    def own(self) -> list[Section]:
        """The editor's own sections."""
        return [each for key, each in self.sections.items() if key.startswith("own-")]


@dataclass
class _Warnings:
    """What fails, each to be shown at one place at least."""

    failed: Sequence[FailedCheck]
    text: str
    """Of the draft's file."""
    shown: set[int] = field(default_factory=set)

    def at(self, text: str) -> tuple[Failing, ...]:
        """Give what is wrong with a text or something said in it."""
        said, key, found = without_marks(text), statement_key(without_marks(text)), []
        for number, each in enumerate(self.failed):
            if statement_key(each.statement) == key or each.statement in said:
                self.shown.add(number)
                fix = each.document if fixed(self.text, each) else ""
                found.append(Failing(reason_of(each), check_mark(each), fix))
        return tuple({each.reason: each for each in found}.values())

    def left(self) -> list[FailedCheck]:
        """Give what has no place."""
        return [each for number, each in enumerate(self.failed) if number not in self.shown]


def story_of(
    store: Store,
    draft: FoundDraft,
    article: Article | None,
    analysis: Analysis | None,
    checks: DraftChecks | None,
    *,
    has_ideas: bool = True,
) -> Story:
    """Put a draft beside its article.

    Args:
        store: The archive.
        draft: As its file says it.
        article: None where the archive has only its page (an imported one).
        analysis: What was made for it.
        checks: What the checks found.
        has_ideas: Whether ideas of the pattern library are offered.
    """
    entry = draft.file.entry
    failed = newer(checks) if checks else ()
    warnings = _Warnings(failed, draft.text)
    sections = {each.key: each for each in sections_of(draft.text)}
    signals = _signals_of(entry.signals, analysis)
    edited = rows_of(sections["signals"].text) if "signals" in sections else None
    if edited is not None and len(edited) != len(entry.signals):
        edited = None
    near = near_entries(sections["closest"].text if "closest" in sections else "", evidence_of(draft.text))
    title = Field(entry.title, warnings=warnings.at(entry.title))
    summary = tuple(_summary(draft, article, analysis, warnings))
    rows = tuple(_rows(draft, signals, article, edited, warnings))
    keywords = tuple(
        Field(each, _mentions(each, article), warnings=warnings.at(each)) for each in entry.keywords
    )
    notes = [*unpublishable(store, {draft.row.id: draft}), *unchecked({draft.row.id: draft})]
    notes += [f"failed check: {line}" for line in lines_of(draft, warnings.left())]
    return Story(
        draft,
        title,
        tuple(_sentences(article)),
        summary,
        keywords,
        tuple(Field(each) for each in entry.themes),
        rows,
        edited,
        tuple(_ideas(entry.signals, signals)) if has_ideas and edited is not None else (),
        tuple(near),
        entry.sources,
        sections,
        offers_of(draft.text),
        tuple(notes),
        len({statement_key(each.statement) for each in failed}),
    )


def offers_of(text: str) -> tuple[Offered, ...]:
    """Give what is offered in a draft file."""
    return tuple(Offered(*each) for each in offers_waiting(text))


def _sentences(article: Article | None) -> Iterable[Sentence]:
    end = 0
    for number, each in enumerate(article.sentences if article else (), 1):
        text = article.text[each.start : each.end] if article else ""
        yield Sentence(number, text, number == 1 or "\n" in article.text[end : each.start])  # type: ignore[union-attr]
        end = each.end


def _summary(
    draft: FoundDraft, article: Article | None, analysis: Analysis | None, warnings: _Warnings
) -> Iterable[Field]:
    prose = [each for each in prose_of_draft(draft.text) if each.section == "Summary"]
    language = article.language if article else "en"
    whole = "\n".join(each.text for each in prose)
    said = [each.text for each in statements_of(prose, analysis, language, title="")]
    made = {without_marks(admit(each.text)): each for each in analysis.summary} if analysis else {}
    for text in sorted(said, key=whole.find):
        if sentence := made.get(text):
            places = places_of(sentence.evidence, article) if article else []
            yield Field(text, _numbers(places), sentence.basis, warnings.at(text))
        else:
            yield Field(text, _nearest(text, article), "editor", warnings.at(text))


def _signals_of(rows: Sequence[SignalRow], analysis: Analysis | None) -> list[Signal | None]:
    """Find, for each row, the signal it was made of."""
    free, found = list(analysis.signals) if analysis else [], []
    for row in rows:
        signal = same_row(row, free)
        if signal:
            free.remove(signal)
        found.append(signal)
    return found


def _rows(
    draft: FoundDraft,
    signals: Sequence[Signal | None],
    article: Article | None,
    edited: Sequence[EditedRow] | None,
    warnings: _Warnings,
) -> Iterable[tuple[Field, ...]]:
    cited = cited_in(draft.text, str(draft.path))
    table = next((each.text for each in sections_of(draft.text) if each.key == "signals"), "")
    last = len(article.sentences) if article else 0
    for at, (row, signal) in enumerate(zip(draft.file.entry.signals, signals, strict=True)):
        cells = [_cell(name, row, signal, article, warnings) for name in CELLS]
        if edited is not None:
            cells = [replace(cell, written=said) for cell, said in zip(cells, edited[at].cells, strict=True)]
            own = [each for each in cited.get(row_key(table, at), ()) if each <= last]
            cells[0] = replace(cells[0], places=tuple(sorted({*cells[0].places, *own})))
        yield tuple(cells)


def ideas_left(draft: FoundDraft, analysis: Analysis | None) -> tuple[Idea, ...]:
    """Give the ideas of a draft that nobody took over: those offered, and those that stand in italics."""
    rows = draft.file.entry.signals
    return tuple(_ideas(rows, _signals_of(rows, analysis)))


def _ideas(rows: Sequence[SignalRow], signals: Sequence[Signal | None]) -> Iterable[Idea]:
    """Give what is offered for cells that are empty or hold a suggestion, the one that stands there first."""
    for at, (row, signal) in enumerate(zip(rows, signals, strict=True)):
        for name in CELLS[1:]:
            text = getattr(row, name)
            if text not in ("", EMPTY) and name not in row.suggested:
                continue
            offered = [admit(each.text) for each in signal.ideas if each.field == name] if signal else []
            standing = [text] if name in row.suggested else []
            for each in dict.fromkeys((*standing, *offered)):
                yield Idea(at, name, each, each in standing)


def _cell(
    name: str, row: SignalRow, signal: Signal | None, article: Article | None, warnings: _Warnings
) -> Field:
    text, is_suggested = getattr(row, name), name in row.suggested
    if text in ("", EMPTY):
        return Field(text, column=COLUMNS[name])
    if signal and text == admit(getattr(signal, name)):
        evidence = [each for each in signal.evidence if (each.field or "signal") == name]
        places = _numbers(places_of(evidence, article)) if article else ()
        basis = getattr(signal.basis, name)
    else:
        places, basis = _nearest(text, article), "suggested" if is_suggested else "editor"
    return Field(text, places, basis, warnings.at(text), COLUMNS[name], is_suggested)


def _nearest(text: str, article: Article | None) -> tuple[int, ...]:
    place = nearest_place(text, article) if article else None
    return () if place is None else _numbers([place])


def _mentions(phrase: str, article: Article | None) -> tuple[int, ...]:
    """Find the sentences that say a phrase."""
    if not article or not phrase.strip():
        return ()
    said = r"\s+".join(map(re.escape, phrase.split()))
    words = re.compile(rf"(?<!\w){said}(?!\w)", re.IGNORECASE)
    return _numbers(
        place for place in range(len(article.sentences)) if words.search(article.sentence_text(place))
    )


def _numbers(places: Iterable[int]) -> tuple[int, ...]:
    return tuple(place + 1 for place in places)
