"""The desk's page on an issue: checklist, introduction, order, previews, publishing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from digest.errors import DigestError
from digest.language.counts import counted
from digest.records import Finding, Issue
from digest.review.checklist import Looked, groups_of, sizes_of, verdict_of
from digest.review.conflict import Conflict, conflict_of
from digest.review.handlers import Answer, Desk, NotFound, Outcome
from digest.review.introducing import NAMES, answered, opening_of, save_introduction
from digest.review.lines import NO_THEME, Overview, chosen
from digest.review.ordering import themes_of
from digest.review.outlets import Question, outlets_of, question_of
from digest.review.pages import page
from digest.review.previews import FORMS, Preview, preview_of
from digest.review.saving import Changed, Section
from digest.review.shown_issue import ShownIssue, issue_since
from digest.review.story import ideas_left
from digest.store import Store

OVER_WARNINGS = "Publish over open warnings"
"""What the button says that publishes what fails a check, too."""

if TYPE_CHECKING:
    from digest.review.sending_page import Unsent


def show_issue(
    desk: Desk,
    issue: str,
    query: Mapping[str, str],
    *,
    failed: tuple[str, ...] = (),
    conflict: Conflict | None = None,
    refused: tuple[Section, str, str] | None = None,
    unsent: "Unsent | None" = None,
) -> Answer:
    """Show what of an issue would be published, and what keeps it from that.

    Args:
        desk: The desk.
        issue: Its name.
        query: Of the address.
        failed: Why it was not published.
        conflict: A section of the introduction as it is now, and what the editor wrote.
        refused: What the editor wrote, the mark it had, and why it could not be written.
        unsent: Why it was not sent.
    """
    workspace = desk.workspace
    with desk.reading() as store:
        view = desk.overview_of(store, issue)
        lines = chosen(view.lines, "approved", "")
        looked, made = _looked_through(desk, store, issue, view)
        titles = {each.id: each.draft.title for each in view.lines}
        themes = [each.theme for each in lines if each.has_rows and each.theme != NO_THEME]
        opening = opening_of(workspace.output, issue, titles, themes)
        is_published = issue in store.drafts.published_issues()
        asked = query.get("ask", "") if is_published else ""
        question = _question(desk, store, issue, asked) if asked else None
    outlets, unknown = outlets_of(workspace.outlets, workspace.output, issue)
    status = 409 if failed or conflict or unsent else 422 if refused else 200
    return status, page(
        "issue",
        **(desk.values_of("issue", query) | {"issue": issue}),
        view=view,
        lines=lines,
        themes=themes_of(lines),
        at_theme=query.get("theme", ""),
        verdict=verdict_of(looked),
        groups=groups_of(looked, titles),
        has_warnings=bool(looked.failed) and not looked.broken,
        opening=opening,
        conflict=conflict,
        refused=refused,
        forms=FORMS,
        sizes=sizes_of(made) if made else {},
        failed=failed,
        over_warnings=OVER_WARNINGS,
        is_published=is_published,
        outlets=outlets,
        unknown=unknown,
        question=question,
        unsent=unsent,
        under_way=sending_now(desk),
        has_page=(workspace.output / "site" / "issues" / f"{issue}.html").is_file(),
    )


def sending_now(desk: Desk) -> str:
    """Say how far a sending is, of this desk or whoever is at it; empty where there is none."""
    if said := next(iter(list(desk.sending.values())), ""):
        return said
    holder = desk.workspace.outlets.holder()
    return f"a sending is under way ({holder})" if holder else ""


def show_form(desk: Desk, issue: str, form: str) -> Preview:
    """Show an issue in one of its forms, as it would be published."""
    if form not in FORMS:
        raise NotFound(f"{form[:40]!r}: no form of an issue")
    with desk.reading() as store:
        desk.check_known(store, issue)
        made = desk.workspace.preview(store, issue)
    return preview_of(made, form, now=desk.workspace.now())


def save(desk: Desk, issue: str, key: str, text: str, mark: str) -> Outcome:
    """Save a section of the introduction; where it was changed meanwhile, show both texts."""
    if key not in NAMES:
        raise NotFound(f"{key[:40]!r}: no section of an introduction")
    workspace = desk.workspace
    try:
        with desk.writing() as store:
            desk.check_known(store, issue)
            is_changed = save_introduction(
                store, workspace.output, issue, key, text, mark=mark, now=workspace.now()
            )
    except Changed as error:
        return Outcome(
            409, show_issue(desk, issue, {}, conflict=conflict_of(error.now, text))[1], (str(error),)
        )
    except DigestError as error:
        mine = (Section(key, text), mark, str(error))
        return Outcome(422, show_issue(desk, issue, {}, refused=mine)[1], (str(error),))
    said = f"saved: {key}" if is_changed else f"nothing to save: {key} says that already"
    address = f"/issue/{issue}/publish?said={desk.keep([said])}&at={key}"
    sections = opening_of(workspace.output, issue, {}, ()).sections
    return Outcome(303, address, (said,), next(each.mark for each in sections if each.key == key))


def answer_suggestion(desk: Desk, issue: str, act: str, said: str) -> Outcome:
    """Take over or drop what a language model suggested for the introduction."""
    if act not in ("take", "drop"):
        raise NotFound(f"{act[:40]!r}: expected take or drop")
    key, text, mark = answered(desk.workspace.output, issue, said, takes=act == "take")
    return save(desk, issue, key, text, mark)


def publish(desk: Desk, issue: str, shown: ShownIssue, *, anyway: bool) -> Answer:
    """Publish an issue, if it is still what the page showed."""
    said: list[str] = []
    lines: tuple[str, ...] = ()
    made: Issue | None = None
    with desk.writing() as store:
        desk.check_known(store, issue)
        try:
            approved = chosen(desk.overview_of(store, issue).lines, "approved", "")
            opening = opening_of(desk.workspace.output, issue, {}, ()).sections
            # Where there is nothing to publish, that is what is to be said.
            if (approved or shown.drafts) and (since := issue_since(store, approved, opening, shown)):
                raise DigestError("\n".join(since))
            made = desk.workspace.publish(store, issue, anyway, said.append)
        except DigestError as error:
            lines = tuple(str(error).split("\n"))
    if made is None:
        return show_issue(desk, issue, {}, failed=lines)
    said.insert(0, f"published: issue {issue}, {counted(len(made.entries), 'entry', 'entries')}")
    return 303, f"/issue/{issue}/publish?said={desk.keep(said)}"


def _question(desk: Desk, store: Store, issue: str, to: str) -> Question:
    outlets = desk.workspace.outlets
    return question_of(outlets, outlets.ready(store, issue, None).letter, to)


def _looked_through(desk: Desk, store: Store, issue: str, view: Overview) -> tuple[Looked, Issue | None]:
    found: list[Finding] = []
    made: Issue | None = None
    approved = [each.id for each in view.lines if each.draft.status == "approved"]
    if approved:
        try:
            found, made = desk.workspace.look_through(store, issue)
        except DigestError as error:
            found = [Finding("unreadable", "", 0, line) for line in str(error).split("\n")]
    drafts = {each: view.files.found[each] for each in approved if each in view.files.found}
    ideas = {}
    if desk.workspace.has_ideas():
        analyses = store.articles.analyses_for(drafts)
        ideas = {each: ideas_left(draft, analyses.get(each)) for each, draft in drafts.items()}
    return Looked(found, made is not None, drafts, ideas, len(approved)), made
