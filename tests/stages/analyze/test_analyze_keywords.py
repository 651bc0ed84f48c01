"""Keywords: what may be one, and what repeats another."""

import pytest
from analyze_cases import NEWS, analyse, article_of, tokens_of

from digest.english.background import rarity
from digest.english.words import split_words, stem
from digest.stages.analyze.keywords import candidates
from digest.stages.analyze.reading import read


def forms(text: str) -> set[str]:
    lines = read(article_of(text), tokens_of(text)).lines
    return {form for candidate in candidates(lines) for form in candidate.forms}


def test_names_are_kept_whole() -> None:
    found = forms("The Office for Civil Rights fined Elif Demir of the Bank of Velland on Monday.")
    assert {"Office for Civil Rights", "Elif Demir", "Bank of Velland"} <= found
    assert not {"Office", "Civil Rights", "Office for Civil", "Elif", "Velland"} & found


def test_numbers_dates_verbs_and_pronouns_are_no_keywords() -> None:
    found = forms(
        "They closed 4.5 million accounts in January because everybody quickly moved away on Tuesday."
    )
    assert not {"million accounts", "January", "Tuesday", "quickly", "everybody", "closed", "they"} & found


def test_a_sentence_s_capital_is_lowered_and_a_name_s_is_not() -> None:
    found = forms("Heavy lorries wear the road down. Port Ansel pays for road repairs.")
    assert "heavy lorries" in found
    assert "Port Ansel" in found


def test_no_keyword_repeats_another() -> None:
    words = [set(map(stem, k.keyword.lower().split())) for k in analyse(NEWS).keywords if k.keyword.islower()]
    for at, one in enumerate(words):
        assert not any(one <= other or other <= one for other in words[at + 1 :])


def test_ten_keywords_from_a_hundred_words() -> None:
    assert len(analyse(NEWS).keywords) == 10


def test_possessives_end_a_phrase() -> None:
    assert "county heating company" not in forms("The county’s heating company closed two boilers.")
    assert "heating company" in forms("The county’s heating company closed two boilers.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cities", "city"),
        ("lorries", "lorry"),
        ("charged", "charges"),
        ("regulations", "regulation"),
        ("buses", "bus"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_a_common_word_is_less_rare_than_a_new_one() -> None:
    assert 0 < rarity("people") < rarity("eelgrass") <= 1


def test_words_keep_what_belongs_together() -> None:
    text = "The U.S. city’s threat-informed plan cost €2,300 or 4.5% in 2026."
    words = split_words(text)
    assert [w.text for w in words if len(w.text) > 3] == [
        "U.S.",
        "city’s",
        "threat-informed",
        "plan",
        "cost",
        "€2,300",
        "4.5%",
        "2026",
    ]
    assert all(text[w.start : w.end] == w.text for w in words)
