"""`digest stories`, `digest story split / merge`: which articles report one event, and putting it right."""

from typing import Annotated

import typer

from digest.cli import common, places, printing
from digest.cli.printing import say, show

app = typer.Typer(no_args_is_help=True, help="Put stories right by hand; what is put right stays.")

Names = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Articles, by id, the beginning of one, or address.")
]


def stories(
    context: typer.Context,
    as_json: printing.AsJson = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Print {"id", "story"} of every article, one a line.')
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="List stories of one article too.")] = False,
) -> None:
    """List the stories: articles that report the same event. As a table, those of several articles."""
    from digest.issues.stories_by_hand import list_stories

    with places.archive(context.obj, must_exist=True) as store:
        found = list_stories(store)
    rows = [{"id": article_id, "story": story.id} for story in found for article_id in story.article_ids]
    if jsonl:
        for row in rows:
            printing.show_json_line(row)
        return
    if as_json:
        printing.show_json(rows)
        return
    shown = [story for story in found if every or len(story.article_ids) > 1]
    table = [
        (
            each.published or "",
            str(len(each.article_ids)),
            str(each.publishers),
            each.title,
            each.where,
            each.id,
        )
        for each in shown
    ]
    printing.show_table(("first", "articles", "publishers", "title", "issue", "story"), table)
    alone = len(found) - len([story for story in found if len(story.article_ids) > 1])
    say(f"{len(found)} stories, {alone} of them of one article")


@app.command()
def split(context: typer.Context, names: Names) -> None:
    """Take articles out of their story; together they become one of their own."""
    from digest.issues.stories_by_hand import resolve_all, split_story

    output = places.output_of(context.obj)
    with places.archive(context.obj, doing="digest story split", must_exist=True) as store:
        story_id = split_story(store, output, resolve_all(store, names), now=common.utc_now())
    show(f"story {story_id}: split off from the others; its draft is made in the next run")


@app.command()
def merge(context: typer.Context, names: Names) -> None:
    """Make one story of the stories of two or more articles; it keeps the id of the one seen first."""
    from digest.issues.stories_by_hand import merge_stories, resolve_all

    if len(set(names)) < 2:
        raise typer.BadParameter("expected two articles or more, got one")
    output = places.output_of(context.obj)
    with places.archive(context.obj, doing="digest story merge", must_exist=True) as store:
        merged = merge_stories(store, output, resolve_all(store, names), now=common.utc_now())
    one = "one story already, " if merged.was_one else ""
    show(f"story {merged.story_id}: {one}{merged.articles} articles")
    for draft_id in merged.rejected:
        show(f"draft {draft_id}: rejected, its story has another")
