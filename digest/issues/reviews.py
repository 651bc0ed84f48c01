"""What a review of a theme or a year says, from published entries alone."""

import hashlib
import re
import shlex
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.errors import DigestError
from digest.issues.output_paths import page_slug
from digest.issues.pages.admit import admit
from digest.issues.pages.review import TITLE_END
from digest.issues.site import written_reviews
from digest.issues.trends import trends
from digest.issues.trends.periods import publishers
from digest.issues.trends.theme_counts import folded, name_key
from digest.issues.trends.trending import signal_lines
from digest.records import PublishedEntry, SignalLine, SuggestedWords, Trends, Vectors

MOST_BEST = 12
"""Entries that a review shows: more would be the archive again; judgement."""
TITLE_YEAR = re.compile(r"(?:^| )[0-9]{4}$")
"""Ends the title of a review of a year."""
MOST_THEMES = 12
"""Themes that a year's table names; the largest. More are on the site's page of trends."""


@dataclass(frozen=True)
class ReviewedLine:
    """A signal that came up in several issues."""

    line: SignalLine
    publishers: tuple[int, ...]
    """Independent publishers that had said it by each time it was seen."""

    @property
    def has_grown(self) -> bool:
        """Whether publishers joined after it was first seen."""
        return self.publishers[-1] > self.publishers[0]


@dataclass(frozen=True)
class Review:
    """A topic or yearly review."""

    title: str
    name: str
    """Of its files, in output/reviews."""
    entries: tuple[PublishedEntry, ...]
    """All that it is about, by issue, the oldest first, and in the order of the issue."""
    lines: tuple[ReviewedLine, ...]
    best: tuple[PublishedEntry, ...]
    found: Trends
    """Over its entries alone."""
    publishers: int
    themes: tuple[tuple[str, int], ...]
    """Of a year: themes and how many entries each has, largest first; empty for one theme."""
    words: tuple[SuggestedWords, ...] = ()
    """What a language model says of it, each sentence with the entries it rests on."""
    words_by: str = ""
    """The model; empty without words."""

    @property
    def heading(self) -> str:
        """What stands over it."""
        return f"{self.title}{TITLE_END}"

    @property
    def by_importance(self) -> list[PublishedEntry]:
        """The entries, those to read first before the others, which come newest first."""
        best = {each.id for each in self.best}
        return [*self.best, *(each for each in newest_first(self.entries) if each.id not in best)]


def make_review(
    entries: Sequence[PublishedEntry],
    encode: Callable[[Sequence[str]], Vectors],
    *,
    theme: str = "",
    year: str = "",
) -> Review:
    """Gather what was published on a theme, in a year, or both.

    Args:
        entries: All that was published, those of an issue in its order.
        encode: Gives the vectors of signals, rows L2-normalised.
        theme: As entries write it; capitals and the plural do not matter. Empty for all.
        year: Four digits; empty for all.

    Raises:
        DigestError: nothing was published that fits; names the themes that are near.
    """
    label = _label(entries, theme) if theme else ""
    chosen = sorted(
        (each for each in entries if _has(each, label) and each.issue.startswith(year)),
        key=lambda each: each.issue,
    )
    if not chosen:
        where = f"on {label} in {year}" if label and year else f"in {year}" if year else f"on {label}"
        years = ", ".join(sorted({each.issue[:4] for each in entries}))
        raise DigestError(f"nothing was published {where}; there are entries of {years or 'no year'}")
    lines = tuple(_reviewed(line, chosen) for line in signal_lines(chosen, encode))
    counts = Counter(name for each in chosen for name in dict.fromkeys(map(admit, each.entry.themes)))
    return Review(
        title=" ".join(filter(None, (label, year))),
        name="-".join(filter(None, (_slug(label), year))) or "all",
        entries=tuple(chosen),
        lines=lines,
        best=best_of(chosen, lines),
        found=trends(chosen),
        publishers=len({name for each in chosen for name in publishers(each)}),
        themes=() if label else tuple(counts.most_common(MOST_THEMES)),
    )


