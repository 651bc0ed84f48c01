"""`digest check`: a claim against a text, for a person or in a pipe."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli import common, inputs, machinery, places, printing
from digest.cli.printing import show

if TYPE_CHECKING:
    from digest.records import Check, Page, Problem


def check(
    context: typer.Context,
    claim: Annotated[
        str | None,
        typer.Argument(metavar="[CLAIM]", help="The claim, in quotation marks ('-' for standard input)."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--in",
            metavar="FILE or URL or ID",
            help="The text: a file ('-' for standard input), an address, or an article of the archive.",
        ),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD", help="The day the text appeared, if the text itself does not say."
        ),
    ] = None,
    as_json: printing.AsJson = False,
    jsonl: inputs.AsJsonLines = False,
) -> None:
    """Check a claim against a text: numbers, dates, names, quotations, negation, and whether it belongs
    there.

    Exit 0 whatever is found: a claim that is not supported is a result, and the first line says so. With
    --jsonl
    each line holds a claim with its text: {"id", "document", "claim"}, and "published" where that is known.
    """
    from digest.checks.checker import checked
    from digest.records.plain_values import to_json

    if jsonl:
        if claim is not None or source is not None:
            raise typer.BadParameter(
                "--jsonl reads claims and texts from standard input; leave out CLAIM and --in"
            )
        inputs.each_line(_answer)
        return
    if claim is None or source is None:
        raise typer.BadParameter('give a claim and its text: digest check "CLAIM" --in FILE, or --jsonl')
    if claim == source == "-":
        raise typer.BadParameter("only one of the claim and its text can come from standard input")
    day = _day(published) if published else None
    text, its_day = _text_of(context.obj, source)
    result = checked(_claim_of(claim), text, published=day or its_day)
    if as_json:
        printing.show_json(to_json(result))
        return
    show(_readable(result, text))


def _claim_of(claim: str) -> str:
    from digest.errors import DigestError
    from digest.language.charset import decode
    from digest.workspace.files import MOST_TEXT

    text = decode(inputs.bytes_of(Path(claim), most_bytes=MOST_TEXT)) if claim == "-" else claim
    if not text.strip():
        raise DigestError("the claim is empty")
    return text.strip()


def _day(text: str) -> date:
    from digest.errors import ConfigError

    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ConfigError(f"published: expected a date such as 2026-11-22, got {text!r}") from error


def _text_of(folder: Path, source: str) -> tuple[str, date | None]:
    """Read the text of a file or address, or of an article of the archive, with the day it appeared.

    Raises:
        DigestError: it is none of these, or holds no article.
    """
    from digest.errors import DigestError
    from digest.language.charset import decode
    from digest.workspace.files import is_there

    if source == "-" or is_there(Path(source)):
        page = inputs.file_page(Path(source), url=f"file:{source}")
        if source != "-" and page.header("content-type") != inputs.PLAIN:
            return _article_text(page)
        # Plain text is taken whole: nothing in it is a menu.
        if not (text := decode(page.body)).strip():
            raise DigestError(f"{'standard input' if source == '-' else source}: the text is empty")
        return text, None
    known = _archived(folder, source)
    if known is not None:
        return known
    if "://" not in source:
        raise DigestError(f"{source}: neither a file nor an article of the archive (id or address)")
    return _article_text(inputs.page_of(source, common.load_or_default(folder)))


def _article_text(page: "Page") -> tuple[str, date | None]:
    from digest.articles.extract import extract

    with machinery.a_worker() as call:
        article = call(extract, page, of=page.url)
    return article.text, article.published


def _archived(folder: Path, source: str) -> tuple[str, date | None] | None:
    """The text of an article of the archive, by its id, the beginning of one, or its address; None if
    unknown."""
    if not places.has_archive(folder):
        return None
    with places.archive(folder) as store:
        ids = store.links.resolve(source)
        common.raise_if_several(source, ids, "articles")
        articles = store.articles.get(ids)
    return next(((article.text, article.published) for article in articles.values()), None)


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    from digest.checks.checker import checked
    from digest.errors import ConfigError
    from digest.records.plain_values import to_json

    document, claim = inputs.required(asked, "document", "claim")
    published = asked.get("published")
    if published is not None and not isinstance(published, str):
        raise ConfigError(f"published: expected a date such as 2026-11-22, got {published!r}")
    result = checked(claim, document, published=_day(published) if published else None)
    row = to_json(result)
    return {
        "id": asked.get("id"),
        "supported": row["supported"],
        "score": row["score"],
        "problems": row["problems"],
    }


def _readable(result: "Check", text: str) -> str:
    verdict = "supported" if result.supported else "not supported"
    lines = [f"{verdict} (score {result.score:.2f})"]
    return "\n".join([*lines, *(_line(problem, text) for problem in result.problems)])


def _line(problem: "Problem", text: str) -> str:
    if problem.kind == "unrelated":
        return "* unrelated: the text says nothing like it"
    if problem.kind == "unchecked":
        return f"* {problem.claim}"
    if problem.kind == "unsupported" and not problem.document:
        return f"* unsupported: the claim has “{problem.claim}”, the text no word for it"
    if not problem.document:
        return f"* {problem.kind}: the claim has “{problem.claim}”, the text nothing of the kind"
    line = text.count("\n", 0, problem.start or 0) + 1
    there = f"the text “{_short(problem.document)}” (line {line})"
    return f"* {problem.kind}: the claim has “{problem.claim}”, {there}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 160 else f"{text[:157]}..."
