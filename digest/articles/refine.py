"""Mend the main text line by line against the page's own blocks.

trafilatura finds the right region on 99 of 100 pages; what it loses is inside it. Measured on 240 pages
in November 2026, in falling order of cost: headings, list items and short paragraphs dropped between kept
ones; the same section printed two or three times (one copy per screen width); furniture at both ends and
between paragraphs (sign-up boxes, disclaimers, related links, the title again); code listings; paragraphs
torn apart at inline code. So, in this order:

1. align the lines with the page's blocks (longest common order);
2. join lines that are one paragraph on the page;
3. fill: a block between two kept ones is kept too, unless it or a parent the kept ones do not share is
   marked as something else (aside, form, newsletter box ...) or is mostly links;
4. cut: repeated runs, the title, furniture, everything after a closing heading such as "Related articles".
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml.html import HtmlElement

from digest.articles import page_furniture as furniture
from digest.articles.page_blocks import Block, squash, words

# Shorter texts occur inside others by chance ("Pros", "2024"): they must match a line as a whole.
MIN_SQUASHED_INSIDE = 25

_ALIEN_TAGS = frozenset(
    (
        "aside",
        "nav",
        "figure",
        "form",
        "button",
        "footer",
        "select",
        "label",
        "dialog",
        "fieldset",
        "a",
        "header",
    )
)
_ALIEN_CLASSES = re.compile(
    r"author|banner|\bbio\b|bookmark|breadcrumb|byline|caption|\bcta|-cta|comment|cookie|consent|disclaimer|"
    r"disclosure|footer|footnote|hidden|modal|newsletter|outbrain|paginat|popup|post-?card|preamble|promo|"
    r"recirc|recommend|related|share|sharing|sidebar|sign-?up|social|sponsor|subscri|taboola|tag-?list|"
    r"teaser|toc\b|table-of-contents|tooltip|widget|more-|advert|\bads?\b|\bad-|trending|popular",
    re.IGNORECASE,
)
# A closing heading cuts at most this share of the words. Right headings stood in the last 20 %; "Related" or
# "More ..." further up opens a section of the article.
MAX_CLOSED_SHARE = 0.2

# Listings go where there are several and they fill a quarter of the text: two pages of 240, F1 .62 to .95 and
# .82 to .93. Cutting every listing of 300 characters instead cost .40 on a page that is one long listing.
MIN_LISTINGS = 3
MIN_LISTING_SHARE = 0.25  # measured with MIN_LISTINGS
MIN_LISTING_CHARS = 200  # shorter ones, the sentences around lean on; judgement

# "Read more." is a link of the page, not a paragraph; items of menus and lists of links are longer.
MIN_LINKED_WORDS = 4
MIN_LINKED_ITEM_WORDS = 7  # of a list item that is wholly a link and still a sentence; judgement
# A line of more words is text around a block, not another cell.
_LONG_WORDS = 6
# A division that stands among paragraphs and reads as one; fewer words are labels and buttons. Of 240 pages
# two gain by it and none loses; inside of other divisions such are advertisements as often (November 2026).
MIN_PROSE_WORDS = 12
MAX_AT_EDGE = 4  # blocks looked at before the first kept one and after the last; judgement
_LIST_TAGS = frozenset(("ul", "ol", "dl", "menu", "dir"))
_ITEM_TAGS = frozenset(("li", "dd", "dt"))
_LINKED_TAGS = frozenset(("p", "li", "dd", "blockquote", "div"))
_STOPPED = re.compile(r"[.!?…:;][\"'”’»)\]]*$")

_FILL_TAGS = frozenset(("p", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "dt", "dd"))


@dataclass(slots=True)
class Line:
    """A line of the main text on its way out."""

    text: str
    squashed: str
    block: Block | None = None
    """The page's block it comes from, where one was found."""


def lines_of(text: str) -> list[Line]:
    """Split a text into lines that hold words."""
    found = ((line.strip(), squash(line)) for line in text.split("\n"))
    return [Line(line, squashed) for line, squashed in found if squashed]


def written(lines: Sequence[Line]) -> str:
    """Write lines as a text: an empty line between paragraphs, none within a list or table."""
    out: list[str] = []
    previous = ""
    for line in lines:
        mark = line.text[:1] if line.text.startswith(("- ", "|")) else ""
        out += ["\n" if mark and previous == mark else "\n\n", line.text]
        previous = mark
    return "".join(out[1:])


