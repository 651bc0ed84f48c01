"""Copies and near copies."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digest.articles.copies import find_copies, signature, similarity

AGENCY = " ".join(
    f"The {number} ministry said on day {number} that plan {number * 7} would begin in region {number % 5}."
    for number in range(40)
)
OTHER = " ".join(
    f"A different report about matter {number} with words {number * 13}." for number in range(40)
)


def test_signatures_never_change() -> None:
    # They are kept in archives for years: another value here makes every kept signature worthless.
    found = signature("The quick brown fox jumps over the lazy dog, twice.")
    assert found[:6].tolist() == [230280004, 59505298, 365615764, 207883679, 248356434, 61419480]
    assert found.shape == (128,)


def test_a_syndicated_copy_with_another_head_and_credit_is_found() -> None:
    copy = "Local desk. " + AGENCY.replace("The 3 ministry", "The third ministry") + " Agency report."
    rows = np.stack([signature(AGENCY), signature(OTHER), signature(copy)])
    assert find_copies(["a", "b", "c"], rows, {"a", "b", "c"}) == {"c": "a"}


def test_the_article_seen_first_is_the_original_and_copies_of_copies_name_it() -> None:
    rows = np.stack([signature(AGENCY)] * 3)
    assert find_copies(["a", "b", "c"], rows, {"c", "b"}) == {"b": "a", "c": "a"}


def test_an_article_of_the_archive_is_never_made_a_copy_of_a_fresh_one() -> None:
    rows = np.stack([signature(AGENCY)] * 2)
    assert find_copies(["old", "new"], rows, {"new"}) == {"new": "old"}
    assert find_copies(["old", "new"], rows, set()) == {}
    assert find_copies([], np.zeros((0, 128), dtype=np.uint32), set()) == {}


def test_texts_without_words_are_near_nothing_else() -> None:
    assert similarity(signature(""), signature(AGENCY)) == 0


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_whole_for_equal_texts(one: str, other: str) -> None:
    a, b = signature(one), signature(other)
    assert similarity(a, b) == similarity(b, a)
    assert similarity(a, a) == 1
