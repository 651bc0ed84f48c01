"""`digest similar`: the closest articles of the archive."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from digest.cli import common, inputs, machinery, places, printing
from digest.cli.printing import say
from digest.cli.query_file import read_queries
from digest.cli.stages import Analyst
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.cli.machinery import Call
    from digest.records import Article, ClosestEntry
    from digest.store import Store
    from digest.stories.neighbours import Archive, Query
    from digest.workspace.config import Config

TAG = re.compile(r"<[a-zA-Z!/?]")
"""What no headline has."""


def similar(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID or URL or FILE]",
            help="An entry, an address, a file, or - for standard input: an article, or a headline alone.",
        ),
    ] = None,
    queries: Annotated[
        Path | None,
        typer.Option(
            "--queries", help='A file of {"id"} or {"id", "text"} lines, or -: the plain ranking for each.'
        ),
    ] = None,
    limit: Annotated[int, typer.Option("-k", min=1, help="At most so many.")] = 10,
    as_json: printing.AsJson = False,
) -> None:
    """Find the closest articles of the archive, with similarity, relation and reason."""
    from digest.records.plain_values import to_json
    from digest.stories.neighbours import Archive

    if (source is None) == (queries is None):
        raise typer.BadParameter("give an id, an address or a file, or --queries FILE")
    config = common.load_or_default(context.obj)
    with places.archive(context.obj, must_exist=True) as store:
        archive = Archive(store, model_id=machinery.embedder_of(config).model_id)
        if queries is not None:
            for asked in read_queries(queries, field="id"):
                printing.show_json_line(_answer(archive, asked, config, limit))
            return
        found = _similar(context.obj, str(source), store, archive, config, limit)
    if as_json:
        printing.show_json(to_json(found))
        return
    rows = [(f"{each.similarity:.2f}", each.relation, each.title, each.reason, each.id) for each in found]
    printing.show_table(("similarity", "relation", "title", "reason", "id"), rows)
    if not rows:
        say(
            f"nothing in the archive reaches a similarity of {config.settings.min_similarity:.2f} "
            "and stands out from the rest"
        )


def _answer(archive: "Archive", asked: dict[str, Any], config: "Config", limit: int) -> dict[str, Any]:
    """Give the plain ranking for a line of queries, or what is wrong with it."""
    from digest.records.plain_values import to_json

    if "error" in asked:
        return asked
    try:
        ranked = archive.ranked(_query(archive, asked, config), asked["id"], limit=limit)
    except DigestError as error:
        return {"id": asked["id"], "error": str(error)}
    return {"id": asked["id"], "results": to_json(ranked)}


def _query(archive: "Archive", asked: dict[str, Any], config: "Config") -> "Query":
    if "text" not in asked:
        return archive.query_of(asked["id"])
    (text,) = inputs.required(asked, "text")
    tokens = machinery.embedder_of(config).encode_tokens([text])[0]
    return archive.query_of_text("", text, tokens.whole(text))


def _similar(
    folder: Path, source: str, store: "Store", archive: "Archive", config: "Config", limit: int
) -> "list[ClosestEntry]":
    from digest.stories.placing import copied
    from digest.workspace.files import is_there

    floor = config.settings.min_similarity
    known = archive.resolve(source)
    common.raise_if_several(source, known, "entries")
    if known:
        return archive.closest_to(known[0], min_similarity=floor, limit=limit)
    if "://" not in source and source != "-" and not is_there(Path(source)):
        raise DigestError(f"{source}: neither in the archive (id or address) nor a file")
    with machinery.a_worker() as call:
        analyst = Analyst(folder, call)
        article = _article_or_headline(source, config, call)
        if original := copied(store, article):
            return archive.closest_to(original, min_similarity=floor, limit=limit)
        analysis = analyst.analysis(article)
    vector = analyst.vector(article)
    return archive.closest_to_text(article, analysis, vector, min_similarity=floor, limit=limit)


def _article_or_headline(source: str, config: "Config", call: "Call") -> "Article":
    """Extract the article of a page; a plain text too short for one is taken as it is.

    Raises:
        DigestError: there is no such page, or neither an article nor a plain text in it.
    """
    from digest.articles.extract import extract
    from digest.articles.given import article_of_text
    from digest.articles.kind import kind_of
    from digest.errors import ExtractError
    from digest.language.charset import decode

    page = inputs.page_of(source, config)
    try:
        return cast("Article", call(extract, page, of=page.url))
    except ExtractError:
        text = " ".join(decode(page.body).split())
        kind = kind_of(page.body, page.header("content-type"))
        is_bare = not kind.refusal and kind.name != "pdf" and not TAG.search(text)
        if "://" in source or not is_bare or not any(map(str.isalpha, text)):
            raise
    return article_of_text(id="", url=page.url, title="", text=text)
