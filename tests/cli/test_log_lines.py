"""Under `--log json` whatever stands on standard error is one JSON object a line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from forked import typed_apart

URL = "https://h.example/?token=SEKRET"

TEXTS = [
    f'{{"url": "{URL}"}}',
    f'quote "https://h.example/?sig=SEKRET"b" end, see {URL}&x=1',
    "see https://user:SEKRET@h.example/feed and postgresql://u:SEKRET@h/d",
    "back\\slash https://h.example/?password=SEKRET\\",
    'https://u:SEKRET"@h.example/',
    "a\nb\u2028c\x1b[31m \ud800 café",
    "https://h.example/?u=https%3A%2F%2Fq%3Ftoken%3DSEKRET",
]

SAYING = """
import json, logging, os, sys, threading, warnings
from digest.cli import app, main
from digest.cli.printing import say

@app.command("say-all")
def say_all(text: str) -> None:
    for each in json.loads(text):
        say(each)
        logging.getLogger("some.library").error("%s", each)
    warnings.warn(f"old way of {json.loads(text)[0]}")
    def fail(): raise ValueError(json.loads(text)[0])
    thread = threading.Thread(target=fail); thread.start(); thread.join()
    class Going:
        def __del__(self): fail()
    Going()
    fail()

sys.argv[0] = "digest"
main()
"""


def lines_of(said: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in said.split("\n")[:-1]]
    assert all(set(each) == {"time", "level", "message"} for each in found)
    assert said.endswith("\n")
    return found


def said_by(*words: str, encoding: str = "utf-8") -> str:
    command = [sys.executable, "-c", SAYING, *words, "say-all", json.dumps(TEXTS)]
    environ = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, env=environ)
    assert done.returncode == 1
    assert done.stdout == b""
    return done.stderr.decode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_what_is_said_logged_warned_of_or_raised_is_a_line_each(encoding: str) -> None:
    said = said_by("--log", "json", encoding=encoding)
    found = lines_of(said)
    assert "SEKRET" not in said
    levels = [each["level"] for each in found]
    assert levels == ["info", "error"] * len(TEXTS) + ["warning"] + ["critical"] * 3
    assert found[0]["message"] == '{"url": "https://h.example/?token=***"}'
    assert found[1]["message"] == 'some.library: {"url": "https://h.example/?token=***"}'
    assert found[10]["message"] == TEXTS[5]
    assert "UserWarning: old way of" in found[-4]["message"]
    for each in found[-3:]:
        assert each["message"].startswith("Traceback")
        assert 'ValueError: {"url": "https://h.example/?token=***"}' in each["message"]


def test_without_it_they_are_text_without_secrets() -> None:
    said = said_by()
    assert "SEKRET" not in said
    assert 'some.library: {"url": "https://h.example/?token=***"}\n' in said
    assert said.count("Traceback") == 3


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--log", "json", "run", "--limit", "x"), "'--limit': Input should be a valid integer"),
        (("--log=json", "nothing"), "No such command 'nothing'"),
        (("--log", "json", "draft", "list", "--nothing"), "No such option: --nothing"),
        (("--nothing", "--log", "json", "run"), "No such option: --nothing"),
        (("--log", "json", "--nothing", "run"), "No such option: --nothing"),
        (("draft", "list", "--log", "json"), "--log goes before the command: digest --log json draft list"),
        (("draft", "list", "--log=json"), "--log goes before the command: digest --log=json draft list"),
        (("--log", "json", "draft", "list", "-C", URL), "-C 'https://h.example/?token=***' draft list"),
        (("--log", "json", "publish", URL), "https://h.example/?token=***"),
        (("--log", "json", "draft"), ""),
    ],
)
def test_a_mistake_of_usage_is_a_line(words: tuple[str, ...], part: str) -> None:
    done = typed_apart(None, *words)
    assert done.returncode == 2, done.err
    (line,) = lines_of(done.err)
    assert line["level"] == "error"
    assert part in line["message"]
    assert "SEKRET" not in done.err


def test_what_only_looks_like_the_option_leaves_text(tmp_path: Path) -> None:
    done = typed_apart(tmp_path, "search", "--nothing", "--", "--log", "json")
    assert done.returncode == 2
    assert "╭" in done.err
