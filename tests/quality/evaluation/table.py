"""Sections as Markdown: a heading, a line on what was measured, and a table."""

from collections.abc import Sequence

from tests.quality.evaluation.figures import Figure, Section, Unit

HEADER = ("what", "figure", "must be", "holds", "beside it", "note")


def render_sections(sections: Sequence[Section]) -> str:
    """Give all sections as one Markdown text; ends with how many targets hold."""
    judged = [figure.holds for section in sections for figure in section.figures if figure.holds is not None]
    parts = [_section(section) for section in sections]
    if judged:
        parts.append(f"{sum(judged)} of {len(judged)} targets hold.")
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> str:
    rows = [HEADER, *map(_row, section.figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    aligned = [_line(row, widths) for row in rows]
    rule = "|" + "|".join(
        "-" * (width + 1) + ":" if HEADER[column] in ("figure", "must be") else "-" * (width + 2)
        for column, width in enumerate(widths)
    )
    return "\n".join([f"## {section.name}", "", section.says, "", aligned[0], rule + "|", *aligned[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if HEADER[column] in ("figure", "must be") else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return f"| {' | '.join(cells)} |"


def _row(figure: Figure) -> tuple[str, ...]:
    beside = ", ".join(f"{each.name} {formatted(each.value, figure.unit)}" for each in figure.baselines)
    holds = {None: "", True: "yes", False: "NO"}[figure.holds]
    cells = (figure.what, formatted(figure.value, figure.unit), _target(figure), holds, beside, figure.note)
    return tuple(" ".join(cell.replace("|", "\\|").split()) for cell in cells)


def _target(figure: Figure) -> str:
    parts = []
    if figure.at_least is not None:
        parts.append(f"≥ {formatted(figure.at_least, figure.unit)}")
    if figure.at_most is not None:
        parts.append(f"≤ {formatted(figure.at_most, figure.unit)}")
    return " ".join(parts)


def formatted(value: float, unit: Unit) -> str:
    """Give a value as a person reads it: .612, 95.4 %, 3, 41 ms, 1.43 x."""
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "ms":
        return f"{value:,.0f} ms"
    if unit == "ratio":
        return f"{value:.2f} x"
    return f"{value:.3f}"
