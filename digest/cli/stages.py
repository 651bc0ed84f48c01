"""`digest extract`, `digest analyze`, `digest similar`: single stages, for a person or in a pipe."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli import common
from digest.cli.common import say, show

if TYPE_CHECKING:
    from digest.config import Config
    from digest.records import Analysis, Article, ClosestEntry, TokenVectors, Vectors
    from digest.similarity import Archive
    from digest.stages.analyze import Library

Source = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE or URL]", help="An HTML, PDF or text file ('-' for standard input), or an address."
    ),
]


def extract(
    context: typer.Context,
    source: Source = None,
    as_json: common.AsJson = False,
    jsonl: common.AsJsonLines = False,
) -> None:
    """Find the article in a page: its text, title, author, date and language.

    With --jsonl each line names a file: {"id", "path", "url"}, or holds a page: {"id", "html", "url"}.
    """
    from digest.codec import article_row

    _one_source(source, jsonl)
    if jsonl:
        common.each_line(lambda asked: article_row(_asked_article(asked)))
        return
    article = _article_of(str(source), common.load_or_default(context.obj))
    if as_json:
        common.show_json(article_row(article))
        return
    facts = (article.title, article.author, str(article.published or ""), article.language, article.url)
    show("\n".join(filter(None, facts)) + "\n\n" + article.text)


def analyze(
    context: typer.Context,
    source: Source = None,
    as_json: common.AsJson = False,
    jsonl: common.AsJsonLines = False,
) -> None:
    """Analyze an article: summary, keywords, themes and signals, each with its evidence.

    With --jsonl each line holds an article: {"id", "title", "text"}.
    """
    _one_source(source, jsonl)
    analyst = _Analyst(context.obj)
    if jsonl:
        common.each_line(lambda asked: analysis_row(analyst.analysis(_text_article(asked))))
        return
    article = _article_of(str(source), analyst.config)
    analysis = analyst.analysis(article)
    if as_json:
        common.show_json(analysis_row(analysis))
        return
    show(_readable(article, analysis))


def similar(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID or URL or FILE]", help="An entry, an address, a file, or - for standard input."
        ),
    ] = None,
    queries: Annotated[
        Path | None,
        typer.Option(
            "--queries", help='A file of {"id"} or {"id", "text"} lines: the plain ranking for each.'
        ),
    ] = None,
    limit: Annotated[int, typer.Option("-k", min=1, help="At most so many.")] = 10,
    as_json: common.AsJson = False,
) -> None:
    """Find the closest articles of the archive, with similarity, relation and reason."""
    from digest.codec import to_json
    from digest.similarity import Archive

    if (source is None) == (queries is None):
        raise typer.BadParameter("give an id, an address or a file, or --queries FILE")
    config = common.load_or_default(context.obj)
    with common.archive(context.obj, must_exist=True) as store:
        archive = Archive(store, model_id=common.embedder_of(config).model_id)
        if queries is not None:
            # Not splitlines: U+2028 and others stand as they are within JSON texts.
            for line in filter(str.strip, queries.read_text(encoding="utf-8").split("\n")):
                asked = json.loads(line)
                ranked = archive.ranked(_query_vector(archive, asked, config), asked["id"], limit=limit)
                show(json.dumps({"id": asked["id"], "results": to_json(ranked)}, ensure_ascii=False))
            return
        found = _similar(context.obj, str(source), archive, config, limit)
    if as_json:
        common.show_json(to_json(found))
        return
    rows = [(f"{each.similarity:.2f}", each.relation, each.title, each.reason, each.id) for each in found]
    common.show_table(("similarity", "relation", "title", "reason", "id"), rows)
    if not rows:
        say(f"nothing in the archive reaches a similarity of {config.settings.min_similarity:.2f}")


def _similar(
    folder: Path, source: str, archive: "Archive", config: "Config", limit: int
) -> "list[ClosestEntry]":
    from digest.errors import DigestError

    floor = config.settings.min_similarity
    known = archive.resolve(source)
    if len(known) > 1:
        raise DigestError(
            f"{source}: stands for {len(known)} entries: {', '.join(known)}; give more of the id"
        )
    if known:
        return archive.closest_to(known[0], min_similarity=floor, limit=limit)
    if "://" not in source and source != "-" and not Path(source).exists():
        raise DigestError(f"{source}: neither in the archive (id or address) nor a file")
    analyst = _Analyst(folder)
    article = _article_of(source, config)
    analysis = analyst.analysis(article)
    vector = analyst.tokens(article).whole(article.text)
    return archive.closest_to_text(article, analysis, vector, min_similarity=floor, limit=limit)


def _query_vector(archive: "Archive", asked: dict[str, Any], config: "Config") -> "Vectors":
    if "text" not in asked:
        return archive.vector_of(asked["id"])
    tokens = common.embedder_of(config).encode_tokens([asked["text"]])[0]
    return tokens.whole(asked["text"])


class _Analyst:
    """Embeds and analyzes articles one by one."""

    def __init__(self, folder: Path) -> None:
        self.config = common.load_or_default(folder)
        self._embedder = common.embedder_of(self.config)
        self._analyzer = common.analyzer_of(folder, self._embedder)
        self._load = common.library_of(folder, self._embedder, None)
        self._library: Library | None = None
        self._tokens: dict[str, TokenVectors] = {}

    def tokens(self, article: "Article") -> "TokenVectors":
        """Give the token vectors of an article; the last one's are kept."""
        if article.text_hash not in self._tokens:
            self._tokens = {article.text_hash: self._embedder.encode_tokens([article.text])[0]}
        return self._tokens[article.text_hash]

    def analysis(self, article: "Article") -> "Analysis":
        """Analyze an article."""
        from digest.checking import with_problems
        from digest.stages.analyze import analyze as analyze_article

        if self._library is None:
            self._library = self._load()
        analysis = analyze_article(article, self.tokens(article), self._library, analyzer=self._analyzer)
        return with_problems(analysis, article)


