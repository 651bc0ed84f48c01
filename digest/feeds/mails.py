"""A mail of a newsletter -> what it says, and the links in it that may be articles. Asks nobody.

All text parts are read: the HTML where there is one, else the plain text; forwarded mails, in the text or
attached, and quoted ones as well, because an issue may come so. Of a reply the links are those of what it
quotes. Attached PDFs are articles of their own; files of other kinds are not read.

The newsletter's own pages are those of the hosts in its headers (sender, list, unsubscribing), of its issue
on the web, and the sending service's; of a forwarded issue, the sender's that the text names. A newsletter
whose articles are its own has them in its feed.

What a mail says is not trusted: sizes and counts are limited, and whatever is not readable is left out.
"""

import html
import quopri
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from itertools import islice
from urllib.parse import urlsplit

from lxml import html as lxml_html

from digest.errors import FeedError
from digest.feeds.entry_text import parse_html, plain, text_of
from digest.feeds.links import is_article_link
from digest.feeds.trackers import is_click_tracker, is_confirmation, is_never_asked
from digest.feeds.wrapped import unwrapped
from digest.language.addresses import address_key, as_asked, host, is_web_address
from digest.language.charset import decode
from digest.language.mail_headers import header, mail_key, sender_of, sent_at
from digest.records import Mail, MailAttachment, MailLink

MAX_PARTS = 200
"""Parts of a mail that are looked at, those of attached mails included."""

PDF_HEAD = 1_024
"""Bytes in which a PDF says that it is one, by its standard."""

MAX_TEXT = 3_000_000
"""Bytes of one part; the longest of newsletters have some 200,000."""

MAX_FORWARDED = 200_000
"""Characters of a text in which the headers of a forwarded mail are looked for."""

MAX_LINKS = 1_000
"""Links of one mail; issues of links have some hundred."""

MAX_PDFS = 20
"""Of one mail; an issue with more of them is none to be read by a person, either."""

MAX_NAME = 80
"""Characters of an attachment's name in its address."""

MAX_DEEP = 4
"""Mails attached to one another."""

MAX_AROUND = 300
"""Characters around a link that may say what it is for."""

