"""What each address of the desk does: read the form, ask the workspace once, show the page."""

import re
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from digest.errors import DigestError
from digest.issues.decisions import set_status
from digest.issues.draft_checks import accept, accept_some, newer
from digest.issues.draft_files import FoundDraft
from digest.issues.history.asking import find_draft
from digest.issues.history.keeping import ACCEPT, PUBLISH, one_step, same_step
from digest.issues.history.revising import dismiss_offer, take_offer
from digest.issues.stories_by_hand import merge_stories
from digest.language.counts import counted
from digest.records import DraftChecks, DraftRow, Status
from digest.review.conflict import Conflict, conflict_of
from digest.review.edits import (
    MISSED_REASON,
    Edit,
    Form,
    bullets_edit,
    closest_edit,
    sentence_edit,
    table_edit,
)
from digest.review.fixing import fixed, of_one_statement, warning_of
from digest.review.learning import Learning
from digest.review.lines import Line, Overview, by_theme, chosen
from digest.review.pages import KEYS, KeyNames, page
from digest.review.saving import Changed, Section, find_section, save_section, sections_of
from digest.review.shown import mark_of_file, marks_now, since
from digest.review.story import Story, offers_of, story_of
from digest.review.typed import Typed
from digest.review.verdicts import UNDONE, VERDICTS, Decided, as_decided, as_shown, passing
from digest.review.views import Views
from digest.review.workspace import Workspace
from digest.store import Store

Answer = tuple[int, str]
"""Status and page; of a redirect, 303 and the address."""


@dataclass(frozen=True)
class Outcome:
    """What became of what an editor wrote."""

    status: int
    """303 for saved, 409 for changed meanwhile, 422 for what could not be read any more."""
    text: str
    """The page; of a redirect, the address."""
    said: tuple[str, ...]
    mark: str = ""
    """Of the section as it is now, where it was saved."""
    shown: str = ""
    """Of the whole draft as it is now, where the page knows all of it; empty where others wrote, too."""


ID_WITHIN = re.compile("\\b[0-9a-f]{32}  ?")
"""How a line names a story by its id and title; ids are for the command line."""

MOST_KEYWORDS = 500
"""Of the archive, completed while one is typed; the most frequent, more would make each page slow."""

MOST_SAID = 50
"""Messages kept to be shown after a redirect; each is shown at once and once, the others nobody came for."""

NUMBER = re.compile("[0-9]{1,12}")


class NotFound(DigestError):  # noqa: N818 - an answer, not a fault
    """There is nothing of this address."""