def review_name(output: Path, review: Review) -> str:
    """Say as what a review is written: as it was before, else under its name, unless another has that.

    Themes that small Latin letters and digits alone do not tell apart would have one name.
    """
    (other,) = [each.title for each in written_reviews(output) if each.name == review.name] or [""]
    # One whose title an editor changed is still this.
    if other == review.heading or not other.endswith(TITLE_END):
        return review.name
    return f"{review.name}-{_hashed(review.title)}"


def reviews_naming(
    output: Path, ids: Collection[str], published: Sequence[PublishedEntry]
) -> list[tuple[Path, str]]:
    """Give the reviews written before that lead to any of these entries; what cannot be read is left out.

    Args:
        output: The workspace's output folder.
        ids: Those of the entries.
        published: All that is published.

    Returns:
        Each with the command that makes it anew; empty where nothing is published that it would be about.
    """
    named = [page for page in written_reviews(output) if not set(ids).isdisjoint(page.entries)]
    return [
        (output / "reviews" / f"{page.name}.md", _command(page.title.removesuffix(TITLE_END), published))
        for page in named
    ]


def _command(title: str, published: Sequence[PublishedEntry]) -> str:
    """Give the command that makes the review of this title; empty where nothing fits."""
    theme, _, year = title.rpartition(" ") if TITLE_YEAR.search(title) else (title, "", "")
    if any(_has(each, title) for each in published):
        # A theme's name may end in a year.
        theme, year = title, ""
    if not any(_has(each, theme) and each.issue.startswith(year) for each in published):
        return ""
    # Whatever a theme is called, it is one word to the shell, and no option.
    options = [f"--year {year}"] if year else []
    name = ["--", shlex.quote(theme)] if theme.startswith("-") else [shlex.quote(theme)] if theme else []
    return " ".join(["digest review-of", *options, *name])


def newest_first(entries: Sequence[PublishedEntry]) -> list[PublishedEntry]:
    """Give entries by issue, the newest first; those of one issue stay in their order."""
    return sorted(entries, key=lambda each: each.issue, reverse=True)


def best_of(entries: Sequence[PublishedEntry], lines: Sequence[ReviewedLine]) -> tuple[PublishedEntry, ...]:
    """Choose the entries to read first.

    First those whose signals came up in most issues, then those that most publishers tell, then those with
    most signals, then the newest, and of one issue what stands first there.
    """
    seen: Counter[str] = Counter()
    for each in lines:
        for signal in each.line.signals:
            seen[signal.entry_id] = max(seen[signal.entry_id], len(each.line.signals))
    ranked = sorted(
        (each for each in newest_first(entries) if each.entry.signals),
        key=lambda each: (
            seen[each.id],
            len(set(publishers(each))),
            len(each.entry.signals),
        ),
        reverse=True,
    )
    return tuple(ranked[:MOST_BEST])


def _label(entries: Sequence[PublishedEntry], theme: str) -> str:
    """The theme as most entries write it."""
    written = Counter(name for each in entries for name in map(admit, each.entry.themes))
    same = [name for name in written if name_key(name) == name_key(theme)]
    if same:
        return max(same, key=lambda name: (written[name], name))
    wanted = set(folded(theme).split())
    near = [name for name, _ in written.most_common() if wanted & set(folded(name).split())]
    named = near or [name for name, _ in written.most_common(8)]
    known = ", ".join(named[:8]) or "none yet; publish an issue (digest publish)"
    raise DigestError(
        f"no published entry has the theme {theme!r}; themes{' like it' if near else ''}: {known}"
    )


def _has(each: PublishedEntry, label: str) -> bool:
    return not label or name_key(label) in map(name_key, each.entry.themes)


def _reviewed(line: SignalLine, entries: Sequence[PublishedEntry]) -> ReviewedLine:
    by_id = {each.id: each for each in entries}
    said: set[str] = set()
    counts = []
    for signal in line.signals:
        said |= set(publishers(by_id[signal.entry_id]))
        counts.append(len(said))
    return ReviewedLine(line, tuple(counts))


def _slug(name: str) -> str:
    if slug := page_slug(name):
        return slug
    return f"theme-{_hashed(name)}" if name else ""


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]
