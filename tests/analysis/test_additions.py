"""What a model adds to what the article says is refused; what careful readers wrote stands."""

import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from planted import Statement, statements

from digest.analysis.by_model.additions import additions, is_of_no_sentence
from digest.analysis.by_model.answer import Said
from digest.analysis.by_model.numbered import Numbered, number
from digest.analysis.by_model.support import judge

LINE = "The council of Tarrow opened two schools with their own kitchens in March."
CELLS = (
    "From a trial to a permanent rule", "To full coverage", "Cheaper batteries", "A shortage of nurses",
    "From paper to digital", "Rising costs", "Growing demand", "Pressure from investors", "To everyone",
    "From few to many", "From local to global", "Falling prices of sensors", "Budget cuts", "Public pressure",
    "From ownership to rental", "Consumers want convenience", "Tighter rules on privacy", "Loss of trust",
)  # fmt: skip
"""Changes and causes that fit any article, and so none."""
TAILS = (
    ", after years of protest", ", as costs fall", ", thanks to a new law", ", despite warnings from experts",
    " because demand collapsed", ", which worries investors", " under pressure from voters",
    ", saving thousands of jobs", ", a record for the industry", " in a secret deal", ", as promised",
    ", for the first time ever", ", the only one in the world", " and fired the staff",
)  # fmt: skip
"""Ends that a true sentence may be given."""
TITLES = (
    "Heading and pipe code", "Schools close after a storm", "Cheaper batteries change transport",
    "Robots learn to cook dinner", "City plans a new bridge", "Farmers turn to solar power",
    "Banks cut jobs after merger", "Trains run late in winter",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "named"),
    [
        (
            "The council of Tarrow opened two schools with their own kitchens, as costs fall",
            "added",
            "as costs fall",
        ),
        (
            "After years of protest, the council of Tarrow opened two schools",
            "added",
            "After years of protest",
        ),
        ("The council of Tarrow opened two schools for the first time", "added", "for the first time"),
        ("Tarrow's council has only two schools with kitchens", "added", "only"),
        ("In Tarrow two schools were opened amid furious lawsuits", "added", "furious lawsuits"),
        ("A merger of banks cut jobs in Tarrow", "unrelated", "A merger of banks cut jobs in Tarrow"),
    ],
)
def test_what_a_statement_adds_is_named(text: str, kind: str, named: str) -> None:
    (problem,) = additions(text, LINE)
    assert (problem.kind, problem.claim) == (kind, named)


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        "Tarrow opened two schools that have kitchens of their own",
        "In March Tarrow's council opened two schools",
        "Two schools in Tarrow opened with kitchens, the council reports",
    ],
)
def test_other_words_for_the_same_are_no_addition(text: str) -> None:
    assert not list(additions(text, LINE))


def test_the_articles_own_sentence_stands_however_little_it_says() -> None:
    assert not list(additions("She had one herself.", "She had one herself."))


def test_a_phrase_may_say_only_but_not_what_no_sentence_says() -> None:
    assert not list(additions("From schools only to kitchens", LINE, is_sentence=False))
    for text in ("Cheaper batteries", "To everyone", "From few to many", "Growing demand for schools"):
        assert [each.kind for each in additions(text, LINE, is_sentence=False)] == ["unrelated"]


def test_a_first_of_one_thing_is_no_first_of_another() -> None:
    text = f"{LINE} It is sunny there, and the mayor was among the first who saw it in the early morning."
    (problem,) = additions("The council of Tarrow opened the first two schools with kitchens", text)
    assert (problem.kind, problem.claim) == ("added", "first")
    assert not list(additions("The mayor of Tarrow was first to see it in the morning", text))


def test_a_phrase_in_a_sentences_own_words_adds_no_first_and_no_all() -> None:
    for text in (
        "All schools with their own kitchens in March",
        "The first schools with their own kitchens in",
    ):
        assert [each.kind for each in additions(text, LINE, is_sentence=False)] == ["added"]


def test_a_change_that_runs_the_other_way_is_named() -> None:
    line = "The jobless rate dropped to 8.8 percent last month, from 8.9 percent."
    for text in ("From 8.8 percent to 8.9 percent", "The jobless rate went from 8.8 percent to 8.9 percent"):
        found = list(additions(text, line, is_sentence=text.startswith("The")))
        assert [(each.kind, each.claim, each.document) for each in found] == [("role", "from 8.8", "to 8.8")]
    assert not list(additions("From 8.9 percent to 8.8 percent", line, is_sentence=False))


@cache
def told(data: Path) -> list[tuple[Statement, Numbered]]:
    """Give the statements of careful readers, each with its article."""
    numbered: dict[str, Numbered] = {}
    found = [each for of in ("pages", "news") for each in statements(data, of=of) if each.field != "summary"]
    return [(each, numbered.setdefault(each.article.id, number(each.article))) for each in found]


def test_few_statements_of_careful_readers_are_refused_for_it(
    dev_data: Path,
) -> None:
    refused = Counter[str]()
    for each, numbered in told(dev_data):
        found = judge(Said(each.text, each.numbers), numbered, is_sentence=each.field == "signal")
        if found.state == "refused" and found.problems[0].kind in ("added", "certainty"):
            refused[found.problems[0].kind] += 1
    assert refused["added"] <= 3, refused
    assert refused["certainty"] <= 5, refused


def test_inventions_for_any_article_are_refused(dev_data: Path) -> None:
    chance = random.Random(17)
    articles = list({each.article.id: numbered for each, numbered in told(dev_data)}.values())
    stand = Counter[str]()
    for numbered in chance.sample(articles, 20):
        lines = [at for at in sorted(numbered.stating) if 8 <= len(numbered.sentences[at - 1].split()) <= 30]
        at = chance.choice(lines or sorted(numbered.stating))
        sentence = numbered.sentences[at - 1].rstrip(".!?")
        for tail in chance.sample(TAILS, 5):
            stand["tails"] += judge(Said(sentence + tail, (at,)), numbered).state != "refused"
        for cell in chance.sample(CELLS, 5):
            said = Said(cell, (at,))
            stand["cells"] += judge(said, numbered, is_sentence=False).state != "refused"
    assert stand["tails"] <= 8, stand
    assert stand["cells"] <= 12, stand


def test_a_title_is_of_some_sentences(dev_data: Path) -> None:
    signals = [(each, numbered) for each, numbered in told(dev_data) if each.field == "signal"]
    texts = {each.article.id: f"{each.article.title}.\n{each.article.text}" for each, _ in signals}
    refused = [each.text for each, _ in signals if is_of_no_sentence(each.text, texts[each.article.id])]
    assert len(refused) <= 12, refused
    stand = sum(not is_of_no_sentence(title, text) for title in TITLES for text in list(texts.values())[:40])
    assert stand <= 20
