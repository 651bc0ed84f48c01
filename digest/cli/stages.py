"""`digest extract`, `digest analyze`: single stages, for a person or in a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from digest.cli import common, inputs, machinery, places, printing
from digest.cli.printing import show
from digest.language.secrecy import secretless_url

if TYPE_CHECKING:
    from digest.analysis import Library
    from digest.cli.machinery import Call
    from digest.intake import ModelAnalyzer
    from digest.records import Analysis, Article, TokenVectors, Vectors
    from digest.workspace.config import Config

Source = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE or URL]", help="An HTML, PDF or text file ('-' for standard input), or an address."
    ),
]


def extract(
    context: typer.Context,
    source: Source = None,
    as_json: printing.AsJson = False,
    jsonl: inputs.AsJsonLines = False,
) -> None:
    """Find the article in a page: its text, title, author, date and language.

    With --jsonl each line names a file: {"id", "path", "url"}, or holds a page: {"id", "html", "url"}.
    """

    _one_source(source, jsonl)
    if jsonl:
        with machinery.a_worker() as call:
            inputs.each_line(lambda asked: _article_row(_asked_article(asked, call)))
        return
    with machinery.a_worker() as call:
        article = article_of(str(source), common.load_or_default(context.obj), call)
    if as_json:
        printing.show_json(_article_row(article))
        return
    facts = (
        article.title,
        article.author,
        str(article.published or ""),
        article.language,
        secretless_url(article.url),
    )
    show("\n".join(filter(None, facts)) + "\n\n" + article.text)


def analyze(
    context: typer.Context,
    source: Source = None,
    analyzer: Annotated[
        str | None, typer.Option(help="Who analyzes: rules, or model (a language model). [default: rules]")
    ] = None,
    compare: Annotated[
        str, typer.Option(metavar="rules,model", help="Analyze by both, and show the two side by side.")
    ] = "",
    as_json: printing.AsJson = False,
    jsonl: inputs.AsJsonLines = False,
) -> None:
    """Analyze an article: summary, keywords, themes and signals, each with its evidence.

    With --jsonl each line holds an article: {"id", "title", "text"}.
    """
    _one_source(source, jsonl)
    if compare and (jsonl or compare.replace(" ", "") not in ("rules,model", "model,rules")):
        raise typer.BadParameter("expected rules,model and one article", param_hint="--compare")
    with machinery.a_worker() as call:
        analyst = Analyst(context.obj, call, analyzer="model" if compare else analyzer)
        with analyst.asking():
            if jsonl:
                inputs.each_line(lambda asked: analysis_row(analyst.analysis(_text_article(asked, call))))
                return
            article = article_of(str(source), analyst.config, call)
            found = {name: analyst.analysis(article, by=name) for name in _analyzers(compare)}
    if as_json:
        rows = {name: analysis_row(each) for name, each in found.items()}
        printing.show_json(rows if compare else next(iter(rows.values())))
        return
    if compare:
        show_side_by_side(article, found)
        return
    show(_readable(article, *found.values()))


def _analyzers(compare: str) -> list[str]:
    """Name who analyzes: those to be compared, else whoever the settings say."""
    return compare.replace(" ", "").split(",") if compare else [""]


def show_side_by_side(article: "Article", found: "dict[str, Analysis]") -> None:
    """Print analyses of one article beside each other, part by part."""
    names = list(found)
    parts = [_parts(each) for each in found.values()]
    rows = [[label, *(each[at][1] for each in parts)] for at, (label, _) in enumerate(parts[0])]
    show(secretless_url(article.url))
    printing.show_columns(["", *names], rows)


class Analyst:
    """Embeds and analyzes articles one by one."""

    def __init__(self, folder: Path, call: "Call", *, analyzer: str | None = None) -> None:
        self._folder, self._call = folder, call
        self.config = common.load_or_default(folder, analyzer=analyzer)
        self._model: ModelAnalyzer | None = None
        self._similarity_embedder = machinery.embedder_of(self.config)
        self._embedder = machinery.analysis_embedder_of(self.config, self._similarity_embedder)
        self._analyzer = machinery.analyzer_of(folder, self._embedder)
        self._load = machinery.library_of(folder, self._embedder, None)
        self._library: Library | None = None
        self._tokens: dict[str, TokenVectors] = {}

    def vector(self, article: "Article") -> "Vectors":
        """Give the vector that says what an article is like. Shape (d,), L2-normalised."""
        is_same = self._similarity_embedder is self._embedder
        tokens = (
            self._tokens_of(article)
            if is_same
            else self._similarity_embedder.encode_tokens([article.text])[0]
        )
        return tokens.whole(article.text)

    def _tokens_of(self, article: "Article") -> "TokenVectors":
        """Give the token vectors for an analysis; the last article's are kept."""
        if article.text_hash not in self._tokens:
            self._tokens = {article.text_hash: self._embedder.encode_tokens([article.text])[0]}
        return self._tokens[article.text_hash]

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Have a language model at hand within the block, where the settings say so; its answers are kept."""
        if self.config.settings.analyzer != "model":
            yield
            return
        from digest.adapters.workers import worker_processes
        from digest.cli.model_analysis import model_analyzer_of

        with (
            places.archive(self._folder) as store,
            worker_processes(most=1) as workers,
            model_analyzer_of(self._folder, self.config, store, workers, self._analyzer) as model,
        ):
            self._model = model
            yield

    def analysis(self, article: "Article", *, by: str = "") -> "Analysis":
        """Analyze an article.

        Args:
            article: With its sentences.
            by: `rules` or `model`; empty for whoever the settings say.
        """
        from digest.intake_calls import analyze_article

        model = None if by == "rules" else self._model
        if self._library is None:
            self._library = self._load()
        made = self._call(
            analyze_article,
            article,
            self._tokens_of(article),
            self._library,
            self._analyzer,
            with_nearness=model is not None,
            of=article.url,
        )
        if model is None:
            return cast("Analysis", made.analysis)
        return model.thread.submit(model.analyst.analyze(article, made.analysis, made.nearness)).result()


def analysis_row(analysis: "Analysis") -> dict[str, Any]:
    """Give an analysis as `digest analyze --jsonl` writes it."""
    from digest.records.plain_values import to_json

    row: dict[str, Any] = to_json(analysis)
    return row


def _readable(article: "Article", analysis: "Analysis") -> str:
    """Give an analysis as a person reads it: the entry page without its links, and the notes."""
    title, summary, keywords, themes, signals, notes = (text for _, text in _parts(analysis))
    parts = [title, secretless_url(article.url), summary, f"Keywords: {keywords}", f"Themes: {themes}"]
    return "\n\n".join([*parts, f"Signals:\n{signals}", *(f"Note: {note}" for note in notes.splitlines())])


def _parts(analysis: "Analysis") -> list[tuple[str, str]]:
    """Give the parts of an analysis as a person reads them, with their names."""
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
    return [
        ("Title", analysis.title),
        ("Summary", " ".join(sentence.text for sentence in analysis.summary)),
        ("Keywords", ", ".join(each.keyword for each in analysis.keywords)),
        ("Themes", ", ".join(f"{each.theme} ({each.score:.2f})" for each in analysis.themes)),
        ("Signals", "\n".join(rows)),
        ("Notes", "\n".join(analysis.notes)),
    ]


def _one_source(source: str | None, jsonl: bool) -> None:
    if (source is None) != jsonl:
        raise typer.BadParameter("give a file or an address, or --jsonl and lines on standard input")


def article_of(source: str, config: "Config", call: "Call") -> "Article":
    """Extract the article of a file or an address."""
    from digest.articles.extract import extract as extract_page

    page = inputs.page_of(source, config)
    return cast("Article", call(extract_page, page, of=page.url))


def _asked_article(asked: dict[str, Any], call: "Call") -> "Article":
    from digest.articles.extract import extract as extract_page
    from digest.records import Page

    (name,) = inputs.required(asked, "id")
    url = _address(asked) or f"file:{name}"
    page: Page
    if "html" in asked:
        (html,) = inputs.required(asked, "html")
        header = ("content-type", "text/html; charset=utf-8")
        page = Page(url, url, 200, (header,), html.encode(), common.utc_now())
    else:
        (path,) = inputs.required(asked, "path")
        page = inputs.file_page(Path(path), url=url)
    return cast("Article", call(extract_page, page, id=name, of=page.url))


def _address(asked: dict[str, Any]) -> str:
    return inputs.required(asked, "url")[0] if asked.get("url") is not None else ""


def _text_article(asked: dict[str, Any], call: "Call") -> "Article":
    from digest.articles.given import article_of_text

    name, title, text = inputs.required(asked, "id", "title", "text")
    url = _address(asked) or f"id:{name}"
    return cast("Article", call(article_of_text, id=name, url=url, title=title, text=text, of=url))


def _article_row(article: "Article") -> dict[str, Any]:
    """Give an article as `digest extract --jsonl` writes it."""
    return {
        "id": article.id,
        "url": secretless_url(article.url),
        "title": article.title,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "text": article.text,
        "sentences": [{"start": sentence.start, "end": sentence.end} for sentence in article.sentences],
    }