# Services that many newsletters are sent by, and mail providers: their hosts are nobody's own site, but for
# pages that are known to be about mail.
_SHARED = frozenset(
    """
    substack.com beehiiv.com convertkit.com kit.com ck.page mailchimp.com mailchimpapp.com ghost.io
    buttondown.com buttondown.email sendgrid.net mailgun.org gmail.com googlemail.com outlook.com hotmail.com
    yahoo.com icloud.com proton.me protonmail.com gmx.de gmx.net web.de medium.com linkedin.com
    googlegroups.com
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_SERVICES = frozenset(
    """
    substack.com beehiiv.com convertkit.com kit.com mailchimp.com ghost.org buttondown.com buttondown.email
    campaign-archive.com list-manage.com mailchi.mp sendgrid.com mailerlite.com campaignmonitor.com brevo.com
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_MAIL_LABELS = re.compile(
    r"^(?:www|e?mail|em?\d*|news|newsletters?|send|sender|click|links?|list|lists|mg|info|updates?|t|go|hello"
    r"|reply|bounces?|post|mkt|marketing|campaigns?|notifications?|hi)\."
)
_WEB_COPY = re.compile(
    r"(?:view|read|see|open)\b.{0,25}\b(?:browser|web|online|app|site)|read online|view online|web version"
    r"|online version|im browser|version en ligne",
    re.IGNORECASE,
)
# With another header after it: "From: a@b.example" alone may be whom a newsletter quotes.
_FORWARDED = re.compile(
    r"^[> \t*]*+(?:From|Von|De|Da|Van)\s?:.{0,200}?([\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"
    r"(?=(?:.*\n){1,8}?[> \t*]*+(?:Subject|Date|Sent|Betreff|Gesendet|Datum|Objet|Envoyé|Asunto|Fecha|Enviado"
    r"|Oggetto|Data|Inviato|Onderwerp|Verzonden)\s?:)",
    re.MULTILINE,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"“”|\\^`{}]+", re.IGNORECASE)
_QUOTED = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
_OPAQUE = re.compile(r"[^/.]*(?=[^/.-]{18})(?=[^/.]*\d)[^/.-]{18}[^/.]*")
# Letters and figures mixed, so no word of a title.
_TOKEN = re.compile(r"(?=[^.-]*\d)(?=[^.-]*[A-Za-z])[^.-]{10,}|(?=.*\d.*\d)(?=.*[A-Z])(?=.*[a-z])[\w~-]{12,}")
_BEFORE_TITLE = re.compile(r"^[\s>)\].,;:*•–—-]*(?:\d{1,3}[.)]\s+)?")
_ENDS = ".,;:!?'*_…"
_PASSED_ON = re.compile(r"\A(?:(?:fwd?|wg|tr|rv|re|aw|doorst)\s?:\s+)+(?=\S)", re.IGNORECASE)
_NEW_LINE = re.compile(r"<(?:br|hr|/?(?:div|p|tr|td|table|blockquote))\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_IS_HTML = re.compile(r"\s*<(?:!doctype html|html|head|body|div|table|p|a)(?=[\s>])", re.IGNORECASE)
# A program on the way has lost the header that says so, or encoded the text twice.
_STILL_CODED, _DECODED = re.compile(rb"=3D[\"']"), re.compile(rb"\b(?:href|src|class|style)=[\"']")


def read_mail(body: bytes, *, url: str) -> Mail:
    """Read a mail.

    Args:
        body: Headers and all.
        url: What errors call the mailbox.

    Raises:
        FeedError: nothing in it can be read.
    """
    try:
        message = message_from_bytes(body)
        pieces = list(_pieces(message))
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError) as error:
        raise FeedError(url, f"a mail that cannot be read: {type(error).__name__}") from error
    roots = [parse_html(piece) for piece in pieces]
    texts = [text_of(root) for root in roots]
    shown = "\n\n".join(filter(None, texts))
    name, address = sender_of(message)
    own = _own_hosts(message, address, "\n".join(map(_lines, pieces)))
    web = next(filter(None, map(_web_copy, roots)), "")
    own |= {host(web)} - {""} - _SHARED
    theirs = _Theirs(own, _counting_hosts(message, address), _listed(message))
    is_no_issue = is_confirmation(header(message, "subject")) or _is_returned(message)
    links = () if is_no_issue else _links(roots, theirs)
    return Mail(
        key=mail_key(message),
        sender=plain(name) or address,
        subject=_PASSED_ON.sub("", plain(header(message, "subject")), count=1)
        or plain(name)
        or address
        or "a mail without subject",
        published=sent_at(message),
        url=web,
        own_hosts=frozenset(own),
        links=tuple(links)[:MAX_LINKS],
        text=shown,
        pdfs=() if is_no_issue else _pdfs(message),
    )


# -- parts ---------------------------------------------------------------------------------------------------


def _pieces(message: Message) -> Iterator[str]:
    """Yield the mail's texts as HTML, in order."""
    left = [MAX_PARTS]
    yield from _of(message, left, 0)


def _of(part: Message, left: list[int], depth: int) -> Iterator[str]:
    left[0] -= 1
    if left[0] < 0 or depth > MAX_DEEP * 4:
        return
    kind = part.get_content_type()
    if part.is_multipart():
        inner = [each for each in part.get_payload() if isinstance(each, Message)]
        if kind == "multipart/alternative":
            inner = _best(inner)
        for each in inner:
            yield from _of(each, left, depth + 1)
        return
    file = str(part.get_filename() or "").lower() if part.get("content-disposition") else ""
    if file.endswith(".eml") and depth <= MAX_DEEP:
        yield from _of(message_from_bytes(_bytes(part)), left, depth + 4)
    elif kind == "text/html" and not file:
        yield _text(part)
    elif (kind in ("text/plain", "text/enriched") or kind.startswith("multipart/")) and not file:
        text = _text(part)
        yield text if _IS_HTML.match(text) else _as_html(_unflowed(text, part))


def _pdfs(message: Message) -> tuple[MailAttachment, ...]:
    """Give the attached PDFs in order, under names that differ."""
    found: dict[str, MailAttachment] = {}
    for part in islice(_parts(message, 0), MAX_PARTS):
        given = _file_name(part)
        if part.get_content_type() != "application/pdf" and not given.lower().endswith(".pdf"):
            continue
        body = _bytes(part)
        if b"%PDF-" not in body[:PDF_HEAD]:
            continue
        title = given[:-4] if given.lower().endswith(".pdf") else given
        letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^A-Za-z0-9]+", "-", letters).strip("-")[:MAX_NAME] or "attachment"
        number = len(found) + 1
        name = f"{slug}.pdf" if f"{slug}.pdf" not in found else f"{slug}-{number}.pdf"
        found[name] = MailAttachment(name, title.replace("_", " "), body)
        if len(found) == MAX_PDFS:
            break
    return tuple(found.values())


