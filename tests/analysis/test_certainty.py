"""What an article leaves open is not said for certain."""

import re
from pathlib import Path

import pytest
from planted import articles

from digest.analysis.by_model.answer import Said
from digest.analysis.by_model.certainty import made_certain
from digest.analysis.by_model.numbered import number
from digest.analysis.by_model.support import judge


@pytest.mark.parametrize(
    ("statement", "text", "said", "there"),
    [
        ("The kiln will close in May", "The kiln might close in May.", "will", "might"),
        (
            "You have not bothered with its origins",
            "You may not have even bothered with its origins.",
            "bothered",
            "may",
        ),
        ("The drug cures mice of the disease", "The drug could cure mice of the disease.", "cures", "could"),
        ("Tarrow built a school", "Tarrow plans next year to build a school.", "built", "plans"),
        (
            "The board replaced three kilns",
            "The board is expected to replace three kilns.",
            "replaced",
            "expected",
        ),
    ],
)
def test_a_dropped_caution_is_named(statement: str, text: str, said: str, there: str) -> None:
    (problem,) = made_certain(statement, text)
    assert (problem.kind, problem.claim, problem.document) == ("certainty", said, there)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("The kiln may close", "The kiln might close in May."),
        ("The kiln is likely to close", "The kiln could close in May."),
        ("Tarrow will build a school", "Tarrow plans to build a school."),
        ("Tarrow plans to build a school", "Tarrow plans to build a school."),
        ("The kiln closed", "The kiln closed in May; another could close."),
        ("A school for 300", "The school might have room for 300."),
    ],
)
def test_caution_in_other_words_is_enough(statement: str, text: str) -> None:
    assert not list(made_certain(statement, text))


def test_what_is_planned_may_be_said_of_what_lies_ahead() -> None:
    assert not list(made_certain("Tarrow has built a school", "Tarrow plans to build a school.", plans=False))
    assert list(made_certain("Tarrow has built a school", "Tarrow may build a school.", plans=False))


def test_will_for_may_is_refused_on_real_pages(dev_data: Path) -> None:
    stand = count = 0
    for article in list(articles(dev_data).values())[:60]:
        numbered = number(article)
        for at in sorted(numbered.stating):
            line = numbered.sentences[at - 1]
            made = re.sub(r" (may|might|could) (?!have|not)", " will ", line, count=1)
            if made != line and len(line.split()) <= 35:
                count += 1
                stand += judge(Said(made, (at,)), numbered).state != "refused"
    assert count >= 100
    assert stand <= 0.1 * count, (stand, count)
