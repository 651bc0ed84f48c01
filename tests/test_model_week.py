"""A run whose articles a language model analyzes: how often it is asked, what it costs, what reaches a
draft."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeClock, FakeEmbedder, FakeLanguageModel
from model_answers import THEMES, lines_of, quoting, row
from newsroom import ISSUE, TEXTS, Newsroom
from readers import no_library

from digest.analysis.by_model.conversation import Analyst
from digest.analysis.by_model.requests import compile_analyze, model_analyzer_id
from digest.cli.model_analysis import _elsewhere, ask_with
from digest.errors import AnswerError
from digest.intake import ModelAnalyzer
from digest.issues.decisions import draft_path
from digest.language_model.asking import Asker, Limits
from digest.language_model.loop import AskingThread
from digest.pipeline import Options, Ports, run
from digest.ports import LanguageModel
from digest.records import ModelRequest, RunReport, Usage
from digest.store import Store
from digest.workspace.config import load_config
from digest.workspace.model_prompts import load_model_prompt

RICH = Limits(10**15, 10**15, at_once=4, per_minute=1000)


def price(usage: Usage) -> int:
    return 1_000_000 if usage.input_tokens else 0


def run_with(
    newsroom: Newsroom, model: LanguageModel, issue: str = ISSUE, *, limits: Limits = RICH
) -> RunReport:
    """Run the batch with a language model."""
    store = Store(newsroom.output)
    library = no_library()
    asker = Asker(model, store.model_calls, price, limits, FakeClock())
    prompt = load_model_prompt(newsroom.folder)
    numbers = iter(range(10**6))
    thread = AskingThread(asker.close)
    try:
        with ThreadPoolExecutor(1) as workers:
            analyst = Analyst(
                ask=ask_with(asker),
                elsewhere=_elsewhere(workers),
                new_marker=lambda: f"marker{next(numbers):010d}",
                count=asker.count_failures,
                compiled=compile_analyze(prompt),
                themes=THEMES,
                language="en",
                analyzer=model_analyzer_id(model.model_id, prompt, "test"),
            )
            ports = Ports(
                store,
                newsroom._fetcher,
                FakeEmbedder(),
                workers,
                analyst.analyzer,
                lambda: library,
                model=ModelAnalyzer(analyst, thread, model.model_id, "test", lambda: asker.counts),
            )
            return run(
                load_config(newsroom.folder, options={"delay_s": 0}),
                ports,
                newsroom.output,
                Options(issue),
                now=newsroom.now,
                progress=lambda stage, done, total: None,
            )
    finally:
        thread.close()
        store.close()


def filled(folder: Path, count: int) -> Newsroom:
    """A workspace with so many short articles."""
    newsroom = Newsroom(folder)
    names = list(TEXTS)
    for at in range(count):
        name = names[at % len(names)]
        text = "\n".join(f"{TEXTS[name].format(at * 20 + line)} Line {line} of {at}." for line in range(12))
        newsroom.write(("tarrow", "meridian", "harbour")[at % 3], f"{name} {at}", text)
    return newsroom


def drafts_of(newsroom: Newsroom, issue: str = ISSUE) -> dict[str, str]:
    return {row.id: newsroom.draft_text(issue, row.id) for row in newsroom.rows(issue)}


def test_each_article_is_asked_about_once_and_a_second_run_asks_nothing(tmp_path: Path) -> None:
    newsroom = filled(tmp_path, 12)
    model = FakeLanguageModel(lambda request: json.dumps(quoting(request.user)))
    report = run_with(newsroom, model)
    assert len(model.asked) == 12
    assert len(drafts_of(newsroom)) >= 10
    assert all("Made by model-4/fake:model/" in text for text in drafts_of(newsroom).values())
    assert any(note.startswith("fake:model: 12 questions, 12 answered now") for note in report.notes)
    run_with(newsroom, model)
    assert len(model.asked) == 12


@pytest.mark.parametrize(
    "reply",
    [
        "Certainly! Here is what the article says.",
        '{"title": "cut',
        AnswerError("fake", "HTTP 500", status=500),
        AnswerError("fake", "HTTP 429", status=429, is_retryable=True, retry_after_s=2.0),
        lambda request: json.dumps(
            quoting(request.user) | {"summary": [{"sentences": [999], "text": "Lies 7."}] * 5}
        ),
        lambda request: json.dumps(
            quoting(request.user)
            | {"signals": [row([1], f"Paris sold {at} moons to Rome in 1999") for at in range(6)]}
        ),
    ],
)
def test_whatever_a_model_answers_there_are_drafts_after_two_calls_an_article(
    tmp_path: Path, reply: Any
) -> None:
    newsroom = filled(tmp_path, 6)
    model = FakeLanguageModel(reply)
    report = run_with(newsroom, model)
    drafts = drafts_of(newsroom)
    assert len(drafts) == 6
    assert not report.dropped
    tries = 3 if isinstance(reply, AnswerError) and reply.is_retryable else 2
    assert len(model.asked) <= 6 * tries
    assert not any(
        "moons" in text.partition("## Evidence")[0] or "Lies 7" in text.partition("## Evidence")[0]
        for text in drafts.values()
    )


def test_what_a_model_could_not_be_asked_a_later_run_asks(tmp_path: Path) -> None:
    newsroom = filled(tmp_path, 4)
    report = run_with(newsroom, FakeLanguageModel(AnswerError("fake", "HTTP 503")))
    assert any("4 articles analyzed by the rules" in note for note in report.notes)
    assert all(
        "made by the rules, not by the language model" in text for text in drafts_of(newsroom).values()
    )
    model = FakeLanguageModel(lambda request: json.dumps(quoting(request.user)))
    run_with(newsroom, model)
    assert len(model.asked) == 4
    assert not any("made by the rules" in text for text in drafts_of(newsroom).values())


def test_a_budget_of_ten_calls_makes_ten_calls_and_every_draft(tmp_path: Path) -> None:
    newsroom = filled(tmp_path, 30)
    model = FakeLanguageModel(lambda request: json.dumps(quoting(request.user)))
    report = run_with(newsroom, model, limits=Limits(10 * 1_000_000, 10**15, at_once=4, per_minute=1000))
    assert len(model.asked) == 10
    assert len(drafts_of(newsroom)) == 30
    assert any(
        "20 articles analyzed by the rules: the budget of this run is used up" in note
        for note in report.notes
    )
    run_with(newsroom, model, limits=Limits(10 * 1_000_000, 10**15, at_once=4, per_minute=1000))
    assert len(model.asked) == 20


def test_a_models_judgement_stands_in_italics(tmp_path: Path) -> None:
    newsroom = filled(tmp_path, 1)

    def reply(request: ModelRequest) -> str:
        said = quoting(request.user)
        at, text = next(iter(lines_of(request.user).items()))
        signal = text.partition(" and ")[0]
        return json.dumps(
            said | {"signals": [row([at], signal, horizon_10y="Quarry towns heat schools with cement kilns")]}
        )

    run_with(newsroom, FakeLanguageModel(reply))
    (text,) = drafts_of(newsroom).values()
    assert "*Quarry towns heat schools with cement kilns*" in text
    assert "10y horizon *(suggested)*" in text


def test_a_judgement_under_many_stories_of_a_run_is_refused_and_a_second_run_changes_nothing(
    tmp_path: Path,
) -> None:
    said = "Quarry towns heat schools for nurses with cement kilns beside trams, pumps and eelgrass"
    newsroom = filled(tmp_path, 5)

    def reply(request: ModelRequest) -> str:
        if not lines_of(request.user):
            return '{"items": []}'
        at, text = next(iter(lines_of(request.user).items()))
        signals = [row([at], text.rstrip("."), horizon_10y=said)]
        return json.dumps(quoting(request.user) | {"signals": signals})

    model = FakeLanguageModel(reply)
    run_with(newsroom, model)
    drafts = drafts_of(newsroom)
    assert len(drafts) == 5
    for text in drafts.values():
        page, _, evidence = text.partition("## Evidence")
        assert said not in page
        assert f"the model wrote “{said}”; refused: it stands in 4 other stories too" in evidence
    run_with(newsroom, model)
    assert drafts_of(newsroom) == drafts


def test_closing_gives_up_what_is_not_answered(tmp_path: Path) -> None:
    closed = []

    async def closing() -> None:
        closed.append(True)

    async def endless() -> None:
        await asyncio.sleep(600)

    thread = AskingThread(closing)
    future = thread.submit(endless())
    thread.close()
    assert closed
    assert future.cancelled()
    AskingThread(closing).close()


def test_what_the_cited_sentences_bear_out_is_not_warned_of_when_the_draft_is_checked(tmp_path: Path) -> None:
    told = "The new line, named Brekke E1, is the first in the world to run without a flame."
    said = "Brekke E1 is the first line in the world to run without a flame."
    lines = [f"{TEXTS['Kiln'].format(line)} Plan {line} was counted." for line in range(10)]
    newsroom = Newsroom(tmp_path)
    text = "\n".join([told, *lines, "The second line will take three years, the board said."])
    draft_id = newsroom.write("tarrow", "Brekke lights a kiln", text)

    def reply(request: ModelRequest) -> str:
        at = next(at for at, line in lines_of(request.user).items() if line == told)
        own = quoting(request.user)
        return json.dumps(own | {"summary": [{"sentences": [at], "text": said}, *own["summary"][1:]]})

    report = run_with(newsroom, FakeLanguageModel(reply))
    page = newsroom.draft_text(ISSUE, draft_id)
    assert said in page
    assert "**Check" not in page
    assert not report.failed_checks
    # An editor's own words are held against the article, as ever.
    path = draft_path(newsroom.output, ISSUE, draft_id)
    path.write_text(page.replace(said, said.replace("first line", "fourth line")), "utf-8")
    assert "fourth line" in newsroom.all_of("draft", "list")
