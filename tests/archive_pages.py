"""An existing archive made up for tests: entry pages of both shapes, in issues over time."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from digest.issues.pages import render_entry
from digest.language.addresses import entry_id
from digest.records import Entry, Origin, PublishedEntry, SignalRow


@dataclass(frozen=True)
class Wave:
    """A keyword with its theme, and in how many entries of each issue it comes up."""

    keyword: str
    theme: str
    counts: Sequence[int]
    publishers: Sequence[str] = ("a.example", "b.example", "c.example")


@dataclass
class MadeArchive:
    """Issues a month apart, their entries made of waves."""

    waves: Sequence[Wave]
    first: date = date(2025, 1, 15)
    entries: list[PublishedEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the entries."""
        for number in range(max(len(wave.counts) for wave in self.waves)):
            day = self.first + timedelta(days=30 * number)
            for wave in self.waves:
                count = wave.counts[number] if number < len(wave.counts) else 0
                self.entries += [entry_of_wave(wave, f"{day:%Y%m%d}", at) for at in range(count)]

    def write(self, folder: Path) -> None:
        """Write the pages."""
        folder.mkdir(parents=True, exist_ok=True)
        for each in self.entries:
            (folder / f"{each.id}.md").write_text(render_entry(each.entry), "utf-8")


def entry_of_wave(wave: Wave, issue: str, number: int) -> PublishedEntry:
    """Make one entry of a wave."""
    publisher = wave.publishers[number % len(wave.publishers)]
    url = f"https://{publisher}/{issue}/{wave.keyword.replace(' ', '-')}/{number}"
    entry = Entry(
        title=f"Report {number} of {issue}",
        origin=Origin(issue, f"https://letter.example/p/{issue}"),
        url=url,
        summary=f"What was reported as number {number} on {issue}.",
        keywords=(wave.keyword,),
        themes=(wave.theme,),
        signals=(SignalRow(f"Item {number} of {issue} changes", "More", "Much more", "Money"),),
        closest=(),
    )
    return PublishedEntry(entry_id(url), issue, entry)


def varied(entries: Sequence[Entry], count: int, *, seed: int = 1) -> Iterator[PublishedEntry]:
    """Give `count` entries made of the words of real ones, in their shapes, so that no two are alike."""
    chance = random.Random(seed)
    for number in range(count):
        entry = entries[number % len(entries)]
        words = [word for each in chance.sample(entries, 3) for word in each.summary.split()]
        url = f"https://site{number % 97}.example/{number}"
        made = replace(
            entry, url=url, title=f"{entry.title} {number}", summary=" ".join(chance.sample(words, 120))
        )
        yield PublishedEntry(entry_id(url), entry.origin.title, made)
