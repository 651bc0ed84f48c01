"""How a workspace stands, for whoever looks after it: status, metrics, and what is said as JSON."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW
from newsroom import ISSUE, TEXTS, Newsroom
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from digest.metrics import openmetrics
from digest.store import Store
from digest.store.sqlite import exclusive, holder_of


@pytest.fixture
def news(tmp_path: Path) -> Newsroom:
    room = Newsroom(tmp_path)
    for title in ("Kiln", "Mayor"):
        room.write("tarrow", title, "\n".join(TEXTS[title].format(line) for line in range(12)))
    return room


def test_it_says_what_ran_and_what_is_stuck(news: Newsroom) -> None:
    assert "no archive yet" in news.all_of("status", code=1)
    news.run(ISSUE)
    told = news.digest("status")
    assert "2 articles" in told
    assert f"issue {ISSUE}: 2 drafts, 0 lost, 0 broken feeds of 3" in told
    assert f"{ISSUE} (open): 2 pending" in told
    assert "stuck      nothing" in told
    store = Store(news.output)
    store.drafts.start_run(ISSUE, now=NOW)
    store.links.save_broken("https://tarrow.example/feed", "HTTP 500", now=NOW - timedelta(days=400))
    store.links.save_broken("https://left.example/feed", "HTTP 500", now=NOW - timedelta(days=400))
    store.close()
    told = news.digest("status")
    assert f"issue {ISSUE}: stopped before its end" in told
    assert "did not end: digest run goes on from there" in told
    assert "https://tarrow.example/feed: cannot be read since" in told
    # Nobody reads that one any more.
    assert "left.example" not in told
    found = json.loads(news.digest("status", "--json"))
    assert (found["articles"], len(found["stuck"]), found["in_use_by"]) == (2, 2, "")


def test_a_run_ends_after_it_began(news: Newsroom) -> None:
    news.run(ISSUE)
    store = Store(news.output)
    (run,) = store.drafts.last_runs(3)
    store.close()
    assert run.finished is not None
    assert run.started == NOW
    assert run.finished > run.started


def test_it_names_who_holds_the_workspace(news: Newsroom) -> None:
    news.run(ISSUE)
    lock = news.output / "lock"
    assert holder_of(lock) == ""
    with exclusive(lock, doing="digest run"):
        store = Store(news.output)
        store.drafts.start_run(ISSUE, now=NOW)
        store.close()
        told = news.digest("status")
        assert f"in use     by digest run (process {os.getpid()}" in told
        # Who is at work is not stopped.
        assert f"issue {ISSUE}: at work" in told
        assert "stuck      nothing" in told
    assert f"issue {ISSUE}: stopped before its end" in news.digest("status")
    assert holder_of(lock) == ""


def test_a_run_that_crashed_is_not_at_work_because_somebody_else_is(news: Newsroom) -> None:
    news.run(ISSUE)
    store = Store(news.output)
    store.drafts.start_run(ISSUE, now=NOW)
    store.close()
    with exclusive(news.output / "lock", doing="digest review", is_brief=True):
        told = news.digest("status")
    assert f"in use     by digest review (process {os.getpid()}" in told
    assert "for a moment" not in told
    assert f"issue {ISSUE}: stopped before its end" in told
    assert "did not end: digest run goes on from there" in told


def test_metrics_are_openmetrics(news: Newsroom) -> None:
    report = news.run(ISSUE)
    text = openmetrics(report, finished=NOW, articles=2, stuck=1)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["digest_run_finished_timestamp_seconds",] == NOW.timestamp()
    assert found["digest_run_stage_kept", "extract"] == 2
    assert {name[1] for name in found if name[0] == "digest_run_feeds"} == {"ok", "unchanged", "broken"}
    assert found["digest_run_feeds", "ok"] == 3
    assert (found["digest_archive_articles",], found["digest_stuck",]) == (2, 1)


def test_what_is_said_is_json_where_that_is_wanted(news: Newsroom) -> None:
    command = [sys.executable, "-m", "digest", "-C", str(news.folder), "--log", "json", "draft", "list"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    told = json.loads(line)
    assert set(told) == {"time", "level", "message"}
    assert told["level"] == "error"
    assert "no archive yet" in told["message"]
