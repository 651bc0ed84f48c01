"""Click trackers of newsletters, and which links of a mail must never be asked for. Judges only.

A tracker's address says nothing of where it leads, so it is asked, one redirect after another, until an
address comes that is no tracker's. Among links behind trackers are those that unsubscribe a reader, confirm
something or change settings, and asking for them does so. What is such a link is told by its words and those
around it; in doubt it is not asked.
"""

import re
from urllib.parse import urlsplit

from digest.language.addresses import host

# Hosts of senders' services, by how they end. Written down from addresses in newsletters and the services'
# own pages on link tracking, November 2026.
_HOSTS = re.compile(
    r"(?:^|\.)(?:list-manage\.com|mailchi\.mp|ct\.sendgrid\.net|sendgrid\.net|sendibt\d\.com|sendibm\d\.com"
    r"|hubspotlinks\.com|hubspotemail\.net|hs-sales-engage\.com|cmail\d+\.com|createsend\d*\.com"
    r"|click\.mlsend\.com|mlsend\d*\.com|mjt\.lu|rs6\.net|click\.pstmrk\.it|awstrack\.me|acemln[a-z]\.com"
    r"|activehosted\.com|klclick\d*\.com|kmail-lists\.com|convertkit-mail\d*\.com|kit-mail\d*\.com"
    r"|(?:e)?mail\.beehiiv\.com|exacttarget\.com|click\.e\.[\w-]+\.\w+|mailgun\.org|mandrillapp\.com"
    r"|customeriomail\.com|getresponse\.com|gr-mail\.\w+|links\.iterable\.com|revuemail\.co|lnkd\.in|bit\.ly"
    # A mail gateway whose addresses are tokens.
    r"|protect(?:-\w+)?\.mimecast\.com|mimecastprotect\.com"
    r"|t\.co|buff\.ly|ow\.ly|tinyurl\.com|dlvr\.it|trib\.al|is\.gd)$"
)
# Services that run under names of the sender's: what such a host begins with, and what its paths look like.
_LABELS = re.compile(
    r"(?:e?mail|em?\d*|click\w*|links?|trk|track\w*|go|t|r|url\d+|u\d+|lnk|news|newsletters?)\."
)
_PATHS = re.compile(
    r"/(?:(?:ls|wf|f|ss|uni)/(?:click|c|a|open)/?.*|track/click.*|c/[\w-]{8,}.*|CL0/.+|L0/.+|e3t/.+|lt\.php"
    r"|click\.aspx|tn\.jsp|mk/cl/.+|lnk/.+|a/click.*|click/[\w.-]{8,}.*|l/[\w-]{16,}.*|t/[\w-]{8,}.*"
    r"|redirect/[\w-]{8,}.*)",
    re.IGNORECASE,
)
_GHOST = re.compile(r"/r/[0-9a-f]{6,10}/?")
_SUBSTACK = re.compile(r"/redirect/[\w-]{8,}(?:/.*)?")
_BUTTONDOWN = re.compile(r"/c/[\w-]{8,}.*")

