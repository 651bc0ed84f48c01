"""Whole runs with a language model: money, kills, batches, answers recorded and played back."""

import json
import os
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fake_language_models import Call, FakeLanguageModels, Reply, good
from forked import Typed, typed_apart
from test_kills import workspace

from digest.demo import Served, serve

pytestmark = pytest.mark.slow

ISSUE = "20261120"
RUN = ("run", "--issue", ISSUE, "--since", "all")
PRICE = "{input: 1, output: 1}"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve() as week:
        yield week


def quoting(call: Call) -> Reply:
    """Answer with the article's own sentences, whatever is asked."""
    lines = re.findall(r"^\[(\d+)\] (.*)$", call.user, re.MULTILINE)
    said = [{"sentences": [int(at)], "text": text} for at, text in lines[:4]]
    record = {"title": "", "summary": said, "keywords": [], "themes": [], "new_theme": "", "signals": []}
    return good(json.dumps(record))


def digest(folder: Path, *words: str, place: str = "none", number: int = 0, **environ: str) -> Typed:
    """Type a command, with the fake embedder; the process may be killed at a place."""
    own = {"OPENAI_API_KEY": "sk-test-0123456789", "DIGEST_ANALYZER": "model"}
    done = typed_apart(folder, *words, place=place, number=number, environ=os.environ | own | environ)
    assert done.returncode == (0 if place == "none" else -9), done.err
    return done


def settings(fake: FakeLanguageModels, budget: str = "{}") -> dict[str, str]:
    return {
        "DIGEST_LANGUAGE_MODEL": "openai:x",
        "DIGEST_LANGUAGE_MODEL_URL": fake.url("openai"),
        "DIGEST_LANGUAGE_MODEL_PRICE": PRICE,
        "DIGEST_BUDGET": budget,
    }


def analyses(folder: Path) -> Counter[str]:
    """Count the drafts by who made their newest analyses."""
    query = "SELECT article_id, record FROM analyses JOIN drafts ON id = article_id ORDER BY analyses.rowid"
    with closing(sqlite3.connect(folder / "output" / "archive.db")) as archive:
        rows = archive.execute(query).fetchall()
    newest = {each: json.loads(record)["notes"] for each, record in rows}
    return Counter(
        "rules" if any("made by the rules" in note for note in notes) else "model"
        for notes in newest.values()
    )


def is_about(path: Path, word: str) -> bool:
    """Whether a recorded answer is one to the first question about an article that has a word."""
    answer = json.loads(path.read_text("utf-8"))
    return answer["purpose"] == "analysis" and word in json.dumps(answer["answer"], ensure_ascii=False)


def drafts(folder: Path) -> dict[str, str]:
    """Read the drafts; which model made them does not count, nor hashes of that.

    A hash of figures alone stands in quotes, or it would be a number.
    """
    return {
        path.name: re.sub(r"openai:x|recorded:answers|evidence: '?\w+'?", "", path.read_text("utf-8"))
        for path in (folder / "output" / "drafts" / ISSUE).glob("*.md")
    }


def questions(fake: FakeLanguageModels) -> Counter[str]:
    """Count what was asked, without the marks that are made anew for each call."""
    return Counter(re.sub(r"\b[0-9a-f]{16}\b", "", call.user) for call in fake.calls)


def states(folder: Path) -> Counter[str]:
    """Count the questions by what became of them."""
    log = digest(folder, "log", "--jsonl").out.splitlines()
    return Counter(json.loads(line)["state"] for line in log)


def test_a_run_that_was_killed_asks_nothing_twice_and_keeps_to_its_budget(
    served: Served, tmp_path: Path
) -> None:
    folder = workspace(tmp_path, served)
    with FakeLanguageModels(quoting) as fake:
        for place, number in (
            ("digest.store.model_calls:ModelCalls.keep_answer", 3),
            ("digest.store.model_calls:ModelCalls.keep_answer+", 2),
            ("digest.store.articles:Articles.save_analysis", 4),
        ):
            digest(folder, *RUN, place=place, number=number, **settings(fake))
        digest(folder, *RUN, **settings(fake))
        assert max(questions(fake).values()) == 1
        # Those that were on their way when it was killed; an article of another's story has no draft.
        lost, left = states(folder)["asked"], analyses(folder)["rules"]
        assert 1 <= lost <= 12
        assert left <= lost
        asked = len(fake.calls)
        digest(folder, *RUN, "--ask-again", **settings(fake))
        assert analyses(folder)["rules"] == 0
        assert left <= len(fake.calls) - asked <= lost
    assert states(folder)["asked"] == lost


