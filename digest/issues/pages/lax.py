"""What of an editor's Markdown other readers run, though the one that publishing is judged by does not.

Readers differ (see inert): to some a fence is no code, an address may have spaces, a backslash before `<` is
a character like any other. So the text is looked at as written, line by line, only code within a line and
code set in by four spaces left out, which every reader takes for code.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.token import Token

from digest.issues.pages.inert import may_lead_to

Problem = tuple[int, str]

TICKS = re.compile(r"\\?`+")
MARK = re.compile(r"\\.|\[|\]", re.DOTALL)
TARGET = re.compile(r"\(\s*<?\s*(?P<to>[^\s>)][^>)]{0,200})")
APART = re.compile(r"[ \t]+\([ \t]?<?(?P<to>[^\s>)]{1,2000})>?(?:\)|[ \t]+[\"'])")
"""An address after a space; here only one without spaces is taken for one."""

DEFINITION = re.compile(r"^[ \t>*+\-\d.)]*(?<!\\)\[[^\]\n]+\][ ]?:\s*<?(?P<to>\S+)", re.MULTILINE)
ATTRIBUTES = re.compile(
    r"(?<!\\)\{[^{}\n]*?(?<![\w-])(?:on\w+|style|src|srcdoc|href|action|formaction)[ ]*=", re.IGNORECASE
)
TAG = re.compile(r"<[A-Za-z/!?]")
AUTOLINK = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.\-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>@]+)>")
MOST_TAG = 2_000
"""Characters of a tag that are looked at."""


def run_elsewhere(
    lines: Sequence[str], tokens: Sequence[Token], is_harmful: Callable[[str], bool]
) -> Iterator[Problem]:
    """Find what another reader would take for a link, a tag or attributes that no page may have.

    Args:
        lines: Of the page.
        tokens: The page as it was parsed.
        is_harmful: Says of HTML, from a `<` on, whether it has tags or attributes that are not published.
    """
    fenced = lines_of("fence", tokens)
    set_in = lines_of("code_block", tokens)
    for start, chunk in _chunks(lines, set_in):
        text = chunk if start in fenced else "\n".join(map(without_code, chunk.split("\n")))
        for place, what in (*_links(text), *_attributes(text), *_tags(text, is_harmful, start in fenced)):
            yield start + text.count("\n", 0, place), what


def lines_of(kind: str, tokens: Sequence[Token]) -> set[int]:
    """Give the lines of code of a kind, `fence` or `code_block`, that stands in no list and no quote."""
    spans = (token.map for token in tokens if token.type == kind and token.map and token.level == 0)
    return {line for start, end in spans for line in range(start, end)}


def _chunks(lines: Sequence[str], left_out: set[int]) -> Iterator[tuple[int, str]]:
    """Give runs of lines that are not empty, each with the number of its first."""
    first = 0
    for at in range(len(lines) + 1):
        if at == len(lines) or not lines[at].strip() or at in left_out:
            if first < at:
                yield first, "\n".join(lines[first:at])
            first = at + 1


def without_code(line: str) -> str:
    """Blank code in a line: from a run of backticks to the next of the same length."""
    runs = list(TICKS.finditer(line))
    ends: dict[int, list[int]] = {}
    for at in range(len(runs) - 1, -1, -1):
        ends.setdefault(len(runs[at][0].lstrip("\\")), []).append(at)
    out, place, at = [], 0, 0
    while at < len(runs):
        run, at = runs[at], at + 1
        # A backslash keeps a run from beginning code, but not from ending it.
        same = ends[len(run[0].lstrip("\\"))]
        while same and same[-1] < at:
            same.pop()
        if same and not run[0].startswith("\\"):
            end = runs[same[-1]].end()
            out += [line[place : run.start()], " " * (end - run.start())]
            place, at = end, same[-1] + 1
    return "".join(out) + line[place:]


def _links(text: str) -> Iterator[Problem]:
    depth = 0
    for mark in MARK.finditer(text):
        if mark[0] == "[":
            depth += 1
        elif mark[0] == "]" and depth:
            depth -= 1
            found = TARGET.match(text, mark.end()) or APART.match(text, mark.end())
            if found and not may_lead_to(found["to"]):
                yield mark.start(), _bad(found["to"])
    for found in DEFINITION.finditer(text):
        if not may_lead_to(found["to"]):
            yield found.start("to"), _bad(found["to"])


def _bad(target: str) -> str:
    return f"a link to {target!r}; expected an http, https or mailto address"


def _attributes(text: str) -> Iterator[Problem]:
    for found in ATTRIBUTES.finditer(text):
        yield found.start(), r"a list of attributes, which is not published; take it out, or write \{ for {"


def _tags(text: str, is_harmful: Callable[[str], bool], is_fenced: bool) -> Iterator[Problem]:
    last_end = text.rfind(">")
    for found in TAG.finditer(text):
        at = found.start()
        said = text[at : at + MOST_TAG]
        if AUTOLINK.match(text, at):
            continue
        is_hidden = is_fenced or (at > 0 and text[at - 1] == "\\")
        is_tag = HTML_TAG_RE.match(said) is not None
        if (is_tag and not is_hidden) or (is_fenced and last_end < at):
            continue  # it is judged as what it is, or has no end in the code
        if is_hidden and not is_harmful(said[: said.find(">") + 1] or said):
            continue
        if is_fenced:
            yield at, "HTML in code, which some readers run; set the code in by four spaces instead"
        else:
            yield at, "what some readers take for HTML; write &lt; for <"