@dataclass
class Desk:
    """The desk of one workspace; one request at a time."""

    workspace: Workspace
    form_token: str
    said: dict[int, tuple[str, ...]] = field(default_factory=dict)
    alone: threading.Lock = field(default_factory=threading.Lock)
    """Held by the request that is answered; those that wait for others than this machine let go of it."""
    sending: dict[object, str] = field(default_factory=dict)
    """How far each sending is that is under way at this desk, in words."""

    def __post_init__(self) -> None:
        """Know nothing of the drafts yet."""
        self.typed: Typed | None = None
        # Addresses of an earlier desk, which browsers remember, tell nothing of this one.
        self.last_said = secrets.randbelow(10**9)
        self.told_of = 0
        """The step of another editor that was last told of instead of being undone."""
        self.untold: tuple[str, ...] = ()
        """What became of files that were changed here and on another machine; told on the next page."""
        self.views = Views(self.workspace.output)
        self.learning = Learning(self.workspace.searching)

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """Open the archive; what becomes known of files is told on the next page."""
        with self.workspace.reading() as store, self._heard(store):
            yield store

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """Open the archive for writing, as for reading."""
        with self.workspace.writing() as store, self._heard(store):
            yield store

    @contextmanager
    def _heard(self, store: Store) -> Iterator[None]:
        try:
            yield
        finally:
            self._hear(store)

    def _hear(self, store: Store) -> None:
        if store.history.copy:
            self.untold += store.history.copy.told()

    # -- pages ---------------------------------------------------------------------------------------------

    def show_desk(self, issue: str, query: Mapping[str, str]) -> Answer:
        """Show the stories of an issue."""
        status, words = query.get("status", ""), query.get("q", "")
        with self.reading() as store:
            view = self._ordered(store, self.overview_of(store, issue))
            issues = [name for name, _ in store.drafts.issues()]
        # Told beside the others.
        self.untold = tuple(each for each in self.untold if each not in view.files.notes)
        lines = chosen(view.lines, status, words)
        is_grouped = query.get("by", "theme") == "theme"
        return 200, page(
            "desk",
            **self._common("desk", query),
            view=view,
            issue=issue,
            issues=sorted(issues, reverse=True),
            groups=by_theme(lines) if is_grouped else [("", lines)],
            count=len(lines),
            status=status,
            words=words,
            by=query.get("by", "theme"),
        )

    def show_story(self, draft_id: str, query: Mapping[str, str], *, completes: bool = True) -> Answer:
        """Show a draft beside its article.

        Args:
            draft_id: The draft.
            query: Of the address.
            completes: Whether it has what fields are completed from, the same for all stories.
        """
        with self.reading() as store:
            view, line, story = self._story(store, draft_id)
            return 200, self._story_page(store, view, line, story, query, completes=completes)

    # -- what changes something ----------------------------------------------------------------------------

    def decide(self, ids: list[str], verdict: str, reason: str, shown: Mapping[str, str]) -> Decided:
        """Give drafts a status, those that are still what the page showed.

        Args:
            ids: The drafts.
            verdict: One of VERDICTS.
            reason: Why; may be empty.
            shown: The marks that the page had, by id.
        """
        if verdict not in VERDICTS:
            raise NotFound(f"{verdict[:40]!r}: no verdict of the desk")
        if not ids:
            return Decided(["no story selected"])
        status, anyway = VERDICTS[verdict]
        self._check_reason(reason)
        said: list[str] = []
        with self.writing() as store:
            issue = self._row(store, ids[0]).issue
            view = self._ordered(store, self.overview_of(store, issue))
            same, behind = as_shown(store, self._rows(store, ids), shown, UNDONE[status], to=status)
            left, refused = passing(
                view,
                same,
                status,
                anyway=anyway,
                key=KeyNames(self.workspace.keys())("A"),
                is_published=issue in store.drafts.published_issues(),
            )
            changed = self._set(store, view, left, status, reason)
            if anyway:
                with same_step(store, self.workspace.output, left, status):
                    accept(store, {each: view.checks[each] for each in left if each in view.checks})
            self.workspace.take_back(store, said.append)
            self.views.decided(store, view, changed)
            marks = marks_now(store, changed)
        decided = [
            as_decided(each, status, marks[each.id], anyway=anyway) for each in view.lines if each.id in marks
        ]
        # As they are by now, to be decided on again.
        behind_ids = [each for each in ids if each not in same]
        lines = [*decided, *(each for each in view.lines if each.id in behind_ids)]
        if len(changed) == 1:
            said.insert(0, f"{changed[0].status}: {changed[0].title}")
        elif changed:
            said.insert(0, f"{status}: {counted(len(changed), 'story', 'stories')}")
        is_done = not refused and not behind
        said = [ID_WITHIN.sub("", each) for each in said]
        return Decided([*said, *behind, *refused], lines, is_done, view.with_lines(lines).counts, behind_ids)

    def go(self, way: Literal["undo", "redo"], page: str = "") -> list[str]:
        """Undo or redo; gives what to say.

        Args:
            way: Which of them.
            page: The kind of page it was asked for on: a publication, which readers may have, is taken back
                on its issue's alone.

        Raises:
            DigestError: there is nothing to undo or redo, or not on this page.
        """
        with self.writing() as store:
            if way == "undo":
                self._refuse_unmeant(store, page)
            done = self.workspace.go(store, way)
            said: list[str] = []
            self.workspace.take_back(store, said.append)
        verb = {"undo": "undone", "redo": "redone"}[way]
        lines = [ID_WITHIN.sub("", each).strip() for each in (*done.lines, *said)]
        return [f"{verb}: {done.step.kind} by {done.step.who}", *lines]

    def _refuse_unmeant(self, store: Store, page: str) -> None:
        """Refuse to undo what whoever asks for it may not have in mind.

        Raises:
            DigestError: the last step is a publication, and this is not its issue's page; or it is another
                editor's, and this was not said before.
        """
        last = store.history.last_to_undo()
        if last is None:
            return
        if last.kind == PUBLISH and page != "issue":
            raise DigestError(
                f"nothing was undone: the last thing done was publishing issue {last.issue}, which "
                "readers may have; take it back on the issue's page"
            )
        if last.who != store.history.editor and self.told_of != last.step:
            self.told_of = last.step
            ids = [each.id for each in store.history.versions_in(last.step)]
            titles = [row.title for row in store.drafts.drafts(ids=ids)]
            of = f": {titles[0]}" if len(titles) == 1 else f": {len(titles)} stories" if titles else ""
            raise DigestError(
                f"nothing was undone: the last thing done is another editor's: {last.kind} by "
                f"{last.who}{of}; once more undoes that"
            )

    def save(
        self, draft_id: str, key: str, text: str, mark: str, *, field: str = "", shown: str = ""
    ) -> Outcome:
        """Save a section; where it was changed meanwhile, show both texts.

        Args:
            draft_id: The draft.
            key: The section's.
            text: As it is to be.
            mark: Of the section the editor saw.
            field: What is typed into, where it saves by itself.
            shown: The mark of the whole draft that the page has; empty where it does not stay.
        """
        with self.writing() as store:
            return self._write(store, draft_id, Edit(key, text, mark, at=key, field=field), shown)

    def edit(self, draft_id: str, what: str, form: Form, *, field: str = "", shown: str = "") -> Outcome:
        """Save what a form of the story's page does to a section: see `edits`."""
        self._check_reason(form.get("reason", [""])[0])
        with self.writing() as store:
            _, _, story = self._story(store, draft_id)
            text, path = story.draft.text, str(story.draft.path)
            if what == "signals":
                made = table_edit(text, path, form, story.ideas)
            elif what == "sentence":
                article = store.articles.get([draft_id]).get(draft_id)
                made = sentence_edit(text, path, form, article)
            elif what == "bullets":
                made = bullets_edit(text, form)
            else:
                made = closest_edit(text, form)
            return self._write(store, draft_id, replace(made, field=field), shown)

    def judge(self, draft_id: str, act: str, mark: str) -> Outcome:
        """Accept one warning, or write what the article has in its place."""
        if act not in ("accept", "fix"):
            raise NotFound(f"{act[:40]!r}: expected accept or fix")
        with self.writing() as store:
            view, _, story = self._story(store, draft_id)
            checks = view.checks.get(draft_id, DraftChecks())
            one = warning_of(newer(checks), mark)
            if act == "accept":
                output, now = self.workspace.output, self.workspace.now()
                with one_step(store, output, ACCEPT, now=now, issue=view.issue):
                    accept_some(store, draft_id, checks, of_one_statement(newer(checks), one))
                said = f"accepted: “{one.statement}” is published as it is"
                return Outcome(303, f"/story/{draft_id}?said={self.keep([said])}&at=draft", (said,))
            found = fixed(story.draft.text, one)
            if found is None:
                raise DigestError("this warning cannot be fixed by itself; edit the section")
            section, text = found
            return self._write(store, draft_id, Edit(section.key, text, section.mark, at=section.key))

    def merge(self, ids: list[str], shown: Mapping[str, str]) -> Decided:
        """Make one story of several, as `digest story merge` does."""
        if len(set(ids)) < 2:
            return Decided(["expected two stories or more to merge"])
        with self.writing() as store:
            issue = self._row(store, ids[0]).issue
            view = self.overview_of(store, issue)
            same, behind = as_shown(store, self._rows(store, ids), shown, "not merged")
            if behind:
                left = [each for each in view.lines if each.id in ids and each.id not in same]
                return Decided(behind, left, False, view.counts, ids)
            merged = merge_stories(store, self.workspace.output, ids, now=self.workspace.now())
            said: list[str] = []
            self.workspace.take_back(store, said.append)
            view = self.overview_of(store, issue)
        titles = [each.draft.title for each in view.lines if each.id in merged.rejected]
        if merged.was_one:
            said.insert(0, "not merged: one story already")
        else:
            said.insert(0, f"merged: one story of {merged.articles} articles; rejected: {', '.join(titles)}")
        lines = [each for each in view.lines if each.id in {*ids, *merged.rejected}]
        return Decided(said, lines, True, view.counts)

    def answer_offer(self, draft_id: str, answer: str, number: int, mark: str) -> Answer:
        """Take or dismiss what is offered, if it is still what the editor saw."""
        do = {"take": take_offer, "dismiss": dismiss_offer}.get(answer)
        if do is None:
            raise NotFound(f"{answer[:40]!r}: expected take or dismiss")
        with self.writing() as store:
            draft = find_draft(store, self.workspace.output, draft_id, now=self.workspace.now())
            found = {each.number: each for each in offers_of(draft.text)}
            if number not in found or found[number].mark != mark:
                raise DigestError(
                    "the offers of this draft changed meanwhile; nothing was written; look again"
                )
            do(store, self.workspace.output, draft_id, number, now=self.workspace.now())
        said = {"take": "taken", "dismiss": "dismissed"}[answer]
        target = found[number].target
        return 303, f"/story/{draft_id}?said={self.keep([f'{said}: what was offered for {target}'])}"

    def keep(self, lines: list[str]) -> int:
        """Keep what is to be said on the next page; gives its number."""
        self.last_said += 1
        self.said[self.last_said] = tuple(lines)
        self.said.pop(self.last_said - MOST_SAID, None)
        return self.last_said

    # -- parts ---------------------------------------------------------------------------------------------

    def line_page(self, line: Line) -> str:
        """Write one line of the desk anew."""
        return page("line", line=line, key=KeyNames(self.workspace.keys()))

    def values_of(self, kind: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Give what every page shows, for a page of another module."""
        return {**self._common(kind, query), "issue": self.workspace.issue}

    def _common(self, kind: str, query: Mapping[str, str]) -> dict[str, Any]:
        number, key = query.get("said", ""), KeyNames(self.workspace.keys())
        # Once: shown again, it would speak of another saving, whose words the page then takes for written.
        said = self.said.pop(int(number), ()) if NUMBER.fullmatch(number) else ()
        told, self.untold = self.untold, ()
        return {
            "kind": kind,
            "newsletter": self.workspace.title,
            "form_token": self.form_token,
            "said": (*said, *told),
            "at": query.get("at", ""),
            "keys": [(key(name), what) for name, what in KEYS[kind]],
            "key": key,
            "reasons": {
                reason: about for reason, about in self.workspace.reasons().items() if reason != MISSED_REASON
            },
        }

    def overview_of(self, store: Store, issue: str) -> Overview:
        """Read the drafts of an issue, if there is one."""
        self.check_known(store, issue)
        view = self.views.of(store, issue, now=self.workspace.now())
        if store.history.copy:
            self.untold += view.files.notes
        self._hear(store)
        return view

    def _ordered(self, store: Store, view: Overview) -> Overview:
        """Put an issue in the order that earlier verdicts tell; nothing of it is left out."""
        if not self.workspace.learns():
            return view
        return self.views.ordered(store, view, self.learning, self.workspace.embedder.model_id)

    def check_known(self, store: Store, issue: str) -> None:
        """Refuse the name of no issue."""
        if issue not in dict(store.drafts.issues()):
            raise NotFound(f"{issue}: no such issue")

    def _check_reason(self, reason: str) -> None:
        if reason and reason not in self.workspace.reasons():
            raise NotFound(f"{reason[:40]!r}: no reason of prompts/reasons.yaml")

    def _row(self, store: Store, draft_id: str) -> DraftRow:
        rows = store.drafts.drafts(ids=[draft_id])
        if not rows:
            raise NotFound(f"{draft_id}: no such draft")
        return rows[0]

    def _rows(self, store: Store, ids: list[str]) -> list[DraftRow]:
        rows = {row.id: row for row in store.drafts.drafts(ids=ids)}
        if missing := [each for each in ids if each not in rows]:
            raise NotFound(f"{missing[0]}: no such draft")
        return [rows[each] for each in dict.fromkeys(ids)]

    def _story(self, store: Store, draft_id: str) -> tuple[Overview, Line, Story]:
        view = self._ordered(store, self.overview_of(store, self._row(store, draft_id).issue))
        line = next(each for each in view.lines if each.id == draft_id)
        draft: FoundDraft | None = view.files.found.get(draft_id)
        if draft is None:
            problems = [each.message for each in view.files.problems if each.id == draft_id]
            raise NotFound("\n".join(problems) or f"{draft_id}: the draft has no file that can be read")
        article = store.articles.get([draft_id]).get(draft_id)
        analysis = store.articles.analyses_for([draft_id]).get(draft_id)
        checks = view.checks.get(draft_id)
        has_ideas = self.workspace.has_ideas()
        return view, line, story_of(store, draft, article, analysis, checks, has_ideas=has_ideas)

    def _story_page(
        self,
        store: Store,
        view: Overview,
        line: Line,
        story: Story,
        query: Mapping[str, str],
        *,
        conflict: Conflict | None = None,
        refused: tuple[Section, str, str] | None = None,
        completes: bool = True,
    ) -> str:
        ordered = [each.id for _, group in by_theme(view.lines) for each in group]
        place = ordered.index(line.id)
        return page(
            "story",
            **self._common("story", query),
            issue=view.issue,
            line=line,
            story=story,
            here=set(ordered),
            previous=ordered[place - 1] if place else "",
            following=ordered[place + 1] if place + 1 < len(ordered) else "",
            place=place + 1,
            total=len(ordered),
            conflict=conflict,
            refused=refused,
            new=find_section(story.draft.text, "new"),
            chosen_sentence=_number(query.get("sentence", ""), len(story.sentences)),
            vocabulary={
                "themes": self.workspace.themes() if completes else (),
                "keywords": store.search.frequent_labels("keyword", most=MOST_KEYWORDS) if completes else (),
            },
        )

    def _write(self, store: Store, draft_id: str, edit: Edit, shown: str = "") -> Outcome:
        output, now = self.workspace.output, self.workspace.now()
        try:
            # Where others wrote elsewhere in the draft, what the page has of it is behind, and stays so.
            is_known = bool(shown) and self._is_as_shown(store, draft_id, shown)
            saved = save_section(
                store,
                output,
                draft_id,
                edit.key,
                edit.text,
                mark=edit.mark,
                now=now,
                kind=edit.kind,
                reason=edit.reason,
                also=edit.also,
                goes_on=self.typed.step_for(draft_id, edit.field, now) if self.typed else 0,
            )
        except Changed as error:
            view, line, story = self._story(store, draft_id)
            page_ = self._story_page(store, view, line, story, {}, conflict=conflict_of(error.now, edit.text))
            return Outcome(409, page_, (str(error),))
        except DigestError as error:
            view, line, story = self._story(store, draft_id)
            mine = (Section(edit.key, edit.text), edit.mark, str(error))
            page_ = self._story_page(store, view, line, story, {}, refused=mine)
            return Outcome(422, page_, (str(error),))
        if saved.is_changed:
            # Never another's step: more of the same takes the place of what was made in it.
            self.typed = Typed(saved.step, draft_id, edit.field, now)
        said = f"saved: {edit.key}" if saved.is_changed else f"nothing to save: {edit.key} says that already"
        text = find_draft(store, output, draft_id, now=now).text
        mark = find_section(text, edit.key).mark if edit.key in {x.key for x in sections_of(text)} else ""
        address = f"/story/{draft_id}?said={self.keep([said])}&at={edit.at}"
        return Outcome(303, address, (said,), mark, saved.draft_mark if is_known else "")

    def _is_as_shown(self, store: Store, draft_id: str, shown: str) -> bool:
        now = mark_of_file(find_draft(store, self.workspace.output, draft_id, now=self.workspace.now()))
        return shown == now or since(store, draft_id, shown) is None

    def _set(
        self, store: Store, view: Overview, ids: list[str], status: Status, reason: str
    ) -> list[DraftRow]:
        if not ids:
            return []
        output, now = self.workspace.output, self.workspace.now()
        return set_status(store, output, ids, status, now=now, reason=reason, files=view.files)


def _number(said: str, most: int) -> int:
    """Read a number of the page, 1 first; 0 for none of it."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 and int(said) <= most else 0
