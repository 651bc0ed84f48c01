"""What an editor wrote, as Markdown and as HTML; and what of it cannot be published.

Whatever an editor may type is either published in every form or named with its line before anything is
written. Named is what Markdown or the sanitiser would drop or what would harm a reader:

- HTML that is not on the sanitiser's list (scripts, frames, forms, comments), or whose tags do not match;
- links and pictures to anything but http, https and mailto addresses and ids of entries;
- code and HTML without an end, which swallow the sections below them;
- definitions of links and footnotes that nothing uses, cells that a table has no column for;
- control characters;
- what only other readers would run (see lax).

Attributes that only set out or style are dropped from HTML without a word.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from itertools import pairwise, zip_longest
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from digest.issues.pages.inert import SCHEMES
from digest.issues.pages.lax import lines_of, run_elsewhere, without_code
from digest.issues.pages.markdown_blocks import BARE_LINK, FRONT_MATTER, page_blocks
from digest.records import EMPTY, Part

TAGS = frozenset(nh3.ALLOWED_TAGS - {"area", "map", "acronym", "center", "rtc", "strike", "tt"})

VOID = frozenset({"br", "col", "hr", "img", "wbr"})

ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "abbr": {"title"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "ins": {"cite", "datetime"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "bdo": {"dir"},
}
"""What stays of the attributes that a person may write, by tag."""

GENERAL = frozenset({"lang", "dir"})

STYLING = re.compile(
    r"align|aria-.*|background|bgcolor|border|cell(padding|spacing)|class|clear|color|data-.*|decoding|face|"
    r"font|height|hspace|id|itemprop|itemscope|itemtype|loading|name|noshade|rel|role|size|sizes|span|"
    r"summary|style|tabindex|target|title|translate|type|valign|vspace|width"
)
"""Attributes that carry no words a reader would miss: dropped where ATTRIBUTES does not name them."""

ID = re.compile(r"[0-9a-f]{31,32}")
"""What leads to another entry: its id."""

FENCE_END = re.compile(r"[\s>]*(`{3,}|~{3,})[ \t]*")
QUOTE_OR_SPACE = re.compile(r"^[\s>]*")
HEADING = re.compile(r" {0,3}#{1,2}(?:[ \t]|$)")
FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]:")
LABEL = re.compile(r"\[\^([^\]\s]+)\]")
TARGET = re.compile(r"\]\(([0-9A-Za-z_-]{16,64})\)")
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but line feed and tab, and lone surrogates."""

OVERRIDE = re.compile("[\u202d\u202e]")
"""Overrides of the direction of text; embeddings and isolates, which other scripts need, turn no letters."""

DEEPEST = 6
"""Level of a heading that Markdown and HTML have no deeper one than."""
STORY_DEPTH = 3
"""Level of a story's heading in an issue: headings of the editor's go below it."""

CODE_WITHOUT_END, HTML_WITHOUT_END = "code without an end", "HTML without an end"
WITHOUT_END = (CODE_WITHOUT_END, HTML_WITHOUT_END)
HEADING_IN_HTML = "a heading inside HTML"
SWALLOWING = re.compile(rf"{CODE_WITHOUT_END}|{HTML_WITHOUT_END}|{HEADING_IN_HTML}|<\w+> without </")
"""How problems begin for which Markdown reads what follows as something else than was meant."""

Problem = tuple[int, str]
"""Line, 0 first, and what is wrong with it."""


def markdown(*, checks_links: bool = True) -> MarkdownIt:
    """Make the parser that editors' Markdown is read with: tables, footnotes, strikethrough, HTML.

    Args:
        checks_links: Without it links to any address at all are seen as links.
    """
    md = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    md.use(footnote_plugin, inline=False)
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    if not checks_links:
        md.validateLink = lambda url: True  # type: ignore[method-assign]
    return md


MARKDOWN, CHECKING = markdown(), markdown(checks_links=False)


LONGEST_KEPT = 20_000
"""Letters of a text whose HTML is kept: ten times a story."""

MOST_KEPT = 1_500
"""Texts whose HTML is kept: the stories of the largest issue in the three ways in which its forms and its
checklist ask for them. Each is read several times for one look at an issue, and takes 2 ms."""


def safe_html(text: str, *, name: str = "", signals: str = "") -> str:
    """Give Markdown as clean HTML.

    Args:
        text: Markdown; raw HTML in it is kept as far as it is allowed.
        name: Keeps footnotes of several texts on one page apart.
        signals: Tables whose first column is headed by this word get the class `signals`, each of their cells
            the name of its column as `data-label`, those that say nothing the class `empty`: what a narrow
            screen needs to show a row as a card.
    """
    return (_html if len(text) > LONGEST_KEPT else _kept_html)(text, name, signals)


