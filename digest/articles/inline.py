"""Marks and wrappers inside a paragraph, made plain text before anything reads the page.

Two readings of a page are compared later, trafilatura's and that of its blocks: both must find the same
words. Raised and lowered text is judged first, so that no figure grows by a footnote's number:

- a footnote mark (a number, letter or sign, mostly a link) goes;
- a power keeps its height in Unicode, 10⁶, or where that has no such signs is written 10^3.5;
- letters (5th), units (m2) and formulas (CO2) are joined;
- digits never are: where nothing else fits, a space stands between.
"""

import re
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from digest.articles.gaps import BLOCKS

_RAISED = str.maketrans("0123456789+-−–=()nix", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱˣ")
_LOWERED = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_EXPONENT = re.compile(r"[+\-−–]?\d+|[+\-−–]?[nix]")
_COMPOUND = re.compile(r"(?=.*[\d+\-−–])[\dn-zijkab+\-−–(⁰¹²³⁴-⁹⁺⁻][\dn-zijkab+\-−–×·*/.,()⁰¹²³⁴-⁹⁺⁻ ]*")
_NUMBERED = re.compile(r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*,?")
_LETTERED = re.compile(r"[a-zA-Z](?:\s*[,;]\s*[a-zA-Z])*|[ivx]{1,5}")
_SIGNED = re.compile(r"[*†‡§¶#※⁎∗↩^]+\d{0,2}|[\[(][^\[\]()]{1,40}[\])](?:\s*,?\s*[\[(][^\[\]()]{1,40}[\])])*")
_UNIT = re.compile(r"(?<![^\W_])(?:[kcdmµ]?m|km|ft|in|yd|mi|s|sec|h|cc|Mpc|px|ha)$")
_VARIABLE = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]|mc|πr|[\])])$")
_POWER_OF_TEN = re.compile(r"(?<![\d.,])10+$")
_TWO = re.compile(r"(?<![\d.,])2$")
_OPERATOR_BEFORE = re.compile(r"[×·=*+/^−-]\s*\d+(?:[.,]\d+)?$")
_OPERATOR_AFTER = re.compile(r"\s*[×·=+*/^−]")
_WORD_NEXT = re.compile(r"[^\W\d_][a-z]{2}|[a-z]{2}")  # a footnote's text, not 14C
_PRICE = re.compile(r"[$€£¥]\s?\d[\d,]*$")
_NOTE_CLASS = re.compile(r"foot-?note|fn-?ref|note-?ref|reference|citation|endnote|noteref", re.IGNORECASE)
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)

