"""`digest draft ...` and `digest publish`: what editors decide."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, places, printing
from digest.cli.printing import say, show
from digest.errors import DigestError
from digest.language.counts import counted

if TYPE_CHECKING:
    from digest.issues.issue_files import Tell
    from digest.records import DraftRow, Issue, Status
    from digest.store import Store

app = typer.Typer(help="The drafts' state and history.", no_args_is_help=True)

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", help="Ids, their beginnings, addresses, or the drafts' files."),
]
All = Annotated[bool, typer.Option("--all", help="Every pending draft of the issue.")]
OfIssue = Annotated[
    str,
    typer.Option(
        "--issue", callback=common.issue_name, help="The issue; default: the newest unpublished one."
    ),
]

Reason = Annotated[
    str, typer.Option("--reason", help="Why: a word of prompts/reasons.yaml, for `digest report --editing`.")
]
Anyway = Annotated[
    bool,
    typer.Option("--anyway", help="Also what fails a check; it is remembered and not asked about again."),
]


@app.command("list")
def list_(context: typer.Context, issue: OfIssue = "", as_json: printing.AsJson = False) -> None:
    """List the drafts of an issue with their status."""
    from digest.issues.decisions import read_statuses
    from digest.issues.draft_checks import check_drafts, lines_of, newer
    from digest.issues.draft_list import listed
    from digest.issues.introduction import read_introduction
    from digest.issues.publishable import keep_glances, unchecked, unpublishable
    from digest.records.plain_values import to_json

    output = places.output_of(context.obj)
    with places.archive(context.obj, doing="digest draft list", must_exist=True, if_free=True) as store:
        name = named(store, issue) or newest(store, published=False) or published(store)
        files = read_statuses(store, output, name, now=common.utc_now())
        take_back(store, context.obj)
        checks = check_drafts(store, files.found)
        rows = listed(store, files, name, checks)
        introduction = read_introduction(output, name)
        cannot = [*unpublishable(store, files.found), *(introduction.problems if introduction else ())]
        if not store.history.is_paused:
            keep_glances(store, files.found, checks)
    for line in (*files.lines(), *cannot, *unchecked(files.found)):
        say(line)
    for each, found in checks.items():
        for line in lines_of(files.found[each], newer(found)):
            say(f"failed check: {line}")
    if as_json:
        printing.show_json([to_json(row) for row in rows])
        return
    printing.show_table(
        ("no", "id", "status", "kind", "rows", "failed", "title", "file"),
        [
            (
                str(row.number),
                row.id,
                row.status,
                row.kind,
                str(row.signals),
                str(row.failed),
                row.title,
                row.file,
            )
            for row in rows
        ],
        spare="file",
    )
    say(f"{counted(len(rows), 'draft', 'drafts')} in {output / 'drafts' / name}")


@app.command()
def approve(
    context: typer.Context,
    ids: Ids = None,
    issue: OfIssue = "",
    all_: All = False,
    anyway: Anyway = False,
    reason: Reason = "",
) -> None:
    """Approve drafts: they become entries when the issue is published."""
    _decide(context.obj, ids or [], "approved", issue=issue, takes_all=all_, anyway=anyway, reason=reason)


@app.command()
def reject(
    context: typer.Context,
    ids: Ids = None,
    issue: OfIssue = "",
    all_: All = False,
    missing: Annotated[
        bool, typer.Option("--missing", help="Every draft of the issue whose file was deleted.")
    ] = False,
    reason: Reason = "",
) -> None:
    """Reject drafts: they do not come back."""
    if missing and (ids or all_):
        raise typer.BadParameter("--missing goes with neither ids nor --all")
    _decide(
        context.obj, ids or [], "rejected", issue=issue, takes_all=all_, takes_missing=missing, reason=reason
    )


@app.command()
def defer(
    context: typer.Context, ids: Ids = None, issue: OfIssue = "", all_: All = False, reason: Reason = ""
) -> None:
    """Defer drafts to the next issue."""
    _decide(context.obj, ids or [], "deferred", issue=issue, takes_all=all_, reason=reason)


def publish(
    context: typer.Context,
    issue: common.OpenIssue = "",
    anyway: Anyway = False,
    blind_spots: Annotated[
        bool | None,
        typer.Option(
            "--blind-spots/--no-blind-spots",
            help="Publish what the issue leaves out as well, and why; else as publish_blind_spots says.",
        ),
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Show the page in a browser.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what should be looked at before; nothing is written.")
    ] = False,
    no_links: Annotated[
        bool, typer.Option("--no-links", help="With --check: ask no address whether it leads anywhere.")
    ] = False,
    as_json: printing.AsJson = False,
) -> None:
    """Publish an issue: entry pages of its approved drafts, the issue itself, the index, and the site."""
    from digest.issues.decisions import read_statuses
    from digest.workspace.files import remove_temporary

    folder: Path = context.obj
    common.load(folder)
    output = places.output_of(folder)
    if check:
        _check_only(folder, issue, asks=not no_links, as_json=as_json)
        return
    with places.archive(folder, doing="digest publish", must_exist=True) as store:
        name = named(store, issue) or _to_publish(store)
        # What a kill left lies beside pages that are put online.
        remove_temporary(output)
        files = read_statuses(store, output, name, now=common.utc_now())
        # The others are the error that publishing stops with.
        left_out = [each.message for each in files.problems if not each.may_be_approved]
        for line in (*files.notes, *left_out):
            say(line)
        if hint := without_introduction(folder, name):
            say(hint)
        with common.if_stopped(lambda: f"issue {name} is not published whole; digest publish does it again"):
            made = publish_in(store, folder, name, anyway=anyway, blind_spots=blind_spots, tell=say)
        left = [row for row in store.drafts.drafts(issue=made.name) if row.status == "pending"]
    path = output / "issues" / f"{made.name}.md"
    if open_page:
        typer.launch(str(path.with_suffix(".html")))
    if as_json:
        printing.show_json({"issue": made.name, "entries": len(made.entries), "path": str(path)})
        return
    if left:
        are = "draft is" if len(left) == 1 else "drafts are"
        say(f"{len(left)} {are} still pending and left out")
    show(f"issue {made.name}: {counted(len(made.entries), 'entry', 'entries')}\n{path}")


def _to_publish(store: "Store") -> str:
    """Find the issue that is to be published: one whose publishing was stopped, else the newest that is not.

    Raises:
        DigestError: there is none.
    """
    from digest.issues.history.keeping import stopped_publishing

    if stopped := stopped_publishing(store):
        say(f"issue {stopped}: its publishing was stopped, and is done again; for another, name it")
        return stopped
    return unpublished(store)


def _check_only(folder: Path, issue: str, *, asks: bool, as_json: bool) -> None:
    """Print the checklist of an issue, and leave with 1 where something is serious."""
    from digest.cli.checklist import checklist, show_findings

    with places.archive(folder, doing="digest publish --check", must_exist=True) as store:
        name = named(store, issue) or newest(store, published=False) or published(store)
        found = checklist(store, folder, name, asks=asks)
    show_findings(found, name, as_json=as_json)
    if any(each.is_serious for each in found):
        raise typer.Exit(1)


def publish_in(
    store: "Store",
    folder: Path,
    issue: str,
    *,
    anyway: bool,
    anyway_by: str = "--anyway",
    blind_spots: bool | None = None,
    tell: "Tell",
) -> "Issue":
    """Publish an issue with all that belongs to it, as one step.

    Args:
        store: The archive.
        folder: The workspace.
        issue: Its name.
        anyway: What fails a check is published all the same.
        anyway_by: What an editor is told to use for that.
        blind_spots: Whether readers are told what it leaves out; None for as the settings say.
        tell: Told what an editor should know.

    Raises:
        DigestError: It cannot be published as it stands; nothing was written then.
    """
    from digest.issues.blind_spots import LeftOut
    from digest.issues.publishing import publish as publish_issue

    config, output = common.load(folder), places.output_of(folder)
    take_back(store, folder, tell)
    is_told = config.settings.publish_blind_spots if blind_spots is None else blind_spots
    return publish_issue(
        store,
        output,
        issue,
        config.newsletter,
        now=common.utc_now(),
        anyway=anyway,
        anyway_by=anyway_by,
        keeps_suggestions=config.settings.publishes_suggestions,
        library=suggestible(folder),
        left_out=LeftOut(config.feeds, for_readers=is_told, language=config.newsletter.language),
        tell=tell,
    )


def without_introduction(folder: Path, issue: str) -> str:
    """Say, where a language model analyzes, that an issue has no introduction and how it may get one."""
    from digest.issues.output_paths import introduction_file
    from digest.workspace.files import is_there

    if common.load(folder).settings.analyzer != "model":
        return ""
    if is_there(introduction_file(places.output_of(folder), issue)):
        return ""
    return f"issue {issue} has no introduction; digest introduce {issue} suggests one from its entries"


def suggestible(folder: Path) -> list[str]:
    """Give every phrase of the pattern library, which may stand in drafts as a suggestion."""
    from digest.analysis.library import phrasing_texts
    from digest.workspace.prompt_files import load_patterns

    return phrasing_texts(load_patterns(folder))


def take_back(store: "Store", folder: Path, tell: "Tell" = say) -> None:
    """Withdraw what was rejected after it was published, and say so."""
    from digest.issues.publishing import withdraw_rejected

    newsletter = common.load(folder).newsletter
    withdraw_rejected(store, places.output_of(folder), newsletter, now=common.utc_now(), tell=tell)


def named(store: "Store", issue: str) -> str:
    """Give the issue that was named; empty where none was.

    Raises:
        DigestError: there is no such issue.
    """
    from digest.issues.issue_names import check_known

    if issue:
        check_known(issue, dict(store.drafts.issues()))
    return issue


def newest(store: "Store", *, published: bool) -> str:
    """Find the newest issue that is published, or is not; empty if there is none but far ahead.

    Raises:
        DigestError: there is no issue at all.
    """
    from digest.issues.issue_names import newest_near

    issues = store.drafts.issues()
    if not issues:
        raise DigestError("no issue yet; make one with: digest run")
    names = [name for name, published_at in issues if bool(published_at) == published]
    return newest_near(names, now=common.utc_now())


def unpublished(store: "Store") -> str:
    """Find the newest issue that is not published.

    Raises:
        DigestError: there is none.
    """
    from digest.issues.issue_names import issue_day

    if name := newest(store, published=False):
        return name
    ahead = [name for name, published_at in store.drafts.issues() if not published_at and issue_day(name)]
    rest = f"every issue but {', '.join(ahead)}, far ahead," if ahead else "every issue"
    again = newest(store, published=True)
    example = f", such as {again} to publish its changes" if issue_day(again) else ""
    raise DigestError(f"{rest} is published; name one (--issue, or as the argument of publish){example}")


def published(store: "Store") -> str:
    """Find the newest issue that is published.

    Raises:
        DigestError: there is none.
    """
    from digest.issues.issue_names import issue_day

    if name := newest(store, published=True):
        return name
    ahead = ", ".join(name for name, _ in store.drafts.issues() if issue_day(name))
    if not ahead:
        raise DigestError("no issue is named by a date; see: digest doctor")
    raise DigestError(f"no issue but {ahead}, far ahead; name one with --issue")


def resolve(store: "Store", name: str) -> str:
    """Find the one entry that an id, the beginning of one, or an address stands for.

    Raises:
        DigestError: there is none, or more than one.
    """
    found = store.links.resolve(name)
    if not found:
        shown = name if name.strip() else repr(name)
        raise DigestError(f"{shown}: nothing in the archive has this id or address")
    common.raise_if_several(name, found, "entries")
    return found[0]


def resolve_draft(store: "Store", output: Path, name: str) -> str:
    """Find the one draft that its file, an id, the beginning of one, or an address stands for.

    Raises:
        DigestError: there is none, or more than one.
    """
    from digest.issues.draft_files import id_of_file
    from digest.issues.draft_texts import SUFFIXES

    path = Path(name)
    if "://" not in name and (path.is_file() or path.suffix.lower() in SUFFIXES):
        return id_of_file(_draft_file(store, output, path))
    found = [row.id for row in store.drafts.drafts() if name and row.id.startswith(name)]
    common.raise_if_several(name, found, "drafts")
    # Among all articles the beginning may stand for several, among the drafts for one.
    return found[0] if found else resolve(store, name)


def _draft_file(store: "Store", output: Path, path: Path) -> Path:
    """Find a draft's file: as seen from here, from the workspace, or by its name alone, as the list has it.

    Raises:
        DigestError: several issues have a file of this name.
    """
    from digest.issues.output_paths import draft_folder

    if path.is_file():
        return path
    issues = [name for name, _ in store.drafts.issues()] if path.name == str(path) else []
    candidates = (output.parent / path, *(draft_folder(output, issue) / path for issue in issues))
    found = [each for each in candidates if each.is_file()]
    if len(found) > 1:
        raise DigestError(f"{path}: stands for {len(found)} files: {', '.join(map(str, found))}; name one")
    return found[0] if found else path


def _decide(
    folder: Path,
    names: Sequence[str],
    status: "Status",
    *,
    issue: str,
    takes_all: bool,
    takes_missing: bool = False,
    anyway: bool = False,
    reason: str = "",
) -> None:
    from digest.issues import decisions
    from digest.workspace.prompt_files import check_reason

    check_reason(folder, reason)

    if bool(names) == (takes_all or takes_missing):
        raise typer.BadParameter("give ids, or --all for every pending draft")
    output, now = places.output_of(folder), common.utc_now()
    with places.archive(folder, doing=f"digest draft ({status})", must_exist=True) as store:
        named(store, issue)
        ids = [resolve_draft(store, output, name) for name in names]
        if takes_missing:
            ids = decisions.without_files(store, output, issue or unpublished(store))
        elif takes_all:
            of_issue = issue or unpublished(store)
            files = decisions.read_statuses(store, output, of_issue, now=now)
            for line in files.lines():
                say(line)
            rows = store.drafts.drafts(issue=of_issue)
            ids = [row.id for row in rows if row.status == "pending" and row.id in files.found]
        refused: list[str] = []
        if status == "approved":
            ids, refused = _passing(store, output, ids, anyway=anyway)
        changed: list[DraftRow] = decisions.set_status(store, output, ids, status, now=now, reason=reason)
        take_back(store, folder)
    for row in changed:
        show(f"{status}  {row.id}  {row.title}")
    if refused:
        hint = "not approved; correct these, or approve them all the same with: --anyway"
        raise DigestError("\n".join((*refused, hint)))
    if not changed:
        say("no drafts without a file" if takes_missing else "no pending drafts")


def _passing(
    store: "Store", output: Path, ids: Sequence[str], *, anyway: bool
) -> tuple[list[str], list[str]]:
    """Give the drafts that may be approved, and what fails in the others; with `anyway`, all may."""
    from digest.issues import draft_checks
    from digest.issues.draft_files import find_drafts
    from digest.issues.publishable import unchecked, unreadable

    issues = {row.issue for row in store.drafts.drafts(ids=ids)}
    found = {each: draft for name in issues for each, draft in find_drafts(store, output, name).found.items()}
    wanted = {each: found[each] for each in ids if each in found}
    for line in unchecked(wanted):
        say(line)
    # What such a draft says is not known yet, so that nobody can approve it.
    faults = unreadable(wanted)
    refused = [line for lines in faults.values() for line in lines]
    checks = draft_checks.check_drafts(store, wanted)
    failing = {each: failed for each in checks if (failed := draft_checks.newer(checks[each]))}
    lines = [line for each in failing for line in draft_checks.lines_of(found[each], failing[each])]
    if not anyway:
        return [each for each in ids if each not in failing and each not in faults], [*refused, *lines]
    draft_checks.accept(store, {each: checks[each] for each in failing})
    for line in (*refused, *lines):
        say(f"approved anyway: {line}")
    return list(ids), []
