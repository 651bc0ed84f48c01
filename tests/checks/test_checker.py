"""A check has limits: what is beyond them is named, and counts as not supported."""

import json
import re
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from newsroom import Newsroom
from typer.testing import CliRunner

from digest.checks import checker as checking
from digest.checks.checker import MAX_CLAIM, MAX_TEXT, checked
from digest.checks.time_limit import TimeIsUpError, time_limit
from digest.cli.app import app

TEXT = "The council approved the plan on Monday. The fee rises from 2 to 4 euros a day."
SLOW = "for ever"


def endless(*_: Any, **__: Any) -> Any:
    """As a finder does that the claim was made for."""
    while True:
        try:
            re.match(r"(a|a)*b", "a" * 40)
        except Exception:
            continue


@pytest.fixture
def slow_where_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let claims take too long that say so."""
    real = checking.check

    def check(claim: str, document: str, **rest: Any) -> Any:
        return endless() if SLOW in claim else real(claim, document, **rest)

    monkeypatch.setattr(checking, "check", check)
    monkeypatch.setattr(checking, "MAX_CHECK_S", 0.2)


def test_a_check_that_takes_too_long_is_not_supported_and_says_why(slow_where_named: None) -> None:
    found = checked(f"It lasts {SLOW}.", TEXT)
    assert (found.supported, found.score) == (False, 0.0)
    assert [(each.kind, each.claim) for each in found.problems] == [
        ("unchecked", "not checked: took longer than 0.2 s")
    ]
    assert checked("The council approved the plan on Monday.", TEXT).supported


@pytest.mark.parametrize(
    ("claim", "text", "reason"),
    [
        ("a" * (MAX_CLAIM + 1), TEXT, "the claim has 20,001 characters, more than 20,000"),
        ("It is so.", "a " * MAX_TEXT, "the text has 4,000,000 characters, more than 2,000,000"),
    ],
)
def test_a_claim_or_text_beyond_reason_is_not_read(claim: str, text: str, reason: str) -> None:
    assert [each.claim for each in checked(claim, text).problems] == [f"not checked: {reason}"]


def test_the_command_answers_the_other_lines(slow_where_named: None) -> None:
    claims = [f"It lasts {SLOW}.", "The council approved the plan on Monday."]
    lines = [json.dumps({"id": claim, "document": TEXT, "claim": claim}) for claim in claims]
    done = CliRunner().invoke(app, ["check", "--jsonl"], input="\n".join(lines))
    slow, good = map(json.loads, done.stdout.splitlines())
    assert (slow["supported"], slow["problems"][0]["claim"]) == (
        False,
        "not checked: took longer than 0.2 s",
    )
    assert good["supported"]


def test_a_person_reads_that_a_claim_was_not_checked(tmp_path: Path, slow_where_named: None) -> None:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, "utf-8")
    done = CliRunner().invoke(app, ["check", f"It lasts {SLOW}.", "--in", str(path)])
    assert done.stdout.splitlines() == [
        "not supported (score 0.00)",
        "* not checked: took longer than 0.2 s",
    ]


def test_an_edit_that_cannot_be_checked_is_named_and_holds_nothing(
    tmp_path: Path, slow_where_named: None
) -> None:
    news = Newsroom(tmp_path)
    text = "\n".join(f"The harbour board of Orrdal replaced {line} cranes on Monday." for line in range(12))
    lost = news.write("tarrow", "Cranes", text)
    news.run("20261122")
    path = next((news.output / "drafts" / "20261122").glob("*.md"))
    page = path.read_text("utf-8")
    path.write_text(page.replace("## Keywords", f"The plan lasts {SLOW}.\n\n## Keywords", 1), "utf-8")
    said = news.all_of("draft", "list")
    assert lost in path.name
    assert "not checked: took longer than 0.2 s" in said


def computing(seconds: float) -> None:
    """Keep this thread's processor busy for so long."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_a_busy_machine_does_not_change_what_a_check_finds() -> None:
    with time_limit(0.2):
        time.sleep(0.4)
    other = threading.Thread(target=computing, args=(0.5,))
    with time_limit(0.2):
        other.start()
        other.join()
    with pytest.raises(TimeIsUpError), time_limit(0.2):
        computing(5)


def test_a_limit_leaves_an_earlier_timer_and_handler_as_they_were() -> None:
    handler = signal.signal(signal.SIGPROF, signal.SIG_IGN)
    earlier = signal.setitimer(signal.ITIMER_PROF, 100)
    try:
        with pytest.raises(TimeIsUpError), time_limit(0.05):
            endless()
        left, _ = signal.getitimer(signal.ITIMER_PROF)
        assert 90 < left <= 100
        assert signal.getsignal(signal.SIGPROF) is signal.SIG_IGN
    finally:
        signal.setitimer(signal.ITIMER_PROF, *earlier)
        signal.signal(signal.SIGPROF, handler)
