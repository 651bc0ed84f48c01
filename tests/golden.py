"""Golden cases: a title, an input and what is expected of it, one after the other in a readable file.

what is to be seen
.
the input, of any number of lines
.
what is expected
.
"""

from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"


def cases(name: str) -> list[object]:
    """Give the cases of a file below tests/data for `pytest.mark.parametrize` of (given, expected)."""
    lines = (DATA / name).read_text("utf-8").split("\n")
    dots = [at for at, line in enumerate(lines) if line == "."]
    assert dots, name
    assert len(dots) % 3 == 0, f"{name}: a case has three lines of a dot"
    found = [
        (lines[start - 1], "\n".join(lines[start + 1 : middle]), "\n".join(lines[middle + 1 : end]))
        for start, middle, end in zip(dots[::3], dots[1::3], dots[2::3], strict=True)
    ]
    titles = [title for title, _, _ in found]
    assert all(titles), f"{name}: a case without a title"
    assert len(titles) == len(set(titles)), f"{name}: two cases of one title"
    return [pytest.param(given, expected, id=title) for title, given, expected in found]
