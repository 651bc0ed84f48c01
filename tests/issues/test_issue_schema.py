"""An issue's JSON validates against the schema that is shipped, and the schema documents every field."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from entry_pages import entry_of, rows_of
from jsonschema import Draft202012Validator
from made_issues import TIMES, entry, hostile_issue, hostile_texts, issue_of, with_part

from digest.issues.forms import SCHEMA_VERSION, issue_schema, render_issue_json
from digest.records import Entry, Issue

SCHEMA = json.loads(issue_schema())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def undocumented(value: Any, schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Name the fields that the schema does not speak of."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, dict):
        for name, inner in value.items():
            found = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            if found is None:
                yield f"{path}/{name}"
            else:
                yield from undocumented(inner, found, f"{path}/{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from undocumented(inner, schema.get("items", {}), f"{path}[]")


def check(issue: Issue) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(render_issue_json(issue, TIMES))
    assert [error.message for error in VALIDATOR.iter_errors(made)] == []
    assert set(undocumented(made, SCHEMA)) == set()
    return made


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"].endswith(f":{SCHEMA_VERSION.split('.')[0]}")


def test_an_issue_validates_and_names_its_schema_and_its_times() -> None:
    made = check(issue_of(entry(), with_part(entry(), "Mine."), note="Corrected on 3 December 2026: link."))
    assert (made["$schema"], made["schema_version"]) == ("issue.schema.json", SCHEMA_VERSION)
    assert made["published_at"] == "2026-11-22T05:04:03Z"
    assert made["changed_at"] == "2026-12-03T18:00:00Z"
    assert made["entries"][0]["note"] == "Corrected on 3 December 2026: link."
    check(issue_of())


def test_imported_and_hostile_entries_validate(dev_data: Path) -> None:
    entries: list[Entry] = [entry_of(row) for row in rows_of(dev_data)]
    assert {each.shape for each in entries} == {"v1", "v2"}
    check(issue_of(*(each for each in entries if each.themes)))
    check(hostile_issue(hostile_texts(dev_data)))


def test_suggested_cells_are_named() -> None:
    made = entry()
    rows = (replace(made.signals[0], suggested=("change", "driving_force")), made.signals[1])
    first, second = check(issue_of(replace(made, signals=rows)))["entries"][0]["signals"]
    assert first["suggested"] == ["change", "driving_force"]
    assert "suggested" not in second
    first["suggested"] = ["signal"]
    assert not VALIDATOR.evolve(schema=SCHEMA["$defs"]["signal"]).is_valid(first)


@pytest.mark.parametrize("field", SCHEMA["required"])
def test_an_issue_without_a_field_does_not_validate(field: str) -> None:
    made = json.loads(render_issue_json(issue_of(entry()), TIMES))
    del made[field]
    assert not VALIDATOR.is_valid(made)
    made[field] = 7
    assert not VALIDATOR.is_valid(made)


def test_the_sample_that_readme_shows_is_of_this_schema() -> None:
    sample = Path(__file__).parents[2] / "output" / "sample" / "issues"
    assert (sample / "issue.schema.json").read_text("utf-8") == issue_schema()
    for path in sample.glob("2*.json"):
        made = json.loads(path.read_text("utf-8"))
        assert [error.message for error in VALIDATOR.iter_errors(made)] == []
        assert made["schema_version"] == SCHEMA_VERSION
