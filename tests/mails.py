"""Mails in the styles of five newsletter platforms, written for the tests, with what is right about each."""

import base64
import json
import quopri
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import md5

SENT = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)

TITLES = (
    "Tidal power passes its first winter",
    "A city bans cars — für immer",
    "Why “quiet” aircraft may return",
    "Les loyers gelés à Rennes",
    "Über den Wert leerer Häuser",
)


@dataclass(frozen=True)
class Written:
    """One mail, and what should be found in it."""

    raw: bytes
    articles: list[str]
    """Addresses of the articles, in order."""
    redirects: dict[str, str] = field(default_factory=dict)
    """Where click trackers lead."""
    forbidden: frozenset[str] = frozenset()
    """Addresses that must never be asked for."""


def article(number: int, place: int) -> str:
    return f"https://site{place}.example.org/2026/{number}-story?id={number}&lang=en"


def b64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Style:
    """What a platform's mails look like."""

    name: str
    sender: str
    listed: str
    web: str

    def tracked(self, number: int, place: str, url: str) -> tuple[str, bool]:
        """Give the address a link has in the mail, and whether only the platform knows where it leads."""
        token = f"{number:03d}{place}".ljust(16, "x")
        return {
            "substack": (
                (f"https://substack.com/redirect/2/{b64(json.dumps({'e': url}))}?s=x", False)
                if number % 2
                else (f"https://substack.com/redirect/{token}?j=eyJ1Ijoi", True)
            ),
            "beehiiv": (f"https://link.mail.beehiiv.com/ss/c/u001.{token}/4ab/h{place}/h001.zz", True),
            "mailchimp": (f"https://weak.us7.list-manage.com/track/click?u=1f&id={token}&e=9a8b", True),
            "kit": (f"https://click.kit-mail3.com/abcdef/{token}/{b64(url)}", False),
            "ghost": (f"https://letters.example.net/r/{md5(token.encode()).hexdigest()[:8]}?m=0b9e-44", True),
        }[self.name]


STYLES = (
    Style("substack", "weak@substack.com", "weak.substack.com", "https://weak.substack.com/p/issue-{}"),
    Style("beehiiv", "weak@mail.beehiiv.com", "weak.beehiiv.com", "https://weak.beehiiv.com/p/issue-{}"),
    Style("mailchimp", "hello@weak.example.com", "1f.2c.list-manage.com", "https://mailchi.mp/weak/issue-{}?e=9a8b"),
    Style("kit", "anna@signals.example.com", "signals.example.com", "https://signals.example.com/posts/issue-{}"),
    Style("ghost", "noreply@letters.example.net", "letters.example.net", "https://letters.example.net/issue-{}/"),
)  # fmt: skip

FORMS = (
    ("html", "utf-8", "quoted-printable"),
    ("plain", "utf-8", "base64"),
    ("both", "iso-8859-1", "quoted-printable"),
    ("html", "windows-1252", "8bit"),
    ("html", "utf-16", "base64"),
    ("plain", "iso-8859-15", "8bit"),
)


def thirty() -> list[Written]:
    """Give 30 mails: five platforms, each in six forms."""
    return [
        written(style, form, number=6 * at + place)
        for at, style in enumerate(STYLES)
        for place, form in enumerate(FORMS)
    ]


def written(style: Style, form: tuple[str, str, str], *, number: int) -> Written:
    shape, charset, encoding = form
    articles = [article(number, place) for place in range(3)]
    redirects: dict[str, str] = {}
    forbidden: set[str] = set()

    def link(place: str, url: str, *, is_forbidden: bool = False) -> str:
        address, is_opaque = style.tracked(number, place, url)
        if is_opaque:
            redirects[address] = url
        if is_forbidden:
            forbidden.update((address, url))
        return address

    web = style.web.format(number)
    site = f"https://{style.listed}/" if "list-manage" not in style.listed else "https://weak.example.com/"
    links = [
        *((TITLES[(number + at) % 5], link(f"a{at}", url), "article") for at, url in enumerate(articles)),
        ("Issue of the week", link("own", web.partition("?")[0]), "own"),
        ("Weak Signals", link("home", site), "own"),
        ("View in browser", web, "button"),
        ("Share", link("share", "https://twitter.com/intent/tweet?text=x"), "button"),
        ("Follow us", link("prof", "https://twitter.com/weaksignals"), "own"),
        ("Unsubscribe", link("unsub", site + "unsubscribe?u=1", is_forbidden=True), "button"),
        ("here", link("here", site + "bye?u=1", is_forbidden=True), "unsubscribe"),
        ("Manage your preferences", link("prefs", site + "prefs?u=1", is_forbidden=True), "button"),
    ]
    unsubscribe = site + "one-click?u=1"
    forbidden.add(unsubscribe)
    title = f"Weak Signals {number}: {TITLES[number % 5]}"
    head = "\r\n".join(
        (
            f"From: =?utf-8?q?W=C3=A9ak_Signals?= <{style.sender}>",
            f"Subject: =?utf-8?b?{base64.b64encode(title.encode()).decode()}?=",
            f"Date: {format_datetime(SENT + timedelta(minutes=number))}",
            f"Message-ID: <{style.name}-{number}@mail.example.net>",
            f"List-Id: <{style.listed}>",
            f"List-Unsubscribe: <mailto:out@example.net>,\r\n <{unsubscribe}>",
            "To: reader@example.net",
            "MIME-Version: 1.0",
        )
    )
    parts = [
        _part(kind, links, charset, encoding) for kind in (("plain", "html") if shape == "both" else (shape,))
    ]
    body = parts[0] if len(parts) == 1 else _alternative(parts)
    return Written(head.encode() + b"\r\n" + body, articles, redirects, frozenset(forbidden))


def _alternative(parts: list[bytes]) -> bytes:
    inner = b"".join(b"--b0undary\r\n" + part + b"\r\n" for part in parts)
    return b'Content-Type: multipart/alternative; boundary="b0undary"\r\n\r\n' + inner + b"--b0undary--\r\n"


def _part(kind: str, links: list[tuple[str, str, str]], charset: str, encoding: str) -> bytes:
    text = "\r\n".join(_html(links) if kind == "html" else _plain(links))
    data = text.encode(charset, "replace")
    if encoding == "base64":
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head = f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + data


def _html(links: list[tuple[str, str, str]]) -> Iterator[str]:
    yield "<html><body><table><tr><td><img src='https://open.example.net/pixel.gif' width='1'>"
    for words, url, kind in links:
        shown = url.replace("&", "&amp;")
        before = "You can stop these mails and unsubscribe " if kind == "unsubscribe" else "What it says: "
        yield f'<p>{before}<a href="{shown}">{words}</a>.</p>'
    yield "<p>1 Example Street, Example Town. Grüße!</p></td></tr></table></body></html>"


def _plain(links: list[tuple[str, str, str]]) -> Iterator[str]:
    for words, url, kind in links:
        before = "To unsubscribe, go " if kind == "unsubscribe" else ""
        yield f"{before}{words}:"
        yield f"<{url}>" if kind == "article" else url
        yield ""
    yield "Grüße!"
