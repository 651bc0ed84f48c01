"""`digest status`: how the workspace stands, for whoever looks after it."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from digest.cli import common, places, printing
from digest.cli.printing import show
from digest.language.counts import counted

if TYPE_CHECKING:
    from digest.records import RunRow
    from digest.status import IssueState, Status
    from digest.workspace.config import Config


def status(context: typer.Context, as_json: printing.AsJson = False) -> None:
    """Say where the archive is, what works for it, how the last runs went, and what is stuck."""
    from digest.status import is_run, status_of
    from digest.store.sqlite import BRIEF, holder_of

    folder: Path = context.obj
    config = common.load(folder)
    output = places.output_of(folder)
    now = common.utc_now()
    with places.archive(folder, must_exist=True) as store:
        # Whoever works for a database from another machine holds its lock, and none in this folder.
        holder = store.holder() or holder_of(output / "lock").removesuffix(BRIEF)
        feeds = {feed.url for feed in config.feeds}
        found = status_of(store, feeds, now=now, holder=holder)
        server = "" if store.is_file else store.server()[0]
    where = {
        "archive": places.archive_name(folder),
        "pages": config.settings.pages,
        "drafts": config.settings.drafts,
        "executor": _executor(config),
        "in_use_by": holder,
    }
    if server:
        where["server"] = server
    if as_json:
        from digest.records.plain_values import to_json

        printing.show_json(where | to_json(found))
        return
    lines = _lines(where, found, config, is_running=is_run(holder))
    show("\n".join(f"{name:10} {value}" for name, value in lines))


def _executor(config: "Config") -> str:
    settings = config.settings
    return "processes of this machine" if settings.executor == "processes" else f"ray {settings.ray}".strip()


def _lines(
    where: dict[str, str], found: "Status", config: "Config", *, is_running: bool
) -> list[tuple[str, str]]:
    path = Path(where["archive"])
    size = f"{path.stat().st_size / 1e6:,.1f} MB" if path.is_file() else ""
    kept = "".join(f", {each}" for each in (where.get("server") or size,) if each)
    lines = [
        ("archive", f"{where['archive']}: {counted(found.articles, 'article', 'articles')}{kept}"),
        ("pages", f"in the {where['pages']}"),
        ("drafts", "as the archive has them" if where["drafts"] == "archive" else "as the files say"),
        ("executor", where["executor"]),
        ("analyzer", config.settings.language_model if config.settings.analyzer == "model" else "rules"),
        ("in use", f"by {where['in_use_by']}" if where["in_use_by"] else "by nobody"),
    ]
    # The run that is at work is the newest.
    lines += [("run", _run(row, is_running and not at)) for at, row in enumerate(found.runs)] or [
        ("run", "none yet")
    ]
    lines += [("issue", _issue(each)) for each in found.issues]
    return lines + ([("stuck", each) for each in found.stuck] or [("stuck", "nothing")])


def _run(row: "RunRow", is_at_work: bool) -> str:
    begun = f"{row.started:%Y-%m-%d %H:%M} UTC, issue {row.issue}"
    if row.report is None:
        return f"{begun}: {'at work' if is_at_work else 'stopped before its end'}"
    broken = sum(feed.status == "broken" for feed in row.report.feeds)
    return (
        f"{begun}: {counted(len(row.report.drafts), 'draft', 'drafts')}, {len(row.report.dropped)} lost, "
        f"{counted(broken, 'broken feed', 'broken feeds')} of {len(row.report.feeds)}"
    )


def _issue(each: "IssueState") -> str:
    states = ", ".join(f"{count} {name}" for name, count in each.drafts.items()) or "no drafts"
    state = f"published {each.published_at:%Y-%m-%d}" if each.published_at else "open"
    return f"{each.name} ({state}): {states}"
