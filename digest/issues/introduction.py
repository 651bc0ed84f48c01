"""An issue's introduction file, output/drafts/<issue>/introduction.md: read, and written with suggestions.

    # Introduction         what opens the issue, in Markdown
    ## Themes              `* **Theme**: line`, in place of the theme's strongest signal
    ## Evidence            for the editor: what a language model suggested, and the entries that rests on

What stands in italics and, word by word, under Evidence is a suggestion. Everything else is the editor's: it
is never changed here, never checked, and published as it stands. The file may be written by hand altogether.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from digest.issues.output_paths import introduction_file
from digest.issues.pages.markdown import fill
from digest.issues.pages.markdown_blocks import MARKDOWN, clean, page_headings, split_front_matter, text_of
from digest.issues.pages.written import FOOTNOTE, Problem, defined_links, unpublishable
from digest.records import SuggestedWords
from digest.workspace.files import text_if_there

INTRODUCTION, THEMES, EVIDENCE = "Introduction", "Themes", "Evidence"
SECTIONS = {each.casefold(): each for each in (INTRODUCTION, THEMES, EVIDENCE)}

BULLET = re.compile(r"^ {0,3}[*+-][ \t]+(?P<rest>.*)$")
BOLD_THEME = re.compile(r"\*\*(?P<theme>.+?)(?::\*\*|\*\*[ \t]*:)[ \t]*(?P<line>.*)")
PLAIN_THEME = re.compile(r"(?P<theme>[^:]+):[ \t]+(?P<line>.*)")
RESTS_ON = re.compile(r"^\* (?P<text>.+) ← (?P<entries>.*)$")
NAMED_ENTRY = re.compile(r"\(`([0-9a-f]{31,32})`\)")


@dataclass(frozen=True)
class ThemeLine:
    """A line of the Themes section."""

    theme: str
    """As a reader sees it."""
    text: str
    """Markdown, on one line."""
    line: int
    """Of the file, from 1."""


@dataclass(frozen=True)
class Introduction:
    """An introduction file as it stands."""

    path: Path
    text: str = ""
    """Of the Introduction section; Markdown."""
    lines: tuple[ThemeLine, ...] = ()
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By Markdown of what was suggested: ids of the entries it rests on."""
    problems: tuple[str, ...] = ()
    """What cannot be published, by file and line."""

    @cached_property
    def suggestions(self) -> dict[str, tuple[str, ...]]:
        """What of the evidence still stands in italics: suggestions that nobody has taken over."""
        texts = (self.text, *(each.text for each in self.lines))
        return {
            said: ids for said, ids in self.evidence.items() if any(in_italics(said).search(t) for t in texts)
        }

    @property
    def is_by_hand(self) -> bool:
        """Whether the introduction has words that are no suggestion."""
        return bool(without(self.text, self.suggestions))

    @property
    def own_lines(self) -> list[ThemeLine]:
        """The lines that are no suggestions."""
        return [each for each in self.lines if without(each.text, self.suggestions)]


def read_introduction(output: Path, issue: str) -> Introduction | None:
    """Read an issue's introduction file; None where there is none.

    Raises:
        FileError: it cannot be read.
    """
    path = introduction_file(output, issue)
    text = text_if_there(path)
    return None if text is None else parsed(text, path)


def parsed(text: str, path: Path) -> Introduction:
    """Read what an introduction file says; what cannot be published is named, with its line."""
    _, body, before = split_front_matter(text)
    lines = body.split("\n")
    parts, problems = section_lines(body)
    nothing = (len(lines), len(lines))
    first, last = parts.get(EVIDENCE, nothing)
    published = ["" if first <= at < last else line for at, line in enumerate(lines)]
    problems += _problems("\n".join(published))
    told = list(_theme_lines(published, *parts.get(THEMES, nothing), problems))
    return Introduction(
        path,
        "\n".join(published[slice(*parts.get(INTRODUCTION, nothing))]).strip(),
        tuple(ThemeLine(each.theme, each.text, each.line + before) for each in told),
        dict(_evidence(lines[first:last])),
        tuple(f"{path}: line {line + before + 1}: {what}" for line, what in sorted(set(problems))),
    )


def section_lines(body: str) -> tuple[dict[str, tuple[int, int]], list[Problem]]:
    """Give each section's first line and the one after its last, from 0, without heading; and what is wrong.

    What stands above all headings is the introduction.
    """
    count = body.count("\n") + 1
    headings = [each for each in page_headings(MARKDOWN.parse(body)) if each.name.casefold() in SECTIONS]
    ends = [*(each.line for each in headings), count][1:]
    parts = {INTRODUCTION: (0, headings[0].line if headings else count)}
    has_words_above = bool("\n".join(body.split("\n")[: parts[INTRODUCTION][1]]).strip())
    problems: list[Problem] = []
    named = {INTRODUCTION} if has_words_above else set()
    for each, end in zip(headings, ends, strict=True):
        name = SECTIONS[each.name.casefold()]
        if name in named:
            problems.append((each.line, f"{name} a second time; put both together"))
        named.add(name)
        # An underlined heading has two lines.
        parts[name] = (each.line + (1 if each.is_hashed else 2), end)
    return parts, problems


