"""`digest log`: what language models were asked, what they answered, and what it cost."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli import common, places, printing
from digest.cli.drafts import named, resolve
from digest.cli.printing import show
from digest.language.counts import counted, dollars
from digest.language.secrecy import shown_addresses

if TYPE_CHECKING:
    from digest.records import ModelCall
    from digest.store import Store

SHORT = 300
"""Characters of a question and of an answer that are shown without --full: some lines of each."""

LINES = 6
"""And so many of their lines."""


def log(
    context: typer.Context,
    issue: Annotated[
        str,
        typer.Option(callback=common.issue_name, help="Only what the articles of this issue were asked for."),
    ] = "",
    article: Annotated[
        str,
        typer.Option(
            "--id", metavar="ID", help="Only about this article: its id, its beginning, or an address."
        ),
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="Show questions and answers whole.")] = False,
    as_json_lines: Annotated[bool, typer.Option("--jsonl", help="Write one JSON object a line.")] = False,
) -> None:
    """Show what language models were asked and answered, newest first, with tokens and price.

    What a run that was killed had asked counts at the most it may cost. Keys are never kept.
    """
    with places.archive(context.obj, must_exist=True) as store:
        count, price = 0, 0
        for call in store.model_calls.log(abouts=_abouts(store, issue, article)):
            if as_json_lines:
                printing.show_json_line(_row(call))
            else:
                show("\n".join(_lines(call, full=full)) + "\n\n")
            count, price = count + 1, price + call.price
        if not count:
            _check_known(store, issue, article)
    printing.say(f"{counted(count, 'question', 'questions')}, {dollars(price)}")


def _abouts(store: "Store", issue: str, article: str) -> list[str] | None:
    """Give the ids and names that were asked for; None where all are."""
    if not (issue or article):
        return None
    found = store.links.resolve(article) if article else []
    common.raise_if_several(article, found, "articles")
    # Questions about an article that is gone, or about a review, are under what they were about.
    about = set(found) or {article}
    if not issue:
        return sorted(about)
    of_issue = {row.id for row in store.drafts.drafts(issue=issue)} | {issue}
    return sorted(of_issue & about if article else of_issue)


def _check_known(store: "Store", issue: str, article: str) -> None:
    """Tell what was never there from what nothing was asked about.

    Raises:
        DigestError: There is no such issue or article.
    """
    named(store, issue)
    if article:
        resolve(store, article)


def _row(call: "ModelCall") -> dict[str, Any]:
    from digest.records.plain_values import to_json

    row: dict[str, Any] = to_json(call)
    texts = {name: shown_addresses(row[name]) for name in ("system", "user", "answer")}
    del row["price"]
    return {**row, **texts, "dollars": call.price / 1e9}


def _lines(call: "ModelCall", *, full: bool) -> Iterator[str]:
    """Say what became of a question, then its texts."""
    tokens = f"{call.usage.input_tokens:,} + {call.usage.output_tokens:,} tokens"
    what = {
        "asked": f"no answer yet, or its run was killed; at most {dollars(call.price)}",
        "failed": f"no answer: {call.problem}; {dollars(call.price)}",
        "answered": f"{tokens}, {dollars(call.price)}",
    }[call.state]
    if call.state == "answered" and call.finish_reason != "stop":
        what += f"; ended: {call.finish_reason}"
    about = f" of {call.about}" if call.about else ""
    prompt = f" ({call.prompt})" if call.prompt else ""
    yield f"{call.at:%Y-%m-%d %H:%M} UTC  {call.purpose}{about}  {call.model_id}{prompt}"
    yield f"  {what}" + (f"; batch {call.batch}" if call.batch else "")
    for name, text in (("system", call.system), ("user", call.user), ("answer", call.answer)):
        if text and (full or name != "system"):
            yield f"  {name}:"
            yield from (f"    {line}" for line in _shortened(shown_addresses(text), full=full).splitlines())


def _shortened(text: str, *, full: bool) -> str:
    """Give a text as it is, or its beginning with how much is left out."""
    if full:
        return text
    kept = "\n".join(text.splitlines()[:LINES])[:SHORT]
    left = len(text) - len(kept)
    return f"{kept} ... ({left:,} characters more, with --full)" if left > 0 else text
