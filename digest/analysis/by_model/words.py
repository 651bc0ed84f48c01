"""Words for a model and of a model, made harmless: one line, nothing unseen, no markup, no addresses."""

import re
import unicodedata

from digest.language.screen import UNSEEN

HIDDEN = re.compile(
    f"[\\x00-\\x1f\\x7f-\\x9f\u00ad\u202a-\u202e{UNSEEN}\ud800-\udfff\ufe00-\ufe0f\U000e0000-\U000e01ef]"
)
"""What takes no room or turns a line around. Joiners stay: Persian, Indic scripts and emoji need them."""

TAG = re.compile(r"<[^<>]{0,1000}>|<(?=[a-zA-Z/!])")
"""A tag, or what may begin one."""
LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\((?:[^()]|\([^()]{0,200}\)){0,2000}\)")
"""A link or image in Markdown, of which only the words stay."""
MARKS = re.compile(r"`+|\*{2,}|(?<!\w)[*_]{1,3}(?=\w)|(?<=\w)[*_]{1,3}(?!\w)|^\s*(?:#{1,6}|>|[-*+•])\s+")
CITED = re.compile(r"\s*\[\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*\]")
"""Sentence numbers within a text, which belong beside it."""

ADDRESS = re.compile(
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}:/{1,9}\S+|\b(?:javascript|data|mailto|vbscript|file):\S+|\bwww\.\S+"
    r"|\S{1,250}@[\w-]+(?:\.[\w-]+)+|\b[\w-]+(?:\.[\w-]+){0,20}\.[a-z]{2,24}/\S*|\b\d{1,3}(?:\.\d{1,3}){3}\b(?:[:/]\S*)?"
)
"""What leads somewhere, by itself or in a program that makes links of such words."""
HOST = re.compile(r"(?i)\b(?:[a-z0-9-]{1,63}\.){1,20}[a-z]{2,24}\b(?!\.\w)")
"""A name that may be a host's: it stands only where the article has it."""


def one_line(text: str) -> str:
    """Give a text on one line, without what nobody sees in it."""
    text = unicodedata.normalize("NFC", HIDDEN.sub(" ", text) if HIDDEN.search(text) else text)
    return " ".join(text.split())


def plain(text: str) -> str:
    """Give a model's text without markup and sentence numbers in it; addresses are for `address_in`."""
    said = one_line(text)
    # What was taken out may have kept the parts of another mark asunder.
    for _ in range(3):
        less = CITED.sub("", TAG.sub("", LINK.sub(r"\1", MARKS.sub("", said))))
        if less == said:
            break
        said = less
    return " ".join(said.split())


def address_in(text: str, known: str) -> str:
    """Give the first address in a text, or host's name that is not among the `known` words; else ""."""
    if found := ADDRESS.search(text):
        return found[0]
    hosts = (found[0] for found in HOST.finditer(text))
    return next((host for host in hosts if host.lower() not in known.lower()), "")


def words_of(text: str) -> str:
    """Reduce a text to its words: small letters, single spaces, no marks."""
    return " ".join(re.findall(r"\w+", text.lower()))
