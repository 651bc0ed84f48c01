"""The sample week's texts: reads them from week/ and makes every answer its publishers give.

Articles are Markdown with YAML front matter, one file each; pages, feeds and issues of the roundup are made
from them with Jinja2 when the server starts, because only then are the addresses known.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from ruamel.yaml import YAML

WEEK = Path(__file__).parent / "week"
FIRST_DAY = datetime(2026, 11, 14, tzinfo=UTC)
LAST_DAY = datetime(2026, 11, 20, tzinfo=UTC)

CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "roundup": "application/rss+xml; charset=utf-8",
}
HTML = "text/html; charset=utf-8"
TRACKERS = "?utm_source=rss&utm_medium=feed&utm_campaign=latest"
REPORT_PATH = "/reports/heat-at-work-2026.pdf"

Origins = Mapping[str, str]
"""Publisher -> scheme, host and port of its address."""


@dataclass(frozen=True)
class Publisher:
    """Who publishes, and on which address of the loopback network."""

    key: str
    number: int
    name: str
    tagline: str
    template: str
    sections: tuple[str, ...] = ()
    language: str = "en"
    walled: bool = False
    """Answers every page with 403 and a request to prove that one is human."""


@dataclass(frozen=True)
class Article:
    """One article of the sample week as its author wrote it."""

    slug: str
    publisher: str
    path: str
    title: str
    author: str
    published: datetime
    section: str
    dek: str
    tags: tuple[str, ...]
    caption: str
    paragraphs: tuple[str, ...]
    """Markdown blocks, in order: paragraphs, subheadings, scene breaks."""
    language: str = "en"
    template: str = ""
    """Another page template than its publisher's; empty for that."""
    role: str = ""
    """What it is there to try: same-event, follow-up, syndicated-copy, german; empty for an ordinary one."""
    copy_of: str = ""
    credit: str = ""
    related: tuple[str, ...] = ()
    canonical: bool = True
    jsonld: bool = False
    feed_full_text: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body without Markdown's marks, paragraphs apart by empty lines."""
        kept = (p.lstrip("# ") for p in self.paragraphs if p.strip("* "))
        return "\n\n".join(p.replace("*", "") for p in kept)

    @property
    def words(self) -> int:
        """Number of words in the body."""
        return len(self.text.split())


@dataclass(frozen=True)
class Issue:
    """One issue of the roundup; its body is a Jinja2 template of HTML."""

    slug: str
    path: str
    title: str
    author: str
    published: datetime
    dek: str
    source: str


@dataclass(frozen=True)
class FeedDef:
    """One line of week/feeds.yaml."""

    publisher: str
    format: str
    path: str
    title: str
    kind: str
    tracked: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """MIME type without parameters, as a `<link>` names it."""
        return CONTENT_TYPES[self.format].partition(";")[0]


@dataclass(frozen=True)
class Answer:
    """What a publisher answers to one path."""

    body: bytes
    content_type: str = HTML
    status: int = 200
    modified: datetime = FIRST_DAY

    @property
    def etag(self) -> str:
        """A strong validator: equal bodies have equal tags."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


@dataclass(frozen=True)
class Item:
    """What a feed says of one article or issue."""

    title: str
    link: str
    guid: str
    published: datetime
    author: str
    dek: str
    tags: tuple[str, ...]
    image: str
    html: str = ""


def _yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def _utc(value: datetime) -> datetime:
    # The safe loader gives UTC times without their zone.
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def front_matter(path: Path) -> tuple[dict[str, Any], str]:
    """Read a text's YAML head and its body."""
    _, head, body = path.read_text("utf-8").split("---\n", 2)
    meta: dict[str, Any] = _yaml(head)
    meta["published"] = _utc(meta["published"])
    return meta, body.strip()


@cache
def publishers() -> dict[str, Publisher]:
    """Everyone who publishes in the sample week, by key."""
    raw = _yaml((WEEK / "publishers.yaml").read_text("utf-8"))
    return {
        key: Publisher(key=key, sections=tuple(fields.pop("sections")), **fields)
        for key, fields in raw.items()
    }


@cache
def feed_definitions() -> tuple[FeedDef, ...]:
    """The feeds in the order in which they are offered."""
    raw = _yaml((WEEK / "feeds.yaml").read_text("utf-8"))
    return tuple(FeedDef(tracked=tuple(fields.pop("tracked", ())), **fields) for fields in raw)


