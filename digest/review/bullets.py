"""Keywords, themes and closest as bullets that come and go one by one; what stands around them stays."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.errors import DigestError
from digest.issues.pages.admit import admit
from digest.issues.pages.markdown import fill, parser
from digest.issues.pages.markdown_blocks import text_of

BULLET = re.compile(r"[*+-]\s+\S.*")
LINK = re.compile(r"[*+-]\s+\[.*\]\(([^()\s]+)\)\s*")
REASON = re.compile(r"[*+-]\s+(\[.*\]\(([0-9a-f]{32})\)) · (1\.00|\.\d\d)(?: · (.*))?")
"""A line of `Why these are closest`: link, id, similarity, and why."""

MARKDOWN = parser()


@dataclass(frozen=True)
class Near:
    """A closest entry, or one that could stand there."""

    id: str
    title: str
    why: str
    """With its similarity, in words; empty for what an editor put there."""
    is_kept: bool
    line: str
    """As it is written."""


def with_bullet(text: str, words: str) -> str:
    """Add a bullet below the others, unless it is there already.

    Raises:
        DigestError: There are no words.
    """
    said = admit(words)
    if not said:
        raise DigestError("nothing to add: expected words; nothing was written")
    line = fill("* {}", said)
    lines = text.split("\n") if text.strip() else []
    if said.casefold() in {_plain(each).casefold() for each in lines}:
        return text
    last = max((at for at, each in enumerate(lines) if BULLET.fullmatch(each)), default=-1)
    lines.insert(last + 1, line)
    return "\n".join(lines)


def without_bullet(text: str, words: str) -> str:
    """Take a bullet out.

    Raises:
        DigestError: There is none of these words.
    """
    lines = text.split("\n")
    at = next((at for at, each in enumerate(lines) if _plain(each) == admit(words)), None)
    if at is None:
        raise DigestError(f"{admit(words)[:80]}: not there any more; nothing was written")
    return "\n".join((*lines[:at], *lines[at + 1 :])).strip("\n")


def near_entries(section: str, evidence: str) -> list[Near]:
    """Give what stands under Closest, then what was found near and stands there no more.

    Args:
        section: The text under Closest.
        evidence: What stands under Evidence.
    """
    reasons = {found[2]: found for each in evidence.split("\n") if (found := REASON.fullmatch(each))}
    kept = [(found[1], each) for each in section.split("\n") if (found := LINK.fullmatch(each))]
    shown = {target for target, _ in kept}
    others = [(target, f"* {found[1]}") for target, found in reasons.items() if target not in shown]
    return [
        Near(target, _plain(line), _why(reasons.get(target)), target in shown, line)
        for target, line in (*kept, *others)
    ]


def with_near(section: str, near: Sequence[Near], targets: Iterable[str]) -> str:
    """Keep some of the closest: those that stood there where they stood, others below."""
    wanted = set(targets)
    gone = {each.line for each in near if each.is_kept and each.id not in wanted}
    lines = [each for each in section.split("\n") if each not in gone] if section.strip() else []
    lines += [each.line for each in near if not each.is_kept and each.id in wanted]
    return "\n".join(lines).strip("\n")


def _why(found: re.Match[str] | None) -> str:
    return " · ".join(filter(None, (found[3], _plain(f"* {found[4] or ''}")))) if found else ""


def _plain(line: str) -> str:
    """Give what a reader sees of a bullet; empty where it is none."""
    if not BULLET.fullmatch(line):
        return ""
    tokens = MARKDOWN.parse(line)
    return " ".join(text_of(each.children or ()) for each in tokens if each.type == "inline")
