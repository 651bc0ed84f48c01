"""Keywords against people's keys: how they are compared, and the methods side by side."""

import builtins
import json
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbedder

from tests.quality.evaluation.keyword_baselines import make_tfidf
from tests.quality.evaluation.keywords import (
    KEYBERT_TEXTS,
    METHODS,
    OURS,
    SETS,
    Score,
    evaluate_keywords,
    gold_keys,
    mean_score,
    score_keywords,
)

TEXTS = (
    "The harbour bridge closed on Monday because heavy lorries damaged the harbour bridge.",
    "A finite volume scheme converges. We analyse the finite volume scheme for smooth data.",
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "keyphrases"
    folder.mkdir()
    rows = [
        {"id": str(at), "text": text, "keys": ["harbour bridge", "finite volume schemes"]}
        for at, text in enumerate(TEXTS)
    ]
    for name in SETS:
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


def test_keys_match_by_their_stems_whatever_the_case_and_white_space() -> None:
    assert gold_keys(["Finite \tVolume schemes", "finite volume scheme", ""]) == {"finit volum scheme"}
    assert score_keywords(["FINITE volume scheme"], gold_keys(["finite volume schemes"])) == Score(1.0, 1.0)


def test_part_of_a_key_is_wrong() -> None:
    assert score_keywords(["volume scheme"], gold_keys(["finite volume scheme"])) == Score(0.0, 0.0)


def test_forms_of_one_keyword_count_once_and_only_ten_count() -> None:
    gold = gold_keys(["road"])
    assert score_keywords(["roads", "road"], gold).precision == 1.0
    others = [f"word{at}" for at in range(10)]
    assert score_keywords([*others, "road"], gold).f1 == 0.0


def test_f1_is_of_one_text_and_the_mean_of_all() -> None:
    half = score_keywords(["road", "rain"], gold_keys(["road", "tram", "bus", "bridge"]))
    assert half.precision == pytest.approx(1 / 2)
    assert half.f1 == pytest.approx(2 * (1 / 2) * (1 / 4) / (1 / 2 + 1 / 4))
    assert mean_score([half, Score(0.0, 0.0)]).f1 == pytest.approx(half.f1 / 2)
    assert mean_score([]) == Score(0.0, 0.0)


def test_tfidf_puts_what_only_this_text_says_often_first() -> None:
    assert make_tfidf(TEXTS, top=3)(TEXTS[1])[0] in ("finite", "volume", "scheme", "finite volume")


def test_every_method_has_a_row_for_every_set(data: Path) -> None:
    rows = evaluate_keywords(data, FakeEmbedder(), methods=(OURS, "tf-idf", "YAKE"))
    assert [(row.set_name, row.method) for row in rows] == [
        (name, method) for name in SETS for method in (OURS, "tf-idf", "YAKE")
    ]
    assert all(row.ms_per_text > 0 for row in rows if row.texts)


def test_a_package_that_is_not_installed_is_a_note(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] in ("yake", "keybert"):
            raise ImportError(name, name=name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    rows = evaluate_keywords(data, FakeEmbedder(), limit=1, methods=METHODS)
    missing = [row for row in rows if row.method in ("YAKE", "KeyBERT")]
    assert [(row.texts, row.note) for row in missing[:2]] == [
        (0, "not installed: yake"),
        (0, "not installed: keybert"),
    ]
    assert all(row.texts == 1 for row in rows if row not in missing)


def test_keybert_is_given_few_texts(data: Path) -> None:
    pytest.importorskip("keybert")
    row = evaluate_keywords(data, FakeEmbedder(), methods=("KeyBERT",))[0]
    assert 0 < row.texts <= KEYBERT_TEXTS


def test_an_unknown_method_is_a_mistake(data: Path) -> None:
    with pytest.raises(ValueError, match="no such method: RAKE"):
        evaluate_keywords(data, FakeEmbedder(), methods=("RAKE",))


@pytest.mark.slow
def test_yake_scores_what_others_found_for_it(dev_data: Path) -> None:
    # .19, .175 and .08 on the first 100 texts.
    pytest.importorskip("yake")
    rows = evaluate_keywords(dev_data, FakeEmbedder(), limit=100, methods=("YAKE",))
    assert [row.score.f1 for row in rows] == pytest.approx([0.19, 0.175, 0.08], abs=0.01)
