"""Published issues as feeds: output/feed.xml (Atom, RFC 4287) and output/feed.json (JSON Feed 1.1).

One entry an issue, newest first. Ids are given once and stay, whatever becomes of title and site. Without a
site, Atom's links are relative to the feed, as the standard allows; JSON Feed takes none, so there are none.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from lxml import etree

from digest import __version__
from digest.issues.forms.fragments import NOT_XML, entry_address, whole_html
from digest.issues.pages.admit import admit
from digest.issues.pages.issue import issue_blocks, issue_date
from digest.language.counts import counted
from digest.records import Issue, IssueTimes, ShownIssue

MOST_ITEMS = 20
"""Issues in a feed: five months of a weekly newsletter, with contents; a reader that asks less often than
that is rare, and each has some 50 kB."""

NAMED = 5
"""Stories that an issue's summary names."""

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
"""A name that RFC 4151 takes for who gives a tag; addresses in digits are none."""

NAMESPACE = uuid.UUID("5d7b1d1f-3a0e-4a55-9a4e-0a0a4f0f6a51")
"""Ours alone, drawn once: ids of newsletters without a site are named in it."""


@dataclass(frozen=True)
class FeedItem:
    """An issue as an entry of the feeds."""

    issue: str
    """Its name."""
    stories: tuple[str, ...]
    """The titles of its entries, in order."""
    times: IssueTimes
    id: str
    html: str
    """Its body, clean."""
    made_of: str
    """Hash of all that the body was made of."""

    @property
    def summary(self) -> str:
        """How many stories there are, and the first of them."""
        titles = [_text(each) for each in self.stories[:NAMED]]
        more = " ..." if len(self.stories) > NAMED else ""
        count = counted(len(self.stories), "story", "stories")
        return f"{count}: {'; '.join(titles)}{more}" if titles else count


@dataclass(frozen=True)
class FeedHead:
    """What feeds say of the newsletter."""

    id: str
    title: str
    site: str
    language: str

    @property
    def name(self) -> str:
        """The newsletter's title, or what one without is called."""
        return _text(self.title) or "Digest"

    def address_of(self, file: str) -> str:
        """Say where a feed is on the site; empty without one."""
        return f"{self.site.rstrip('/')}/{file}" if self.site else ""

    def title_of(self, item: FeedItem) -> str:
        """Give the newsletter's title and the issue's date."""
        return _text(f"{self.name}, {issue_date(item.issue)}")


def new_id(name: str, *, site: str, title: str, day: datetime) -> str:
    """Make an id that nothing else has: `tag:` with a site's name (RFC 4151), else `urn:uuid:`.

    Args:
        name: `feed`, or an issue's name.
        site: The newsletter's address; may be empty.
        title: The newsletter's.
        day: A day on which the site was the newsletter's.
    """
    parts = urlsplit(site)
    host = (parts.hostname or "").lower()
    what = name if name == "feed" else f"issues/{name}"
    if HOST.fullmatch(host):
        path = quote(parts.path.strip("/"), safe="/")
        return f"tag:{host},{day:%Y-%m-%d}:{path}{'/' if path else ''}{what}"
    return uuid.uuid5(NAMESPACE, json.dumps([site, title, what])).urn


def made_of(frame: Issue, shown: ShownIssue, places: Mapping[str, str]) -> str:
    """Give the hash of all that the body of an issue is made of.

    Args:
        frame: The issue; its entries may be missing.
        shown: Its entries as they are shown, whose keys stand for them.
        places: The issue in which each published entry stands, by its id.
    """
    here = dict.fromkeys((each.id for each in shown.entries), shown.name)
    keys = [each.key for each in shown.entries]
    links = [here.get(to) or places.get(to, "") for each in shown.entries for to in each.closest]
    told = (__version__, replace(frame, entries=()), keys, links if frame.site else ())
    return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()


def body_html(issue: Issue, places: Mapping[str, str]) -> str:
    """Give the body of an issue as clean HTML, whose links lead to the newsletter's site or are none."""
    return "\n".join(map(whole_html, issue_blocks(issue, entry_address(issue, places))))


def known_bodies(text: str) -> dict[str, str]:
    """Give the bodies that a feed.json of ours holds, by what they were made of."""
    try:
        items = json.loads(text)["items"]
        return {each["_digest"]["made_of"]: each["content_html"] for each in items}
    except (ValueError, KeyError, TypeError):
        return {}


def render_atom(head: FeedHead, items: Sequence[FeedItem]) -> str:
    """Write issues as an Atom feed.

    Args:
        head: Of the newsletter.
        items: At least one, newest first.
    """
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set(XML_LANG, head.language or "en")
    _add(root, "id", head.id)
    _add(root, "title", head.name)
    _add(root, "updated", _moment(max(each.times.changed_at for each in items)))
    _add(_add(root, "author"), "name", head.name)
    _add(
        root, "link", rel="self", type="application/atom+xml", href=head.address_of("feed.xml") or "feed.xml"
    )
    if head.site:
        _add(root, "link", rel="alternate", type="text/html", href=head.site)
    _add(root, "generator", "digest", version=__version__)
    for each in items:
        entry = _add(root, "entry")
        _add(entry, "id", each.id)
        _add(entry, "title", head.title_of(each))
        _add(entry, "published", _moment(each.times.published_at))
        _add(entry, "updated", _moment(each.times.changed_at))
        to = head.address_of(file := f"issues/{each.issue}.html") or file
        _add(entry, "link", rel="alternate", type="text/html", href=to)
        _add(entry, "summary", each.summary)
        _add(entry, "content", each.html, type="html")
    etree.indent(root)
    whole: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return whole.decode("utf-8") + "\n"


def render_json_feed(head: FeedHead, items: Sequence[FeedItem]) -> str:
    """Write issues as a JSON Feed; see `render_atom`."""
    feed: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "title": head.name}
    if head.site:
        feed |= {"home_page_url": head.site, "feed_url": head.address_of("feed.json")}
    feed |= {"language": head.language or "en", "authors": [{"name": head.name}]}
    feed["items"] = [_json_item(head, each) for each in items]
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _json_item(head: FeedHead, each: FeedItem) -> dict[str, Any]:
    address = head.address_of(f"issues/{each.issue}.html")
    return {
        "id": each.id,
        **({"url": address} if address else {}),
        "title": head.title_of(each),
        "summary": each.summary,
        "content_html": each.html,
        "date_published": _moment(each.times.published_at),
        "date_modified": _moment(each.times.changed_at),
        "_digest": {"issue": each.issue, "made_of": each.made_of},
    }


def _add(parent: Any, name: str, text: str = "", **attributes: str) -> Any:
    element = etree.SubElement(
        parent, f"{{{ATOM}}}{name}", {key: _xml(value) for key, value in attributes.items()}
    )
    if text:
        element.text = _xml(text)
    return element


def _text(text: str) -> str:
    return admit(_xml(text))


def _xml(text: str) -> str:
    return NOT_XML.sub("", text)


def _moment(when: datetime) -> str:
    """Write a time as RFC 3339 has it, to the second."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
