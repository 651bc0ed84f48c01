"""Sentences that state nothing: orders, questions, and what is said to a model. Nothing rests on them."""

import re
from collections.abc import Sequence

from digest.analysis.imperatives import is_imperative
from digest.language.tags import tag_sentences
from digest.language.words import split_words

TO_A_MODEL = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override|bypass|reveal|repeat|print)\b.{0,60}"
    r"\b(?:instructions?|prompts?|rules|guidelines|above|previous|prior)\b|\bsystem prompt\b"
    r"|\byou are (?:now|an? (?:ai|assistant|chatbot|language model))\b|\bas an ai\b"
    r"|\b(?:your|new|following) instructions?\b|\brespond (?:only )?with\b"
)
"""Known exception: an article on such attacks that quotes them."""
POLITE = re.compile(r"(?i)^\W*(?:please|kindly|now|then|just|first)\b\W*")
"""What may stand before an order."""
END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def is_order(text: str) -> bool:
    """Say whether a sentence of a text asks, tells somebody to do something, or speaks to a model."""
    return is_said_to_a_model(text) or any(map(_asks_or_tells, END_OF_SENTENCE.split(text)))


def orders_among(lines: Sequence[str]) -> set[int]:
    """Give the places of lines that are orders, as `is_order` has it for their beginning and end.

    All at once: to tag sentences one by one takes thirty times as long.
    """
    found = {at for at, line in enumerate(lines) if is_said_to_a_model(line) or _asks(line)}
    split = [(at, words) for at, line in enumerate(lines) if (words := split_words(POLITE.sub("", line)))]
    tagged = tag_sentences([words for _, words in split]) if split else []
    return found | {at for (at, _), words in zip(split, tagged, strict=True) if is_imperative(words)}


def is_said_to_a_model(text: str) -> bool:
    """Say whether a text speaks to a model."""
    return TO_A_MODEL.search(text) is not None


def _asks(line: str) -> bool:
    return line.rstrip(" ”\"'’)").endswith("?")


def _asks_or_tells(line: str) -> bool:
    if _asks(line):
        return True
    words = split_words(POLITE.sub("", line))
    return bool(words) and is_imperative(tag_sentences([words])[0])
