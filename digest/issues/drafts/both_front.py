"""Front matter that two editors changed, put together key by key.

Lines that stand beside each other are no reason to lose one of them: each key is changed by itself, with its
comment and all that stands below it. What is below a key, such as the entries of a mapping or a list, is put
together in the same way.
"""

import re
from collections.abc import Iterator, Sequence

KEY = re.compile(r"""(?:[^\s#"'\-][^:]*|"[^"]*"|'[^']*')(?=:(?:\s|$))""")
"""How a line begins that has a key."""

OF_RUNS = frozenset({"generated"})
"""Keys that hold no word of an editor: what a run last made, by its hash."""

Blocks = dict[str, list[str]]
"""By key, comment or entry of a list: its lines, in their order."""


def merge_keys(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], bool]:
    """Put together the lines of two front matters.

    Args:
        base: What both came from.
        mine: One side.
        theirs: The other side, which is right where both gave a key another value.

    Returns:
        The lines, and whether a value of `mine` is not among them.
    """
    return _merged(*(_blocks(each, 0, entries=False) for each in (base, mine, theirs)))


def _merged(base: Blocks, mine: Blocks, theirs: Blocks) -> tuple[list[str], bool]:
    found: Blocks = {}
    is_lost = False
    for name in _in_order(mine, theirs):
        old, own, its = (each.get(name, []) for each in (base, mine, theirs))
        if own in (old, its):
            found[name] = its
        elif its == old or not its:
            found[name] = own
        elif not own:
            # It was taken out here: no word of it.
            found[name] = its
        else:
            found[name], is_both = _both(old, own, its)
            is_lost |= is_both and name not in OF_RUNS
    return [line for lines in found.values() for line in lines], is_lost


def _both(old: Sequence[str], own: Sequence[str], its: Sequence[str]) -> tuple[list[str], bool]:
    """Put together what two made of one key: of what stands below it each by itself."""
    above, below = its[0], [each[1:] for each in (old, own, its)]
    is_same_key = own[0] == above and (not old or old[0] == above)
    if not is_same_key or not own[1:] or not its[1:]:
        return list(its), True
    depths = {_depth(lines[0]) for lines in below if lines}
    if len(depths) > 1:
        return list(its), True
    lines, is_lost = _merged(*(_blocks(each, min(depths), entries=True) for each in below))
    return [above, *lines], is_lost


def _in_order(mine: Blocks, theirs: Blocks) -> list[str]:
    """Give the names of both: as the other has them, each new one below what it was written below."""
    names = list(theirs)
    before = -1
    for name in mine:
        if name not in theirs:
            names.insert(before + 1, name)
        before = names.index(name)
    return names


def _blocks(lines: Sequence[str], depth: int, *, entries: bool) -> Blocks:
    """Cut lines where a key, a comment or, where asked for, an entry of a list begins at a depth."""
    found: Blocks = {}
    name = ""
    for line in lines:
        said = line[depth:]
        if _depth(line) == depth and (start := _start(said, entries=entries)):
            name = next(each for each in _numbered(start) if each not in found)
        found.setdefault(name, []).append(line)
    return found


def _start(said: str, *, entries: bool) -> str:
    if key := KEY.match(said):
        return key[0].strip("\"' ")
    return said.strip() if said.startswith("#") or (entries and said.startswith("-")) else ""


def _numbered(name: str) -> Iterator[str]:
    """Give a name, and then others for what is called the same."""
    yield name
    number = 2
    while True:
        yield f"{name}\n{number}"
        number += 1


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