def _html(text: str, name: str, signals: str) -> str:
    env = {"docId": name} if name else {}
    tokens = MARKDOWN.parse(text, env)
    if not signals:
        return _clean(MARKDOWN.renderer.render(tokens, MARKDOWN.options, env))
    _label_cells(tokens, signals)
    return _clean(MARKDOWN.renderer.render(tokens, MARKDOWN.options, env), labels=True)


_kept_html = lru_cache(maxsize=MOST_KEPT)(_html)


def _label_cells(tokens: Sequence[Token], first: str) -> None:
    """Write into the cells of a table what heads their columns, where the first is headed by a word."""
    table, names, column = None, [""], 0
    for token, following in pairwise(tokens):
        if token.type == "table_open":
            table, names = token, []
        elif token.type == "th_open":
            names.append(following.content)
        elif token.type == "tbody_open" and table and names[0] == first:
            table.attrSet("class", "signals")
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            if table and table.attrs.get("class"):
                token.attrSet("data-label", names[column])
                if following.content == EMPTY:
                    token.attrSet("class", "empty")
            column += 1


def unpublishable(page: str) -> list[Problem]:
    """Find what of a page cannot be published in all forms.

    Args:
        page: Without front matter, and without what is not published; line ends are line feeds.

    Returns:
        Lines, 0 first, and what is wrong there, in order of the lines; nothing for a page that can be
        published as it is.
    """
    lines = page.split("\n")
    references = _Used()
    env: dict[str, Any] = {"references": references}
    tokens = CHECKING.parse(page, env)
    problems = [(at, "a control character; take it out") for at, line in enumerate(lines) if ODD.search(line)]
    turned = "a character that has what follows read backwards; take it out"
    problems += [(at, turned) for at, line in enumerate(lines) if OVERRIDE.search(line)]
    if FRONT_MATTER.match(page.strip("\n")):
        problems.append((0, "a line of dashes above everything else; put words before it"))
    plain = "\n".join(_without_code(page, tokens)) if FOOTNOTE.search(page) else page
    problems += _definitions(references, env, plain)
    tags = _Tags()
    starts = {block.start for block in page_blocks(page) if block.level}
    for token in tokens:
        if token.type == "heading_open" and token.level == 0 and token.map and token.map[0] in starts:
            tags.close_all()
        problems += _of_token(token, lines, tags, starts)
    tags.close_all()
    problems += tags.problems
    named = {line for line, _ in problems}
    problems += [each for each in run_elsewhere(lines, tokens, _is_harmful) if each[0] not in named]
    if not problems and tags.first is not None and (lost := _first_lost(page)):
        near = next((at for at in range(tags.first, len(lines)) if lost in lines[at]), tags.first)
        problems.append((near, f"HTML that would not be published as it stands, near {lost}>; simplify it"))
    return sorted(dict.fromkeys(problems))


def swallows(problem: Problem) -> bool:
    """Tell whether a problem hides text below it: what a page says is not known until it is mended."""
    return bool(SWALLOWING.match(problem[1]))


def part_problems(part: Part) -> list[str]:
    """Say what of a part of a page cannot be published, the part by itself."""
    found = unpublishable(f"{part.heading}\n\n{part.text}")
    return list(dict.fromkeys(what for _, what in found))


def below_story(text: str) -> str:
    """Push the headings of a text below that of a story, and lead ids of entries to their pages' place.

    Headings in quotes and lists stay.
    """
    lines = text.split("\n")
    for token, inline in _pairs(MARKDOWN.parse(text)):
        if token.type == "heading_open" and token.level == 0 and token.map:
            start, end = token.map
            level = min(DEEPEST, max(STORY_DEPTH + 1, int(token.tag[1]) + 2))
            words = " ".join(inline.content.split("\n"))
            # A last hash would be taken for the end of the heading.
            words = re.sub(r"(?<!\\)(#+)$", r"\\\1", words)
            lines[start:end] = [f"{'#' * level} {words}".rstrip(), *[""] * (end - start - 1)]
    return "\n".join(lines)


def with_own_labels(text: str, prefix: str) -> str:
    """Rename footnotes so that those of several stories stay apart; code and all else stays as it is."""
    if not FOOTNOTE.search(text):
        return text
    env: dict[str, Any] = {}
    tokens = MARKDOWN.parse(text, env)
    # Also those that nothing refers to: another story may have the same.
    labels = {key.removeprefix(":") for key in env.get("footnotes", {}).get("refs", {})}
    return "\n".join(
        _relabelled(line, plain, labels, prefix)
        for line, plain in zip(text.split("\n"), _without_code(text, tokens), strict=True)
    )


