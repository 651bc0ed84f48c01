"""`digest trends`: themes, keywords and signals over time."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli import common, machinery, places, printing
from digest.cli.printing import say, show
from digest.errors import DigestError
from digest.language.counts import ORDINALS
from digest.language.screen import in_xml

if TYPE_CHECKING:
    from digest.records import PublishedEntry, SignalLine, TrendLine, Trends

COLUMNS = (
    *("name", "standing", "entries", "over time", "growth", "against archive", "publishers", "spread"),
    *("first", "last"),
)

BARS = "▁▂▃▄▅▆▇█"

MOST_IN_WORDS = 10
"""Places in a row that are said in words."""

NEW_ISSUES = 5
"""Issues whose new names the table of new names lists."""


class Length(StrEnum):
    """How long a period is."""

    issue = "issue"
    month = "month"
    quarter = "quarter"
    year = "year"


def trends(
    context: typer.Context,
    by: Annotated[
        Length | None,
        typer.Option("--by", help="Length of a period; default: the shortest with 20 periods at most."),
    ] = None,
    min_entries: Annotated[int, typer.Option("--min", min=1, help="Leave out what fewer entries have.")] = 3,
    limit: Annotated[int, typer.Option("-k", min=1, help="At most so many themes, and keywords.")] = 20,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", help="Only this theme or keyword; can be given several times."),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="List what was first seen in the latest issues.")
    ] = False,
    signals: Annotated[
        bool, typer.Option("--signals", help="List signals that came up again in later issues.")
    ] = False,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Draw the map into a file ('-' to print it).")
    ] = None,
    as_json: printing.AsJson = False,
) -> None:
    """Show themes and keywords of the published issues over time.

    For each: entries a period, growth a period and against the archive's, publishers and spread over them
    (0 for one, near 1 for many), and where it stands: a weak signal is rare and grows, a strong one frequent
    and grows, what is frequent and does not grow is well-known, the rest latent (after Yoon 2012). Growth
    needs three periods with published issues.
    """
    from digest.issues.published import published_entries

    if sum((new, signals, svg is not None)) > 1:
        raise typer.BadParameter("give one of --new, --signals and --svg")
    # Vectors of signals are kept in the archive, so that the next time no model is loaded.
    with places.archive(context.obj, doing="digest trends" if signals else "", must_exist=True) as store:
        entries = published_entries(store, places.output_of(context.obj))
        if not entries:
            raise DigestError(
                "nothing is published yet; publish an issue (digest publish) or import an archive (digest "
                "import)"
            )
        if signals:
            _show_signals(_signal_lines(context.obj, entries, store), entries, as_json=as_json)
            return
    from digest.issues.trends import trends as follow

    found = _only(follow(entries, by=by.value if by else None, min_entries=min_entries), names or [])
    if svg is not None:
        _draw(found, svg)
    elif as_json:
        from digest.records.plain_values import to_json

        printing.show_json(to_json(found))
    elif new:
        _show_new(found, limit)
    else:
        _show(found, limit)


def _only(found: "Trends", names: Sequence[str]) -> "Trends":
    """Keep the lines of the names asked for.

    Raises:
        DigestError: one of them has no line.
    """
    from dataclasses import replace

    from digest.issues.trends.theme_counts import folded

    if not names:
        return found
    known = {folded(line.name) for line in found.lines}
    if missing := [name for name in names if folded(name) not in known]:
        raise DigestError(
            f"{missing[0]}: no theme or keyword of enough entries has this name; --min 1 takes every one"
        )
    wanted = set(map(folded, names))
    return replace(
        found,
        lines=tuple(line for line in found.lines if folded(line.name) in wanted),
        first_seen=tuple(each for each in found.first_seen if folded(each.name) in wanted),
    )


def _show(found: "Trends", limit: int) -> None:
    from digest.language.counts import counted

    first, last = found.periods[0], found.periods[-1]
    issues, entries = (sum(getattr(each, name) for each in found.periods) for name in ("issues", "entries"))
    growth = (
        f"; the archive's growth is {_percent(found.growth)} a period" if found.growth is not None else ""
    )
    span = f"{first.name} to {last.name} in {counted(len(found.periods), 'period', 'periods')}"
    totals = f"{counted(issues, 'issue', 'issues')}, {counted(entries, 'entry', 'entries')}"
    show(f"{totals}, {span}{growth}")
    if found.note:
        say(found.note)
    for kind, heading in (("theme", "Themes"), ("keyword", "Keywords")):
        lines = [line for line in found.lines if line.kind == kind]
        if not lines:
            continue
        show(f"\n{heading}")
        printing.show_table(
            COLUMNS,
            [_cells(line) for line in lines[:limit]],
        )
        if len(lines) > limit:
            say(f"and {len(lines) - limit} more; show them with -k {len(lines)}")
    if not found.lines:
        say("no theme or keyword has enough entries; --min 1 takes every one")


def _cells(line: "TrendLine") -> tuple[str, ...]:
    return (
        line.name,
        _standing(line),
        str(sum(line.entries)),
        _bars(line.entries),
        _percent(line.growth),
        _percent(line.relative_growth),
        str(line.publishers),
        f"{line.spread:.2f}",
        line.first_issue,
        line.last_issue,
    )


def _standing(line: "TrendLine") -> str:
    """Say where a name stands; both, where mentions tell another story than entries."""
    if not line.diffusion or not line.visibility:
        return ""
    if line.diffusion.standing == line.visibility.standing:
        return line.diffusion.standing
    return f"{line.diffusion.standing} (by mentions {line.visibility.standing})"


def _bars(counts: Sequence[int]) -> str:
    top = max(counts)
    return "".join("·" if not count else BARS[(count * len(BARS) - 1) // top] for count in counts)


def _percent(growth: float | None) -> str:
    return "" if growth is None else f"{growth:+.0%}"


def _show_new(found: "Trends", limit: int) -> None:
    if not found.first_seen:
        say("nothing was first seen after the first issue")
        return
    issues = sorted({each.issue for each in found.first_seen}, reverse=True)[:NEW_ISSUES]
    rows: list[tuple[str, str, str, str]] = []
    for issue in issues:
        of_issue = [each for each in found.first_seen if each.issue == issue]
        rows += [(issue, each.kind, each.name, str(each.entries)) for each in of_issue[:limit]]
    printing.show_table(("first seen", "kind", "name", "entries since"), rows)


def _draw(found: "Trends", path: Path) -> None:
    from digest.issues.trends import MIN_PERIODS
    from digest.issues.trends.trending import MIN_MAPPED, trend_map
    from digest.workspace.files import write_text

    if len(found.periods) < MIN_PERIODS:
        raise DigestError(f"no map: {found.note}")
    drawn = trend_map(found)
    if not drawn:
        raise DigestError(
            f"no map: it needs {MIN_MAPPED} themes or keywords that enough entries have; --min takes fewer "
            "entries"
        )
    if str(path) == "-":
        printing.show_data(drawn, in_xml)
        return
    write_text(path, drawn)
    say(f"map written to {path}")


def _signal_lines(folder: Path, entries: "Sequence[PublishedEntry]", store: Any) -> "list[SignalLine]":
    from digest.issues.trends.trending import signal_lines

    config = common.load(folder)
    embedder = machinery.embedder_of(config)
    return signal_lines(entries, lambda texts: machinery.encode_known(texts, embedder, store))


def _show_signals(
    lines: "Sequence[SignalLine]", entries: "Sequence[PublishedEntry]", *, as_json: bool
) -> None:
    if as_json:
        from digest.records.plain_values import to_json

        printing.show_json([{"times": _times(line), **to_json(line)} for line in lines])
        return
    for line in lines:
        first, *_, last = line.signals
        show(f"{last.signal}\n  first seen in {first.issue}, {ordinal(_times(line))} time in {last.issue}")
        for each in line.signals:
            show(f"    {each.issue}  {each.signal}  ({each.title}, {each.entry_id})")
    if not lines:
        issues = len({each.issue for each in entries})
        say(f"no signal came up again in another issue ({issues} published)")


def _times(line: "SignalLine") -> int:
    """Count the issues a signal was seen in."""
    return len({each.issue for each in line.signals})


def ordinal(number: int) -> str:
    """Say a place in a row in words up to ten."""
    if number <= MOST_IN_WORDS:
        return list(ORDINALS)[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