# Links and stress are kept, since readings of a page weigh them.
# A paragraph without stop at its end is one from so many words: below, "Share" and "Updated" stand alone.
_MIN_WORDS = 6
_ENDING = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
# Each looks at the text of its paragraph: without a bound, one paragraph of 40,000 marks took minutes.
MAX_MARKS = 2000
MAX_WRAPPERS = 5000  # the same for elements that are replaced by their text; judgement
_WRAPPERS = (
    "abbr", "acronym", "bdi", "bdo", "big", "blink", "button", "cite", "code", "data", "del", "dfn", "font",
    "ins", "kbd", "label", "mark", "marquee", "math", "meter", "nobr", "noindex", "output", "progress", "q",
    "rb", "ruby", "s", "samp", "slot", "small", "span", "strike", "sub", "sup", "time", "tt", "u", "var",
)  # fmt: skip
_custom = XPath("descendant::*[contains(name(), '-')]")
# By these a reading takes a stressed word of a sentence for a button or a caption, and leaves it out.
_MARKS = ("class", "id", "style", "role", "aria-hidden", "data-component")
_STRESS = ("b", "strong", "i", "em", "a")
_TEXTS = frozenset(("p", "li", "blockquote", "dd", "td", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"))


def unwrap(tree: HtmlElement) -> None:
    """Replace inline wrappers, ruby and formulas in place by the text a reader sees."""
    _unfold_ruby(tree)
    _unfold_math(tree)
    _unwrap(tree)


def _unfold_ruby(tree: HtmlElement) -> None:
    """Leave the base text of ruby; readings above it would stand between its words."""
    for element in list(tree.iter("rt", "rp", "rtc")):
        if element.getparent() is not None:
            element.drop_tree()


def _unfold_math(tree: HtmlElement) -> None:
    for element in list(tree.iter("annotation", "annotation-xml")):
        if element.getparent() is not None:
            element.drop_tree()
    for element in list(tree.iter("msup", "msub", "mfrac")):
        if len(element) != 2:
            continue
        first, second = element
        if element.tag == "mfrac":
            first.tail = "/"
        else:
            table = _RAISED if element.tag == "msup" else _LOWERED
            _set_off_line(second, table)
    for element in list(tree.iter("msubsup")):
        if len(element) == 3:
            _set_off_line(element[1], _LOWERED)
            _set_off_line(element[2], _RAISED)
    for element in list(tree.iter("math")):
        # White space between the signs of a formula is layout; its numbers stay apart.
        whole = ""
        for piece in map(str.strip, element.itertext()):
            whole += f" {piece}" if whole[-1:].isdecimal() and piece[:1].isdecimal() else piece
        for child in list(element):
            element.remove(child)
        element.text = whole


def _set_off_line(element: HtmlElement, table: dict[int, int]) -> None:
    """Write a formula's raised or lowered part in one piece."""
    inner = "".join(piece.strip() for piece in element.itertext())
    for child in list(element):
        element.remove(child)
    if _EXPONENT.fullmatch(inner):
        element.text = inner.translate(table)
    else:
        element.text = f"^{inner}" if table is _RAISED and inner else inner


def level(tree: HtmlElement) -> None:
    """Settle everything raised or lowered, and links that are footnote marks."""
    found = [element for element in tree.iter("sup", "sub", "span", "a") if _is_off_line(element)]
    found = found[:MAX_MARKS]
    numbers = {text for element in found if (text := _text(element).strip()).isdecimal()}
    for element in found:
        # A power of a power, the innermost first.
        for inner in reversed([*element.iter("sup", "sub")] if element.tag != "a" else []):
            if inner is not element and inner.getparent() is not None:
                _settle(inner, numbers)
        if element.getparent() is not None:
            _settle(element, numbers)


def _is_off_line(element: HtmlElement) -> bool:
    if element.tag in ("sup", "sub"):
        return True
    if element.tag == "span":
        return bool(_RAISED_STYLE.search(element.get("style") or ""))
    text = _text(element).strip() if _leads_to_note(element) else ""
    return bool(text) and len(text) < 8 and bool(_NUMBERED.fullmatch(text) or _SIGNED.fullmatch(text))


def _leads_to_note(element: HtmlElement) -> bool:
    """Whether a link leads to a place of its page: addresses of notes may be written whole."""
    _, mark, place = (element.get("href") or "").partition("#")
    if not mark or (element.get("href") or "").startswith("#"):
        return bool(mark)
    return bool(_NOTE_CLASS.search(f"{place} {element.get('class', '')}"))


def _settle(element: HtmlElement, numbers: set[str]) -> None:
    inner = " ".join(_text(element).split())
    before, after = _before(element), _after(element)
    is_low = element.tag == "sub" or "sub" in _RAISED_STYLE.findall((element.get("style") or "").lower())
    if element.tag == "a" and (not before or before[-1].isspace()):
        return  # "see 3" in a sentence: not a mark but a word of it
    if inner and not is_low and _is_mark(element, inner, before, after, numbers):
        _replace(element, "", before, after)
    elif inner:
        _replace(element, _joined(inner, before, after, is_low=is_low), before, after)


def _is_mark(element: HtmlElement, inner: str, before: str, after: str, numbers: set[str]) -> bool:
    """Whether raised text is a footnote's mark, not a word, power or ordinal."""
    if not before:
        return False  # it opens the footnote itself, or a line of its own
    if _SIGNED.fullmatch(inner):
        return inner.strip("[]()").upper() not in ("R", "TM", "SM", "C")
    is_numbered = bool(_NUMBERED.fullmatch(inner))
    if not is_numbered and not _LETTERED.fullmatch(inner):
        return False
    if _is_linked(element):
        return True
    last = before.rstrip()[-1:]
    if not is_numbered:
        # "2015 a" but 3e, 2a, No, x to the n
        return (
            len(inner) == 1
            and inner in "abcdfgh"
            and (last in ".,;:!?)”\"'" or bool(re.search(r"\d{3}$", before)))
        )
    if before[-1].isspace():
        if last.isdecimal() and after[:1].isdecimal():
            return False
        return not (after[:1].isalpha() or after[:1] in "/⁄")  # 14C, 1/2
    if after[:1] in ("/", "⁄") or (_PRICE.search(before) and len(inner) == 2):
        return False
    if last.isdecimal():
        if after[:1].isdecimal() or next(element.iterancestors("sup"), None) is not None:
            return False  # a mark stands at the end of a figure, not inside one
        if _POWER_OF_TEN.search(before) or _OPERATOR_BEFORE.search(before) or _OPERATOR_AFTER.match(after):
            return False
        # 2 to the 64th stands alone on its page, note 64 has one before it.
        return not (
            inner.isdecimal() and _TWO.search(before) and inner != "1" and str(int(inner) - 1) not in numbers
        )
    return not (_UNIT.search(before) or _VARIABLE.search(before))


def _is_linked(element: HtmlElement) -> bool:
    links = [*element.iter("a"), *(parent for parent in element.iterancestors("a"))]
    if any(len(_text(link).strip()) <= len(_text(element).strip()) + 2 for link in links):
        return True
    marks = " ".join(
        f"{each.get('class', '')} {each.get('id', '')} {each.get('role', '')}" for each in element.iter()
    )
    return bool(_NOTE_CLASS.search(marks))


def _joined(inner: str, before: str, after: str, *, is_low: bool) -> str:
    """Write raised or lowered text so that it joins no digits."""
    last = before[-1:]
    if not (last.isdecimal() or (_VARIABLE.search(before) and not is_low)):
        if last and last.isalpha() and inner[:1] in "-−–" and _EXPONENT.fullmatch(inner):
            return inner.translate(_RAISED)
        return inner
    if not is_low and last.isdecimal():
        if after[:1] in ("/", "⁄"):
            return f" {inner}"
        if _PRICE.search(before) and re.fullmatch(r"\d\d", inner):
            return f".{inner}"
    if not is_low and _UNIT.search(before) and inner.isdecimal():
        return inner
    if _EXPONENT.fullmatch(inner):
        return inner.translate(_LOWERED if is_low else _RAISED)
    if not is_low and _is_power(inner, before):
        return f"^{inner}"
    return f" {inner}" if inner[:1].isdecimal() and last.isdecimal() else inner


def _is_power(inner: str, before: str) -> bool:
    """Whether raised text is a power that Unicode has no signs for: 3.5, n+1, a power itself."""
    if not _COMPOUND.fullmatch(inner) or re.fullmatch(r"\d+[/⁄]\d+", inner):
        return False
    is_number = bool(re.fullmatch(r"[\d.,]+", inner))  # of a note or a version, but after 10 or x
    return not is_number or bool(
        _POWER_OF_TEN.search(before) or _TWO.search(before) or _VARIABLE.search(before)
    )


def _replace(element: HtmlElement, text: str, before: str, after: str) -> None:
    """Put a text in an element's place; digits on both sides stay apart."""
    end = (text or before)[-1:]
    opens = not before and text.isdecimal() and _WORD_NEXT.match(after)
    apart = " " if opens or (end.isdecimal() and after[:1].isdecimal()) else ""
    if text[:1].isdecimal() and before[-1:].isdecimal():
        text = f" {text}"
    raw = _text(element)
    if raw[-1:].isspace() and not text and after[:1].isalnum():
        apart = " "
    for child in list(element):
        element.remove(child)
    element.text = f"{text}{apart}"
    element.drop_tag()


def _text(element: HtmlElement) -> str:
    return "".join(element.itertext())


def _before(element: HtmlElement) -> str:
    """Return the text right before an element within its block, as far as it is in one piece."""
    while True:
        previous = element.getprevious()
        if previous is not None:
            if previous.tag in BLOCKS or previous.tag == "br":
                return str(previous.tail or "")
            if found := previous.tail or _text(previous):
                is_enough = previous.tail is None or len(found) > 6
                return str(found) if is_enough else f"{_text(previous)}{found}"
            element = previous
            continue
        parent = element.getparent()
        if parent is None:
            return ""
        if parent.text or parent.tag in BLOCKS:
            return str(parent.text or "")
        element = parent


def _after(element: HtmlElement) -> str:
    """Return the text right after an element within its block."""
    while True:
        if element.tail:
            return str(element.tail)
        following = element.getnext()
        if following is not None:
            if following.tag in BLOCKS or following.tag == "br":
                return ""
            if found := _text(following):
                return found
            element = following
            continue
        parent = element.getparent()
        if parent is None or parent.tag in BLOCKS:
            return ""
        element = parent


def _unwrap(tree: HtmlElement) -> None:
    """Replace wrappers in mid-sentence by their own text."""
    known: dict[HtmlElement, int] = {}  # once a block: its wrappers may be thousands
    for wrapper in islice((*tree.iter(*_WRAPPERS, *_STRESS), *_custom(tree)), MAX_WRAPPERS):
        is_stress = wrapper.tag in _STRESS
        if is_stress and not any(name in wrapper.attrib for name in _MARKS):
            continue
        if not (len(wrapper) or wrapper.text):
            continue  # an icon
        block = wrapper.getparent()
        while block is not None and block.tag not in BLOCKS:
            block = block.getparent()
        if block is None or block.tag == "pre":
            continue
        if block not in known:
            known[block] = _part_limit(block)
        if not _is_part(wrapper, known[block]):
            continue
        if len(wrapper) and next(wrapper.iterdescendants(*BLOCKS), None) is not None:
            continue
        if is_stress:
            for name in _MARKS:
                wrapper.attrib.pop(name, None)
        else:
            wrapper.drop_tag()


def _part_limit(block: HtmlElement) -> int:
    """Return below what length a wrapper is part of a block's sentence; -1: its neighbours say."""
    if not _is_prose(block):
        return 0
    if block.tag in _TEXTS and next(block.iterdescendants(*BLOCKS), None) is None:
        return len(_text(block).strip())
    return -1


def _is_part(wrapper: HtmlElement, limit: int) -> bool:
    """Whether other words of the same sentence stand beside a wrapper."""
    if limit >= 0:
        return len(_text(wrapper).strip()) < limit
    return len(f"{_before(wrapper)} {_after(wrapper)}".split()) >= _MIN_WORDS


def _is_prose(block: HtmlElement) -> bool:
    """Whether a block reads as a sentence, not as a label or a date."""
    text = _text(block).strip()
    return bool(_ENDING.search(text)) or len(text.split()) >= _MIN_WORDS