def test_a_small_budget_is_kept_and_every_article_has_a_draft(served: Served, tmp_path: Path) -> None:
    folder = workspace(tmp_path, served)
    with FakeLanguageModels(lambda call: Reply(quoting(call).text, input_tokens=0)) as fake:
        said = digest(folder, *RUN, **settings(fake, "{run: 0.2}")).out
        assert "the budget is used up" in said
        made = len(drafts(folder))
        assert 1 < analyses(folder)["model"] <= len(fake.calls)
        assert analyses(folder)["rules"] > 1
        spent = sum(json.loads(line)["dollars"] for line in digest(folder, "log", "--jsonl").out.splitlines())
        assert spent <= 0.2
        # With more money the rest is analyzed, and nothing again.
        digest(folder, *RUN, **settings(fake, "{run: 20, month: 20}"))
    assert analyses(folder)["rules"] == 0
    assert max(questions(fake).values()) == 1
    assert len(drafts(folder)) == made


def test_a_batch_is_handed_over_once_and_answers_the_next_run(served: Served, tmp_path: Path) -> None:
    folder = workspace(tmp_path, served)
    with FakeLanguageModels(quoting, batch_rounds=0) as fake:
        digest(
            folder,
            *RUN,
            "--batch",
            place="digest.store.model_calls:ModelCalls.keep_batch",
            number=1,
            **settings(fake, "{run: 20}"),
        )
        assert fake.batches_made == 1
        digest(folder, *RUN, "--batch", **settings(fake, "{run: 20}"))
        assert fake.batches_made == 1
        assert max(questions(fake).values()) == 1
    assert analyses(folder)["rules"] == 0
    assert all(call.batch for call in fake.calls)


def test_a_recorded_week_plays_back_without_a_server(served: Served, tmp_path: Path) -> None:
    first, second = workspace(tmp_path / "a", served), workspace(tmp_path / "b", served)
    with FakeLanguageModels(quoting) as fake:
        digest(first, *RUN, "--record", str(second / "answers"), **settings(fake))
    done = digest(second, *RUN, DIGEST_LANGUAGE_MODEL="recorded:answers")
    assert "; $0.00" in done.out
    assert analyses(second) == analyses(first)
    assert drafts(second) == drafts(first)
    # One that is missing leaves its article to the rules.
    shutil.rmtree(second / "output")
    first_asked = [path for path in (second / "answers").iterdir() if is_about(path, "Fjelby")]
    assert first_asked
    for path in first_asked:
        path.unlink()
    digest(second, *RUN, DIGEST_LANGUAGE_MODEL="recorded:answers")
    assert analyses(second)["rules"] >= 1


@pytest.mark.parametrize("option", [["--batch"], ["--ask-again"], ["--record", "answers"]])
def test_options_for_a_model_say_that_they_do_nothing_where_the_rules_analyze(
    served: Served, tmp_path: Path, option: list[str]
) -> None:
    folder = workspace(tmp_path, served)
    words = ("--dry-run", "--analyzer", "rules", *option)
    assert "do nothing here: the rules analyze" in digest(folder, *RUN, *words).err


def test_a_dry_run_says_what_a_run_may_cost_and_asks_nothing(served: Served, tmp_path: Path) -> None:
    folder = workspace(tmp_path, served)
    with FakeLanguageModels(quoting) as fake:
        said = digest(folder, *RUN, "--dry-run", **settings(fake)).err
        halved = digest(folder, *RUN, "--dry-run", "--batch", **settings(fake)).err
        assert not fake.asked
    found, half = (
        re.search(r"openai:x: at most .* tokens, \$([\d.]+); the budget", each) for each in (said, halved)
    )
    assert found
    assert half
    assert float(found[1]) == pytest.approx(2 * float(half[1]), abs=0.02)
    assert "($2.00 a run, $20.00 left of the month)" in said


def test_articles_analyzed_anew_are_counted_before_and_their_drafts_are_renewed(
    served: Served, tmp_path: Path
) -> None:
    folder = workspace(tmp_path, served)

    def quoting_less(call: Call) -> Reply:
        record = json.loads(quoting(call).text)
        return good(json.dumps(record | {"summary": record["summary"][1:]}))

    with FakeLanguageModels(quoting) as fake:
        digest(folder, *RUN, **settings(fake))
    drafts = {path: path.read_text("utf-8") for path in (folder / "output/drafts").rglob("*.md")}
    assert drafts
    with FakeLanguageModels(quoting_less) as fake:
        said = digest(folder, *RUN, "--refresh", "analysis", "--dry-run", **settings(fake)).err
        # Each may be read in six parts and put together.
        assert f"at most {7 * len(drafts)} questions" in said
        digest(folder, *RUN, "--refresh", "analysis", **settings(fake))
    assert any(path.read_text("utf-8") != text for path, text in drafts.items())