def _relabelled(line: str, plain: str, labels: Collection[str], prefix: str) -> str:
    """Rename the footnotes of a line, as they stand in it without its code."""
    places = [match.start(1) for match in LABEL.finditer(plain) if match[1] in labels]
    for at in reversed(places):
        line = f"{line[:at]}{prefix}-{line[at:]}"
    return line


def _without_code(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """Give the lines of a text with blanks in place of code."""
    code = lines_of("fence", tokens) | lines_of("code_block", tokens)
    for at, line in enumerate(text.split("\n")):
        yield " " * len(line) if at in code else without_code(line)


def footnote_labels(page: str) -> set[str]:
    """Give the labels of footnotes that a page both defines and refers to."""
    if not FOOTNOTE.search(page):
        return set()
    env: dict[str, Any] = {}
    MARKDOWN.parse(page, env)
    refs: Mapping[str, int] = env.get("footnotes", {}).get("refs", {})
    return {key.removeprefix(":") for key, used in refs.items() if used != -1}


def with_targets(text: str, address: Callable[[str], str]) -> str:
    """Lead links that name an entry by its id to where it stands."""
    return TARGET.sub(lambda match: f"]({address(match[1]) or match[1]})", text)


def defined_links(text: str) -> Mapping[str, Any]:
    """Give the link definitions of a text, by label."""
    env: dict[str, Any] = {}
    MARKDOWN.parse(text, env)
    found: Mapping[str, Any] = env.get("references", {})
    return found


def reads_other_with(text: str, links: Mapping[str, Any]) -> bool:
    """Tell whether a text reads differently on a page that has these link definitions."""
    alone: str = MARKDOWN.render(text, {})
    among: str = MARKDOWN.render(text, {"references": dict(links)})
    return alone != among


def without_links_to(text: str, targets: Collection[str]) -> str:
    """Take bullets out that are links to these entries and nothing more."""
    lines = text.split("\n")
    for token in MARKDOWN.parse(text) if targets else ():
        if token.type == "list_item_open" and token.map:
            start, end = token.map
            match = BARE_LINK.match("\n".join(lines[start:end]).strip())
            if match and match["target"] in targets:
                lines[start:end] = [""] * (end - start)
    return "\n".join(lines).strip("\n")


def is_publishable_target(url: str) -> bool:
    """Tell whether a link may lead there: http, https, mailto, or the id of an entry."""
    scheme, colon, _ = url.partition(":")
    if not colon:
        return bool(ID.fullmatch(url))
    # The sanitiser drops addresses without a sound host, and with them where the link led.
    return scheme.casefold() in SCHEMES and "href=" in _clean(f'<a href="{escape(url)}">a</a>')


class _Used(dict[str, Any]):
    """Link definitions that remember which of them were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.used.add(key)
        return super().get(key, default)


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    return pairwise(tokens)


def _definitions(references: _Used, env: Mapping[str, Any], page: str) -> Iterator[Problem]:
    """Name definitions that nothing uses, and second ones; the page is given without its code."""
    for label, found in references.items():
        if label not in references.used:
            yield found["map"][0], f"the link definition [{label}] is not used; take it out"
    for found in env.get("duplicate_refs", ()):
        yield found["map"][0], f"the link [{found['label']}] is defined twice; take one out"
    places: dict[str, list[int]] = {}
    for match in FOOTNOTE.finditer(page):
        places.setdefault(match[1], []).append(page.count("\n", 0, match.start()))
    for key, used in env.get("footnotes", {}).get("refs", {}).items():
        label = key.removeprefix(":")
        lines = places.get(label, [0])
        if used == -1:
            yield lines[0], f"the footnote [^{label}] is not used; take it out"
        elif len(lines) > 1:
            yield lines[1], f"the footnote [^{label}] is defined twice; take one out"


def _of_token(
    token: Token, lines: Sequence[str], tags: "_Tags", starts: Collection[int]
) -> Iterator[Problem]:
    start, end = token.map or (0, 0)
    if token.type == "fence":
        last = FENCE_END.fullmatch(lines[end - 1]) if end - start > 1 else None
        if not last or not last[1].startswith(token.markup):
            yield start, f"{CODE_WITHOUT_END}; close it with {token.markup}"
        if len(token.info.split()) > 1:
            yield start, "words after the language of code are not published; take them out"
    elif token.type == "table_open":
        yield from _cells(lines, start, end)
    elif token.type == "html_block":
        tags.feed(token.content, start)
        for place, line in enumerate(token.content.split("\n")):
            if HEADING.match(line) or start + place in starts:
                yield start + place, f"{HEADING_IN_HTML}; put an empty line before it"
    elif token.type == "inline":
        yield from _inline(token, start, tags)


def _inline(token: Token, line: int, tags: "_Tags") -> Iterator[Problem]:
    for child in token.children or ():
        target = str(child.attrs.get("href", child.attrs.get("src", "")))
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "html_inline":
            tags.feed(child.content, line)
        elif child.type == "link_open" and not is_publishable_target(target):
            yield line, f"a link to {target!r}; expected an http, https or mailto address"
        elif child.type == "image" and target.partition(":")[0].casefold() not in ("http", "https"):
            yield line, f"a picture from {target!r}; expected an http or https address"


def _cells(lines: Sequence[str], start: int, end: int) -> Iterator[Problem]:
    columns = _cell_count(lines[start])
    for at in range(start + 2, end):
        if (count := _cell_count(lines[at])) > columns:
            yield at, f"{count} cells in a table of {columns} columns; write \\| for a bar that is text"


def _cell_count(line: str) -> int:
    cells = escapedSplit(QUOTE_OR_SPACE.sub("", line).rstrip())
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")


class _Tags(HTMLParser):
    """Judges the tags an editor wrote, fed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[Problem] = []
        self.first: int | None = None
        self._open: list[tuple[str, int]] = []
        self._line = 0

    def feed(self, data: str, line: int = 0) -> None:
        """Judge a piece of HTML that begins in a line."""
        self.reset()
        self._line = line
        self.first = line if self.first is None else self.first
        super().feed(data)
        if self.rawdata:
            self._say(f"{HTML_WITHOUT_END}; close it, or write &lt; for <")

    def close_all(self) -> None:
        """Name what is open where a section ends."""
        for tag, line in self._open:
            self.problems.append((line, f"<{tag}> without </{tag}>; close it in its section"))
        self._open.clear()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self._say(f"<{tag}>, which is not published; take it out")
            return
        for name, value in attrs:
            allowed = name in ATTRIBUTES.get(tag, ()) or name in GENERAL
            if name in ("href", "src", "cite") and not is_publishable_target(value or ""):
                self._say(f"an address {value!r}; expected an http, https or mailto address")
            elif not allowed and not STYLING.fullmatch(name):
                self._say(f"{name}= in <{tag}>, which is not published; take it out")
        if tag not in VOID:
            self._open.append((tag, self._place()))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
        elif tag in TAGS - VOID:
            self._say(f"</{tag}> where no <{tag}> is open; take it out")

    def handle_comment(self, data: str) -> None:
        self._say("a comment in HTML, which is not published; take it out")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>, which is not published; take it out")

    def unknown_decl(self, data: str) -> None:
        self._say(f"<![{data}, which is not published; take it out")

    def handle_pi(self, data: str) -> None:
        self._say(f"<?{data}>, which is not published; take it out")

    def _place(self) -> int:
        return self._line + self.getpos()[0] - 1

    def _say(self, what: str) -> None:
        self.problems.append((self._place(), what))


def _is_harmful(found: str) -> bool:
    """Tell whether HTML begins with a tag, or has attributes, that are not published."""
    tags = _Tags()
    # Whatever its end is, a browser finds one.
    HTMLParser.feed(tags, found if found.endswith(">") else f"{found}>")
    return any(not what.startswith(("</", "a comment")) for _, what in tags.problems)


class _Events(HTMLParser):
    """What HTML says: its tags and its words, in order."""

    # The sanitiser writes what belongs to a table where it is missing.
    IGNORED = VOID | {"tbody", "thead", "tfoot"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = sorted(f"{name}={value}" for name, value in attrs if name in ATTRIBUTES.get(tag, ()))
        if tag not in self.IGNORED or kept:
            self.found.append(f"<{tag} {' '.join(kept)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.IGNORED:
            self.found.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if words := "".join(data.split()):
            if self.found and not self.found[-1].startswith("<"):
                words = self.found.pop() + words
            self.found.append(words)


def _first_lost(page: str) -> str:
    """Give the tag, such as `<div`, where the sanitiser begins to change a page; empty for none."""
    rendered = MARKDOWN.render(page, {})
    last = ""
    for mine, theirs in zip_longest(_events(rendered), _events(_clean(rendered)), fillvalue=""):
        if mine.startswith("<"):
            last = mine.split(" ")[0].rstrip(">")
        if mine != theirs:
            return last or "<"
    return ""


def _events(html: str) -> list[str]:
    events = _Events()
    events.feed(html)
    events.close()
    return events.found


def _clean(html: str, *, labels: bool = False) -> str:
    attributes = {tag: set(names) for tag, names in ATTRIBUTES.items()}
    if labels:
        attributes["table"] = {"class"}
        attributes["td"] |= {"class", "data-label"}
    attributes["*"] = set(GENERAL)
    # Where footnotes lead to and back.
    attributes["a"] |= {"id"}
    attributes["li"] |= {"id"}
    return nh3.clean(
        html,
        tags=set(TAGS) | {"section"},
        attributes=attributes,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer",
    )
