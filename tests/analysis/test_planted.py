"""Inventions planted into good statements on real pages are caught, and honest ones stand; fixed seed."""

import random
from collections import Counter
from pathlib import Path

import pytest
from planted import KINDS, planted, statements

from digest.analysis.by_model.answer import Said
from digest.analysis.by_model.numbered import Numbered, number
from digest.analysis.by_model.support import judge
from digest.records import Article

NUMBERED: dict[str, Numbered] = {}


def is_refused(article: Article, text: str, numbers: tuple[int, ...]) -> bool:
    if article.id not in NUMBERED:
        NUMBERED[article.id] = number(article)
    return judge(Said(text, numbers), NUMBERED[article.id], is_sentence=False).state == "refused"


def test_planted_inventions_are_caught(dev_data: Path) -> None:
    caught = Counter(
        {
            kind: sum(is_refused(each.article, text, each.numbers) for each, text in planted(dev_data, kind))
            for kind in KINDS
        }
    )
    assert caught["figure"] + caught["name"] + caught["date"] + caught["negation"] >= 76, caught
    assert caught["roles"] >= 14, caught


@pytest.mark.parametrize("seed", [17])
def test_honest_statements_stand(dev_data: Path, seed: int) -> None:
    honest = [each for each in statements(dev_data) if each.field != "summary"]
    random.Random(seed).shuffle(honest)
    refused = [each.text for each in honest[:100] if is_refused(each.article, each.text, each.numbers)]
    assert len(refused) <= 10, refused
