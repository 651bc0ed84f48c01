"""What a run did, for whoever keeps it running: output/reports/<issue>.md."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from digest.issues.pages.admit import admit
from digest.issues.pages.issue import issue_date
from digest.issues.pages.markdown import CELL, PARSERS, Address, cell, escape, fill
from digest.issues.pages.signals_table import table
from digest.language.counts import counted
from digest.language.secrecy import shown_text, shown_url
from digest.records import Dropped, FeedHealth, RunReport

HEALTH = ("broken", "ok", "unchanged")
"""Feeds in the order in which they need a look."""


UNSAFE_IN_AUTOLINK = re.compile(r"[\[\]<>{}|`\"\\\s]")


def render_report(report: RunReport) -> str:
    """Write the report of a run; what needs a look comes first."""
    report = shown_report(report)
    parts = [
        fill("# Report on the issue of {}", issue_date(report.issue)),
        f"Run of {_moment(report.started)} · {_outcome(report)}",
        *([to_mend] if (to_mend := render_to_mend(report)) else []),
        *_section("Feeds", _feeds(report.feeds)),
        *_section("Stages", _stages(report)),
        *_section("Dropped", _dropped(report.dropped)),
        *_section("Stories of several articles", _stories(report.stories)),
        *_section("Drafts", _drafts(report)),
    ]
    return "\n\n".join(parts) + "\n"


def render_to_mend(report: RunReport) -> str:
    """Write what an editor should look at; empty where there is nothing."""
    report = shown_report(report)
    parts = [
        *_section("Notes", _bullets(report.notes)),
        *_section("Failed checks", _bullets(report.failed_checks)),
    ]
    return "\n\n".join(parts)


def shown_report(report: RunReport) -> RunReport:
    """Give a report with `***` in place of whatever is secret in its addresses."""
    return replace(
        report,
        feeds=tuple(map(_shown_health, report.feeds)),
        dropped=tuple(
            replace(each, url=shown_url(each.url), reason=shown_text(each.reason)) for each in report.dropped
        ),
        stories=tuple(
            (shown_text(title), tuple(map(shown_text, others))) for title, others in report.stories
        ),
        drafts=tuple((identity, shown_text(title)) for identity, title in report.drafts),
        failed_checks=tuple(map(shown_text, report.failed_checks)),
        notes=tuple(map(shown_text, report.notes)),
    )


def _shown_health(feed: FeedHealth) -> FeedHealth:
    return replace(
        feed,
        url=shown_url(feed.url),
        title=shown_text(feed.title),
        problem=shown_text(feed.problem),
        moved_to=shown_url(feed.moved_to),
        notes=tuple(map(shown_text, feed.notes)),
    )


def _section(name: str, body: str) -> list[str]:
    return [f"## {name}", body] if body else []


def _outcome(report: RunReport) -> str:
    broken = sum(feed.status == "broken" for feed in report.feeds)
    parts = [
        counted(len(report.feeds), "feed", "feeds") + (f", {broken:,} broken" if broken else ""),
        f"{len(report.dropped):,} dropped",
        counted(len(report.drafts), "draft", "drafts"),
    ]
    return " · ".join(parts)


def _feeds(feeds: Sequence[FeedHealth]) -> str:
    if not feeds:
        return ""
    counts = (f"{sum(feed.status == status for feed in feeds):,} {status}" for status in HEALTH)
    ordered = sorted(feeds, key=lambda feed: HEALTH.index(feed.status))
    rows = [
        (
            cell(admit(feed.title)),
            _address(feed.url, in_table=True),
            feed.status,
            f"{feed.new_links:,}",
            _moment(feed.broken_since) if feed.broken_since else "",
            _address(feed.moved_to, in_table=True),
            cell(admit(feed.problem)),
        )
        for feed in ordered
    ]
    header = ("Feed", "Address", "Health", "New links", "Broken since", "Moved to", "Problem")
    return ", ".join(counts) + ".\n\n" + table(header, rows)


def _stages(report: RunReport) -> str:
    rows = [
        (
            cell(admit(stage.stage)),
            f"{stage.taken:,}",
            f"{stage.kept:,}",
            f"{stage.dropped:,}",
            f"{stage.seconds:.1f}",
        )
        for stage in report.stages
    ]
    return table(("Stage", "In", "Kept", "Dropped", "Seconds"), rows) if rows else ""


def _dropped(dropped: Sequence[Dropped]) -> str:
    """Write the losses by stage and reason, the commonest reason first."""
    parts: list[str] = []
    for stage in dict.fromkeys(each.stage for each in dropped):
        lost = [each for each in dropped if each.stage == stage]
        parts.append(fill("### {}", f"{admit(stage) or 'unknown stage'}: {len(lost):,}"))
        by_reason: dict[str, list[Dropped]] = {}
        for each in lost:
            by_reason.setdefault(admit(each.reason) or "no reason given", []).append(each)
        for reason, group in sorted(by_reason.items(), key=lambda item: -len(item[1])):
            retried = sum(each.is_retryable for each in group)
            note = " (the next run tries again)" if retried == len(group) else ""
            parts.append(fill("{}: {}", reason, f"{len(group):,}{note}"))
            parts.append("\n".join(f"* {_address(each.url) or 'no address'}" for each in group))
    return "\n\n".join(parts)


def _stories(stories: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    lines: list[str] = []
    for title, others in stories:
        lines.append(fill("* {}", admit(title) or "untitled"))
        lines += ["  " + fill("* {}", admit(other) or "untitled") for other in others]
    return "\n".join(lines)


def _drafts(report: RunReport) -> str:
    names = report.draft_files or tuple(f"{identity}.md" for identity, _ in report.drafts)
    reasons = report.draft_reasons or ("",) * len(report.drafts)
    lines = []
    for (identity, title), name, why in zip(report.drafts, names, reasons, strict=True):
        link = (admit(title) or identity, Address(f"../drafts/{report.issue}/{quote(name)}"))
        lines.append(fill("* [{}]({}): {}", *link, admit(why)) if admit(why) else fill("* [{}]({})", *link))
    return "\n".join(lines)


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(fill("* {}", text) for text in map(admit, texts) if text)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _address(url: str, *, in_table: bool = False) -> str:
    """Write an address as a link to itself, or as text where nothing should lead there."""
    shown = admit(url)
    if not shown:
        return ""
    is_web = shown == url and shown.lower().startswith(("http://", "https://"))
    # Between angle brackets nothing can be escaped, and readers differ in what they look for there.
    if (
        is_web
        and not UNSAFE_IN_AUTOLINK.search(shown)
        and all(_is_autolink(md.parse(f"<{url}>")[1].children or [], url) for md in PARSERS)
    ):
        return f"<{url}>"
    return escape(CELL, shown)[0] if in_table else fill("* {}", shown).removeprefix("* ")


def _is_autolink(children: Sequence[object], url: str) -> bool:
    first = children[0] if children else None
    return len(children) == 3 and getattr(first, "attrs", {}).get("href") == url
