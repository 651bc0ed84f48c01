"""The word lists hold what is asked for, and nothing else."""

import ast
from pathlib import Path

import pytest

from digest.language import wordlists

ROOT = Path(wordlists.__file__).parents[1]


def asked_for() -> set[str]:
    """Every text in the package's code that may be a section's name."""
    return {
        node.value
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_section_is_asked_for_somewhere() -> None:
    asked = asked_for()
    unasked = {
        name
        for name in wordlists._sections()
        # Those of weights are asked for by their beginning: change_verbs_0.5.
        if name not in asked and name.rstrip("0123456789.") not in asked
    }
    assert not unasked


def test_a_section_is_its_words() -> None:
    assert {"the", "a", "these"} <= wordlists.word_list("determiners")
    assert all(word == word.strip() and "[" not in word for word in wordlists.word_list("determiners"))


def test_a_section_that_is_none_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        wordlists.word_list("no such section")