def _article(path: Path) -> Article:
    meta, body = front_matter(path)
    known = {name: meta.pop(name) for name in tuple(meta) if name in Article.__dataclass_fields__}
    known["tags"] = tuple(known["tags"])
    known["related"] = tuple(known.get("related", ()))
    paragraphs = tuple(" ".join(block.split()) for block in body.split("\n\n") if block.strip())
    return Article(slug=path.stem, paragraphs=paragraphs, extra=meta, **known)


def _with_original(article: Article, original: Article) -> tuple[str, ...]:
    """Paragraphs of a syndicated copy: its own first and last one around the original's."""
    first, _, last = article.paragraphs
    return (first, *original.paragraphs[1:-1], last)


@cache
def articles() -> dict[str, Article]:
    """All articles that have a page, by slug, in order of publication."""
    read = {path.stem: _article(path) for path in (WEEK / "articles").glob("*.md")}
    for slug, article in read.items():
        if article.copy_of:
            paragraphs = _with_original(article, read[article.copy_of])
            read[slug] = Article(**{**vars(article), "paragraphs": paragraphs})
    return dict(sorted(read.items(), key=lambda pair: (pair[1].published, pair[0])))


@cache
def issues() -> tuple[Issue, ...]:
    """The issues of the roundup, oldest first."""
    found = []
    for path in sorted((WEEK / "roundup").glob("*.html")):
        meta, source = front_matter(path)
        found.append(Issue(slug=path.stem, source=source, **meta))
    return tuple(sorted(found, key=lambda issue: issue.published))


def body_html(article: Article) -> list[Markup]:
    """The body's blocks as HTML, so that templates can put their furniture between them."""
    markdown = MarkdownIt()
    return [Markup(markdown.render(block).strip()) for block in article.paragraphs]


