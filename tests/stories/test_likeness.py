"""The measure: terms, packed vectors, similarity and smoothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.stories.measure import Frequencies, Profiles, coverage, shown
from digest.stories.nearest import Index, pack, unpack
from digest.stories.smoothing import Smoothed, nearest_of
from digest.stories.terms import counts_of, keys_of, terms_of

HACK = "Hackers stole patient records at Medlinea. Medlinea shut its servers, and pharmacists wrote by hand."
KILN = "A cement maker closed its last coal kiln at Brekke and started an electric one."


def unit(*rows: list[float]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    matrix = np.array(rows, dtype=np.float32)
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), dtype=np.float32)


def test_terms_never_change() -> None:
    # They are kept in archives for years; another value here needs another TERMS_VERSION.
    assert terms_of("Medlinea lost records.").tolist() == [77566209, 92580353, 223268353, 491703809]


def test_names_count_beside_words_and_stop_words_do_not() -> None:
    assert len(terms_of("kiln")) == 1
    assert len(terms_of("Kiln")) == 2
    assert len(terms_of("the of and he")) == 0
    assert counts_of(terms_of("kiln kilns kiln")).tolist() == [3]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("eleven", "11"),
        ("Eleven", "11"),
        ("Twenty-three", "23"),
        ("Norwegian", "Norway"),
        ("the Norwegians", "Norway's"),
        ("Dutch", "Netherlands"),
    ],
)
def test_what_reports_write_either_way_is_one_term(one: str, other: str) -> None:
    assert terms_of(one).tolist() == terms_of(other).tolist()


def test_words_that_only_look_like_peoples_stay() -> None:
    assert terms_of("polish").tolist() != terms_of("poland").tolist()


@given(st.text())
def test_any_text_has_terms_within_the_table(text: str) -> None:
    keys = keys_of(terms_of(text))
    assert ((keys >= 0) & (keys < len(Frequencies.empty().counts))).all()


def profiles(*texts: str) -> Profiles:
    terms = [terms_of(text) for text in texts]
    return Profiles(unit(*[[1.0, 0.0]] * len(texts)), terms, Frequencies.empty().plus(terms))


def test_a_text_is_wholly_similar_to_itself_and_more_to_its_like_than_to_others() -> None:
    made = profiles(HACK, HACK.lower(), KILN)
    same, like, other = made.to_all(made.mixed([0], [1.0]))
    assert abs(same - 1) < 1e-5
    assert same > like > other


def test_pairs_products_and_one_against_all_agree() -> None:
    made = profiles(HACK, KILN, "")
    one = made.to_all(made.mixed([0], [1.0]))
    rows = np.zeros(3, dtype=np.int64)
    assert np.allclose(made.pairs(rows, np.arange(3)), one, atol=1e-5)


def test_a_lone_pair_below_the_floor_stays_what_it_is() -> None:
    assert nearest_of([4, 7], np.array([0.39, 0.41])) == [(7, 0.41)]
    assert nearest_of([4, 7], np.array([0.39, 1.0]), without=7) == []


def test_smoothing_brings_together_what_shares_neighbours() -> None:
    made = profiles(HACK, "Pharmacists wrote by hand at Medlinea.", "Hackers stole patient records.")
    places = np.array([1, 2, 3])
    alone = Smoothed(places, made, {}, places).pairwise()
    together = Smoothed(places, made, {2: [(1, 0.6)], 3: [(1, 0.6)]}, places).pairwise()
    assert together[1, 2] > alone[1, 2]
    assert np.allclose(together, together.T)


def test_a_query_is_compared_as_the_pairs_are() -> None:
    made = profiles(HACK, HACK.replace("Hackers", "Thieves"), KILN)
    places = np.array([10, 20, 30])
    near = {10: [(20, 0.9)], 20: [(10, 0.9)]}
    smoothed = Smoothed(places, made, near, places)
    own = profiles(HACK, HACK.replace("Hackers", "Thieves"), KILN)
    query = Profiles(
        unit([1.0, 0.0]),
        [terms_of(HACK)],
        Frequencies.empty().plus(
            [terms_of(HACK), terms_of(HACK.replace("Hackers", "Thieves")), terms_of(KILN)]
        ),
    )
    assert len(own) == 3
    found = smoothed.compared(query, 10)
    assert found[1] > found[2]
    assert abs(found[2] - smoothed.pairwise()[0, 2]) < 0.05


def test_packed_vectors_keep_their_cosines() -> None:
    vectors = unit(*np.random.default_rng(1).standard_normal((50, 384)).tolist())
    back = unpack(*pack(vectors))
    assert np.abs(back @ back.T - vectors @ vectors.T).max() < 0.002
    assert np.allclose(np.linalg.norm(back, axis=1), 1, atol=1e-5)


def test_an_index_finds_rows_by_place_in_any_order() -> None:
    index = Index(np.array([5, 2]), unit([1, 0], [0, 1])).plus(np.array([3]), unit([1, 1]))
    assert index.places.tolist() == [2, 3, 5]
    assert index.rows_of([5, 4, 2]).tolist() == [2, 0]
    assert index.nearest(unit([1, 0]), count=1).tolist() == [[2]]


def test_an_article_near_to_everything_sees_few_from_the_first_rank() -> None:
    rng = np.random.default_rng(1)
    hub = np.ones((1, 16))
    others = np.maximum(np.eye(16)[rng.integers(0, 16, 60)] + 0.35 * rng.random((60, 16)), 0)
    index = Index(np.arange(61), unit(*np.vstack([hub, others]).tolist()))
    ranks = []
    for row in range(1, 61):
        vector = index.vectors[row]
        level = index.level_of(vector, is_among=True)
        ranks.append(int(index.ranks_from(np.array([0]), vector, level)[0][0]))
    assert sum(rank < 10 for rank in ranks) <= 10


def test_rare_words_of_a_signal_decide_whether_a_text_says_it() -> None:
    frequencies = Frequencies.empty().plus([terms_of("costs rose again")] * 50)
    signal = terms_of("Costs of eelgrass rose")
    assert coverage(signal, terms_of("eelgrass costs"), frequencies) > 0.5
    assert coverage(signal, terms_of("costs rose"), frequencies) < 0.5
    assert coverage(terms_of(""), signal, frequencies) == 0


def test_similarities_are_shown_within_bounds_and_in_order() -> None:
    assert [shown(each) for each in (-0.2, 0.0, 1.3)] == [0, 0, 1]
    assert shown(0.1) < shown(0.44)
    assert round(shown(0.44), 1) == 0.7
