"""The figures of a claim: the same in another spelling is the same, another figure is never outvoted."""

import csv
from pathlib import Path

import pytest

from digest.checks import check
from digest.checks.measures import measures

OWN = Path(__file__).parents[1] / "data/check/figures.tsv"


def rows(path: Path) -> list[tuple[str, str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        read = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(verdict, document, claim) for verdict, document, claim in read if verdict != "verdict"]


@pytest.mark.parametrize(("verdict", "document", "claim"), rows(OWN))
def test_a_figure_is_judged_by_what_it_says(verdict: str, document: str, claim: str) -> None:
    result = check(claim, document)
    assert result.supported == (verdict == "ok"), result


@pytest.mark.parametrize("name", ["supported", "not-supported"])
def test_the_claims_of_the_cases_are_judged_rightly(dev_data: Path, name: str) -> None:
    path = dev_data.parent / "cases/claims" / f"{name}.tsv"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    wrong = [row for row in rows(path) if check(row[2], row[1]).supported != (row[0] == "ok")]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "value", "family"),
    [
        ("2 150 000 crowns", 2_150_000, "crown"),
        ("2'150'000", 2_150_000, ""),
        ("minus 12 degrees Celsius", -12, "celsius"),
        ("two and a half hours", 9_000, "time"),
        ("half a million people", 500_000, ""),
        ("three quarters of the berths", 0.75, "share"),
        ("1 in 5 berths", 0.2, "share"),
        ("2:30 pm", 870, "clock"),
        ("40 million EUR", 4e7, "euro"),
        ("30 kilometres an hour", 30, "speed"),
        ("earnings of $6.86.", 6.86, "dollar"),
    ],
)
def test_a_measure_is_read_with_its_unit(text: str, value: float, family: str) -> None:
    (found,) = measures(text)
    assert (found.value, found.family) == (pytest.approx(value), family)