def _problems(page: str) -> Iterator[Problem]:
    """Name what an introduction may not hold: beside what no page may, what would reach into the stories."""
    yield from unpublishable(page)
    for each in page_headings(MARKDOWN.parse(page)):
        if each.name.casefold() not in SECTIONS:
            yield each.line, f"a heading; an introduction has none but {INTRODUCTION}, {THEMES}, {EVIDENCE}"
    for found in defined_links(page).values():
        yield found["map"][0], "a link definition; write the address where the link is"
    for match in FOOTNOTE.finditer(page):
        yield page.count("\n", 0, match.start()), "a footnote; an introduction has none"


def _theme_lines(lines: Sequence[str], start: int, end: int, problems: list[Problem]) -> Iterator[ThemeLine]:
    """Read the bullets of the Themes section; a bullet may go on over several lines."""
    bullets: list[tuple[int, str]] = []
    for at in range(start, end):
        line = lines[at].strip()
        if bullet := BULLET.match(lines[at]):
            bullets.append((at, bullet["rest"].strip()))
        elif line and bullets and lines[at - 1].strip():
            bullets[-1] = (bullets[-1][0], f"{bullets[-1][1]} {line}")
        elif line:
            problems.append((at, "expected a line such as `* **Theme**: what changed`, got something else"))
    for at, text in bullets:
        found = BOLD_THEME.fullmatch(text) or PLAIN_THEME.fullmatch(text)
        if found is None:
            problems.append((at, "expected a theme, a colon and a line, such as `* **Theme**: what changed`"))
        elif found["line"].strip():
            yield ThemeLine(plain_of(found["theme"]), found["line"].strip(), at + 1)


def _evidence(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in lines:
        if found := RESTS_ON.match(line):
            yield found["text"], tuple(NAMED_ENTRY.findall(found["entries"]))


def plain_of(text: str) -> str:
    """Give what a reader sees of Markdown on one line."""
    (inline,) = MARKDOWN.parseInline(text)
    return clean(text_of(inline.children or ()))


def in_italics(said: str) -> re.Pattern[str]:
    """Find a suggestion where it stands in italics, over however many lines."""
    return re.compile(r"(?<![*_\\])([*_])" + r"\s+".join(map(re.escape, said.split())) + r"\1(?![*_])")


def without(text: str, suggestions: Iterable[str]) -> str:
    """Take suggestions out of a text."""
    for each in suggestions:
        text = in_italics(each).sub("", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?m)^[ \t]+$|[ \t]+$", "", text)).strip()


def with_suggestions(
    found: Introduction | None,
    words: Sequence[SuggestedWords],
    titles: Mapping[str, str],
    themes: Sequence[str],
    *,
    model_id: str,
) -> str:
    """Write an introduction file anew: what an editor wrote stays, suggestions take the place of older ones.

    Args:
        found: The file as it stands; None where there is none.
        words: What is suggested.
        titles: Of the entries, by id.
        themes: Of the issue, in order.
        model_id: Whose suggestions they are.
    """
    own = {each.theme.casefold(): each for each in found.own_lines} if found else {}
    said = {each.theme: each for each in words if each.theme}
    kept = dict(found.evidence) if found else {}
    if found and found.is_by_hand:
        text, suggested = found.text, []
    else:
        suggested = [each for each in words if not each.theme]
        text = "\n".join(f"*{_markdown(each)}*" for each in suggested)
    lines = []
    for theme in themes:
        if mine := own.pop(theme.casefold(), None):
            lines.append(fill("* **{}**: ", theme) + mine.text)
        elif theme in said:
            lines.append(fill("* **{}**: ", theme) + f"*{_markdown(said[theme])}*")
            suggested.append(said[theme])
    lines += [fill("* **{}**: ", each.theme) + each.text for each in own.values()]
    body = f"# {INTRODUCTION}\n\n{text}\n\n## {THEMES}\n\n" + "\n".join(lines)
    evidence = {each: ids for each, ids in kept.items() if each in body}
    evidence |= {_markdown(each): each.entries for each in suggested}
    return f"{body}\n\n## {EVIDENCE}\n\n{_legend(model_id)}\n\n{_rests(evidence, titles)}\n"


def _markdown(words: SuggestedWords) -> str:
    return fill("{}", words.text)


def _legend(model_id: str) -> str:
    return fill(
        "For you alone. What stands above in italics is suggested by {}, from the entries named here. To "
        "take a sentence over, take its asterisks away or write it anew; to drop it, delete it. Untouched "
        "ones are published in italics or not at all, as publish_suggestions says.",
        model_id,
    )


def _rests(evidence: Mapping[str, Sequence[str]], titles: Mapping[str, str]) -> str:
    rows = []
    for said, ids in evidence.items():
        named = (
            fill("{} ", titles.get(each, "").replace("←", " ") or "an entry") + f"(`{each}`)" for each in ids
        )
        rows.append(f"* {said} ← {'; '.join(named)}")
    return "\n".join(rows)