# The words for it, in the languages of newsletters; a title may have them, so only short labels count.
_UNSUBSCRIBE = (
    r"\b(?:un-?subscri|abbestell|abmeld|abzumeld|austragen|d[ée]sabonn|d[ée]sinscri|darse? de baja"
    r"|cancelar (?:la )?suscrip|disiscri|afmelden|uitschrijven)"
)
_ITS = (
    r"(?:my|your|this|the|e-?mails?|subscriptions?|preferences?|settings|address|profile|receiving|here|now)"
)
_ABOUT_MAIL = (
    r"(?:e-?mails?|mailings?|newsletters?|subscriptions?|memberships?|preferences?|settings|address(?:es)?"
    r"|profile|account|details|password|frequency|notifications?|receiving|sending)"
)
# Only as what is somebody's: "Update: data leak" is a title.
_SOMEBODYS = (
    r"(?:interests|topics|choices|options|delivery|data|info(?:rmation)?|name|billing|payment|plan|city"
    r"|location|language)"
)
_DO_SO_ELSE = (
    r"re-?subscribe|opt(?:ing)?[- ]?out|(?:safely )?remove (?:me|yourself)|delete (?:my|your) account"
    r"|e-?mail (?:settings|preferences|frequency)|(?:my |your )?preferences?$|snooze|mark as spam"
    r"|one[- ]click(?:\W*$|\W+(?:un|opt|to\b))|bestätig|einstellungen|confirmer\b|confirmar\b|confermare?\b"
)
_DO_SO = (
    rf"(?:(?:confirm|verify|activate|manage|update|change|edit|cancel|stop|adjust|set)\b\W*(?:{_ITS}\b|$)"
    rf"|{_DO_SO_ELSE})"
)
# "Change your mind" and "Stop the clocks" are titles; what confirms or cancels is not asked in doubt.
_DO_SO_TO_MAIL = (
    rf"(?:(?:confirm|verify|activate|cancel)\b\W*(?:{_ITS}\b|$)"
    rf"|(?:manage|update|change|edit|stop|adjust|set)\b\W*(?:$|(?:here|now|my)\b|{_ABOUT_MAIL}\b"
    rf"|(?:your|this|these|the)\b\W*(?:$|(?:\w+\W+){{0,2}}?{_ABOUT_MAIL}\b)"
    rf"|your\W+(?:\w+\W+){{0,2}}?{_SOMEBODYS}\b)"
    rf"|{_DO_SO_ELSE})"
)
_LABEL = re.compile(rf"{_UNSUBSCRIBE}|^\W*(?:please |yes,? |click to |to )?{_DO_SO_TO_MAIL}", re.IGNORECASE)
_AROUND = re.compile(
    rf"{_UNSUBSCRIBE}|\b(?:to|please|or|and|can|um|pour|para|per) {_DO_SO}|\bno longer (?:wish|want)\b"
    r"|\bopt(?:ing)?[- ]?out\b|\bpreferences\b",
    re.IGNORECASE,
)
_ADDRESS_PARTS = re.compile(
    r"(?:^|/)(?:un-?subscribe\w*|unsub|opt-?_?out|re-?subscribe|(?:e-?mail[-_])?preferences?|confirm(?:ation)?"
    r"|verify|activate|manage(?:[-_]\w+)?|one-?click\w*)(?:[/.]|$)",
    re.IGNORECASE,
)
_CONFIRMATION = re.compile(
    r"^\W*(?:\w+:\s*)?(?:please |action required:? )*(?:confirm|verify|activate)\b"
    r"|\b(?:confirm|verify|activate) (?:your|you)\b|\bbestätigen? sie\b"
    r"|\bconfirmez\b|\bconfirm(?:a|e) (?:tu|su)\b",
    re.IGNORECASE,
)

MAX_LABEL_WORDS = 8
"""Of a link that unsubscribes or confirms; longer ones are titles."""

_GENERIC = re.compile(
    r"\W*(?:click |tap )?(?:here|this link|link|now|hier|diesen link|ici|aquí|qui|clicca qui|yes|no|ok|go)\W*"
    r"|\W*|https?://\S+",
    re.IGNORECASE,
)


def is_click_tracker(url: str) -> bool:
    """Say whether an address is one that counts a click and leads on, nobody can see where."""
    name = host(url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    path, query = parts.path, parts.query
    if name == "mailchi.mp":
        return False  # the web's copy of an issue
    return bool(
        (_HOSTS.search(name) and path.strip("/"))
        or (_LABELS.match(name) and _PATHS.fullmatch(path))
        or (_GHOST.fullmatch(path) and "m=" in query)
        or (name.endswith("substack.com") and _SUBSTACK.fullmatch(path))
        or (name.endswith(("buttondown.com", "buttondown.email")) and _BUTTONDOWN.fullmatch(path))
    )


def is_never_asked(url: str, text: str, around: str) -> bool:
    """Say whether asking for a link might unsubscribe its reader, or confirm or change something.

    Args:
        url: Its address.
        text: Its own words.
        around: The sentence or line it is in, its own words included.
    """
    if len(text.split()) <= MAX_LABEL_WORDS and _LABEL.search(text):
        return True
    if _ADDRESS_PARTS.search(_path(url)):
        return True
    # "here" means what the words before it say.
    return bool(_GENERIC.fullmatch(text)) and bool(_AROUND.search(around))


def is_confirmation(subject: str) -> bool:
    """Say whether a mail asks its reader to confirm something: then none of its links is asked for."""
    return bool(_CONFIRMATION.search(subject))


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
