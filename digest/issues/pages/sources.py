"""What became of an issue's sources, as a page for the editor: output/reports/sources/<issue>.md."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from digest.issues.pages.admit import admit
from digest.issues.pages.issue import issue_date
from digest.issues.pages.markdown import fill
from digest.language.counts import counted
from digest.records import SourceCheck, SourceState

HEADINGS: dict[SourceState, str] = {
    "changed": "Evidence is gone",
    "gone": "Pages are gone",
    "unclear": "No answer that says",
    "not asked": "Not asked",
    "unchanged": "Unchanged",
}
"""What needs a look comes first."""


def render_sources(issue: str, checks: Sequence[SourceCheck], *, now: datetime) -> str:
    """Write the page."""
    blocks = [
        fill("# Sources of the issue of {}", issue_date(issue)),
        f"Written {now:%Y-%m-%d %H:%M} UTC · {_asked(checks)} · {summary_of_sources(checks)}",
    ]
    for state, heading in HEADINGS.items():
        if of_state := [each for each in checks if each.state == state]:
            blocks += [f"## {heading}", "\n".join(line for each in of_state for line in _lines(each))]
    return "\n\n".join(blocks) + "\n"


def _asked(checks: Sequence[SourceCheck]) -> str:
    """Say when sources were asked: an answer is believed for a while, so not all need be of today."""
    moments = sorted({f"{each.asked_at:%Y-%m-%d %H:%M}" for each in checks if each.asked_at})
    if not moments:
        return "none was asked"
    until = f" to {moments[-1]}" if len(moments) > 1 else ""
    return f"asked {moments[0]}{until} UTC"


def summary_of_sources(checks: Sequence[SourceCheck]) -> str:
    """Count sources by what became of them."""
    counts = {state: sum(each.state == state for each in checks) for state in HEADINGS}
    told = [counted(len(checks), "source", "sources"), *(f"{n} {state}" for state, n in counts.items() if n)]
    return ", ".join(told)


def said_of_source(check: SourceCheck) -> str:
    """Say on a line what became of a source, its state left out."""
    said = [check.reason] if check.reason else []
    if check.gone:
        said.insert(0, f"{len(check.gone)} of {counted(check.cited, 'sentence', 'sentences')} gone")
    elif check.state == "unchanged":
        cited = counted(check.cited, "sentence", "sentences")
        said.insert(0, f"{cited} there" if check.cited else "answers; no evidence of it is known")
    return "; ".join(said)


def _lines(check: SourceCheck) -> Iterator[str]:
    title = admit(check.title) or check.entry
    yield fill("* {} ({}): {}", title, check.entry, admit(check.url) or "no address")
    if said := admit(said_of_source(check)):
        yield "  " + fill("* {}", said)
    if check.state == "changed":
        yield from ("  " + fill("* gone: “{}”", admit(each)) for each in check.gone)
    if check.has_lost_evidence and check.snapshot:
        yield "  " + fill("* as it was: {}", check.snapshot)
    if check.copy:
        yield "  " + fill("* copy of {}: {}", check.copied_at, admit(check.copy))
