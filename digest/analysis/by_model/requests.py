"""The calls about an article: for the whole or a part of it, for joining parts, and for what was refused."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from digest.analysis.by_model.numbered import Numbered, article_lines, as_data, parts_of, sealed
from digest.analysis.by_model.schema import (
    ANSWER_NAME,
    ANSWER_SCHEMA,
    REPAIR_NAME,
    REPAIR_SCHEMA,
    SCHEMA_VERSION,
)
from digest.analysis.by_model.template import CompiledPrompt, compile_prompt
from digest.records import ModelPrompt, ModelRequest, ThemeLabel

NAMES = {
    "system": ("language", "themes"),
    "article": ("title", "published", "part", "parts", "marker", "article"),
    "join_system": ("language",),
    "join": ("title", "parts", "marker", "records"),
    "repair_system": ("language",),
    "repair": ("marker", "items"),
}
"""What each block of prompts/analyze.v1.md may use."""

TIMEOUT_S = 180.0
"""For one try: a model on two cores of a house's own machine writes 1,000 tokens in some 100 s."""
REPAIR_SHARE = 2
"""A repair has at most this fraction, one in so many, of an answer's tokens: it holds failed items only."""

MODEL_ANALYZER = "model-4"
"""Changes when the same answer would make another analysis."""


def compile_analyze(prompt: ModelPrompt) -> CompiledPrompt:
    """Compile prompts/analyze.v1.md.

    Raises:
        ConfigError: everything that is wrong with it, each with file and line.
    """
    return compile_prompt(prompt, NAMES)


def model_analyzer_id(model_id: str, prompt: ModelPrompt, rules: str) -> str:
    """Name what makes an analysis: the model, what it is asked, and the rules that stand in for it."""
    return f"{MODEL_ANALYZER}/{model_id}/{prompt.version}/{SCHEMA_VERSION}/{rules}"


def build_request(
    numbered: Numbered,
    compiled: CompiledPrompt,
    themes: Sequence[ThemeLabel],
    *,
    language: str,
    marker: str,
    part: int = 1,
    parts: Sequence[Sequence[int]] = (),
    timeout_s: float = TIMEOUT_S,
) -> ModelRequest:
    """Ask for the record of an article, or of one part of it.

    Args:
        numbered: The article.
        compiled: prompts/analyze.v1.md.
        themes: The vocabulary.
        language: ISO 639-1, of the newsletter; the prompt file may say another.
        marker: Made at random for this call; what stands around the article.
        part: Which part, from 1.
        parts: The numbers of each part's lines, from `article_parts`; empty for the whole article.
        timeout_s: Seconds for one try.
    """
    numbers = parts[part - 1] if parts else range(1, len(numbered.sentences) + 1)
    article = numbered.article
    user = compiled.render(
        "article",
        title=as_data(article.title, marker),
        published=article.published.isoformat() if article.published else "unknown",
        part=part,
        parts=max(1, len(parts)),
        marker=marker,
        article=article_lines(numbered, numbers, marker),
    )
    written = language_of(compiled.prompt, language, article.language)
    system = compiled.render("system", language=written, themes=" | ".join(each.theme for each in themes))
    return ModelRequest(system, user, ANSWER_SCHEMA, ANSWER_NAME, compiled.prompt.answer_tokens, timeout_s)


def article_parts(numbered: Numbered, prompt: ModelPrompt) -> tuple[list[list[int]], int]:
    """Give the parts a long article is read in, none for a short one, and how many lines are left out."""
    parts = parts_of(numbered, prompt.part_characters)
    kept, rest = parts[: prompt.parts], parts[prompt.parts :]
    return ([] if len(parts) == 1 else kept), sum(map(len, rest))


def build_join(
    numbered: Numbered,
    compiled: CompiledPrompt,
    records: Sequence[object],
    *,
    language: str,
    marker: str,
    timeout_s: float = TIMEOUT_S,
) -> ModelRequest:
    """Ask for one record of what the parts gave: statements and numbers, no text of the article.

    Args:
        numbered: The article.
        compiled: prompts/analyze.v1.md.
        records: The record of each part, as plain values.
        language: ISO 639-1, of the newsletter.
        marker: Made at random for this call.
        timeout_s: Seconds for one try.
    """
    lines = (sealed(json.dumps(each, ensure_ascii=False), marker) for each in records)
    user = compiled.render(
        "join",
        title=as_data(numbered.article.title, marker),
        parts=len(records),
        marker=marker,
        records="\n".join(lines),
    )
    written = language_of(compiled.prompt, language, numbered.article.language)
    system = compiled.render("join_system", language=written)
    return ModelRequest(system, user, ANSWER_SCHEMA, ANSWER_NAME, compiled.prompt.answer_tokens, timeout_s)


def build_repair(
    compiled: CompiledPrompt,
    items: Sequence[object],
    *,
    language: str,
    marker: str,
    timeout_s: float = TIMEOUT_S,
) -> ModelRequest:
    """Ask once more about statements that were refused; nothing else of the conversation goes along.

    Args:
        compiled: prompts/analyze.v1.md.
        items: Plain values, one for each statement, from support.py.
        language: Its name, from `language_of`.
        marker: Made at random for this call.
        timeout_s: Seconds for one try.
    """
    lines = (sealed(json.dumps(each, ensure_ascii=False), marker) for each in items)
    user = compiled.render("repair", marker=marker, items="\n".join(lines))
    system = compiled.render("repair_system", language=language)
    tokens = max(100, compiled.prompt.answer_tokens // REPAIR_SHARE)
    return ModelRequest(system, user, REPAIR_SCHEMA, REPAIR_NAME, tokens, timeout_s)


def language_of(prompt: ModelPrompt, newsletter: str, article: str) -> str:
    """Say in words what language is written."""
    code = {"newsletter": newsletter, "article": article}.get(prompt.language, prompt.language) or newsletter
    return "English" if code == "en" else f"the language with the ISO 639-1 code “{code}”"


def key_parts(request: ModelRequest, prompt: ModelPrompt, *, marker: str, again: int = 0) -> dict[str, Any]:
    """Give what `language_model.asking.question_key` names a question by: all of it but the marker.

    Args:
        request: With the article's text, the themes and the language in it.
        prompt: The file it was made from.
        marker: The one it was made with.
        again: How many answers to it were refused for their shape; each asking is another.
    """
    return {
        "text_hash": _hash(request.user.replace(marker, "the marker")),
        "prompt_hash": prompt.version,
        "schema": request.schema,
        "settings": {"system": _hash(request.system), "max_tokens": request.max_tokens, "again": again},
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