def _parts(part: Message, depth: int) -> Iterator[Message]:
    """Yield the leaves of a mail, and those of mails attached to it."""
    if depth > MAX_DEEP * 4:
        return
    if part.is_multipart():
        for each in part.get_payload():
            if isinstance(each, Message):
                yield from _parts(each, depth + 1)
    elif depth <= MAX_DEEP and _file_name(part).lower().endswith(".eml"):
        yield from _parts(message_from_bytes(_bytes(part)), depth + 4)
    else:
        yield part


def _file_name(part: Message) -> str:
    """Give the name of an attached file as a person would read it; empty where it has none."""
    spare = Message()
    spare["name"] = str(part.get_filename() or "")[:MAX_AROUND]
    return plain(header(spare, "name"))


def _best(parts: list[Message]) -> list[Message]:
    """Choose of several forms of one text the last that has HTML, else the first."""
    rich = [part for part in parts if part.get_content_type() == "text/html" or part.is_multipart()]
    return [rich[-1]] if rich else parts[:1]


def _bytes(part: Message) -> bytes:
    name = "content-transfer-encoding"
    if given := str(part.get(name) or ""):
        # Some write it in quotation marks, or with words after it.
        part.replace_header(name, re.split(r"[\s;(]", given.strip(" \t\"'"), maxsplit=1)[0].rstrip("\"'"))
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    body = _bytes(part)[:MAX_TEXT]
    if _STILL_CODED.search(body) and not _DECODED.search(body):
        body = quopri.decodestring(body)
    charset = str(part.get_param("charset") or "")[:40]
    kind = part.get_content_type()
    return decode(body, f"{kind}; charset={charset}" if charset and charset != "None" else kind)


def _unflowed(text: str, part: Message) -> str:
    """Join the lines that a program broke for sending (RFC 3676): an address may go on in the next."""
    if str(part.get_param("format") or "").lower() != "flowed":
        return text
    breaks = r"(?<! ) \r?\n(?![> ]|-- \r?\n)"
    is_taken_out = str(part.get_param("delsp") or "").lower() == "yes"
    return re.sub(breaks, "" if is_taken_out else " ", text)


def _as_html(text: str) -> str:
    """Make paragraphs and anchors of plain text, quotation marks of replies taken off."""
    lines = []
    before = ""
    for line in _QUOTED.sub("", text).splitlines():
        lines.append(_line_as_html(line, before))
        before = line.strip() or before
    return "<br>\n".join(lines)


def _line_as_html(line: str, before: str) -> str:
    """Make anchors of the addresses in a line; one that stands alone is named by the line before."""
    found, at = [], 0
    for match in _ADDRESS.finditer(line):
        address = _trimmed(match[0])
        said = _BEFORE_TITLE.sub("", line[at : match.start()]).rstrip(" \t<([:-–—")
        title = said or (before if not _ADDRESS.search(before) else "")
        title = title.rstrip(": ")
        found.append(html.escape(line[at : match.start()]))
        found.append(
            f'<a href="{html.escape(address)}" data-title="{html.escape(title[-200:])}"'
            f' data-around="{html.escape(f"{before} {line}"[:1000])}">{html.escape(address)}</a>'
        )
        at = match.start() + len(address)
    return "".join([*found, html.escape(line[at:])])


