"""`digest import`: articles and entry pages that come from elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, machinery, places, printing
from digest.cli.printing import say, show
from digest.errors import DigestError
from digest.language.screen import on_one_line

if TYPE_CHECKING:
    from digest.issues.importing import ImportedPages, Pages, Row
    from digest.store import Store
    from digest.workspace.config import Config

SHOWN = 20
"""Mistakes of one kind that are listed; the others are counted."""


def import_(
    context: typer.Context,
    path: Annotated[
        Path,
        typer.Argument(
            parser=common.path_of,
            metavar="PATH",
            help='JSON Lines ({"id"?, "url", "title", "text", "published"?, "author"?, "site"?}), '
            "an entry page, or a folder of entry pages; what a file holds counts, not its name.",
        ),
    ],
    clean: Annotated[
        bool, typer.Option("--clean", help="Take trackers out of the addresses of entry pages; ids stay.")
    ] = False,
    issue: Annotated[
        str,
        typer.Option(
            "--issue",
            callback=common.issue_name,
            help="The issue of entry pages whose origin names none, 20221122.",
        ),
    ] = "",
    as_json: printing.AsJson = False,
) -> None:
    """Take articles, or entry pages of an existing archive, into the archive.

    Rows and pages keep their ids, and what is there already is left alone. Entry pages may be of both shapes;
    they become entries of published issues, and their issues are written to output/. An id that lost a "d"
    after eight digits is mended where the page's address or another page confirms it.
    """
    from digest.issues.importing import holds_pages
    from digest.workspace.files import is_there, kind_of

    if not is_there(path):
        raise DigestError(f"{path}: cannot be read: no such file or folder")
    if not path.is_dir() and not path.is_file():
        raise DigestError(f"{path}: cannot be read: expected a file, got {kind_of(path.stat().st_mode)}")
    config = common.load(context.obj)
    if path.is_dir() or holds_pages(path):
        _import_pages(context.obj, path, config, clean=clean, issue=issue, as_json=as_json)
    elif clean or issue:
        raise typer.BadParameter("--clean and --issue are for entry pages (a page, or a folder of them)")
    else:
        _import_articles(context.obj, path, config, as_json=as_json)


def _import_articles(folder: Path, path: Path, config: "Config", *, as_json: bool) -> None:
    from digest.issues.importing import article_of, import_articles

    rows, problems = _rows(path)
    with (
        places.archive(folder, doing="digest import") as store,
        _kept_if_stopped("articles") as progress,
        machinery.a_worker() as call,
    ):
        done = import_articles(
            rows,
            store,
            machinery.embedder_of(config),
            now=common.utc_now(),
            progress=progress,
            make=lambda row: call(article_of, row, of=row.id),
        )
    for name, reason in done.lost:
        say(f"{path}: not imported: {name}: {reason}")
    if as_json:
        printing.show_json({"articles": done.added, "copies": done.copies, "known": done.known})
    else:
        show(
            f"{done.added} articles imported, {done.copies} of them copies of others; "
            f"{done.known} known already"
        )
    if problems:
        raise DigestError("\n".join([*problems, "the other lines were imported"]))
    if done.lost:
        raise typer.Exit(1)


def _import_pages(
    folder: Path, path: Path, config: "Config", *, clean: bool, issue: str, as_json: bool
) -> None:
    from digest.issues.importing import import_pages, pages_in, read_page_file, read_pages

    paths = pages_in(path) if path.is_dir() else [path]
    if not paths:
        raise DigestError(f"{path}: no entry pages (*.md) in this folder, nor others that begin like one")
    with (
        places.archive(folder, doing="digest import") as store,
        _kept_if_stopped("entry pages") as progress,
        machinery.a_worker() as call,
    ):
        pages = read_pages(
            paths,
            folder=path if path.is_dir() else path.parent,
            issue=issue,
            clean=clean,
            known=store.articles.known_ids(),
            read=lambda path: call(read_page_file, path, of=str(path)),
        )
        say(f"read  {len(pages.entries)} of {len(paths)} pages")
        done = import_pages(
            pages.entries, store, machinery.embedder_of(config), now=common.utc_now(), progress=progress
        )
        _write_issues(store, folder, config, pages, done)
    _tell(pages, done)
    if as_json:
        printing.show_json(_as_json(pages, done))
    else:
        show(_in_short(pages, done))
    if pages.failed or done.refused:
        raise typer.Exit(1)


def _write_issues(
    store: "Store", folder: Path, config: "Config", pages: "Pages", done: "ImportedPages"
) -> None:
    """Write the issues that entries came into, and those an import that was killed has left unwritten."""
    from digest.issues.issue_files import write_imported_issues
    from digest.issues.output_paths import issue_file
    from digest.workspace.files import is_there

    newsletter, output = config.newsletter, places.output_of(folder)
    published = store.drafts.published_issues()
    added = {each.issue for each in done.added}
    names = sorted({each.issue for each in pages.entries} & published)
    write_imported_issues(
        store,
        output,
        [name for name in names if name in added or not is_there(issue_file(output, name, ".md"))],
        newsletter,
        now=common.utc_now(),
        tell=say,
    )


def _tell(pages: "Pages", done: "ImportedPages") -> None:
    """Say on standard error what of an import of entry pages needs a look."""
    from digest.issues.issue_names import is_far_ahead

    _list("not imported", [f"{name}: {what}" for name, what in pages.failed])
    _list(
        "not imported, as their issue is being edited here; publish it first",
        [f"{each.id} ({each.issue})" for each in done.refused],
    )
    _list(
        "ids that lack a letter and could not be mended; kept as they are",
        [f"{name}: {found} (perhaps {possible})" for name, found, possible in pages.unmended],
    )
    _list(
        "left out, as it cannot be published; plain words of the usual sections stay",
        [f"{name}: {part}" for name, part in pages.unread],
    )
    ahead = sorted({each.issue for each in done.added if is_far_ahead(each.issue, now=common.utc_now())})
    _list("issues far ahead; imported, but worked on only where they are named", ahead)
    _list("ids mended", [f"{name}: {found} is {whole}" for name, found, whole in pages.mended])


def _as_json(pages: "Pages", done: "ImportedPages") -> dict[str, object]:
    return {
        "entries": [{"id": each.id, "issue": each.issue} for each in done.added],
        "known": done.known,
        "failed": [{"page": name, "error": what} for name, what in pages.failed],
        "refused": [{"id": each.id, "issue": each.issue} for each in done.refused],
        "mended": [{"page": name, "from": found, "to": whole} for name, found, whole in pages.mended],
        "unmended": [{"page": name, "id": found} for name, found, _ in pages.unmended],
    }


def _in_short(pages: "Pages", done: "ImportedPages") -> str:
    issues = sorted({each.issue for each in done.added})
    span = f" ({issues[0]} to {issues[-1]})" if len(issues) > 1 else f" ({issues[0]})" if issues else ""
    count = len(done.added)
    return (
        f"{count} entry {'page' if count == 1 else 'pages'} imported into {len(issues)} "
        f"{'issue' if len(issues) == 1 else 'issues'}{span}; {done.known} known already; "
        f"{len(pages.failed) + len(done.refused)} failed; {len(pages.mended)} ids mended"
    )


def _list(heading: str, lines: list[str]) -> None:
    if lines:
        more = [f"  and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        say("\n".join([f"{heading}:", *(f"  {on_one_line(line)}" for line in lines[:SHOWN]), *more]))


@contextmanager
def _kept_if_stopped(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give what is told of progress, and have Ctrl-C say how much was kept."""
    kept, wanted = 0, 0

    def progress(done: int, total: int) -> None:
        nonlocal kept, wanted
        kept, wanted = done, total
        if done == total or done % 500 == 0:
            say(f"import  {done} of {total}")

    def tell() -> str:
        count = f"{kept} of {wanted}" if wanted else "no"
        return f"{count} new {what} are kept; the same command again takes in the rest"

    with common.if_stopped(tell):
        yield progress


def _rows(path: Path) -> "tuple[list[Row], list[str]]":
    """Read the lines that can be read, and say of the others what is wrong with them.

    Raises:
        DigestError: the file cannot be read, or has nothing but such lines.
    """
    from digest.issues.importing import Row
    from digest.workspace.files import MOST_ROWS, FileError, opened
    from digest.workspace.json_text import JsonError, json_lines

    rows, problems, count = [], [], 0
    try:
        with opened(path, most_bytes=MOST_ROWS) as file:
            for number, value in json_lines(file):
                try:
                    if isinstance(value, JsonError):
                        raise DigestError(str(value))
                    rows.append(Row.of(value))
                except DigestError as error:
                    count += 1
                    # Who gave the wrong file need not read all of it.
                    problems += [f"{path}:{number}: {error}"] if count <= SHOWN else []
    except FileError as error:
        raise DigestError(f"{path}: cannot be read: {error.reason}") from error
    problems += [f"and {count - SHOWN} more"] if count > SHOWN else []
    if problems and not rows:
        raise DigestError("\n".join([*problems, "nothing was imported"]))
    return rows, problems