def analysis_row(analysis: "Analysis") -> dict[str, Any]:
    """Give an analysis as `digest analyze --jsonl` writes it."""
    from digest.codec import to_json

    row: dict[str, Any] = to_json(analysis)
    return row


def _readable(article: "Article", analysis: "Analysis") -> str:
    """Give an analysis as a person reads it: the entry page without its links, and the notes."""
    rows = [
        "\n".join(
            [
                f"* {row.signal} ({row.basis.signal}; {row.kind}, {row.steep}, {row.claim_strength})",
                f"    change: {row.change} ({row.basis.change})",
                f"    10y horizon: {row.horizon_10y} ({row.basis.horizon_10y})",
                f"    driving force: {row.driving_force} ({row.basis.driving_force})",
            ]
        )
        for row in analysis.signals
    ]
    parts = [
        analysis.title,
        article.url,
        " ".join(sentence.text for sentence in analysis.summary),
        "Keywords: " + ", ".join(each.keyword for each in analysis.keywords),
        "Themes: " + ", ".join(f"{each.theme} ({each.score:.2f})" for each in analysis.themes),
        "Signals:\n" + "\n".join(rows),
        *(f"Note: {note}" for note in analysis.notes),
    ]
    return "\n\n".join(parts)


def _one_source(source: str | None, jsonl: bool) -> None:
    if (source is None) != jsonl:
        raise typer.BadParameter("give a file or an address, or --jsonl and lines on standard input")


def _article_of(source: str, config: "Config") -> "Article":
    from digest.stages.extract import extract as extract_page

    return extract_page(common.page_of(source, config))


def _asked_article(asked: dict[str, Any]) -> "Article":
    from digest.records import Page
    from digest.stages.extract import extract as extract_page

    (name,) = common.required(asked, "id")
    url = asked.get("url") or f"file:{name}"
    page: Page
    if "html" in asked:
        (html,) = common.required(asked, "html")
        header = ("content-type", "text/html; charset=utf-8")
        page = Page(url, url, 200, (header,), html.encode(), common.utc_now())
    else:
        (path,) = common.required(asked, "path")
        page = common.file_page(Path(path), url=url)
    return extract_page(page, id=name)


def _text_article(asked: dict[str, Any]) -> "Article":
    from digest.stages.extract.given import article_of_text

    name, title, text = common.required(asked, "id", "title", "text")
    return article_of_text(id=name, url=asked.get("url") or f"id:{name}", title=title, text=text)
