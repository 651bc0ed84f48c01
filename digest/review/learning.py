"""The stories of an issue in the order that verdicts on other issues tell, each with the reason."""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace

from digest.errors import DigestError
from digest.issues.verdict_order import Judged, LearnedOrder, Place, Ranked, is_enough, learn, told_by
from digest.records import DraftRow
from digest.review.lines import Overview
from digest.store import Store

MOST_VERDICTS = 1_000
"""Verdicts that are learned from, those of the newest issues: about a year of a weekly newsletter, learned in
under a second; what an editor took three years ago tells little of today."""

MOST_ISSUES = 4
"""Issues for which what was learned is kept; an editor has one or two open."""

DECIDED = {"approved": True, "rejected": False}


@dataclass(frozen=True)
class _Learned:
    """What was learned for an issue: from verdicts on others, about the drafts that it has."""

    key: tuple[object, ...]
    """The verdicts and drafts, by which a change of either is seen."""
    order: LearnedOrder
    places: dict[str, Place]


@dataclass
class Learning:
    """What was learned last, for each issue, kept until verdicts or drafts are others.

    Learning again takes a second or so for 500 drafts; it is done beside, and meanwhile pages show what was
    learned before. Only the first page of an issue waits for it, as its order would jump before the editor.
    """

    opened: Callable[[], AbstractContextManager[Store]]
    """Opens the archive for what reads for long, without locking it."""
    count: int = 0
    """How often something was learned or forgotten."""
    _learned: dict[str, _Learned] = field(default_factory=dict)
    _at_work: threading.Thread | None = None

    def ordered(self, store: Store, view: Overview, model_id: str) -> Overview:
        """Put the lines of an issue in order; those of which no vector is known come last, as they were.

        With too few verdicts in other issues everything stays as it is.
        """
        decided = _decided(store, view.issue)
        learned = self._learned.get(view.issue)
        if not is_enough([DECIDED[row.status] for row in decided]):
            if self._learned.pop(view.issue, None):
                self.count += 1
            return view
        key = _key(store, view.issue, decided, model_id)
        if learned is None:
            self._learn(store, view.issue, decided, model_id, key)
        elif learned.key != key:
            self._learn_beside(view.issue, model_id)
        learned = self._learned.get(view.issue)
        if learned is None:
            return view
        places = learned.places
        here = sorted(
            (each for each in view.lines if each.id in places), key=lambda each: -places[each.id].score
        )
        lines = [replace(line, why=places[line.id].why) for line in here]
        others = [each for each in view.lines if each.id not in places]
        return replace(view, lines=(*lines, *others), learned_from=len(learned.order.verdicts))

    def wait(self) -> None:
        """Wait for what is being learned beside."""
        if self._at_work:
            self._at_work.join()

    def _learn_beside(self, issue: str, model_id: str) -> None:
        if self._at_work and self._at_work.is_alive():
            # The next page looks again whether that was of today's verdicts.
            return

        def work() -> None:
            with suppress(DigestError), self.opened() as store:
                decided = _decided(store, issue)
                key = _key(store, issue, decided, model_id)
                self._learn(store, issue, decided, model_id, key)

        self._at_work = threading.Thread(target=work, daemon=True)
        self._at_work.start()

    def _learn(
        self, store: Store, issue: str, decided: Sequence[DraftRow], model_id: str, key: tuple[object, ...]
    ) -> None:
        order = learn(_verdicts(store, decided, model_id))
        if order is None:
            self._learned.pop(issue, None)
        else:
            # Ranked once, however often its pages are shown.
            stories = _stories(store, store.drafts.drafts(issue=issue), model_id)
            places = order.places(list(stories.values()))
            while len(self._learned) >= MOST_ISSUES and issue not in self._learned:
                self._learned.pop(next(iter(self._learned)))
            self._learned[issue] = _Learned(key, order, dict(zip(stories, places, strict=True)))
        self.count += 1


def _key(store: Store, issue: str, decided: Sequence[DraftRow], model_id: str) -> tuple[object, ...]:
    rows = store.drafts.drafts(issue=issue)
    return model_id, *((row.id, row.status) for row in decided), *((row.id, row.worth) for row in rows)


def _decided(store: Store, issue: str) -> list[DraftRow]:
    """Give the drafts of other issues that were decided on, those of the newest issues first."""
    found: list[DraftRow] = []
    for name, _ in store.drafts.issues():
        if name != issue and len(found) < MOST_VERDICTS:
            found += [row for row in store.drafts.drafts(issue=name) if row.status in DECIDED]
    return found[:MOST_VERDICTS]


def _verdicts(store: Store, decided: Sequence[DraftRow], model_id: str) -> list[Judged]:
    """Give what was decided, with what stories are judged by; nobody decided on an imported entry."""
    keys = store.articles.keys_of(row.id for row in decided)
    rows = [row for row in decided if row.id in keys and not keys[row.id].is_imported]
    stories = _stories(store, rows, model_id)
    return [Judged(stories[row.id], DECIDED[row.status]) for row in rows if row.id in stories]


def _stories(store: Store, rows: Iterable[DraftRow], model_id: str) -> dict[str, Ranked]:
    """Give what drafts are judged by; those without a vector of the model are left out."""
    row_of = {row.id: row for row in rows}
    keys = store.articles.keys_of(row_of)
    vectors = store.articles.vectors_of((each.text_hash for each in keys.values()), model_id=model_id)
    ids = [each for each, key in keys.items() if key.text_hash in vectors]
    articles, analyses = store.articles.get(ids), store.articles.analyses_for(ids)
    stories = store.drafts.stories_of(ids)
    members = store.drafts.members_of(set(stories.values()))
    ranked = {}
    for each in ids:
        analysis = analyses.get(each)
        rows_told, strength, kinds = told_by(analysis.signals if analysis else ())
        ranked[each] = Ranked(
            each,
            vectors[keys[each].text_hash],
            rows_told,
            strength,
            kinds,
            row_of[each].worth,
            max(len(members.get(stories.get(each, ""), ())), 1),
            len(articles[each].text.split()),
            tuple(found.keyword for found in analysis.keywords) if analysis else (),
            tuple(found.theme for found in analysis.themes) if analysis else (),
        )
    return ranked
