"""The passage that a result shows: which sentence, how it is cut, and what is marked in it."""

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import FakeEmbedder

from digest.articles.sentences import sentences
from digest.records import FoundArticle, Vectors
from digest.search.passages import (
    END_MARK,
    MAX_CHARACTERS,
    MAX_SENTENCES,
    START_MARK,
    best_spans,
    fit,
    plain,
    with_marks,
)
from digest.search.ranking import fuse, word_weight

LONG = (
    "a sentence that goes on about the quarry, its owners and the road beside it, for long enough, "
    "and then on again, "
)
TEXT = (
    "Divers counted the eelgrass in Orr bay. "
    "It had doubled since dredging stopped. "
    "The harbour office said so on Monday. "
    f"Of the kiln there is {LONG}as a reader of a list would want it to."
)


def article(text: str, *, entry: str = "") -> FoundArticle:
    return FoundArticle(
        "a", "", "", "", "", None, text, tuple(sentences(text, "en")), "", "a", entry_text=entry
    )


def passage(asked: str, found: FoundArticle, *, by_meaning: str = "", prefers_entry: bool = False) -> str:
    """The passage for words asked for, where a model is loaded if something is sought by meaning."""
    words = set(asked.lower().split())

    def weigh(texts: Sequence[str]) -> list[float]:
        return [len(words & set(plain(text).lower().strip(".").split())) / len(words) for text in texts]

    embedder = FakeEmbedder()
    vector: Vectors | None = embedder.encode([by_meaning])[0] if by_meaning else None
    embed = embedder.encode if by_meaning else None
    return best_spans([found], weigh, vector=vector, embed=embed, prefers_entry=prefers_entry)[0]


def test_the_sentence_with_most_of_the_words_is_shown_with_its_better_neighbour() -> None:
    assert passage("doubled dredging", article(TEXT)) == (
        "It had doubled since dredging stopped. The harbour office said so on Monday."
    )
    assert passage("doubled dredging eelgrass", article(TEXT)).startswith("Divers counted")


def test_a_long_sentence_stands_alone() -> None:
    assert (
        passage("kiln", article(TEXT))
        == f"Of the kiln there is {LONG}as a reader of a list would want it to."
    )


def test_a_sentence_that_tells_little_gives_way_to_the_nearest_by_meaning() -> None:
    asked = "office mayor tram school budget"
    assert passage(asked, article(TEXT)).startswith("The harbour office")
    near = passage(asked, article(TEXT), by_meaning="Divers counted the eelgrass in Orr bay.")
    assert near.startswith("Divers counted")


def test_meaning_is_asked_of_the_first_sentences_of_a_long_text_only() -> None:
    text = " ".join(f"Line {number} of the report says nothing new." for number in range(MAX_SENTENCES + 5))
    assert "mayor" not in passage("kiln", article(text + " The mayor left."), by_meaning="The mayor left.")
    assert "mayor" in passage("kiln", article("The mayor left. " + text), by_meaning="The mayor left.")


def test_the_entry_is_shown_where_it_holds_more() -> None:
    found = article(TEXT, entry="The title\nThe meadow grew twofold. Fish came back.\nSeagrass")
    assert passage("meadow fish", found) == "The meadow grew twofold."
    assert passage("title", found).startswith("Divers"), "the title stands above the passage"
    same = article(TEXT, entry="The title\nEelgrass came back.")
    assert passage("eelgrass", same).startswith("Divers")
    assert passage("eelgrass", same, prefers_entry=True) == "Eelgrass came back."


def test_an_article_without_sentences_shows_its_beginning_and_an_empty_one_nothing() -> None:
    assert (
        passage("kiln", FoundArticle("a", "", "", "", "", None, "kiln \x00 coal", (), "", "a")) == "kiln coal"
    )
    assert passage("kiln", FoundArticle("a", "", "", "", "", None, "", (), "", "a")) == ""


@pytest.mark.parametrize("at", [0, 10, 60, 110])
def test_a_long_passage_is_cut_around_its_first_mark(at: int) -> None:
    words = [f"word{number}" for number in range(150)]
    words[at] = f"{START_MARK}{words[at]}{END_MARK}"
    cut = fit(" ".join(words))
    assert words[at] in cut
    assert len(cut) <= MAX_CHARACTERS + 5
    assert (cut.startswith("… "), cut.endswith(" …")) == (at >= 60, True)
    assert set(cut.strip("… ").split()) <= set(words)


def test_a_cut_within_marks_closes_them() -> None:
    cut = fit(f"{START_MARK}{'kiln ' * 100}{END_MARK}")
    assert cut.count(START_MARK) == cut.count(END_MARK) == 1
    assert with_marks(f"the {START_MARK}kiln{END_MARK} shut", "**", "**") == "the **kiln** shut"


def test_a_short_passage_stays() -> None:
    assert fit("A kiln.") == "A kiln."


def test_a_word_that_few_articles_hold_weighs_more_and_none_less_than_nothing() -> None:
    weights = [word_weight(100, holding) for holding in (1, 10, 50, 100)]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > 0


def test_both_ways_are_added_and_without_words_meaning_alone_counts() -> None:
    words, meaning = np.array([4.0, 0.0], np.float32), np.array([0.1, 0.5], np.float32)
    assert fuse(words, meaning, 4.0).tolist() == pytest.approx([0.6, 0.5])
    assert fuse(words, meaning, 0.0).tolist() == pytest.approx([0.1, 0.5])