def _trimmed(address: str) -> str:
    """Leave out what ends the sentence or the brackets around an address, rather than the address."""
    for opening, closing in ("()", "[]"):
        while address.count(closing) > address.count(opening) and address.rstrip(_ENDS).endswith(closing):
            address = address.rstrip(_ENDS)[:-1]
    return address.rstrip(_ENDS)


# -- whose pages ---------------------------------------------------------------------------------------------


def _lines(piece: str) -> str:
    """Give the beginning of a text as lines without tags, so that what is forwarded is found in HTML too."""
    lines = _NEW_LINE.sub("\n", piece[:MAX_FORWARDED])
    return _QUOTED.sub("", html.unescape(_TAG.sub(" ", lines)))


def _own_hosts(message: Message, address: str, text: str) -> set[str]:
    """Name the newsletter's hosts, by its headers and those of what it forwards."""
    names = {address.rpartition("@")[2]}
    names |= {found.rpartition("@")[2].lower() for found in _FORWARDED.findall(text)[:20]}
    listed = re.search(r"<([\w.-]+)>", str(message.get("list-id") or "")[:1000])
    names |= {listed[1].lower()} if listed else set()
    for name in ("list-unsubscribe", "list-url", "list-archive", "list-owner", "archived-at", "list-help"):
        names |= {host(found) for found in re.findall(r"<(https?://[^>\s]+)>", _unfolded(message, name))}
    own = set(map(_without_labels, names))
    return {name for name in own if "." in name and not _is_shared(name)}


@dataclass(frozen=True)
class _Theirs:
    """What a mail says of its sender's pages."""

    own: set[str]
    """Hosts of its own pages."""
    counting: dict[str, bool]
    """Hosts that unsubscribe a reader, and may count clicks as well, by whether they are a service's."""
    unsubscribing: frozenset[str]

    def counts_clicks(self, url: str) -> bool:
        """Say whether an address of no known kind may be a click tracker: what comes of asking it tells.

        Services have one host for every link they rewrite. On a host of the sender's, which may have pages as
        well, only an address with a token is taken for one.
        """
        name = host(url)
        return name in self.counting and (self.counting[name] or _has_token(url))


def _counting_hosts(message: Message, address: str) -> dict[str, bool]:
    """Name the hosts that the header for unsubscribing leads to, but for the sender's site itself."""
    senders = _without_labels(address.rpartition("@")[2])
    names = {host(url) for url in re.findall(r"<(https?://[^>\s]+)>", _unfolded(message, "list-unsubscribe"))}
    sites = {senders, f"www.{senders}"}
    return {
        name: not name.endswith(f".{senders}")
        for name in names - sites
        if _without_labels(name) not in _SERVICES
    }


def _is_returned(message: Message) -> bool:
    """Say whether a mail is a server's report on another, or a machine's reply: it has the reader's own mail
    in it."""
    said = str(message.get("auto-submitted") or "").strip().lower()
    return message.get_content_type() == "multipart/report" or said.startswith("auto-replied")


def _has_token(url: str) -> bool:
    parts = urlsplit(url)
    return any(map(_TOKEN.fullmatch, re.split(r"[/&=]", f"{parts.path}&{parts.query}")))


def _without_labels(name: str) -> str:
    """Leave out what a sender puts before its name: mail.example.org is example.org's."""
    while (match := _MAIL_LABELS.match(name)) and name.count(".") > 1:
        name = name[match.end() :]
    return name


def _is_shared(name: str) -> bool:
    return name in _SHARED or is_click_tracker(f"https://{name}/click/click/click")


def _unfolded(message: Message, name: str) -> str:
    return "".join(str(message.get(name) or "")[:4000].split())


