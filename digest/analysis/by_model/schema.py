"""The shape of an answer, as a JSON schema that every provider takes.

Flat, every field required, nothing but types and short lists of words: llama.cpp, Gemini and Anthropic each
fail on limits of numbers or lengths, on deep nesting or on large enums, so limits are checked by us. In each
object the sentence numbers come before the text they support: a model writes in this order.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, get_args

from digest.records import ClaimStrength, Steep

ANSWER_NAME = "article_record"
REPAIR_NAME = "corrected_statements"
OPENING_NAME = "issue_opening"

KINDS = ("finding", "event", "trend", "decision", "plan")
"""What a row can be; the two kinds of older analyses are not asked for."""
BASES = ("observed", "inferred", "none")

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_NUMBERS = {"type": "array", "items": {"type": "integer"}}


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(fields),
        "additionalProperties": False,
    }


def _list_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(fields)}


def _one_of(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


SENTENCE_FIELDS: Mapping[str, Any] = {"sentences": _NUMBERS, "text": _TEXT}
ROW_FIELDS: Mapping[str, Any] = {
    "sentences": _NUMBERS,
    "signal": _TEXT,
    "kind": _one_of(*KINDS),
    "steep": _one_of(*get_args(Steep)),
    "claim_strength": _one_of(*get_args(ClaimStrength)),
    "change_sentences": _NUMBERS,
    "change": _TEXT,
    "change_basis": _one_of(*BASES),
    "force_sentences": _NUMBERS,
    "driving_force": _TEXT,
    "force_basis": _one_of(*BASES),
    "horizon_sentences": _NUMBERS,
    "horizon_10y": _TEXT,
}
ANSWER_FIELDS: Mapping[str, Any] = {
    "title": _TEXT,
    "summary": _list_of(SENTENCE_FIELDS),
    "keywords": _TEXTS,
    "themes": _TEXTS,
    "new_theme": _TEXT,
    "signals": _list_of(ROW_FIELDS),
}
REPAIR_FIELDS: Mapping[str, Any] = {"items": _list_of({"id": {"type": "integer"}, **SENTENCE_FIELDS})}
OPENING_FIELDS: Mapping[str, Any] = {
    "introduction": _list_of({"entries": _NUMBERS, "text": _TEXT}),
    "themes": _list_of({"theme": _TEXT, "entries": _NUMBERS, "line": _TEXT}),
}

REVIEW_NAME = "review_words"
REVIEW_FIELDS: Mapping[str, Any] = {"review": _list_of({"entries": _NUMBERS, "text": _TEXT})}

ANSWER_SCHEMA = _object(ANSWER_FIELDS)
"""Of the call for an article, for a part of one, and of the joining call."""
REPAIR_SCHEMA = _object(REPAIR_FIELDS)
"""Of the call that asks again about what was refused."""
OPENING_SCHEMA = _object(OPENING_FIELDS)
"""Of the call for an issue's introduction and its lines, a theme each."""
REVIEW_SCHEMA = _object(REVIEW_FIELDS)
"""Of the call for what a review says first."""

SCHEMA_VERSION = hashlib.sha256(json.dumps([ANSWER_SCHEMA, REPAIR_SCHEMA]).encode()).hexdigest()[:8]
"""Changes with the schemas: part of the analyzer's name."""
