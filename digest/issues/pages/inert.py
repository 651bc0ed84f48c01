"""Where a text would come alive for some Markdown reader: as a link, a picture, a tag or an attribute.

Readers differ in what they take. What is named here is what at least one of them takes, though CommonMark
may not: original Markdown and its heirs let an address have spaces and define links in any line; some let
tags through that are none (`<svg/onload=...>`) or never end; some read `{: name=value}` as attributes. So
these rules go by how things begin, and leave alone what no reader takes: `2 < 3`, `[sic]`, `a {b`.
"""

import re

from digest.language.addresses import scheme_of

ENTITIES = {"<": "&lt;", ":": "&#58;"}
"""Characters for which an entity is written: a backslash before them is not known to all readers."""

ADDRESS_ENTITIES = {"<": "&lt;", ">": "&gt;", '"': "&quot;"}

SCHEMES = frozenset({"http", "https", "mailto"})

TAG = re.compile(r"<(?=[A-Za-z/!?$]|[^\s<>@]+@[^\s<>@]*>)")
"""What a browser or a reader takes for the beginning of a tag, or for a mail address in angle brackets."""

AFTER_LINK_TEXT = re.compile(r"\](?= ?[\[({])")
"""The end of a link's text, if a reader takes what follows for its address, reference or attributes."""

DEFINITION = re.compile(r"^[\W_]*?\[(?=[^\[\]]*\] ?:)")
"""Where a line defines an address, a footnote or, as `*[x]: y`, an abbreviation."""

END_OF_LABEL = re.compile(r"\](?= ?:)")

OPENING = re.compile(r"\[")
SPECIAL = re.compile(r"\[(?=\[)|(?<=\[)\[|(?<=\^)\[|\[(?=[ xX]\](?:\s|$))|^\[(?=(?i:toc)\]$)")
"""Links to pages of a wiki, footnotes in a line, boxes to tick, tables of contents."""

CODE = re.compile("`")
PICTURE = re.compile(r"!(?=\[[^\]]*\])")
"""One reader takes the backslashes before brackets out of a link's text, and reads it again."""

ATTRIBUTES = re.compile(r"\{(?=[:#.%]|[^{}]*=)")
"""Lists of attributes that an end in another field would close; with an end of their own all are."""

BRACE = re.compile(r"\{")

BOX = re.compile(r"^!(?=!!)")
"""`!!! note`, a box with a class."""

OTHER_SCHEME = re.compile(r"(?i:(?<![a-z0-9])(?:ftp|xmpp)):")
"""Schemes besides http and mailto that are made links though nothing stands around them."""

ANY = re.compile(r"[<\[\]{`]|^!!!|(?i:ftp|xmpp):")
"""What every rule above has one of: most texts have none, and need not be asked for each."""


def risky_places(text: str, *, in_link: bool = False, has_neighbours: bool = False) -> list[int]:
    """Find the characters of a text that must be escaped for it to stay a text for every reader.

    Args:
        text: On one line.
        in_link: Whether something before it could begin a link, which it could end.
        has_neighbours: Whether texts that are not known here will stand in the same line: a mark of code
            here and one there would hide what is between them, and the end of a link with it.

    Returns:
        In order; empty for what can be written as it is.
    """
    if not ANY.search(text):
        return []
    rules = (
        TAG,
        SPECIAL,
        BOX,
        ATTRIBUTES,
        *([CODE] if has_neighbours else []),
        *([PICTURE] if in_link else []),
    )
    found = {match.start() for rule in rules for match in rule.finditer(text)}
    found |= {match.end() - 1 for rule in (OTHER_SCHEME, DEFINITION) for match in rule.finditer(text)}
    found |= {match.start() for match in BRACE.finditer(text, 0, text.rfind("}") + 1)}
    found |= _link_places(text, in_link=in_link or has_neighbours)
    return sorted(found)


def risky_address_places(url: str) -> list[int]:
    """Find the characters of an address that must be escaped for it not to end early for some reader."""
    found = {at for at, character in enumerate(url) if character in ADDRESS_ENTITIES}
    return sorted(found | _link_places(url, in_link=True))


def may_lead_to(url: str) -> bool:
    """Tell whether a link in a page may lead there: http, https, mailto, or a place beside the page.

    See `scheme_of` for what browsers make of an address.
    """
    # A scheme ends in a colon, which may be written as an entity; the pages of entries have neither.
    return (":" not in url and "&" not in url) or scheme_of(url) in {*SCHEMES, ""}


def _link_places(text: str, *, in_link: bool) -> set[int]:
    rules = (AFTER_LINK_TEXT, END_OF_LABEL) if in_link else (AFTER_LINK_TEXT,)
    ends = sorted(match.start() for rule in rules for match in rule.finditer(text))
    if not ends:
        return set()
    starts = [match.start() for match in OPENING.finditer(text) if match.start() < ends[-1]]
    # An end without a beginning could belong to a link that begins before the text.
    loose = ends if in_link else [end for end in ends if not starts or end < starts[0]]
    return {*starts, *loose}
