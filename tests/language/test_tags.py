"""Word classes: what they say of plain sentences, and that no sentence changes another's."""

import pytest

from digest.language import tags
from digest.language.tags import TAGS, tag, tag_sentences
from digest.language.words import split_words

SENTENCES = (
    "The county's largest port has closed its coal terminal after forty years.",
    "Land prices in Oslo rose by 4.5% last year, because few flats were built.",
    "Researchers who tested the vaccine say it protects children for a decade.",
    "U.S. regulators won't approve the drug until 2031.",
)


def tags_of(text: str) -> dict[str, str]:
    return {word.text: word.tag for word in tag(split_words(text))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SENTENCES[0], {"largest": "J", "port": "N", "has": "X", "closed": "VN", "after": "P", "years": "N"}),
        (
            SENTENCES[1],
            {"prices": "N", "Oslo": "NP", "rose": "V", "4.5%": "#", "because": "S", "built": "VN"},
        ),
        (SENTENCES[2], {"who": "W", "tested": "V", "say": "V", "it": "R", "protects": "V"}),
        (SENTENCES[3], {"U.S.": "NP", "won't": "M", "approve": "VB", "the": "D", "2031": "#"}),
    ],
)
def test_words_get_the_class_they_have_here(text: str, expected: dict[str, str]) -> None:
    found = tags_of(text)
    assert {word: found[word] for word in expected} == expected


def test_the_same_word_is_a_verb_or_a_noun_by_its_place() -> None:
    assert tags_of("They plan to build a bridge.")["plan"] == "V"
    assert tags_of("The plan was to build a bridge.")["plan"] == "N"


def test_a_capital_is_a_name_where_the_text_says_so() -> None:
    words = split_words("Apple falls.")
    assert tag(words, is_first_name=True)[0].tag == "NP"


def test_a_sentence_is_read_the_same_in_any_company() -> None:
    split = [split_words(text) for text in SENTENCES]
    together = tag_sentences(split)
    # What was tagged lately is remembered.
    tags._found.clear()
    assert together == [tag(words) for words in split]


def test_a_sentence_that_comes_again_keeps_its_own_places_and_names() -> None:
    tag(split_words("Apple falls."))
    again = tag(split_words("Apple falls.", offset=40), is_first_name=True)
    assert [(word.start, word.tag) for word in again[:2]] == [(40, "NP"), (46, "V")]


def test_more_sentences_than_are_remembered_are_all_tagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "MOST_FOUND", 2)
    tags._found.clear()
    split = [split_words(text) for text in SENTENCES]
    assert tag_sentences(split) == tag_sentences([*split, *split])[4:]
    assert len(tags._found) <= 2


def test_nothing_and_too_much_are_read_as_well() -> None:
    assert tag_sentences([]) == []
    assert tag_sentences([[], split_words("Rain fell.")])[0] == []
    long = tag(split_words("The rain fell and " * 40))
    assert len(long) == 160
    assert {word.tag for word in long} <= set(TAGS)
