"""A story as an issue shows it: what its fields say, and what its editor wrote, each in its place."""

from collections.abc import Callable, Iterator, Sequence

from digest.issues.pages.entry_page import HEAD, section_names, signals_table
from digest.issues.pages.markdown import Address, fill
from digest.issues.pages.parts import without_external_link
from digest.issues.pages.second_shape import second_signals
from digest.issues.pages.written import below_story, with_own_labels, with_targets
from digest.records import Entry, IssueEntry, Part, Reference

EntryAddress = Callable[[str], str]
"""Says where the page of an entry is, by its id; empty where there is none to link to."""

AT_THE_END = ("Keywords", "Themes")
"""Shown in one line below the rest, unless an editor wrote more there than a list."""

LABEL_CHARS = 8
"""So much of an id tells the footnotes of an issue's stories apart."""


def render_story(each: IssueEntry, address: EntryAddress) -> str:
    """Write a story in Markdown.

    Args:
        each: The entry, with its id and what readers are told of its publishing.
        address: Where entries' pages are.
    """
    entry = each.entry
    blocks = [
        fill("### [{}]({})", entry.title, Address(entry.url)),
        _origin(each, address),
        *_body(entry, address),
        _topics(entry),
    ]
    # Definitions of footnotes may stand in any part, so labels are told apart in all of the story at once.
    return with_own_labels("\n\n".join(filter(None, blocks)), each.id[:LABEL_CHARS])


def _origin(each: IssueEntry, address: EntryAddress) -> str:
    origin, page = each.entry.origin, address(each.id)
    # In one, for what stands in a line must be judged together.
    said = [
        ("From [{}]({})", origin.title, Address(origin.url)) if origin.url else ("From {}", origin.title),
        # On a page of all stories it would lead to where its reader is.
        ("[entry]({})", Address(page)) if page and not page.startswith("#") else (),
        ("*{}*", each.note) if each.note else (),
    ]
    shown = [each for each in said if each]
    return fill(" · ".join(each[0] for each in shown), *(field for each in shown for field in each[1:]))


def _body(entry: Entry, address: EntryAddress) -> Iterator[str]:
    parts = entry.parts or tuple(Part(name) for name in section_names(entry))
    for part in parts:
        if part.name == HEAD:
            yield _as_written(without_external_link(entry, part.text), address) if part.text else ""
        elif part.heading or not part.name:
            yield _as_written("\n\n".join(filter(None, (part.heading, part.text))), address)
            yield "" if part.text or not part.name else _section(part.name, entry, address)
        elif part.text:
            yield "" if part.name in ("Summary", "Signals") else f"**{part.name}**"
            yield _as_written(part.text, address)
        else:
            yield _section(part.name, entry, address)


def _as_written(text: str, address: EntryAddress) -> str:
    return below_story(with_targets(text, address))


def _section(name: str, entry: Entry, address: EntryAddress) -> str:
    if name == "Summary":
        return fill("{}", entry.summary) if entry.summary else ""
    if name == "Signals" and entry.signals:
        is_second = entry.shape == "v2"
        return second_signals(entry.signals) if is_second else signals_table(entry.signals, filled_only=True)
    if name == "Closest":
        links = [Reference(link.title, _target(link.target, address)) for link in entry.closest]
        return _links(name, links)
    return _links(name, entry.sources) if name == "Sources" else ""


def _topics(entry: Entry) -> str:
    """Name themes and keywords, those that an editor's own text does not stand for."""
    shown = [part.name for part in entry.parts if not part.text] or section_names(entry)
    said = {
        f"**{name}** {{}}": " · ".join(items)
        for name in AT_THE_END
        if name in shown and (items := getattr(entry, name.casefold()))
    }
    return fill("  \n".join(said), *said.values())


def _links(name: str, links: Sequence[Reference]) -> str:
    bullets = "\n".join(
        fill("* [{}]({})", link.title, Address(link.target)) if link.target else fill("* {}", link.title)
        for link in links
    )
    return f"**{name}**\n\n{bullets}" if bullets else ""


def _target(target: str, address: EntryAddress) -> str:
    """Lead to an entry's page; what is an address already stays."""
    return target if ":" in target or "/" in target else address(target)
