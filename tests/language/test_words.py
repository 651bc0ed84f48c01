"""Words, roots and what is known of them, and what a screen is shown: golden cases in tests/data/language."""

import ast
import io
import json

import pytest
from golden import cases

from digest.language.background import counts, rarity
from digest.language.counts import counted
from digest.language.relations import antonyms, bare_forms, base_of, root, synonyms
from digest.language.screen import Screen, as_text, in_json, in_xml, on_one_line, visible
from digest.language.short_tags import MAX_ATTRIBUTES, with_short_tags
from digest.language.words import count_words, split_words, stem


@pytest.mark.parametrize(("given", "expected"), cases("language/words.md"))
def test_words_are_split_where_a_reader_sees_an_end(given: str, expected: str) -> None:
    words = split_words(given, offset=7)
    assert "|".join(word.text for word in words) == expected
    assert all(given[word.start - 7 : word.end - 7] == word.text for word in words)


@pytest.mark.parametrize(("given", "expected"), cases("language/roots.md"))
def test_forms_of_a_word_share_a_root_that_other_words_do_not_have(given: str, expected: str) -> None:
    assert expected == "one root a line"
    roots = [{root(word) for word in line.split()} for line in given.splitlines()]
    assert [len(each) for each in roots] == [1] * len(roots), roots
    assert len(set.union(*roots)) == len(roots)


@pytest.mark.parametrize(("given", "expected"), cases("language/relations.md"))
def test_words_that_say_the_same_or_the_opposite_are_known(given: str, expected: str) -> None:
    one, other = map(root, given.split())
    said = "antonyms" if other in antonyms(one) else "synonyms" if other in synonyms(one) else "neither"
    back = "antonyms" if one in antonyms(other) else "synonyms" if one in synonyms(other) else "neither"
    assert (said, back) == (expected, expected)


@pytest.mark.parametrize(("given", "expected"), cases("language/screen.md"))
def test_what_would_steer_a_screen_is_seen(given: str, expected: str) -> None:
    text, shown = ast.literal_eval(given), ast.literal_eval(expected)
    assert visible(text) == shown
    written = io.StringIO()
    assert Screen(written).write(text) == len(text)
    assert written.getvalue() == shown
    assert "\n" not in on_one_line(text)
    # Data says the same as before, and is harmless too.
    data = in_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(data) == text
    assert visible(data) == data
    assert visible(in_xml(text)) == in_xml(text)


def test_data_without_escapes_keeps_what_is_text() -> None:
    assert as_text("a\r\nb\tc\u200b\u200d") == "a\r\nb\tc\u200b\u200d"
    assert as_text("a\x1b[2J\u202e\rb") == "a\\x1b[2J\\u202e\\x0db"


def test_words_are_counted_as_a_person_would() -> None:
    assert count_words("The U.S. – a 4.5% rise") == 5
    assert count_words(" — * \n") == 0


def test_a_stem_brings_words_near_each_other_that_a_root_keeps_apart() -> None:
    assert stem("regulators") == stem("regulator")
    assert stem("regulation") == stem("regulations")
    assert stem("glasses") != stem("glad")
    assert stem("bus") == "bus"
    assert stem("Bücher’s") == "bücher"


def test_a_base_is_given_in_small_letters_and_other_words_as_they_are() -> None:
    assert [base_of(form) for form in ("Bought", "buying", "buys", "buy", "Tram")] == [*["buy"] * 4, "tram"]


def test_a_prefix_that_turns_a_word_round_is_taken_off() -> None:
    assert "stable" in bare_forms("Unstable")
    assert "possible" in bare_forms("impossible")
    assert bare_forms("tram") == []
    assert bare_forms("under") == []


def test_a_common_word_is_less_rare_than_one_never_seen() -> None:
    documents, found = counts()
    assert documents == 240
    assert 0 < max(found.values()) <= documents
    assert 0 < rarity("people") < rarity("pension") < rarity("flumadiddle") == 1.0
    assert rarity("Pensions") == rarity("pension")


def test_numbers_of_things_are_said_in_english() -> None:
    said = [counted(number, "story", "stories") for number in (0, 1, 2, 1200)]
    assert said == ["0 stories", "1 story", "2 stories", "1,200 stories"]


def test_a_tag_loses_what_no_page_has_and_every_other_stays() -> None:
    many = " ".join(f'a{number}="<{number}"'.replace("<", "") for number in range(MAX_ATTRIBUTES + 50))
    html = f'<p class="x">one</p><div {many}>two</div>'
    short = with_short_tags(html)
    assert short.startswith('<p class="x">one</p><div a0="0" ')
    assert short.endswith(f'a{MAX_ATTRIBUTES - 1}="{MAX_ATTRIBUTES - 1}">two</div>')
    assert with_short_tags(short) == short