def _environment(origins: Origins) -> Environment:
    env = Environment(
        loader=FileSystemLoader([WEEK / "templates", WEEK / "feeds"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    env.filters["rfc822"] = format_datetime
    env.globals["origin"] = dict(origins)
    env.globals["url"] = lambda slug: origins[articles()[slug].publisher] + articles()[slug].path
    return env


def _article_page(env: Environment, article: Article) -> Answer:
    own = [a for a in articles().values() if a.publisher == article.publisher and a.slug != article.slug]
    elsewhere = [a for s in article.related if (a := articles()[s]).publisher != article.publisher]
    own.sort(key=lambda other: other.slug not in article.related)
    template = article.template or publishers()[article.publisher].template
    page = env.get_template(f"{template}.html").render(
        article=article,
        publisher=publishers()[article.publisher],
        blocks=body_html(article),
        siblings=own,
        elsewhere=elsewhere,
    )
    return Answer(page.encode(), modified=article.published)


def _article_items(feed: FeedDef, origin: str) -> list[Item]:
    own = [a for a in articles().values() if a.publisher == feed.publisher]
    return [
        Item(
            title=a.title,
            link=origin + a.path + (TRACKERS if a.slug in feed.tracked else ""),
            guid=a.slug,
            published=a.published,
            author=a.author,
            dek=a.dek,
            tags=a.tags,
            image=f"{origin}/img/{a.slug}.svg",
            html="\n".join(body_html(a)) if a.feed_full_text else "",
        )
        for a in reversed(own)
    ]


def _issue_items(env: Environment, origin: str) -> list[Item]:
    return [
        Item(
            title=i.title,
            link=origin + i.path,
            guid=i.slug,
            published=i.published,
            author=i.author,
            dek=i.dek,
            tags=(),
            image=f"{origin}/img/{i.slug}.svg",
            html=env.from_string(i.source).render(),
        )
        for i in reversed(issues())
    ]


def _json_feed(feed: FeedDef, origin: str, items: list[Item]) -> str:
    entries = [
        {
            "id": item.guid,
            "url": item.link,
            "title": item.title,
            "summary": item.dek,
            "image": item.image,
            "date_published": item.published.isoformat(),
            "authors": [{"name": item.author}],
            "tags": list(item.tags),
            "content_text": item.dek,
        }
        for item in items
    ]
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{origin}/",
        "feed_url": origin + feed.path,
        "language": "en",
    }
    return json.dumps({**head, "items": entries}, ensure_ascii=False, indent=1)


def _feed(env: Environment, feed: FeedDef, origin: str) -> Answer:
    items = _issue_items(env, origin) if feed.format == "roundup" else _article_items(feed, origin)
    if feed.format == "json":
        text = _json_feed(feed, origin, items)
    else:
        name = "atom.xml" if feed.format == "atom" else "rss.xml"
        publisher = publishers()[feed.publisher]
        text = env.get_template(name).render(feed=feed, publisher=publisher, home=origin, items=items)
    return Answer(text.encode(), CONTENT_TYPES[feed.format], modified=items[0].published)


def _picture(slug: str) -> Answer:
    hue = int(hashlib.sha256(slug.encode()).hexdigest(), 16) % 360
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9">'
        f'<rect width="16" height="9" fill="hsl({hue} 30% 70%)"/>'
        f'<path d="M0 9 L6 3 L10 7 L13 5 L16 9 Z" fill="hsl({hue} 30% 45%)"/></svg>'
    )
    return Answer(svg.encode(), "image/svg+xml")


def _simple_pages(publisher: Publisher) -> dict[str, tuple[str, str]]:
    """Path -> title and text of the pages that every site has and no newsletter should take up."""
    pages = {
        "/subscribe": ("Subscribe", f"Get {publisher.name} by e-mail."),
        "/private/account": ("My account", "Please log in."),
        "/private/login": ("Log in", "Please log in."),
        "/private/konto": ("Anmelden", "Bitte melden Sie sich an."),
    }
    if publisher.key == "longview":
        pages |= {
            "/about": ("About", "Wren Castellanos reads so that you can read less."),
            "/archive": ("Archive", "All 143 issues."),
            "/unsubscribe": ("Unsubscribe", "You have been taken off the list."),
            "/p/no-91-the-empty-driver-seat": ("No. 91: The empty driver’s seat", "For members only."),
        }
    return pages


def _site(env: Environment, publisher: Publisher, origin: str) -> dict[str, Answer]:
    """What every publisher answers besides its articles and feeds."""
    pieces: list[Article | Issue] = [a for a in articles().values() if a.publisher == publisher.key]
    if publisher.key == "longview":
        pieces = list(issues())
    feeds = [f for f in feed_definitions() if f.publisher == publisher.key]
    home = env.get_template("home.html").render(publisher=publisher, home=origin, pieces=pieces, feeds=feeds)
    robots = "User-agent: *\nDisallow: /private/\n"
    answers = {
        "/": Answer(home.encode(), modified=LAST_DAY),
        "/robots.txt": Answer(robots.encode(), "text/plain; charset=utf-8"),
        "/img/favicon.svg": _picture(publisher.key),
    }
    answers |= {f"/img/{piece.slug}.svg": _picture(piece.slug) for piece in pieces}
    simple = env.get_template("simple.html")
    for path, (title, text) in _simple_pages(publisher).items():
        page = simple.render(publisher=publisher, home=origin, title=title, text=text)
        answers[path] = Answer(page.encode())
    return answers


def build(origins: Origins) -> dict[str, dict[str, Answer]]:
    """Make every answer of every publisher.

    Args:
        origins: Publisher -> `http://host:port`, without a slash at the end.

    Returns:
        Publisher -> path -> answer. A path that is missing is to be answered by `not_found`.
    """
    env = _environment(origins)
    answers = {key: _site(env, publisher, origins[key]) for key, publisher in publishers().items()}
    for article in articles().values():
        answers[article.publisher][article.path] = _article_page(env, article)
    newsletter = env.get_template("newsletter.html")
    for issue in issues():
        body = Markup(env.from_string(issue.source).render())
        page = newsletter.render(issue=issue, issue_body=body, publisher=publishers()["longview"])
        answers["longview"][issue.path] = Answer(page.encode(), modified=issue.published)
    for feed in feed_definitions():
        answers[feed.publisher][feed.path] = _feed(env, feed, origins[feed.publisher])
    report = (WEEK / "reports" / "heat-at-work.pdf").read_bytes()
    published = datetime(2026, 11, 17, 9, tzinfo=UTC)
    answers["hollin"][REPORT_PATH] = Answer(report, "application/pdf", modified=published)
    return answers


def fallback(publisher: Publisher, origins: Origins) -> Answer:
    """The answer to a path the publisher does not have: a 404, or from behind a wall a 403."""
    env = _environment(origins)
    name, status = ("botwall.html", 403) if publisher.walled else ("notfound.html", 404)
    page = env.get_template(name).render(publisher=publisher, home=origins[publisher.key])
    return Answer(page.encode(), status=status)
