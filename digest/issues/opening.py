"""What an issue prints of its introduction file, and what a language model is told of its entries."""

from collections.abc import Mapping, Sequence

from digest.articles.sentences import sentences
from digest.checks.checker import checked
from digest.issues.introduction import Introduction, in_italics, plain_of, without
from digest.issues.issue_files import Tell
from digest.issues.pages import by_theme
from digest.issues.shown_issues import issue_entry
from digest.language.counts import counted
from digest.records import EMPTY, Entry, IssueEntry, Opening, OpeningLine, PublishedEntry
from digest.records.entries import stated


def told_of(entry: Entry, language: str) -> tuple[str, ...]:
    """Give what an entry says, a line each: its title, the sentences of its summary, its rows.

    What is only suggested in a row is not said.
    """
    summary = (entry.summary[each.start : each.end] for each in sentences(entry.summary, language))
    rows = []
    for row in map(stated, entry.signals):
        cells = (
            ("Change", row.change),
            ("Driving force", row.driving_force),
            ("In ten years", row.horizon_10y),
        )
        said = [row.signal, *(f"{name}: {text}" for name, text in cells if text not in ("", EMPTY))]
        rows.append(". ".join(each.rstrip(".") for each in said if each))
    return (entry.title, *summary, *filter(None, rows))


def themes_told(entries: Sequence[IssueEntry]) -> list[str]:
    """Give the themes that have a line in the issue, in its order."""
    return list(by_theme(each for each in entries if each.entry.signals))


def printed_opening(
    found: Introduction | None,
    entries: Sequence[PublishedEntry],
    *,
    language: str,
    keeps_suggestions: bool,
    tell: Tell,
) -> Opening:
    """Give what an issue says before its stories.

    An editor's words stand as they are. A suggestion that nobody took over is left out where its entries are
    not in the issue or no longer bear it out, and where suggestions are not published.

    Args:
        found: The introduction file; None for none.
        entries: Of the issue.
        language: ISO 639-1.
        keeps_suggestions: Whether italics that nobody touched are printed.
        tell: Told of what is left out.
    """
    if found is None:
        return Opening()
    shown = [issue_entry(each) for each in entries]
    texts = {each.id: " ".join(f"{line}." for line in told_of(each.entry, language)) for each in shown}
    dropped = {} if keeps_suggestions else dict.fromkeys(found.suggestions, "")
    if dropped:
        tell(
            f"{found.path}: {counted(len(dropped), 'suggestion', 'suggestions')} that nobody took over left "
            "out; take away the asterisks of what you keep, or set publish_suggestions: italic"
        )
    for said, ids in found.suggestions.items():
        if said not in dropped and (why := _unsupported(plain_of(said), ids, texts)):
            dropped[said] = why
            tell(f"{found.path}: left out: “{plain_of(said)}”: {why}")
    known = {each.casefold(): each for each in themes_told(shown)}
    lines: dict[str, OpeningLine] = {}
    for each in found.lines:
        text = without(each.text, dropped)
        theme = known.get(each.theme.casefold())
        if text and theme is None:
            tell(f"{found.path}: line {each.line}: no story with signals stands under {each.theme}; left out")
        elif text and theme:
            lines.setdefault(theme, OpeningLine(theme, text, _rests_on(text, found, texts)))
    is_suggested = any(said not in dropped for said in found.suggestions)
    return Opening(without(found.text, dropped), tuple(lines.values()), is_suggested)


def _unsupported(said: str, ids: Sequence[str], texts: Mapping[str, str]) -> str:
    """Say why a suggestion does not rest on its entries; empty where it does."""
    if not ids or not all(each in texts for each in ids):
        return "an entry it rests on is not in the issue"
    problems = checked(said, "\n".join(texts[each] for each in ids)).problems
    if not problems:
        return ""
    return f"its entries do not say so now: {problems[0].kind} “{problems[0].claim}”"


def _rests_on(text: str, found: Introduction, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Find the entries a line rests on, also where an editor took it over word by word."""
    for said, ids in found.evidence.items():
        if text.rstrip(".") == said.rstrip(".") or in_italics(said).fullmatch(text):
            return tuple(each for each in ids if each in texts)
    return ()
