"""JSON from outside: text -> plain values, and what is wrong with it as one line. Knows no fields of ours.

Python's own reader takes what JSON does not have (NaN), what cannot be written again (half of a surrogate
pair), the last of two values under one name, and ends with errors of its own for deep nesting and numbers of
thousands of digits.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

MOST_DIGITS = 400
"""Of a number: the largest that a computer's own numbers have is 309 long."""

MOST_DEPTH = 100
"""Lists and objects in each other: Python's reader gives up near 1,000. Judgement."""

MOST_LINE = 20_000_000
"""Bytes of one line of JSON Lines."""

SURROGATE = re.compile("[\ud800-\udfff]")


class JsonError(Exception):
    """Text that is not JSON, or holds what no record of ours can hold; the message is the reason alone."""


def read_json(text: str | bytes) -> Any:
    """Read one JSON value.

    Raises:
        JsonError: it is none, or has something in it that could not be kept or written again.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        value = json.loads(
            text, parse_int=_whole, parse_float=_number, parse_constant=_number, object_pairs_hook=_object
        )
    except UnicodeDecodeError as error:
        raise JsonError(f"expected UTF-8, got byte {error.start + 1} in another encoding") from error
    except json.JSONDecodeError as error:
        where = f" at line {error.lineno} column {error.colno}" if error.lineno > 1 else ""
        where = where or (f" at column {error.colno}" if error.colno > 1 else "")
        raise JsonError(f"not JSON: {error.msg.removesuffix(' at')}{where}") from error
    except RecursionError as error:
        raise JsonError(f"nested deeper than {MOST_DEPTH} levels") from error
    # Surrogates can be written as escapes alone: little else has to be looked through.
    if "\\u" in text or text.count("[") + text.count("{") > MOST_DEPTH:
        _check(value)
    return value


def json_lines(file: BinaryIO) -> Iterator[tuple[int, Any | JsonError]]:
    """Read JSON Lines.

    Args:
        file: Bytes; a mark of their order at the beginning is passed over.

    Returns:
        The number of each line that is not empty, from 1, and its value, or what is wrong with it.
    """
    number = 0
    # By line feeds alone: U+2028 and others stand as they are within JSON texts.
    while line := file.readline(MOST_LINE + 1):
        number += 1
        if len(line) > MOST_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(MOST_LINE)
            yield number, JsonError(f"longer than {MOST_LINE // 1_000_000} MB")
        elif line.strip():
            try:
                yield number, read_json(line)
            except JsonError as error:
                yield number, error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise JsonError(f"{twice[:40]!r} is given twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise JsonError(f"a number of {len(digits)} digits, more than {MOST_DIGITS}")
    return int(digits)


def _number(written: str) -> float:
    found = float(written) if len(written) <= MOST_DIGITS else float("inf")
    if found != found or found in (float("inf"), float("-inf")):
        raise JsonError(f"expected a number, got {written[:40]}")
    return found


def _check(value: Any) -> None:
    """Refuse half characters, and what others could not go through without an error of Python's."""
    waiting = [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise JsonError(f"nested deeper than {MOST_DEPTH} levels")
        if isinstance(each, str):
            if found := SURROGATE.search(each):
                raise JsonError(f"half of a surrogate pair, {found[0]!a}, which is no character")
        elif isinstance(each, dict):
            waiting += [(part, depth + 1) for part in (*each, *each.values())]
        elif isinstance(each, list):
            waiting += [(part, depth + 1) for part in each]
