"""Checks a file's values against a shape, and words every mistake with its line and field.

Pydantic finds the mistakes; here they become messages an editor can act on:

    feeds.yaml:14: feeds[3].url: expected an http(s) URL, got 'example.com/rss'
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from digest.language.secrecy import shown_given, shown_text
from digest.workspace.yaml_lines import Document, Path, Problem, path_text


class Shape(BaseModel):
    """A mapping in a file: no unknown keys, no quiet conversions, and an empty value means the default."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {key: item for key, item in value.items() if item is not None or key not in cls.model_fields}


AnyShape = TypeVar("AnyShape", bound=Shape)

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "dict_type": "keys with values",
    "finite_number": "a finite number",
}


def expected(what: str) -> PydanticCustomError:
    """Make the error a validator raises: `what` says what was expected."""
    return PydanticCustomError("expected", "{what}", {"what": what})


def check(model: type[AnyShape], value: object) -> tuple[AnyShape | None, list[tuple[Path, str]]]:
    """Validate `value`; return it as `model`, or None with every mistake as (path, message)."""
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, [(tuple(detail["loc"]), _message(model, detail)) for detail in error.errors()]


def check_document(model: type[AnyShape], document: Document) -> tuple[AnyShape | None, list[Problem]]:
    """Validate a whole document; mistakes come with their lines."""
    found, mistakes = check(model, document.value)
    return found, [problem_at(document, path, message) for path, message in mistakes]


def problem_at(document: Document, path: Path, message: str) -> Problem:
    """Word a mistake at `path` with its field and line."""
    field = path_text(path)
    return Problem(document.line(path), f"{field}: {message}" if field else message)


def worded(file: str, problems: Iterable[Problem]) -> list[str]:
    """Write problems as `file:line: message`, by line, each once."""
    ordered = sorted(set(problems), key=lambda problem: (problem.line, problem.message))
    return [f"{file}:{problem.line}: {shown_text(problem.message)}" for problem in ordered]


def shown(value: object) -> str:
    """Write a value shortly, as a file would have it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list | tuple):
        if not value:
            return "nothing"
        return "keys with values" if isinstance(value, dict) else "a list"
    # Known to be one value: an address may have spaces in its password.
    text = repr(shown_given(value) if isinstance(value, str) else value)
    return text if len(text) <= 80 else text[:77] + "..."


def _message(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return "missing"
    if kind == "extra_forbidden":
        return _unknown(str(detail["loc"][-1]), _keys_at(model, detail["loc"][:-1]))
    got = f", got {shown(detail['input'])}"
    if kind in ("secret", "of_mail"):
        # Without what was given, which may be a password.
        return str(detail["msg"])
    if kind == "string_type" and isinstance(detail["input"], int | float):
        return f"expected text{got}; put quotes round it"
    return f"expected {_expected(kind, context, detail)}{got}"


def _expected(kind: str, context: Mapping[str, Any], detail: ErrorDetails) -> str:
    if kind == "expected":
        return str(context["what"])
    if kind == "literal_error":
        return str(context["expected"]).replace("'", "")
    if kind in ("too_short", "string_too_short"):
        return f"at least {context['min_length']}" + (
            " characters" if kind.startswith("string") else " of them"
        )
    for name, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
        if name in context:
            return f"{words} {context[name]}"
    return _EXPECTED.get(kind, str(detail["msg"]))


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    return f"unknown key; did you mean {near[0]!r}?" if near else f"unknown key; known: {', '.join(known)}"


def _keys_at(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Return the keys known at `path`, following the shapes inside `model`."""
    for part in path:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        inner = [annotation, *getattr(annotation, "__args__", ())]
        model = next(kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel))
    return list(model.model_fields)
