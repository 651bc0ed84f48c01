"""The issue for programs: output/issues/<issue>.json, and the schema that says what is in it."""

import json
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from digest.issues.pages.issue import issue_json
from digest.records import Issue, IssueTimes

SCHEMA_FILE = "issue.schema.json"
"""Its name beside the issues, and in the package."""

SCHEMA_VERSION = "1.2"
"""Of what the schema describes: the second number grows with fields that are added, the first where fields
change or go."""


def render_issue_json(issue: Issue, times: IssueTimes) -> str:
    """Write an issue as JSON, which names its schema and the schema's version."""
    made = {
        "$schema": SCHEMA_FILE,
        "schema_version": SCHEMA_VERSION,
        **issue_json(issue),
        "published_at": _moment(times.published_at),
        "changed_at": _moment(times.changed_at),
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


@cache
def issue_schema() -> str:
    """Give the JSON Schema (draft 2020-12) of an issue."""
    return files("digest.issues.forms").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
