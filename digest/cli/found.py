"""Results of a search on the terminal, as Markdown and as JSON."""

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from digest.cli.printing import begun
from digest.language.screen import as_text, on_one_line
from digest.search.passages import END_MARK, START_MARK, plain, with_marks

if TYPE_CHECKING:
    from rich.text import Text

    from digest.records import Hit, SearchQuestion

CELLS = ("Signal", "Change", "10y horizon", "Driving force")
_PIECES = re.compile(f"({START_MARK}.*?{END_MARK})")


def as_json(question: "SearchQuestion", hits: "Sequence[Hit]") -> dict[str, Any]:
    """Give results for machines: passages plain, with the offsets of the marked words."""
    from digest.records.plain_values import to_json

    results = []
    for hit in hits:
        passage, marks = _offsets(hit.passage)
        row = to_json(hit) | {"passage": passage, "marks": marks}
        row["cells"] = [_offsets(cell)[0] for cell in hit.cells]
        results.append(row)
    return {**to_json(question), "results": results}


def as_markdown(hits: "Sequence[Hit]") -> str:
    """Give results as a list of links with quoted passages; signal rows as a table."""
    from digest.issues.pages.inert import may_lead_to
    from digest.issues.pages.markdown import Address, cell, fill, link_cell
    from digest.issues.pages.signals_table import table

    if any(hit.cells for hit in hits):
        rows = [
            [
                *(cell(with_marks(each, "", "")) for each in hit.cells),
                link_cell(hit.title, hit.url) if may_lead_to(hit.url) else cell(hit.title),
            ]
            for hit in hits
        ]
        return table((*CELLS, "Article"), rows)
    lines = []
    for hit in hits:
        link = (
            fill("* [{}]({})", hit.title, Address(hit.url))
            if may_lead_to(hit.url)
            else fill("* {}", hit.title)
        )
        lines.append(link + _where(hit))
        if hit.passage:
            # Each piece is escaped by itself, so that the marks stay and nothing else becomes Markdown.
            pieces = _PIECES.split(hit.passage)
            quoted = "".join(
                _bold(piece) if piece.startswith(START_MARK) else _flat(piece) for piece in pieces
            )
            lines.append(f"  > {quoted}")
    return "\n".join(lines)


def show_hits(hits: "Sequence[Hit]") -> None:
    """Print results as a table, marked words in bold; elsewhere than on a terminal, one line each."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    is_terminal = sys.stdout.isatty()
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold", show_lines=False)
    in_signals = any(hit.cells for hit in hits)
    names = ("signal", "change", "10y horizon", "driving force", "in") if in_signals else ("title", "passage")
    for name in names:
        table.add_column(name, overflow="fold", ratio=3 if name == "passage" else 1 if is_terminal else None)
    for name in ("published", "id"):
        table.add_column(name, no_wrap=True)
    for hit in hits:
        marked = [*hit.cells, hit.title] if in_signals else [_titled(hit), hit.passage]
        cells: list[Text] = [_styled(each, is_terminal) for each in marked]
        name = begun(hit.id) if is_terminal else hit.id
        table.add_row(*cells, Text(str(hit.published or "")), Text(on_one_line(plain(name))))
        if is_terminal:
            table.add_row()
    Console(width=None if is_terminal else 20_000, highlight=False, markup=False).print(table)


def _titled(hit: "Hit") -> str:
    parts = [plain(hit.title)]
    if hit.site:
        parts.append(f"({plain(hit.site)})")
    if hit.others:
        parts.append(f"and {hit.others} more of this story")
    return " ".join(parts)


def _styled(marked: str, is_terminal: bool) -> "Text":
    from rich.text import Text

    out = Text()
    for piece in _PIECES.split(marked):
        if piece.startswith(START_MARK):
            word = on_one_line(plain(piece[1:-1]))
            out.append(word if is_terminal else f"**{word}**", style="bold" if is_terminal else None)
        else:
            out.append(on_one_line(piece))
    return out


def _where(hit: "Hit") -> str:
    parts = [hit.site, str(hit.published or ""), f"{hit.others} more of this story" if hit.others else ""]
    told = ", ".join(part for part in parts if part)
    return f" ({_flat(told)})" if told else ""


def _bold(piece: str) -> str:
    return f"**{_flat(piece[1:-1])}**"


def _flat(text: str) -> str:
    """Escape whatever Markdown could take for its own, wherever in a line it stands."""
    return re.sub(r"([\\`*_\[\]>~|&#!{}])", r"\\\1", " ".join(as_text(text).split("\n"))).replace("<", "&lt;")


def _offsets(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Give a passage without its marks, and where they stood."""
    out, marks = "", []
    for piece in _PIECES.split(marked):
        if piece.startswith(START_MARK):
            marks.append((len(out), len(out) + len(piece) - 2))
            piece = piece[1:-1]
        out += piece
    return out, marks
