"""Recognise pages that hold no article, and say what they hold instead.

Rules, in order: an error page says so in its title; a bot wall, a login page, a paywall stub and a cookie
wall say so in the little text they have; one that asks for consent at length does nothing else, and speaks to
its reader; a hub page is links; what is left is just short. A page with an
ordinary amount of text is never judged by its words: articles about paywalls and cookies exist. None of the
240 pages of November 2026 is refused but one, whose text is not in its markup.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from digest.articles.refine import Line

# Guards against stubs: the shortest article of 240 has 205 words, the shortest hub page read as one 101.
MIN_WORDS = 60

# Up to here the words of a page may say that it is a wall; walls seen have 3 to 180 words.
MAX_WALL_WORDS = 250
MAX_PAGE_CHARS = 20_000  # in which a wall says what it is; guards time; judgement

# Share of the main text's characters inside links: .24 at most on the 240 pages, .7 and more on front pages.
MAX_LINK_SHARE = 0.6
MIN_HUB_WORDS = 100  # under the shortest hub page seen, 101 (above)

_STATUS = r"(?:40[0134]|410|50[0234])"
_ERROR_PHRASES = (
    r"(?:page|article|content|document|file|site) (?:you(?: \w+){1,5} )?(?:was |is |could )?"
    r"(?:can ?not|not|no longer) (?:be )?(?:found|available|exists?)"
    r"|page (?:you(?: \w+){1,6} )?(?:doesn[’']t|does not) exist|page (?:missing|unavailable)"
    r"|(?:internal )?server error|service (?:is )?(?:temporarily )?unavailable|bad gateway"
    r"|something went wrong"
    r"|(?:can[’']t|can ?not|couldn[’']t) find (?:the|that|this) page"
)
_BEFORE_ERROR = (
    r"(?:^|[|–—:•·»]|\s-)\W*(?:(?:oops|sorry|error|whoops|uh-oh|http|the|this|that|we|but"
    rf"|{_STATUS})\W+)*"
)
_AFTER_ERROR = rf"\W*(?:\(?(?:{_STATUS}|error)\)?\W*)*(?:$|[|–—:•·»(,.!]|\s-)"
# Said by a title, the numbers only as those of an error: 500 jobs, 404 homes and the S&P 500 are news.
_ERROR_TITLE = re.compile(
    rf"{_BEFORE_ERROR}(?:{_ERROR_PHRASES}){_AFTER_ERROR}"
    rf"|^\W*(?:(?:error|http|{_STATUS})\W+)*(?:not found|forbidden){_AFTER_ERROR}"
    rf"|\b(?:error|http|status)(?: code)?\W*{_STATUS}\b|^\W*{_STATUS}\W*(?:$|[|–—:•·»]|\s-)"
    rf"|\b{_STATUS}\W*(?:error|page not|not found|file not|forbidden|bad (?:gateway|request)|gateway time"
    rf"|unauthori[sz]ed|gone$|internal server|service unavail)|(?:[|–—:•·»!.]|\s-)\s*(?:404|403)\W*$",
    re.IGNORECASE,
)
# In the first words of a page that has next to none.
_ERROR_PAGE = re.compile(rf"\b(?:404|403)\b|{_ERROR_PHRASES}", re.IGNORECASE)
_BOT = re.compile(
    r"enable js and disable any ad ?blocker|checking (?:your browser|if the site connection is secure)"
    r"|just a moment\.\.\.|"
    r"verif(?:y|ying) (?:that )?you are (?:a )?human|are you a (?:robot|human)\b|you are not a (?:ro)?bot"
    r"|not a robot|"
    r"attention required!? \| cloudflare|ddos protection by|pardon our interruption|unusual (?:traffic"
    r"|activity)|"
    r"complete the (?:captcha|security check)|solve (?:the|this) captcha|captcha"
    r"|access (?:to this page has been )?denied|"
    r"you have been blocked|request (?:has been )?blocked|automated (?:access|requests|queries)|"
    r"please (?:enable|turn on) (?:javascript|cookies)|javascript (?:is (?:disabled|required|not enabled)"
    r"|and cookies to continue)|"
    r"you need to enable javascript|enable javascript to (?:run|view|continue|use)|requires javascript|"
    r"request unsuccessful\. incapsula|security check|browser (?:check|verification)",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"(?:subscribe|sign up|register|join|log ?in|sign in)(?: now| today)? to (?:continue|keep|read|unlock"
    r"|access|view|get full)\b[^.\n]{0,40}"
    r"|(?:continue|keep) reading (?:this|with|by|your|the full)[^.\n]{0,40}|to (?:continue"
    r"|keep) reading\b[^.\n]{0,40}"
    r"|(?:this|the) (?:article|story|content|post|page|newsletter)(?: is)? (?:is )?(?:exclusive(?:ly)?"
    r"|only|available only|reserved|for) "
    r"(?:\w+ ){0,4}(?:subscribers|members)(?: only)?(?=\W*$|[.!\n]|\s*(?-i:[A-Z]))"
    r"|for (?:paid |paying |premium )?(?:subscribers|members) only(?=\W*$|[.!\n]|\s*(?-i:[A-Z]))"
    r"|the (?:rest|remainder) of this (?:article|story|post)\b[^.\n]{0,40}\b(?:members|subscribers|account)\b"
    r"|you(?:[’']ve| have) (?:reached|read|used) (?:your"
    r"|all)[^.\n]{0,40}(?:limit|articles)"
    r"|unlock (?:this|the full|full|unlimited)[^.\n]{0,40}|this (?:post|article|story) is for (?:paid "
    r"|paying )?(?:subscribers|members)"
    r"|subscribe (?:now )?for (?:full|unlimited) access|become a (?:paid )?(?:subscriber"
    r"|member) to\b[^.\n]{0,40}",
    re.IGNORECASE,
)
# It speaks to its reader, with an order, a capital letter or a "you" nearby: a report on papers that ask
# readers to subscribe, or on workers who join to get full pay, does not.
_TO_READER = re.compile(
    r"\b(?:you|your|our|us|we|please|already|sorry|article|story|post)\b"
    r"|^\W*(?:create|get|log ?in|sign (?:in|up)|register|subscribe|join|start|become)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?\n]")
# In the head of free pages too: only where the page is short or says that it is paid.
_PAY_WEAK = re.compile(
    r"already a (?:subscriber|member)\?|subscribers only|start your free trial", re.IGNORECASE
)
_COOKIE = re.compile(
    r"(?:accept|allow|reject|manage|consent to)(?: \w+){0,2} cookies|we (?:and our partners )?(?:use"
    r"|store)(?: \w+){0,3} cookies|"
    r"cookie (?:policy|settings|preferences|consent|notice)|before you continue to|your privacy choices"
    r"|we value your privacy",
    re.IGNORECASE,
)
# What pages that ask for consent are made of: of three written after Yahoo's, YouTube's and a common
# provider's each has 5 to 11 of these in under 250 words (November 2026). A report on a ruling may have 6.
_CONSENT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bwe and our (?:\d+ |third[- ]party |advertising )?partners\b",
        r"\b(?:use|uses|using|store) (?:\w+ )?cookies\b",
        r"\b(?:accept|allow|agree to) all\b|\bI accept\b",
        r"\b(?:reject|refuse|decline) all\b",
        r"\bstore (?:and/or|and|or) access (?:information|personal data|data)\b",
        r"\bpersonali[sz]ed (?:ads?|advertising|content)\b",
        r"\baudience (?:research|insights|measurement)\b|\bmeasure audience\b"
        r"|\b(?:ad|advertising) measurement\b",
        r"\bwithdraw(?:ing)? (?:your )?consent\b|\bchange your choices\b",
        r"\bprivacy (?:policy|settings|dashboard|cent(?:er|re)|tools)\b",
        r"\bTransparency (?:&|and) Consent Framework\b|\blist of partners\b|\bvendors\b",
        r"\bprecise geolocation data\b",
    )
)
MIN_CONSENT = 4  # of these: under the least seen, 5
# Share of words in lines that speak to the reader: .78 to 1 on these pages, .49 where a short report stands
# beside the question for consent, which is then an article.
MIN_ADDRESSED = 0.6
_ADDRESSED = re.compile(r"\b(?:we|our|us|you|your)\b", re.IGNORECASE)
_ABROAD = re.compile(
    r"(?:site|website|page|content|article)(?: is|[’']s) (?:currently )?(?:unavailable|not available)"
    r" (?:to|for|in)\b[^.\n]{0,60}\b(?:europe\w*|EEA|EU|region|country|location)\b"
    r"|we recogni[sz]e (?:that )?you are attempting to access this (?:web)?site"
    r"|unavailable (?:due to|for) legal reasons",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|log on)\b(?: to| with| or|$)|forgot(?:ten)? (?:your )?password|create (?:an"
    r"|your) account|remember me",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clues:
    """What else is known of a page when it is judged."""

    title: str
    """What its title element says."""
    is_paid: bool
    """It says of itself that it is not free to read."""
    has_password: bool
    """It has a field for a password."""


def wall_reason(tree: HtmlElement, lines: Sequence[Line], clues: Clues, *, min_words: int) -> str:
    """Say why a page holds no article.

    Args:
        tree: The page without scripts and menus.
        lines: What was taken for its main text.
        clues: What else is known of it.
        min_words: Fewer than this are no article.

    Returns:
        The reason, or an empty string for an article.
    """
    text = "\n".join(line.text for line in lines)
    size = len(text.split())
    if size > MAX_WALL_WORDS:
        return _hub_reason(link_share(lines))
    page = " ".join("".join(tree.itertext()).split())[:MAX_PAGE_CHARS]
    is_short = size < min_words
    return (
        _error_reason(clues.title, page, is_short=is_short)
        or _bot_reason(clues.title, page, is_short=is_short)
        or _pay_reason(text, page, size, is_paid=clues.is_paid, is_short=is_short)
        or (_login_reason(clues, page) if is_short else "")
        or (_cookie_reason(page) if is_short else "")
        or _notice_reason(text, size)
        or _hub_reason(link_share(lines))
        or (_hub_reason(_page_link_share(tree, page)) if is_short else "")
        or _short_reason(page, size, min_words)
    )


def has_password_field(tree: HtmlElement) -> bool:
    """Whether a page asks for a password."""
    return any((field.get("type") or "").lower() == "password" for field in tree.iter("input"))


def _error_reason(title: str, page: str, *, is_short: bool) -> str:
    if _ERROR_TITLE.search(title[:120]):
        return f"error page: {_quoted(title)}"
    if is_short and (match := _ERROR_PAGE.search(page[:300])):
        return f"error page: {_quoted(match[0])}"
    return ""


def _bot_reason(title: str, page: str, *, is_short: bool) -> str:
    match = _BOT.search(title) if is_short else None
    if match is None and is_short and len(page.split()) <= MAX_WALL_WORDS:
        match = _BOT.search(page)
    return f"bot wall: {_quoted(match[0])}" if match else ""


def _pay_reason(text: str, page: str, size: int, *, is_paid: bool, is_short: bool) -> str:
    if match := _pay_notice(text):
        return f"paywall: {len(text[: match.start()].split())} words before {_quoted(match[0])}"
    # The notice itself is often cut from the text as furniture.
    if match := _pay_notice(page) or (_PAY_WEAK.search(page) if is_paid or is_short else None):
        return f"paywall: {size} words before {_quoted(match[0])}"
    return f"paywall: {size} words, and the page says it is not free" if is_paid and is_short else ""


def _pay_notice(text: str) -> re.Match[str] | None:
    """Find words that ask the reader to pay or to log in, not those of a report on such."""
    for match in _PAY.finditer(text):
        if match[0][0].isupper():
            return match
        before = _SENTENCE_END.split(text[max(0, match.start() - 200) : match.start()])[-1]
        if _TO_READER.search(before + match[0]):
            return match
    return None


def _login_reason(clues: Clues, page: str) -> str:
    is_login = clues.has_password or _LOGIN.search(clues.title)
    match = _LOGIN.search(page) if is_login and len(page.split()) <= MAX_WALL_WORDS else None
    return f"login page: {_quoted(match[0])}" if match else ""


def _cookie_reason(page: str) -> str:
    match = _COOKIE.search(page) if len(page.split()) <= 2 * MAX_WALL_WORDS else None
    return f"cookie wall: {_quoted(match[0])}" if match else ""


def _notice_reason(text: str, size: int) -> str:
    """Say that a page is but a notice to its reader: consent that is asked for, or a closed border."""
    addressed = sum(len(line.split()) for line in text.split("\n") if _ADDRESSED.search(line))
    if addressed < MIN_ADDRESSED * size:
        return ""
    if match := _ABROAD.search(text):
        return f"closed to readers from here: {_quoted(match[0])}"
    said = [match[0] for match in (pattern.search(text) for pattern in _CONSENT) if match]
    return f"cookie wall: {_quoted(said[0])}" if len(said) >= MIN_CONSENT else ""


def _hub_reason(share: float) -> str:
    return (
        f"a list of links, not an article: {share * 100:.0f} % of the text is link text"
        if share > MAX_LINK_SHARE
        else ""
    )


def _page_link_share(tree: HtmlElement, page: str) -> float:
    """Return the share of links in all of a page, 0 for one too small to be a hub."""
    if len(page.split()) < MIN_HUB_WORDS:
        return 0.0
    linked = sum(len(" ".join("".join(link.itertext()).split())) for link in tree.iter("a"))
    return min(1.0, linked / len(page))


def link_share(lines: Sequence[Line]) -> float:
    """Return the share of the main text's characters inside links, 0..1.

    Lines that no block of the page explains count as having none.
    """
    total = sum(len(line.text) for line in lines)
    blocks = {id(line.block): line.block for line in lines if line.block is not None}
    linked = sum(block.link_share() * len(block.text) for block in blocks.values())
    return min(1.0, linked / total) if total else 0.0


def _short_reason(page: str, size: int, min_words: int) -> str:
    if size >= min_words:
        return ""
    if not page:
        return "empty page"
    return f"{size} words of main text, fewer than {min_words}"


def _quoted(text: str) -> str:
    return "'" + " ".join(text.split())[:60].strip() + "'"
