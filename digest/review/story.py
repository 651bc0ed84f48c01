"""One draft beside its article: each field with the sentences it rests on and what the checks say of it."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from digest.issues.draft_checks import lines_of, newer, reason_of
from digest.issues.draft_files import FoundDraft
from digest.issues.drafts import prose_of_draft, statement_key, statements_of, without_marks
from digest.issues.drafts.same_row import same_row
from digest.issues.drafts.sources import nearest_place, places_of
from digest.issues.history.asking import offers_waiting
from digest.issues.pages import admit
from digest.issues.publishing import unchecked, unpublishable
from digest.records import (
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
from digest.review.saving import Section, sections_of
from digest.store import Store

COLUMNS = {
    "signal": "Signal",
    "change": "Change",
    "horizon_10y": "10y horizon",
    "driving_force": "Driving force",
}


@dataclass(frozen=True)
class Sentence:
    """A sentence of the article."""

    number: int
    """1 first."""
    text: str
    begins_paragraph: bool


@dataclass(frozen=True)
class Field:
    """Words of the draft."""

    text: str
    places: tuple[int, ...] = ()
    """Numbers of the sentences it rests on, 1 first."""
    basis: str = ""
    """Who says it; empty where that is not known."""
    warnings: tuple[str, ...] = ()
    column: str = ""
    is_suggested: bool = False

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
        return hashlib.sha256(f"{self.target} {self.text}".encode("utf-8", "replace")).hexdigest()


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
    closest: tuple[Reference, ...]
    sources: tuple[Reference, ...]
    sections: dict[str, Section]
    offers: tuple[Offered, ...]
    notes: tuple[str, ...]
    """What must be known of the file as a whole, and warnings that stand nowhere else."""
    warning_count: int = 0

    @property
    def own(self) -> list[Section]:
        """The editor's own sections."""
        return [each for key, each in self.sections.items() if key.startswith("own-")]


@dataclass
class _Warnings:
    """What fails, each to be shown at one place at least."""

    failed: Sequence[FailedCheck]
    shown: set[int] = field(default_factory=set)

    def at(self, text: str) -> tuple[str, ...]:
        """Give what is wrong with a text or something said in it."""
        said, key, found = without_marks(text), statement_key(without_marks(text)), []
        for number, each in enumerate(self.failed):
            if statement_key(each.statement) == key or each.statement in said:
                self.shown.add(number)
                found.append(reason_of(each))
        return tuple(dict.fromkeys(found))

    def left(self) -> list[FailedCheck]:
        """Give what has no place."""
        return [each for number, each in enumerate(self.failed) if number not in self.shown]


def story_of(
    store: Store,
    draft: FoundDraft,
    article: Article | None,
    analysis: Analysis | None,
    checks: DraftChecks | None,
) -> Story:
    """Put a draft beside its article.

    Args:
        store: The archive.
        draft: As its file says it.
        article: None where the archive has only its page (an imported one).
        analysis: What was made for it.
        checks: What the checks found.
    """
    entry = draft.file.entry
    failed = newer(checks) if checks else ()
    warnings = _Warnings(failed)
    title = Field(entry.title, warnings=warnings.at(entry.title))
    summary = tuple(_summary(draft, article, analysis, warnings))
    rows = tuple(_rows(entry.signals, article, analysis, warnings))
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
        entry.closest,
        entry.sources,
        {each.key: each for each in sections_of(draft.text)},
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


def _rows(
    rows: Iterable[SignalRow], article: Article | None, analysis: Analysis | None, warnings: _Warnings
) -> Iterable[tuple[Field, ...]]:
    free = list(analysis.signals) if analysis else []
    for row in rows:
        if signal := same_row(row, free):
            free.remove(signal)
        yield tuple(_cell(name, row, signal, article, warnings) for name in CELLS)


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
