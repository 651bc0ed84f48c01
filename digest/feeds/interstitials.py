"""Pages that only lead on: those that send the browser elsewhere themselves, and those that ask for a click.

A wrong guess costs an article, so both must be plain. A refresh is one where it comes within seconds; slow
ones, or those for browsers without scripts, only where the page itself has next to nothing to read. A page to
click through is short, says that it leads on, and has one link that is not the site's furniture.
"""

import re
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.etree import ParserError, iterwalk
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from digest.language.charset import decode
from digest.language.secrecy import without_login
from digest.language.short_tags import with_short_tags
from digest.records import Page

READ_BYTES = 100_000
"""How far into a page is looked: a refresh stands in its head, and a page that leads on is small."""

AT_ONCE_S, SOON_S = 1.0, 10.0
"""Delays of a refresh that a reader hardly sees, and that he waits for where there is nothing else to read.
Longer ones keep a page of news fresh."""

MAX_WORDS = 120
"""More than the longest notice of being sent on has, less than an article."""

MAX_CLICK_WORDS = 40
"""For a page that says no more than "click here": a short report may end in such a link."""

# Time, then an address, as browsers read the attribute; possessive, so that no input takes long.
_REFRESH = re.compile(
    r"\s*+(?P<delay>\d*+(?:\.\d*+)?+)[\d.]*+(?:\s*+[;,]\s*+|\s++)(?:url\s*+=\s*+)?(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_MAX_REFRESH = 4_000  # characters: more than any address that servers take; judgement
_BREAKS = re.compile(r"[\t\r\n]")

_LEADS_ON = re.compile(
    r"\b(?:you (?:are|will be|should be|have been|were) (?:now |being |automatically |shortly |about to be )*"
    r"(?:redirected|forwarded|transferred|sent on|taken)"
    r"|you(?: are|['\u2019]re) (?:now |about to )?leav(?:e|ing)"
    r"|(?:not|isn['\u2019]t|aren['\u2019]t) (?:been )?(?:automatically )?(?:redirected|forwarded)"
    r"|(?:does|do) not (?:automatically )?(?:redirect|forward)"
    r"|redirecting (?:you|to)\b|automatic(?:ally)? redirect|redirect notice|if nothing happens"
    r"|(?:taking|sending) you to"
    r"|(?:page|article|document|story|site|website|object|content|post|resource) (?:you \w+ for )?"
    r"(?:(?:has|was|is|have) )?(?:now )?(?:been )?(?:permanently |temporarily )?moved"
    r"|moved (?:permanently|temporarily|here)|its new (?:address|location|home)"
    r"|(?:continue|proceed) to (?:the |your |our |this )?(?:external )?"
    r"(?:article|story|site|page|destination|link|content|website)|skip (?:this )?ad\b"
    r"|weitergeleitet|weiterleitung|redirig[\u00e9e]e?s?|redirigido|reindirizzat[oi]|doorgestuurd)"
    r"|^\W*redirect(?:ing|ion)?\b",
    re.IGNORECASE | re.MULTILINE,
)

# Followed by what the click is for, it leads on only if that is the page itself.
_CLICK = re.compile(
    r"\b(?:(?:please )?(?:click|tap|press)(?: on)? (?:here|below|(?:the|this) (?:link|button)(?: below)?)"
    r"|follow (?:this|the) link|use (?:this|the) link)\b"
    r"(?!\s+(?:to (?!continue|proceed|go|view|read|open|visit|be|see|reach|get to|skip|follow|access the)"
    r"|for (?!the (?:article|story|page|link))))"
    r"|\b(?:hier klicken|klicken sie hier|cliquez ici|haga clic aqu[ií]|clicca qui|klik hier)\b",
    re.IGNORECASE,
)

# A page that wants something of its reader, or has nothing for him, leads nowhere.
_DEMANDS = re.compile(
    r"\b(?:(?:un)?subscrib|sign(?:ed)? (?:in|up)\b|log(?:ged)? ?in\b"
    r"|regist(?:er|ration) (?:now|to|for|here|is|your)|captcha|(?:a|not|no) robot"
    r"|verify(?:ing)? (?:that )?you|unusual traffic|accept (?:all |the )?cookies"
    r"|enable (?:javascript|cookies)|not found|no longer (?:available|exists?)"
    r"|(?:does|do) not exist|access denied)",
    re.IGNORECASE,
)

# As the whole text of a link.
_FURNITURE = re.compile(
    r"(?:(?:(?:go |return )?back|return|go) )?(?:to )?(?:the |our )?"
    r"(?:home|front|start|main|previous)(?: ?page)?"
    r"|go back|back|return|cancel|help|faqs?|(?:site)?map|search|accessibility|preferences|settings|imprint"
    r"|impressum|(?:privacy|cookies?|terms|legal)"
    r"(?: (?:policy|notice|of (?:use|service)|and conditions|settings))?"
    r"|(?:contact|about)(?: us)?|report (?:this|an?) \w+|advertis\w+(?: with us)?|learn more(?: about .*)?"
    r"|why am i .*|(?:copyright|\u00a9).*",
    re.IGNORECASE,
)

_UNREAD = frozenset({"script", "style", "template", "textarea", "title", "head", "svg", "iframe", "select"})
_ASIDE = frozenset({"nav", "footer"})


def leads_to(page: Page, url: str) -> str:
    """Find where a page sends its reader.

    Args:
        page: An answer that is no error.
        url: Its address.

    Returns:
        An absolute address; empty for a page that is to be read. It may be the page's own, where the page
        sets a cookie and asks to be loaded again.
    """
    if not 200 <= page.status < 300:
        return ""
    root = _tree(page)
    is_cut = len(page.body) > READ_BYTES
    words = 0 if root is None else len(_visible(root).split())
    is_short = not is_cut and words <= MAX_WORDS
    if (header := page.header("refresh")) and (found := _refresh_target(header, url, is_short=is_short)):
        return found
    if root is None:
        return ""
    base = _base(root, url)
    for meta in root.iter("meta"):
        if meta.get("http-equiv", "").strip().lower() != "refresh" or _is_within(meta, _UNREAD - {"head"}):
            continue
        if not is_short and _is_within(meta, {"noscript"}):
            continue
        if found := _refresh_target(meta.get("content", ""), base, is_short=is_short):
            return found
    return _click_target(root, base, url) if is_short else ""


def _tree(page: Page) -> HtmlElement | None:
    kind = page.header("content-type").partition(";")[0].strip().lower()
    head = page.body[:READ_BYTES]
    if kind not in ("text/html", "application/xhtml+xml") and (kind or b"<html" not in head[:2000].lower()):
        return None
    if len(page.body) > READ_BYTES and b"refresh" not in head.lower():
        return None
    try:
        # As bytes, because lxml takes no text that declares its charset.
        source = with_short_tags(decode(head, page.header("content-type"))).encode("utf-8", "replace")
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return document_fromstring(source, parser=parser)
    except (ParserError, ValueError):
        return None


def _refresh_target(content: str, base: str, *, is_short: bool) -> str:
    """Read a refresh; empty for one that only reloads, is too slow, or leads to no web page."""
    match = _REFRESH.fullmatch(content[:_MAX_REFRESH])
    if match is None:
        return ""
    delay = match["delay"].strip(".")
    if (float(delay[:12]) if delay else 0.0) > (SOON_S if is_short else AT_ONCE_S):
        return ""
    rest = match["rest"]
    if rest[0] in "\"'":
        rest = rest[1:].partition(rest[0])[0]
    return _absolute(base, rest)


def _click_target(root: HtmlElement, base: str, url: str) -> str:
    text = _visible(root, without=_UNREAD | _ASIDE)
    title = " ".join(each.text or "" for each in root.iter("title"))
    leads_on = bool(_LEADS_ON.search(f"{title}\n{text}"))
    if not leads_on and (len(text.split()) > MAX_CLICK_WORDS or not _CLICK.search(text)):
        return ""
    if _DEMANDS.search(f"{title}\n{text}"):
        return ""
    own, front = urldefrag(url).url, urljoin(url, "/")
    targets = []
    for link in root.iter("a"):
        if _is_within(link, _ASIDE | _UNREAD) or _FURNITURE.fullmatch(_visible(link)):
            continue
        target = _absolute(base, link.get("href", ""))
        if target and urldefrag(target).url not in (own, front, front.rstrip("/")):
            targets.append(target)
    found = {urldefrag(target).url for target in targets}
    return targets[0] if len(found) == 1 else ""


def _absolute(base: str, address: str) -> str:
    try:
        address = _BREAKS.sub("", address).strip()
        target = urljoin(without_login(base), address)
        return target if address and urlsplit(target).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _base(root: HtmlElement, url: str) -> str:
    for element in root.iter("base"):
        if element.get("href"):
            return _absolute(url, element.get("href")) or url
    return url


def _is_within(element: HtmlElement, tags: frozenset[str] | set[str]) -> bool:
    return any(above.tag in tags for above in element.iterancestors())


def _visible(element: HtmlElement, *, without: frozenset[str] = _UNREAD) -> str:
    """Give the words a reader sees, on one line."""
    pieces = []
    skipped = 0
    # Not by recursion: a hostile page is nested deeper than that goes.
    for event, each in iterwalk(element, events=("start", "end")):
        if event == "start":
            skipped += each.tag in without
            if not skipped:
                pieces.append(each.text)
        else:
            skipped -= each.tag in without
            if not skipped and each is not element:
                pieces.append(each.tail)
    return " ".join(" ".join(piece for piece in pieces if piece).split())
