"""Which sentences make the summary."""

import pytest
from analyze_cases import NEWS, analyse, article_of, tokens_of

from digest.english.tags import tag
from digest.english.words import split_words
from digest.stages.analyze.furniture import is_furniture, is_prose
from digest.stages.analyze.reading import read
from digest.stages.analyze.summary import leans

UNWANTED = ("Subscribe", "Photo by", "Why does", "Check the weight")


def sentences_of(text: str) -> list[str]:
    return [sentence.text for sentence in analyse(text).summary]


def test_furniture_questions_and_list_items_stay_out() -> None:
    for sentence in sentences_of(NEWS):
        assert not sentence.startswith(UNWANTED)
        assert not sentence.endswith((":", "?"))


def test_a_sentence_that_leans_comes_only_with_the_one_before() -> None:
    chosen = sentences_of(NEWS)
    if any(sentence.startswith("But drivers") for sentence in chosen):
        assert any(sentence.startswith("The average car") for sentence in chosen)


def test_the_first_sentence_neither_leans_nor_quotes() -> None:
    text = "“It is over,” the mayor said of the charge on cars in the city.\n" + NEWS
    first = sentences_of(text)[0]
    assert first[0] not in "“\"'"


def test_a_repeated_sentence_comes_once() -> None:
    lead = NEWS.split("\n")[0]
    chosen = sentences_of(f"{lead}\n{NEWS}")
    assert chosen.count(lead) <= 1


def test_a_short_text_gives_what_it_has() -> None:
    text = "Port Ansel approved a charge by weight. The council voted on Saturday by 34 to 27."
    assert sentences_of(text) == [
        "Port Ansel approved a charge by weight.",
        "The council voted on Saturday by 34 to 27.",
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("But the charge stays.", True),
        ("He said so too.", True),
        ("This was the first charge.", True),
        ("By then the bridge was closed.", True),
        ("It’s a charge by weight.", True),
        ("Several wrote to the council.", True),
        ("Port Ansel approved the charge.", False),
        ("The charge starts in February.", False),
    ],
)
def test_what_leans_on_the_sentence_before(sentence: str, expected: bool) -> None:
    (line,) = read(article_of(sentence), tokens_of(sentence)).lines
    assert leans(line) is expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Subscribe to our newsletter for more.",
        "Read more about the charge.",
        "Photo: Jane Doe / Getty Images",
        "This article was originally published on Monday.",
        "Written by Rosa Quintero",
        "More at https://example.org/charge today.",
    ],
)
def test_what_belongs_to_the_site_is_furniture(sentence: str) -> None:
    assert is_furniture(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "What did the council decide?",
        "The following items were taken:",
        "Latest news from the harbour",
        "- The charge was approved on Saturday.",
        "def charge(weight): return weight;",
        "THE COUNCIL HAS APPROVED THE CHARGE TODAY.",
        "Harbour | Bridge | Trams were closed today |.",
    ],
)
def test_what_is_no_running_text(sentence: str) -> None:
    assert not is_prose(sentence, tag(split_words(sentence)))
