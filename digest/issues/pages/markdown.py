"""Writing texts and addresses into Markdown so that they parse back into themselves. No business words.

A line is written from a template with `{}` for each field, such as `* [{}]({})`. Rules, in order:

1. Fields without any character that Markdown could take for its own go in as they are.
2. Else the line is parsed with its fields as they are. If structure and texts come out right, it stays.
3. Else every character that could be active gets a backslash, and then backslashes are taken away again,
   from the right, wherever the line still parses right. What is left is needed.

So `4.5 Million`, `AT&T`, `snake_case` and `5 * 3` keep their looks, and `*a*` becomes `\\*a*`. Two parsers
must agree, with raw HTML and any link at all and without, because others will read the pages with either.

Other readers take more than these two: links with spaces in the address, tags that are none by the book,
lists of attributes. What any reader could take for a link, a picture, a tag or an attribute is escaped before
rule 2 and stays so (see `inert`). `<` becomes `&lt;`, since not every reader knows a backslash before it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from digest.issues.pages.inert import (
    ADDRESS_ENTITIES,
    ENTITIES,
    may_lead_to,
    risky_address_places,
    risky_places,
)

ACTIVE = re.compile(r"[\\`*_\[\]<~|]|&#?\w+;|^(?:[#>+\-]|\d{1,9}[.)])|#$")
"""Texts this does not match need no escape in any template used here."""

ESCAPABLE = re.compile(r"[\\`*_\[\]<{~|#]|&(?=#?\w+;)|^[>+\-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")

LEADING_NUMBER = re.compile(r"^\d{3,9}([.)])")

PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#@!$%&'*+,=]*")
"""Addresses that need no escape; `;` is left out because it may end an entity."""

ESCAPABLE_IN_ADDRESS = re.compile(r"[\\`*_\[\]<>~|()&!\"]")

MAX_PARSED_CHARS = 150_000
"""Characters parsed to find needless escapes in one line (about half a second), after which the rest of
the escapes stay. Met only by kilobytes of nothing but punctuation."""

CELL = "| a |\n|:--|\n| {} |"
ITALIC_CELL = "| a |\n|:--|\n| *{}* |"
LINK_CELL = "| a |\n|:--|\n| [{}]({}) |"
PLACEHOLDER = re.compile(r"zq(\d+)qz")

Shape = list[tuple[str, str]]
"""(type, content or address) of each token; neighbouring texts joined."""


class Address(str):
    """A field that is the target of a link."""

    __slots__ = ()


def parser(*, is_html: bool = False) -> MarkdownIt:
    """Make a Markdown parser with tables that leaves addresses as they are.

    Args:
        is_html: Whether raw HTML is passed on. Without it, it is text, which is the safe way to read.
    """
    md = MarkdownIt("commonmark").enable("table") if is_html else MarkdownIt("js-default")
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return md


def inline_html_parser() -> MarkdownIt:
    """Make the safe parser, but that it tells the tags within a line from words."""
    md = parser()
    md.options["html"] = True
    return md.disable("html_block")


def _lax_parser() -> MarkdownIt:
    """Make a parser that sees links to any address at all, as most readers do."""
    md = parser(is_html=True)
    md.validateLink = lambda url: True  # type: ignore[method-assign]
    return md


PARSERS = (parser(), _lax_parser())
"""The safe way to read, and one that takes all that CommonMark allows."""


def fill(template: str, *fields: str) -> str:
    """Write the fields into the template, escaped where they need it.

    Args:
        template: Markdown with `{}` for each field; no other braces.
        fields: Texts as a reader sees them, on one line each; targets of links as `Address`.

    Raises:
        ValueError: A field cannot stand there: it has line breaks, or is an address that no page may link
            to (see `inert.may_lead_to`).
    """
    return template.format(*escape(template, *fields))


def cell(text: str) -> str:
    """Write a text for a table cell."""
    return escape(CELL, text)[0] if text else ""


def italic_cell(text: str) -> str:
    """Write a text for a table cell, in italics."""
    return f"*{escape(ITALIC_CELL, text)[0]}*" if text else ""


def link_cell(title: str, url: str) -> str:
    """Write a link for a table cell."""
    title, url = escape(LINK_CELL, title, Address(url))
    return f"[{title}]({url})"


def escape(template: str, *fields: str) -> list[str]:
    """Escape the fields for their places in the template; see `fill`."""
    for field in fields:
        if isinstance(field, Address) and not may_lead_to(field):
            raise ValueError(f"an address that no page may link to: {field!r}")
    if all(map(_is_plain, fields)):
        return list(fields)
    return list(_escaped(template, *((isinstance(field, Address), str(field)) for field in fields)))


# A draft says the same words in its page and in its Evidence, and once more when it is merged.
@lru_cache(maxsize=1024)
def _escaped(template: str, *fields: tuple[bool, str]) -> tuple[str, ...]:
    typed = [Address(field) if is_address else field for is_address, field in fields]
    return tuple(_Line(template, typed).escaped())


def _is_plain(field: str) -> bool:
    if isinstance(field, Address):
        return bool(PLAIN_ADDRESS.fullmatch(field))
    return not ACTIVE.search(field) and not risky_places(field, in_link=True)


class _Line:
    """One template with its fields, and which of their characters are escaped."""

    def __init__(self, template: str, fields: Sequence[str]) -> None:
        self.template = template
        self.fields = fields
        risky = {(row, place) for row, field in enumerate(fields) for place in _risky(field, template, row)}
        found = {(row, place) for row, field in enumerate(fields) for place in _escapable(field)}
        self.places = sorted(found | risky)
        self.must_escape = [each in risky for each in self.places]
        self.is_escaped = list(self.must_escape)
        self.is_angled = [False] * len(fields)
        self.parsed_chars = 0

    def escaped(self) -> list[str]:
        """Find the fewest escapes with which the line parses right."""
        if self._survives():
            return self._written()
        self.is_angled = [isinstance(field, Address) and not _is_bare(field) for field in self.fields]
        if self._survives():
            return self._written()
        self._set(0, len(self.places), True)
        if not self._survives():
            raise ValueError(f"cannot be written as Markdown: {list(map(str, self.fields))!r}")
        self._relax(0, len(self.places))
        return self._written()

    def _relax(self, first: int, last: int) -> None:
        if all(self.must_escape[first:last]) or self.parsed_chars > MAX_PARSED_CHARS:
            return
        self._set(first, last, False)
        if self._survives():
            return
        self._set(first, last, True)
        if last - first > 1:
            middle = (first + last) // 2
            self._relax(middle, last)
            self._relax(first, middle)

    def _set(self, first: int, last: int, value: bool) -> None:
        self.is_escaped[first:last] = [value or must for must in self.must_escape[first:last]]

    def _written(self) -> list[str]:
        places: list[list[int]] = [[] for _ in self.fields]
        for (row, place), is_escaped in zip(self.places, self.is_escaped, strict=True):
            if is_escaped:
                places[row].append(place)
        return [
            f"<{text}>" if is_angled else text
            for text, is_angled in zip(map(_with_escapes, self.fields, places), self.is_angled, strict=True)
        ]

    def _survives(self) -> bool:
        text = self.template.format(*self._written())
        self.parsed_chars += len(text)
        return all(
            shape(md, text) == _with_fields(wanted, self.fields)
            for md, wanted in zip(PARSERS, _wanted(self.template, len(self.fields)), strict=True)
        )


def shape(md: MarkdownIt, text: str) -> Shape:
    """Parse a text into token types with their contents; neighbouring texts are joined."""
    out: Shape = []
    for token in _flat(md.parse(text)):
        value = str(token.attrs.get("href", token.attrs.get("src", ""))) or token.content
        if token.type == "text" and out and out[-1][0] == "text":
            value = out.pop()[1] + value
        if value or token.type != "text":
            out.append((token.type, value))
    return out


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        else:
            yield token


@lru_cache(maxsize=256)
def _wanted(template: str, count: int) -> list[Shape]:
    text = template.format(*(f"zq{number}qz" for number in range(count)))
    return [shape(md, text) for md in PARSERS]


def _with_fields(wanted: Shape, fields: Sequence[str]) -> Shape:
    filled = (
        (kind, PLACEHOLDER.sub(lambda match: fields[int(match[1])], value) if value else value)
        for kind, value in wanted
    )
    return [(kind, value) for kind, value in filled if value or kind != "text"]


def _is_bare(url: str) -> bool:
    wanted = _with_fields(_wanted("[a]({})", 1)[0], [url])
    return shape(PARSERS[0], f"[a]({url})") == wanted


def _escapable(field: str) -> list[int]:
    if isinstance(field, Address):
        return [match.start() for match in ESCAPABLE_IN_ADDRESS.finditer(field)]
    places = [match.start() for match in ESCAPABLE.finditer(field)]
    if match := LEADING_NUMBER.match(field):
        places.append(match.start(1))
        places.sort()
    return places


def _risky(field: str, template: str, row: int) -> list[int]:
    if isinstance(field, Address):
        return risky_address_places(field)
    before = template.split("{}")[0]
    return risky_places(field, in_link=row > 0 or "[" in before, has_neighbours=template in (CELL, LINK_CELL))


def _with_escapes(field: str, places: Sequence[int]) -> str:
    entities = ADDRESS_ENTITIES if isinstance(field, Address) else ENTITIES
    pieces, start = [], 0
    for place in places:
        entity = entities.get(field[place], "")
        pieces += [field[start:place], entity or f"\\{field[place]}"]
        start = place + 1
    return "".join(pieces) + field[start:]
