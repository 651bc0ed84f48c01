"""`digest search`: the archive by words and by meaning."""

import re
import shlex
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from digest.cli import common, machinery, places, printing
from digest.cli.printing import say
from digest.cli.query_file import read_queries
from digest.errors import DigestError
from digest.language.screen import as_text

if TYPE_CHECKING:
    from digest.records import Hit, SavedSearch, SearchFilter, SearchQuestion
    from digest.search import Searcher
    from digest.store import Store

Mode = Literal["hybrid", "words", "meaning"]
Unit = Literal["articles", "entries", "signals"]
State = Literal["pending", "approved", "rejected", "deferred"]

NAME = re.compile(r"[\w.-]{1,64}")

EXCLUDED = re.compile(r"-(?![-C]|k[0-9]+\Z|v+\Z|help\Z)(?:[0-9]|..).*", re.DOTALL)
"""A word that begins with a minus and is no option: those of one letter are -k, and -h, -v and -C."""

MARK = "\0"
"""Stands before such a word while options are read; no argument of a program can have it."""


class SearchCommand(TyperCommand):
    """Takes `-honey` for a word that is not to be found, and not for five options of a letter each."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read options and words."""
        valued = {name for each in self.params if not getattr(each, "is_flag", False) for name in each.opts}
        before = ["", *args]
        marked = [
            MARK + word if EXCLUDED.match(word) and before[at] not in valued else word
            for at, word in enumerate(args)
        ]
        return super().parse_args(ctx, marked)


Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[QUERY]...",
        help='Words, a "phrase", a prefix*, -excluded, one OR another; @NAME for a saved search.',
    ),
]
InMode = Annotated[
    Mode | None,
    typer.Option("--mode", help="By words and meaning (hybrid, the default), or one of them."),
]
InUnit = Annotated[
    Unit | None, typer.Option("--in", help="What to find: articles (the default), entries, signals.")
]
OfTheme = Annotated[str, typer.Option("--theme", help="Only with this theme.")]
OfKeyword = Annotated[str, typer.Option("--keyword", help="Only with this keyword.")]
OfFeed = Annotated[str, typer.Option("--feed", help="Only from feeds with this in address or title.")]
Since = Annotated[str, typer.Option("--since", help="Not older than a date, or a span such as 30d.")]
Until = Annotated[str, typer.Option("--until", help="Not newer than a date.")]
OfIssue = Annotated[
    str,
    typer.Option("--issue", callback=common.issue_name, help="Only of this issue, such as 20261122."),
]
OfStatus = Annotated[State | None, typer.Option("--status", help="Only drafts in this state.")]
Limit = Annotated[int, typer.Option("-k", min=1, help="At most so many.")]
Save = Annotated[str, typer.Option("--save", metavar="NAME", help="Keep the search as @NAME.")]
New = Annotated[bool, typer.Option("--new", help="Of @NAME, only what came since the last time.")]
Saved = Annotated[bool, typer.Option("--saved", help="List the saved searches.")]
Forget = Annotated[str, typer.Option("--forget", metavar="NAME", help="Delete a saved search.")]
Queries = Annotated[
    Path | None,
    typer.Option("--queries", help='A file of {"id", "query"} lines: the plain ranking for each.'),
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown.")]


def search(
    context: typer.Context,
    query: Words = None,
    mode: InMode = None,
    unit: InUnit = None,
    theme: OfTheme = "",
    keyword: OfKeyword = "",
    feed: OfFeed = "",
    since: Since = "",
    until: Until = "",
    issue: OfIssue = "",
    status: OfStatus = None,
    limit: Limit = 10,
    save: Save = "",
    new: New = False,
    saved: Saved = False,
    forget: Forget = "",
    queries: Queries = None,
    as_json: printing.AsJson = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """Search the archive by words and meaning, with the passage that answers."""
    from digest.issues.issue_names import check_known
    from digest.records import SearchFilter, SearchQuestion

    words = " ".join(query or ()).replace(MARK, "").strip()
    # As the list of them shows names.
    save, forget = save.removeprefix("@") or save, forget.removeprefix("@") or forget
    if sum(map(bool, (words, saved, forget, queries))) != 1:
        raise typer.BadParameter("give a query, or one of --saved, --forget NAME, --queries FILE")
    if as_json and as_markdown:
        raise typer.BadParameter("give --json or --markdown, not both")
    _refuse_names(words, save, new=new)
    (first, since_span), (last, until_span) = _when(since, "--since"), _when(until, "--until")
    asked_filter = SearchFilter(
        theme, keyword, feed, first, last, issue, status or "", since_span, until_span
    )
    if queries and (unit or asked_filter != SearchFilter()):
        raise typer.BadParameter("--queries ranks all articles; it goes with --mode and -k alone")
    with places.archive(context.obj, must_exist=True) as store:
        if issue:
            check_known(issue, dict(store.drafts.issues()))
        if saved:
            _list_saved(store, as_json=as_json)
        elif forget:
            _saved(store, forget)
            store.search.remove_search(forget)
            say(f"forgot @{forget}")
        elif queries:
            _answer_queries(context.obj, store, queries, mode or "hybrid", limit)
        else:
            question = SearchQuestion(words, mode or "hybrid", unit or "articles", asked_filter)
            name = words[1:] if words.startswith("@") else ""
            kept = _saved(store, name) if name else None
            question = _narrowed(kept.asked, asked_filter, mode, unit) if kept else question
            newer_than = kept.seen_version if kept and new else 0
            searcher = _searcher(context.obj, store)
            # One more than is shown tells whether that is all.
            today = _of_today(question)
            hits = searcher.search(today, limit=limit + bool(name), newer_than=newer_than)
            _print(today, hits[:limit], as_json=as_json, as_markdown=as_markdown)
            is_whole = _is_all_shown(question, kept, len(hits), limit=limit, new=new)
            _keep(store, question, searcher.index.newest, save=save, seen=name if is_whole else "")


def _refuse_names(words: str, save: str, *, new: bool) -> None:
    """Refuse a name that no search can be kept under, and --new without a name."""
    if save and not NAME.fullmatch(save):
        raise typer.BadParameter("a name has letters, digits, dots, dashes and underscores, 64 at most")
    if new and not words.startswith("@"):
        raise typer.BadParameter("--new goes with a saved search: digest search @NAME --new")


def _is_all_shown(
    question: "SearchQuestion", kept: "SavedSearch | None", found: int, *, limit: int, new: bool
) -> bool:
    """Say what was not shown, and whether all that a saved search finds was."""
    if not found and kept and new:
        say(f"nothing came since {kept.seen_at:%Y-%m-%d %H:%M} (UTC) for: {_typed(question)}")
    elif not found:
        say(f"nothing in the archive answers: {_typed(question)}")
    if new and found > limit:
        say(f"more than {limit} came; all stay new until a larger -k shows them")
    elif new and kept and kept.asked != question:
        say(f"asked otherwise than @{kept.name} is kept; what came since stays new")
    return kept is not None and kept.asked == question and found <= limit


def _keep(store: "Store", question: "SearchQuestion", newest: int, *, save: str, seen: str) -> None:
    """Note what was asked and what has been shown."""
    if save:
        before = {each.name: each.asked for each in store.search.saved()}.get(save)
        if before and before != question:
            say(f"@{save} was another search, which this replaces: {_typed(before)}")
        store.search.save_search(save, question, seen_version=newest, now=common.utc_now())
        say(f"saved; again: digest search @{save}; what came since: digest search @{save} --new")
    if seen:
        store.search.save_seen(seen, version=newest, now=common.utc_now())


def _searcher(folder: Path, store: "Store") -> "Searcher":
    from digest.issues.published import keep_older
    from digest.search import Searcher

    keep_older(store, places.output_of(folder))
    embedder = machinery.embedder_of(common.load_or_default(folder))
    return Searcher(store, model_id=embedder.model_id, make_embedder=lambda: embedder)


def _when(text: str, option: str) -> tuple[date | None, str]:
    """Give the day an option names, or the span that reaches back from whichever day it is asked on."""
    from digest.errors import ConfigError
    from digest.workspace.config_values import is_span

    if not text:
        return None, ""
    try:
        day = _day(text)
    except ConfigError as error:
        message = f"expected a date such as 2026-11-22 or a span such as 30d, got {text!r}"
        raise typer.BadParameter(message, param_hint=option) from error
    return (None, text) if day and is_span(text) else (day, "")


def _day(text: str) -> date | None:
    from digest.workspace.config_values import since_datetime

    moment = since_datetime(text, now=common.utc_now())
    return moment.date() if isinstance(moment, datetime) else None


def _of_today(question: "SearchQuestion") -> "SearchQuestion":
    """Give a question with the days that its spans reach back to today."""
    from dataclasses import replace

    asked = question.filter
    since = _day(asked.since_span) if asked.since_span else asked.since
    until = _day(asked.until_span) if asked.until_span else asked.until
    return replace(question, filter=replace(asked, since=since, until=until, since_span="", until_span=""))


def _saved(store: "Store", name: str) -> "SavedSearch":
    kept = {each.name: each for each in store.search.saved()}
    if name not in kept:
        known = ", ".join(f"@{each}" for each in kept) or "none yet; keep one with --save NAME"
        raise DigestError(f"@{name}: no saved search has this name; there are: {known}")
    return kept[name]


def _narrowed(
    kept: "SearchQuestion", given: "SearchFilter", mode: Mode | None, unit: Unit | None
) -> "SearchQuestion":
    """Take a kept question with what the command line says beside it."""
    from dataclasses import asdict, replace

    said = {name: value for name, value in asdict(given).items() if value}
    # A day takes the place of a span, and a span that of a day.
    for name in ("since", "until"):
        if said.keys() & {name, f"{name}_span"}:
            said = {name: None, f"{name}_span": ""} | said
    asked = replace(kept.filter, **said)
    return replace(kept, mode=mode or kept.mode, unit=unit or kept.unit, filter=asked)


def _list_saved(store: "Store", *, as_json: bool) -> None:
    from digest.records.plain_values import to_json

    kept = store.search.saved()
    if as_json:
        printing.show_json(to_json(kept))
        return
    if not kept:
        say("no saved searches; keep one with: digest search QUERY --save NAME")
        return
    rows = [
        (f"@{each.name}", each.asked.query, _described(each.asked), f"{each.seen_at:%Y-%m-%d %H:%M}")
        for each in kept
    ]
    printing.show_table(("name", "query", "with", "last shown (UTC)"), rows)


def _described(question: "SearchQuestion") -> str:
    from dataclasses import asdict

    parts = [
        f"--{name.removesuffix('_span')} {shlex.quote(str(value))}"
        for name, value in asdict(question.filter).items()
        if value
    ]
    parts += [f"--in {question.unit}"] * (question.unit != "articles")
    return " ".join(parts + [f"--mode {question.mode}"] * (question.mode != "hybrid"))


def _typed(question: "SearchQuestion") -> str:
    """Say all that was asked: nothing may be found under a filter alone."""
    return f"{question.query} {_described(question)}".strip()


def _answer_queries(folder: Path, store: "Store", path: Path, mode: Mode, limit: int) -> None:
    """Print the plain ranking for each line of a file; a line that is no query is answered with its error."""
    asked = read_queries(path, field="query")
    searcher = _searcher(folder, store)
    good = [line for line in asked if "error" not in line]
    vectors = searcher.vectors([line["query"] for line in good]) if mode != "words" else [None] * len(good)
    vector_of = {id(line): vector for line, vector in zip(good, vectors, strict=True)}
    for line in asked:
        if "error" not in line:
            hits = searcher.plain(line["query"], mode=mode, limit=limit, vector=vector_of[id(line)])
            results = [{"id": hit.id, "title": hit.title, "url": hit.url, "score": hit.score} for hit in hits]
            line = {"id": line["id"], "results": results}
        printing.show_json_line(line)


def _print(question: "SearchQuestion", hits: "list[Hit]", *, as_json: bool, as_markdown: bool) -> None:
    from digest.cli import found

    if as_json:
        printing.show_json(found.as_json(question, hits))
    elif as_markdown:
        printing.show_data(found.as_markdown(hits), as_text)
    elif hits:
        found.show_hits(hits)
