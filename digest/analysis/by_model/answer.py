"""An answer of a model, read: it may be anything.

Rules: the first JSON object that has the fields is the answer, wherever it stands: prose before it, a fence
around it, nothing after it. What cannot be read at all is named, and so is what was left out of an answer
that could be read otherwise. A number too many is left out; what is too long, or not what the schema says,
is left out with its object; more objects than asked for are cut off. Nothing here looks into the article.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from digest.analysis.by_model.schema import ANSWER_FIELDS, BASES, KINDS, OPENING_FIELDS
from digest.analysis.by_model.words import plain
from digest.records import ClaimStrength, ModelResponse, SignalKind, Steep

MOST_CHARACTERS = 200_000
"""Of an answer that is looked at: twenty times the longest that was asked for."""
MOST_STARTS = 20
"""Braces at which an object is tried for: prose has few."""
MOST_TEXT = 600
"""Characters of a text: a long sentence has 400, and no cell may have more than a line or two."""
MOST_NUMBERS = 12
"""Sentences that one statement may cite: who cites more cites nothing in particular."""
MOST_SENTENCES, MOST_KEYWORDS, MOST_THEMES, MOST_ROWS = 5, 10, 3, 6  # by the shape of an entry page
MOST_STRINGS = 100
"""Of a list of texts that are looked at: ten were asked for."""
MOST_PROBLEMS = 20
"""Of one answer that are named."""
DECLINING = re.compile(
    r"(?i)\W*(?:(?:i['’]?m |i am )?(?:very )?sorry\b|i (?:can ?not|can['’]t|won['’]t|am unable|am not able)\b"
    r"|i['’]m (?:unable|not able)\b|as an ai\b)"
)
"""How words begin that are no answer, where the provider does not say so itself."""
LONGEST_NUMBER = 9
"""Digits of a sentence number; no article comes near, and reading longer ones takes time."""


@dataclass(frozen=True)
class Said:
    """A statement and the sentences it cites, as the model gave them; empty for none."""

    text: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class SaidRow:
    """A row of the signals; what is none of the known words is empty."""

    signal: Said
    change: Said
    driving_force: Said
    horizon_10y: Said
    change_basis: str = "none"
    force_basis: str = "none"
    kind: SignalKind | None = None
    steep: Steep | None = None
    claim_strength: ClaimStrength | None = None


@dataclass(frozen=True)
class Answer:
    """What a model said of an article; nothing of it is checked yet."""

    title: str
    summary: tuple[Said, ...]
    keywords: tuple[str, ...]
    themes: tuple[str, ...]
    new_theme: str
    signals: tuple[SaidRow, ...]


@dataclass
class Shape:
    """Collects what is wrong with an answer's shape."""

    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Name a problem, unless there are many already."""
        if len(self.problems) < MOST_PROBLEMS and problem not in self.problems:
            self.problems.append(problem)


def read_answer(text: str) -> tuple[Answer | None, tuple[str, ...]]:
    """Read the answer to the call for an article.

    Returns:
        The answer, None where there is none to be had, and what is wrong with its shape.
    """
    shape = Shape()
    found = _object_in(text, ANSWER_FIELDS, shape)
    if found is None:
        return None, tuple(shape.problems)
    summary = [
        _said(each, "sentences", "text", shape, "summary") for each in _objects(found, "summary", shape)
    ]
    told = [each for each in summary if each.text][:MOST_SENTENCES]
    if not told:
        shape.note("summary: expected sentences, got none")
        return None, tuple(shape.problems)
    answer = Answer(
        title=_text(found, "title", shape),
        summary=tuple(told),
        keywords=tuple(_texts(found, "keywords", shape))[:MOST_KEYWORDS],
        themes=tuple(_texts(found, "themes", shape))[:MOST_THEMES],
        new_theme=_text(found, "new_theme", shape),
        signals=tuple(_rows(_objects(found, "signals", shape), shape))[:MOST_ROWS],
    )
    return answer, tuple(shape.problems)


def why_unread(response: ModelResponse) -> str:
    """Say why there is no answer in a response."""
    if response.finish_reason == "refused" or DECLINING.match(response.text):
        return "it declined to answer"
    if response.finish_reason == "length":
        return "its answer broke off at the most tokens it may have (answer_tokens in the prompt file)"
    return "its answers could not be read"


@dataclass(frozen=True)
class SaidOpening:
    """What a model said of an issue, with the numbers of entries; nothing of it is checked yet."""

    introduction: tuple[Said, ...]
    lines: tuple[tuple[str, Said], ...]
    """Each with the name of its theme."""


def read_opening(
    text: str, fields: Mapping[str, Any] = OPENING_FIELDS, name: str = "introduction"
) -> tuple[SaidOpening | None, tuple[str, ...]]:
    """Read the answer to the call for an issue or a review; as `read_answer`.

    Args:
        text: The answer.
        fields: Those it must have; lines are read where there are `themes`.
        name: Of the field that holds the sentences.
    """
    shape = Shape()
    found = _object_in(text, fields, shape)
    if found is None:
        return None, tuple(shape.problems)
    told = [
        _said(each, "entries", "text", shape, name) for each in _objects(found, name, shape)[:MOST_STRINGS]
    ]
    themed = _objects(found, "themes", shape)[:MOST_STRINGS] if "themes" in fields else ()
    lines = [
        (_text(each, "theme", shape, "themes"), _said(each, "entries", "line", shape, "themes"))
        for each in themed
    ]
    opening = SaidOpening(
        tuple(each for each in told if each.text), tuple(each for each in lines if each[1].text)
    )
    return opening, tuple(shape.problems)


def read_repair(text: str, ids: Sequence[int]) -> tuple[dict[int, Said], tuple[str, ...]]:
    """Read the answer to a repair: by id what was corrected; items that nobody asked for are left out."""
    shape = Shape()
    found = _object_in(text, {"items": {"type": "array"}}, shape)
    corrected: dict[int, Said] = {}
    for each in _objects(found, "items", shape) if found else ():
        at = each.get("id")
        if isinstance(at, int) and not isinstance(at, bool) and at in ids:
            corrected.setdefault(at, _said(each, "sentences", "text", shape, f"items {at}"))
        else:
            shape.note("items: an id that was not asked for")
    return corrected, tuple(shape.problems)


def _object_in(text: str, fields: Mapping[str, Any], shape: Shape) -> dict[str, Any] | None:
    """Find the first object that has all fields; one that lacks some is named."""
    if len(text) > MOST_CHARACTERS:
        shape.note(f"expected JSON, got {len(text):,} characters, more than {MOST_CHARACTERS:,}")
        return None
    reasons: list[str] = []
    for found in _values_in(text, reasons):
        missing = [name for name in fields if name not in found]
        wrong = [
            name
            for name, kind in fields.items()
            if name in found and not isinstance(found[name], list if kind["type"] == "array" else str)
        ]
        if not missing and not wrong:
            return found
        reasons += [f"without {', '.join(missing)}"] if missing else []
        reasons += [f"{name}: {_kind(found[name])}" for name in wrong]
    shape.note(f"expected one JSON object with the fields, got {reasons[0] if reasons else 'none'}")
    return None


def _values_in(text: str, reasons: list[str]) -> Iterator[dict[str, Any]]:
    """Give the JSON objects of a text, outermost ones only; why others cannot be read is added to
    `reasons`."""
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_short)
    at = text.find("{")
    for _ in range(MOST_STARTS):
        if at < 0:
            return
        end = at + 1
        try:
            found, end = decoder.raw_decode(text, at)
            if isinstance(found, dict):
                yield found
        except RecursionError:
            # What is nested so deep is no answer, and each brace of it would be tried again.
            reasons.append("nested too deep")
            return
        except json.JSONDecodeError as error:
            reasons.append(f"not JSON: {error.msg.lower().removesuffix(' at')} at character {error.pos}")
        except ValueError as error:
            reasons.append(str(error))
            return
        at = text.find("{", end)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same key twice in an object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name}, which is no number of JSON")


def _short(digits: str) -> int:
    return int(digits) if len(digits) <= LONGEST_NUMBER else 0


def _rows(found: Sequence[dict[str, Any]], shape: Shape) -> Iterator[SaidRow]:
    for each in found:
        signal = _said(each, "sentences", "signal", shape, "signals")
        if not signal.text:
            continue
        yield SaidRow(
            signal=signal,
            change=_said(each, "change_sentences", "change", shape, "signals"),
            driving_force=_said(each, "force_sentences", "driving_force", shape, "signals"),
            horizon_10y=_said(each, "horizon_sentences", "horizon_10y", shape, "signals"),
            change_basis=_word(each, "change_basis", BASES, shape) or "none",
            force_basis=_word(each, "force_basis", BASES, shape) or "none",
            kind=cast(SignalKind | None, _word(each, "kind", KINDS, shape)),
            steep=cast(Steep | None, _word(each, "steep", get_args(Steep), shape)),
            claim_strength=cast(
                ClaimStrength | None, _word(each, "claim_strength", get_args(ClaimStrength), shape)
            ),
        )


def _objects(found: Mapping[str, Any], name: str, shape: Shape) -> list[dict[str, Any]]:
    values = found.get(name, [])
    kept = [each for each in values if isinstance(each, dict)]
    if len(kept) < len(values):
        shape.note(f"{name}: expected objects, got something else")
    return kept


def _said(each: Mapping[str, Any], numbers: str, name: str, shape: Shape, where: str) -> Said:
    return Said(_text(each, name, shape, where), _numbers(each.get(numbers), shape, f"{where}: {numbers}"))


def _text(each: Mapping[str, Any], name: str, shape: Shape, where: str = "") -> str:
    value = each.get(name)
    label = f"{where}: {name}" if where else name
    if not isinstance(value, str):
        shape.note(f"{label}: expected text, got {_kind(value)}")
        return ""
    # Cut before it is cleaned: a megabyte of marks takes its time.
    text = plain(value[: 4 * MOST_TEXT])
    if len(text) > MOST_TEXT or len(value) > 4 * MOST_TEXT:
        shape.note(f"{label}: {len(value):,} characters, more than {MOST_TEXT}")
        return ""
    return "" if text in ("-", "–", "—", "none", "null", "n/a", "N/A") else text


def _texts(found: Mapping[str, Any], name: str, shape: Shape) -> list[str]:
    values = [_text({name: each}, name, shape) for each in found[name][:MOST_STRINGS]]
    return list(dict.fromkeys(filter(None, values)))


def _numbers(value: Any, shape: Shape, label: str) -> tuple[int, ...]:
    """Read sentence numbers with patience: 3, 3.0, "3" and "[3]" are one."""
    if not isinstance(value, list):
        shape.note(f"{label}: expected numbers, got {_kind(value)}")
        value = []
    found: list[int] = []
    for each in value[: 4 * MOST_NUMBERS]:
        if isinstance(each, float) and each.is_integer():
            each = int(min(abs(each), 1e9))
        if isinstance(each, str) and (digits := re.fullmatch(r"\s*\[?(\d{1,9})\]?\s*", each)):
            each = int(digits[1])
        if isinstance(each, bool) or not isinstance(each, int):
            shape.note(f"{label}: expected a number, got {_kind(each)}")
        elif each not in found:
            found.append(each)
    return tuple(found[:MOST_NUMBERS])


def _word(each: Mapping[str, Any], name: str, known: Sequence[str], shape: Shape) -> str | None:
    value = each.get(name)
    if isinstance(value, str) and value.strip().lower() in known:
        return value.strip().lower()
    shape.note(f"signals: {name}: expected {', '.join(known)}, got something else")
    return None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number")
