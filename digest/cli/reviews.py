"""`digest review-of`: a topic or yearly page from published entries."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, machinery, places, printing
from digest.cli.language_models import AskAgain, Asking, Record, asker_of
from digest.cli.own_words import say_counts, written_words
from digest.cli.printing import say, show
from digest.errors import DigestError, ModelError
from digest.language.counts import counted

if TYPE_CHECKING:
    from digest.issues.reviews import Review
    from digest.store import Store
    from digest.workspace.config import Config


def review_of(
    context: typer.Context,
    theme: Annotated[str, typer.Argument(metavar="[THEME]", help="A theme of published entries.")] = "",
    year: Annotated[str, typer.Option("--year", help="Only entries of issues of this year.")] = "",
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask a model anew, whatever it answered before.")
    ] = False,
    ask_again: AskAgain = False,
    record: Record = None,
    as_json: printing.AsJson = False,
) -> None:
    """Write a review of a theme, a year, or a theme in a year.

    The signals that came back over the issues, the entries to read first, figures and the map; every
    statement leads to the entry it is from. Where a language model analyzes, it says first what happened,
    in sentences that were checked against the entries they name. Written to output/reviews.
    """
    from digest.issues.issue_files import IssueFiles
    from digest.issues.pages.review import render_review, render_review_html
    from digest.issues.published import published_entries
    from digest.issues.reviews import make_review, review_name
    from digest.issues.shown_issues import shown_archive
    from digest.issues.trends.trending import trend_map

    if not theme and not year:
        raise typer.BadParameter("give a theme, --year, or both: digest review-of Housing --year 2026")
    if year and not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise typer.BadParameter(f"--year: expected four digits such as 2026, got {year!r}")
    folder: Path = context.obj
    config, output = common.load(folder), places.output_of(folder)
    with places.archive(folder, doing="digest review-of", must_exist=True) as store:
        entries = published_entries(store, output)
        if not entries:
            raise DigestError(
                "nothing is published yet; publish an issue (digest publish) or import an archive (digest "
                "import)"
            )
        embedder = machinery.embedder_of(config)
        review = make_review(
            entries, lambda texts: machinery.encode_known(texts, embedder, store), theme=theme, year=year
        )
        if config.settings.analyzer == "model":
            review = _with_words(store, folder, config, review, Asking(refresh, ask_again, record))
        drawn = trend_map(review.found) if len(review.found.periods) > 2 else ""
        page = render_review_html(review, language=config.newsletter.language, map_svg=drawn)
        writer = IssueFiles(store, output, config.newsletter, now=common.utc_now(), tell=say)
        path = writer.write_review(review_name(output, review), render_review(review), page)
        # The site lists it.
        writer.write_index(shown_archive(store, output))
    if as_json:
        printing.show_json({"path": str(path), "entries": len(review.entries), "lines": len(review.lines)})
        return
    back = counted(len(review.lines), "signal that came back", "signals that came back")
    say(f"{counted(len(review.entries), 'entry', 'entries')}, {back}")
    show(f"{path}\n{path.with_suffix('.html')}")


def _with_words(store: "Store", folder: Path, config: "Config", review: "Review", how: Asking) -> "Review":
    """Have a language model say first what happened; a review without its words says all else."""
    import asyncio

    from digest.analysis.by_model.issue_words import REVIEW
    from digest.issues.shown_issues import issue_entry
    from digest.workspace.model_prompts import REVIEW_PROMPT

    asker = asker_of(folder, config, store, how)
    entries = [issue_entry(each) for each in review.by_importance]
    try:
        made = asyncio.run(
            written_words(folder, config, asker, REVIEW, REVIEW_PROMPT, review.name, entries, [review.title])
        )
    except ModelError as error:
        say(f"the review has no words of a language model: {error}")
        return review
    finally:
        say_counts(asker)
    for line in made.notes:
        say(line)
    return replace(review, words=made.words, words_by=asker.model_id)