def _listed(message: Message) -> frozenset[str]:
    """Give the addresses for unsubscribing that the headers name."""
    found = re.findall(r"<(https?://[^>\s]+)>", _unfolded(message, "list-unsubscribe"))
    return frozenset(map(address_key, found))


def _web_copy(root: lxml_html.HtmlElement) -> str:
    """Find where anyone can read the issue.

    Only an address that names no reader will do, because it is published: without its parameters, and
    without a long token in its path.
    """
    for anchor in root.iter("a"):
        if not _WEB_COPY.search(_label(anchor)[:100]):
            continue
        url = unwrapped(as_asked(anchor.get("href") or ""))
        parts = urlsplit(url) if is_web_address(url) else None
        if parts is None or is_click_tracker(url) or any(map(_OPAQUE.fullmatch, parts.path.split("/"))):
            continue
        return parts._replace(query="", fragment="", netloc=parts.netloc.rpartition("@")[2]).geturl()
    return ""


# -- links ---------------------------------------------------------------------------------------------------


def _links(roots: list[lxml_html.HtmlElement], theirs: _Theirs) -> Iterator[MailLink]:
    found: dict[str, MailLink] = {}
    surroundings = _Surroundings()
    for anchor in islice((anchor for root in roots for anchor in root.iter("a")), 3 * MAX_LINKS):
        url, label = unwrapped(as_asked(anchor.get("href") or "")), _label(anchor)
        if not is_web_address(url) or address_key(url) in theirs.unsubscribing:
            continue
        if is_never_asked(url, label, surroundings.of(anchor)) or _WEB_COPY.search(label[:100]):
            continue
        is_tracked = is_click_tracker(url) or theirs.counts_clicks(url)
        if not is_kept_link(url, label, theirs.own, is_tracked=is_tracked):
            continue
        title = "" if _ADDRESS.fullmatch(label) else label
        key = address_key(url)
        before = found.get(key)
        if before is None or len(title) > len(before.title):
            found[key] = MailLink(before.url if before else url, title, is_tracked)
    yield from found.values()


def is_kept_link(url: str, label: str, own: "set[str] | frozenset[str]", *, is_tracked: bool) -> bool:
    """Say whether a link of a mail may be an article: no button, image, own or service's page.

    A tracker is judged by its label alone; where it leads is judged again, once that is known.
    """
    if is_tracked:
        return is_article_link("https://tracker.invalid/article", label, set())
    return not _is_own(host(url), own) and is_article_link(url, label, set(own))


def _is_own(name: str, own: "set[str] | frozenset[str]") -> bool:
    name = _without_labels(name)
    return name in own or name in _SERVICES


def _label(anchor: lxml_html.HtmlElement) -> str:
    words = plain(anchor.get("data-title") or text_of(anchor))
    images = (plain(image.get("alt") or "") for image in anchor.iter("img"))
    return words or next(filter(None, images), "") or plain(anchor.get("title") or "")


class _Surroundings:
    """The words of the blocks that links stand in, each read once."""

    def __init__(self) -> None:
        self._texts: dict[lxml_html.HtmlElement, str] = {}

    def of(self, anchor: lxml_html.HtmlElement) -> str:
        """Give the words around a link, as far as they are near."""
        if said := anchor.get("data-around"):
            return str(said)
        holder = _holder(anchor)
        if holder not in self._texts:
            self._texts[holder] = text_of(holder)
        text = self._texts[holder]
        if len(text) <= MAX_AROUND:
            return text
        at = text.find(text_of(anchor))
        return text[max(at - MAX_AROUND // 2, 0) : at + MAX_AROUND // 2]


def _holder(anchor: lxml_html.HtmlElement) -> lxml_html.HtmlElement:
    holder = anchor
    for _ in range(4):
        parent = holder.getparent()
        if parent is None or parent.tag in ("body", "table", "tbody", "html"):
            break
        holder = parent
        if holder.tag in ("p", "td", "li", "div"):
            break
    return holder