def align(lines: Sequence[Line], blocks: Sequence[Block]) -> list[tuple[int, int, int]]:
    """Find which blocks became which lines.

    Returns:
        (block, first line, last line) in the order of both.
    """
    starts: list[int] = []
    whole: dict[str, list[int]] = {}
    at = 0
    for index, line in enumerate(lines):
        starts.append(at)
        whole.setdefault(line.squashed, []).append(index)
        at += len(line.squashed)
    joined = "".join(line.squashed for line in lines)
    counts: dict[str, int] = {}
    for block in blocks:
        counts[block.squashed] = counts.get(block.squashed, 0) + 1
    matches: list[tuple[int, int, int]] = []
    for index, block in enumerate(blocks):
        key = block.squashed
        same = whole.get(key)
        if same and len(same) == 1 and (counts[key] == 1 or len(key) >= MIN_SQUASHED_INSIDE):
            matches.append((index, same[0], same[0]))
        elif len(key) >= MIN_SQUASHED_INSIDE and (place := joined.find(key)) >= 0:
            first = bisect_right(starts, place) - 1
            last = bisect_right(starts, place + len(key) - 1) - 1
            matches.append((index, first, last))
    return _longest_ascending(matches)


def _longest_ascending(matches: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Keep the longest part of the matches in which lines never go back (patience sorting)."""
    tops: list[int] = []
    holders: list[int] = []
    before: list[int] = []
    for index, (_, first, _) in enumerate(matches):
        pile = bisect_right(tops, first)
        before.append(holders[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(first)
            holders.append(index)
        else:
            tops[pile], holders[pile] = first, index
    kept: list[tuple[int, int, int]] = []
    index = holders[-1] if holders else -1
    while index >= 0:
        kept.append(matches[index])
        index = before[index]
    return kept[::-1]


def refine(text: str, blocks: Sequence[Block], *, titles: Sequence[str] = ()) -> list[Line]:
    """Mend a main text against the blocks of its page.

    Args:
        text: What trafilatura found, one block a line.
        blocks: All leaf blocks of the page, in document order.
        titles: Wordings of the page's title, which the text need not repeat.

    Returns:
        The lines of the mended text, none empty.
    """
    lines = lines_of(text)
    matches = align(lines, blocks)
    lines = _filled(lines, matches, blocks)
    lines = drop_repeats(lines)
    lines = [line for line in _without_listings(lines) if not furniture.is_furniture(line.text)]
    lines = _without_alien_end(lines)
    return _without_furniture_ends(lines, {squash(title) for title in titles})


def _without_listings(lines: list[Line]) -> list[Line]:
    """Leave out long program listings where they make up much of a text.

    Nothing downstream can quote from them. Short ones stay: the sentences around them lean on them.
    """
    codes = [line.block for line in lines if line.block is not None and line.block.tag == "pre"]
    sizes = {id(block): len(block.squashed) for block in codes if block is not None}
    total = sum(len(line.squashed) for line in lines)
    if len(sizes) < MIN_LISTINGS or sum(sizes.values()) < MIN_LISTING_SHARE * total:
        return lines
    return [line for line in lines if not (line.block and sizes.get(id(line.block), 0) >= MIN_LISTING_CHARS)]


def _without_alien_end(lines: list[Line]) -> list[Line]:
    """Cut lines at the end whose block is marked as something else: author boxes, sign-up forms.

    Not at the start, where it cost more than it won: introductions are marked in every fashion.
    """
    shared = _main_container(lines)
    if not shared:
        return lines
    end = len(lines)
    while end and _is_alien_end(lines[end - 1], shared):
        end -= 1
    cut = sum(len(line.squashed) for line in lines[end:])
    whole = sum(len(line.squashed) for line in lines)
    return lines[:end] if cut <= MAX_CLOSED_SHARE * whole else lines


def _is_alien_end(line: Line, shared: set[HtmlElement]) -> bool:
    return line.block is not None and is_alien(line.block, shared)


def _main_container(lines: Sequence[Line]) -> set[HtmlElement]:
    """Return the deepest element that holds nearly all of the text, with all its ancestors."""
    weights: dict[HtmlElement, int] = {}
    total = 0
    for line in lines:
        if line.block is not None:
            total += len(line.squashed)
            for ancestor in line.block.element.iterancestors():
                weights[ancestor] = weights.get(ancestor, 0) + len(line.squashed)
    return {element for element, weight in weights.items() if weight >= 0.8 * total}


def _without_furniture_ends(lines: list[Line], titles: set[str]) -> list[Line]:
    """Cut furniture before the first and after the last paragraph, and all that follows a closing heading."""
    sizes = [len(line.text.split()) for line in lines]
    left = MAX_CLOSED_SHARE * sum(sizes)
    end = len(lines)
    for index in range(len(lines) - 1, -1, -1):
        left -= sizes[index]
        if left < 0:
            break
        if not lines[index].text.startswith("- ") and furniture.is_closing(lines[index].text):
            end = index
    while end and furniture.is_furniture_last(lines[end - 1].text):
        end -= 1
    start = 0
    while start < end and (
        lines[start].squashed in titles or furniture.is_furniture_first(lines[start].text)
    ):
        start += 1
    return lines[start:end] or lines


def _filled(
    lines: Sequence[Line], matches: Sequence[tuple[int, int, int]], blocks: Sequence[Block]
) -> list[Line]:
    """Attach blocks to lines, join torn paragraphs, and put back what was dropped between kept blocks."""
    seen = _Seen(lines)
    out: list[Line] = []
    if matches and matches[0][1] == 0:
        out += _at_edge(blocks, matches[0][0], -1, seen)
    done = -1  # the last line already written
    previous: Block | None = None
    before = -1
    for index, first, last in matches:
        block = blocks[index]
        if last <= done:
            previous, before = block, index
            continue
        missing: list[Line] = []
        between = lines[done + 1 : first]
        if previous is not None and index - before > 1:
            missing = _between(blocks, before, index, seen)
            missing = _without_scraps(missing, between)
        # Where lines lie between that no block explains, nobody knows the order: the gap's text goes first.
        out += [*missing, *(line for line in between if not _is_told_by(line, missing))]
        if first < last and first > done and _is_torn(block, lines, first, last):
            out.append(Line(block.text, block.squashed, block))
        else:
            for line in lines[max(first, done + 1) : last + 1]:
                line.block = block
                out.append(line)
        done, previous, before = last, block, index
    out += lines[done + 1 :]
    if matches and matches[-1][2] == len(lines) - 1:
        out += _at_edge(blocks, matches[-1][0], 1, seen)
    return out


def _is_told_by(line: Line, blocks: Sequence[Line]) -> bool:
    """Whether a line is one of the blocks with holes in it: the same words in order, some left out."""
    own = words(line.text)
    for block in blocks:
        whole = words(block.text)
        if len(own) < MIN_LINKED_WORDS or not len(own) <= len(whole) <= 2 * len(own):
            continue
        rest = iter(whole)
        if all(word in rest for word in own):
            return True
    return False


def _without_scraps(missing: list[Line], others: Sequence[Line]) -> list[Line]:
    """Leave out lines of a word or two that stand in another already, which went on around their block."""
    scraps: set[tuple[str, ...]] = set()
    for tokens in (words(line.text) for line in others if missing):
        if len(tokens) > _LONG_WORDS:
            scraps.update((token,) for token in tokens)
            scraps.update(pairwise(tokens))
    return [line for line in missing if tuple(words(line.text)) not in scraps]


def _is_torn(block: Block, lines: Sequence[Line], first: int, last: int) -> bool:
    """Whether the lines are exactly one paragraph of the page, without breaks of its own."""
    if block.tag not in ("p", "li", "dd") or block.element.find(".//br") is not None:
        return False
    return sum(len(line.squashed) for line in lines[first : last + 1]) == len(block.squashed)


class _Seen:
    """What the text already says, as whole lines and three-word runs."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._whole = {line.squashed for line in lines}
        self._runs: set[tuple[str, ...]] = set()
        self.menus: dict[HtmlElement, bool] = {}
        """Which lists were found to be menus, and which not."""

    def has(self, block: Block) -> bool:
        """Whether most of a block stands in the text already, perhaps cut up differently."""
        if block.squashed in self._whole:
            return True
        if not self._runs:  # a third of pages have no gap to ask about
            for line in self._lines:
                self._runs.update(_runs(words(line.text)))
        runs = _runs(words(block.text))
        return bool(runs) and sum(run in self._runs for run in runs) >= 0.5 * len(runs)


def _runs(tokens: list[str]) -> list[tuple[str, ...]]:
    return list(zip(tokens, tokens[1:], tokens[2:], strict=False))


def _between(blocks: Sequence[Block], before: int, after: int, seen: _Seen) -> list[Line]:
    """List the blocks between two kept ones that belong to the text too."""
    shared = set(blocks[before].element.iterancestors()) & set(blocks[after].element.iterancestors())
    found: list[Line] = []
    for block in blocks[before + 1 : after]:
        is_linked = block.tag in _LINKED_TAGS and block.link_share() >= 0.5
        is_prose = block.tag == "div" and _is_prose(block, shared)
        if (
            not (block.tag in _FILL_TAGS or is_linked or is_prose)
            or is_alien(block, shared)
            or seen.has(block)
        ):
            continue
        if block.link_share() >= 0.5 and not _is_linked_paragraph(block, shared, seen.menus):
            continue
        found.append(Line(_as_line(block), block.squashed, block))
    return found


def _at_edge(blocks: Sequence[Block], edge: int, step: int, seen: _Seen) -> list[Line]:
    """List what stands beside the first or last kept block, in the same element, and reads as prose."""
    parent = blocks[edge].element.getparent()
    found: list[Line] = []
    beside = blocks[edge + 1 :] if step > 0 else blocks[:edge][::-1]
    for block in beside[:MAX_AT_EDGE]:
        if parent is None or parent not in block.element.iterancestors():
            break
        shared = {parent, *parent.iterancestors()}
        is_new = _is_prose(block, shared) and not is_alien(block, shared) and not seen.has(block)
        if is_new and block.link_share() < 0.5:
            found.append(Line(block.text, block.squashed, block))
        elif step > 0:
            break
    return found[::step]


def _is_prose(block: Block, shared: set[HtmlElement]) -> bool:
    """Whether a block that is no paragraph by its tag is one by its words and its place."""
    if not _is_sentence(block.text, MIN_PROSE_WORDS):
        return False
    parents = [each.tag for each in block.element.iterancestors()][:2]
    return (block.tag == "div" and block.element.getparent() in shared) or (
        "figure" in (parents if block.tag == "p" else parents[:1]) and "blockquote" in (block.tag, *parents)
    )


def _is_linked_paragraph(block: Block, shared: set[HtmlElement], menus: dict[HtmlElement, bool]) -> bool:
    """Whether a block that is mostly a link is a sentence: a teaser is a title, without a stop."""
    outer, item = block.element, None
    if outer.tag in _ITEM_TAGS:
        item = outer
    while (parent := outer.getparent()) is not None and parent.tag in (
        *_ITEM_TAGS,
        *_LIST_TAGS,
        "blockquote",
    ):
        if parent in shared:
            break
        outer = parent
        item = outer if item is None and outer.tag in _ITEM_TAGS else item
    parent = outer.getparent()
    if block.tag not in _LINKED_TAGS or parent is None:
        return False
    if parent not in shared and parent.getparent() not in shared:
        return False
    if item is None and block.tag != "div":
        return _is_sentence(block.text, MIN_LINKED_WORDS)
    if not _is_sentence(block.text, MIN_LINKED_ITEM_WORDS):
        return False
    # A linked question outside a list opens its answer.
    if item is None:
        return "?" not in block.text[-3:]
    items = item.getparent()
    if items is not None and items not in menus:  # once a list: it may have thousands of items
        menus[items] = _is_menu(items)
    return not menus.get(items, False)


def _is_sentence(text: str, min_words: int) -> bool:
    return text.count(" ") + 1 >= min_words and bool(_STOPPED.search(text))


def _is_menu(items: HtmlElement) -> bool:
    """Whether most items of a list are no sentences."""
    texts = [" ".join("".join(each.itertext()).split()) for each in items if each.tag in _ITEM_TAGS]
    return 2 * sum(_is_sentence(text, MIN_LINKED_ITEM_WORDS) for text in texts) < len([*filter(None, texts)])


def _as_line(block: Block) -> str:
    return f"- {block.text}" if block.tag == "li" else block.text


def is_alien(block: Block, shared: set[HtmlElement]) -> bool:
    """Whether the block, or a parent its kept neighbours do not share, is marked as something else."""
    element: HtmlElement | None = block.element
    is_quote = False
    while element is not None and element not in shared:
        is_quote = is_quote or element.tag == "blockquote"
        if element.tag in _ALIEN_TAGS and not (is_quote and element.tag == "figure"):
            return True
        marks = f"{element.get('class', '')} {element.get('id', '')}"
        if len(marks) > 1 and _ALIEN_CLASSES.search(marks):
            return True
        element = element.getparent()
    return False


def drop_repeats(lines: list[Line]) -> list[Line]:
    """Drop runs of lines that were there before.

    A run counts when it holds a long line: "Pros" may stand under every product, but three copies of a
    section, one for each screen width, are one section.
    """
    before: set[str] = set()
    again: list[bool] = []
    for line in lines:
        again.append(line.squashed in before)
        before.add(line.squashed)
    out: list[Line] = []
    index = 0
    while index < len(lines):
        if not again[index]:
            out.append(lines[index])
            index += 1
            continue
        end = index
        while end < len(lines) and again[end]:
            end += 1
        if not any(len(line.squashed) >= 40 and line.text[0] not in "-|" for line in lines[index:end]):
            out += lines[index:end]
        index = end
    return out
