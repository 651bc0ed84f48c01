"""The stories of an issue in the order that verdicts on other issues tell, each with the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digest.issues.verdict_order import Judged, LearnedOrder, Place, Ranked, learn, told_by
from digest.records import DraftRow
from digest.review.lines import Overview
from digest.store import Store

MOST_VERDICTS = 1_000
"""Verdicts that are learned from, those of the newest issues: about a year of a weekly newsletter, learned in
under a second; what an editor took three years ago tells little of today."""

DECIDED = {"approved": True, "rejected": False}


@dataclass
class Learning:
    """What was learned last, kept until other verdicts are given."""

    key: tuple[object, ...] = ()
    learned: LearnedOrder | None = None
    placed: tuple[tuple[object, ...], dict[str, Place]] = ((), {})
    """The places of the issue asked for last, and what they were made for."""

    def ordered(self, store: Store, view: Overview, model_id: str) -> Overview:
        """Put the lines of an issue in order; those of which no vector is known come last, as they were.

        With too few verdicts in other issues everything stays as it is.
        """
        decided = _decided(store, view.issue)
        key = (model_id, *((row.id, row.status) for row in decided))
        if key != self.key:
            self.learned, self.key, self.placed = learn(_verdicts(store, decided, model_id)), key, ((), {})
        if self.learned is None:
            return view
        places = self._places(store, view, model_id, self.learned)
        here = sorted(
            (each for each in view.lines if each.id in places), key=lambda each: -places[each.id].score
        )
        lines = [replace(line, why=places[line.id].why) for line in here]
        others = [each for each in view.lines if each.id not in places]
        return replace(view, lines=(*lines, *others), learned_from=len(self.learned.verdicts))

    def _places(self, store: Store, view: Overview, model_id: str, learned: LearnedOrder) -> dict[str, Place]:
        """Rank the drafts of an issue once, however often its pages are shown."""
        rows = store.drafts.drafts(issue=view.issue)
        key = (view.issue, *((row.id, row.worth) for row in rows))
        if key != self.placed[0]:
            stories = _stories(store, rows, model_id)
            places = learned.places(list(stories.values()))
            self.placed = key, dict(zip(stories, places, strict=True))
        return self.placed[1]


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
