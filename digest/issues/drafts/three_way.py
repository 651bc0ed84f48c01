"""Three-way merging of texts by lines: what two made of one, together in one.

On difflib. merge3 does the same with conflict marks, but is under the GPL, which this project's licence does
not go with; here one side is right where both changed the same lines, so there are no marks.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher


def merge_lines(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], bool]:
    """Put together what two sides made of some lines.

    Args:
        base: What both came from.
        mine: One side.
        theirs: The other side, which is right where both changed the same lines.

    Returns:
        The lines, and whether both sides changed the same ones in different ways.
    """
    out: list[str] = []
    is_conflict = False
    for old, ours, its in _chunks(base, mine, theirs):
        if ours in (old, its):
            out += its
        elif its == old:
            out += ours
        else:
            out += its
            is_conflict = True
    return out, is_conflict


def _chunks(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Cut three texts at the lines that all of them have."""
    in_mine, in_theirs = _matches(base, mine), _matches(base, theirs)
    at = ours = its = 0
    for line in range(len(base)):
        if line in in_mine and line in in_theirs:
            yield list(base[at:line]), list(mine[ours : in_mine[line]]), list(theirs[its : in_theirs[line]])
            yield [base[line]], [base[line]], [base[line]]
            at, ours, its = line + 1, in_mine[line] + 1, in_theirs[line] + 1
    yield list(base[at:]), list(mine[ours:]), list(theirs[its:])


def _matches(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}
