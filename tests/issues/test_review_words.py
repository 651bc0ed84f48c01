"""What a language model says first in a review is printed where the entries it names bear it out."""

import json
import re
from pathlib import Path

import pytest
from fake_language_models import Call, FakeLanguageModels, Reply, good, prose, refusal
from issue_words_room import BUS_SAID, GOOD, KILN_SAID, MEADOWS_SAID, Told, id_of, numbers, room_in
from newsroom import ISSUE, Newsroom

YEAR = ISSUE[:4]


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    room = room_in(tmp_path)
    room.digest("publish", ISSUE)
    return room


def ask(fake: FakeLanguageModels, patch: pytest.MonkeyPatch, **more: str) -> None:
    settings = {
        "ANALYZER": "model",
        "LANGUAGE_MODEL": "openai:x",
        "LANGUAGE_MODEL_URL": fake.url("openai"),
        "LANGUAGE_MODEL_PRICE": "{input: 1, output: 1}",
    }
    patch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    for name, value in (settings | more).items():
        patch.setenv(f"DIGEST_{name}", value)


def says(told: Told) -> object:
    """Script a model that says this, and has nothing better where it is asked to correct it."""

    def reply(call: Call) -> Reply:
        if '"refused":' in call.user:
            return good(json.dumps({"items": []}))
        at = numbers(call)
        said = [{"entries": [at[theme]], "text": text} for theme, text in told]
        return good(json.dumps({"review": said}))

    return reply


def page(room: Newsroom, ending: str = ".md") -> str:
    return (room.output / "reviews" / f"{YEAR}{ending}").read_text("utf-8")


def without_a_model(room: Newsroom, patch: pytest.MonkeyPatch) -> str:
    with patch.context() as plain:
        plain.setenv("DIGEST_ANALYZER", "rules")
        room.digest("review-of", "--year", YEAR)
    return page(room)


def test_a_review_opens_with_sentences_that_name_their_entries(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = without_a_model(room, monkeypatch)
    assert "In short" not in before
    with FakeLanguageModels(says(GOOD)) as fake:
        ask(fake, monkeypatch)
        room.digest("review-of", "--year", YEAR)
        assert len(fake.calls) == 1
        assert f"The review is about: {YEAR}." in fake.calls[0].system
        room.digest("review-of", "--year", YEAR)
        assert len(fake.calls) == 1
        room.digest("review-of", "--year", YEAR, "--refresh")
        assert len(fake.calls) == 2
    text = page(room)
    words = text.partition("## In short\n\n")[2].partition("\n\n*Written by openai:x")[0]
    assert words.split("\n") == [
        f"{KILN_SAID}. ([Brekke shuts its coal kiln](../entries/{id_of('Industry')}.md))",
        f"{BUS_SAID}. ([Night bus runs without a driver](../entries/{id_of('Mobility')}.md))",
    ]
    assert re.sub(r"## In short\n.*?\n\n(?=## )", "", text, flags=re.DOTALL) == before
    assert f'href="../site/entries/{id_of("Mobility")}.html"' in page(room, ".html")
    site = (room.output / "site" / "reviews" / f"{YEAR}.html").read_text("utf-8")
    assert BUS_SAID in site
    assert f'href="../entries/{id_of("Mobility")}.html"' in site


INVENTED = {
    "figure": "Divers counted 470 eelgrass meadows in Orr bay.",
    "name": "Divers led by Marta Quill counted 320 eelgrass meadows in Orr bay.",
    "denial": "Divers never counted 320 eelgrass meadows in Orr bay.",
    "place of another entry": "Divers counted 320 eelgrass meadows in Tarrow.",
    "address": "Divers counted 320 eelgrass meadows, as evil.example/win tells.",
}


@pytest.mark.parametrize("said", INVENTED.values(), ids=INVENTED)
def test_what_no_entry_says_is_not_printed(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    with FakeLanguageModels(says([*GOOD, ("Oceans", said)])) as fake:
        ask(fake, monkeypatch)
        told = room.all_of("review-of", "--year", YEAR)
    assert "review, sentence 3: the model wrote" in told
    assert said.rstrip(".") not in page(room)
    assert KILN_SAID in page(room)


def test_what_cites_nothing_or_another_entry_is_not_printed(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply(call: Call) -> Reply:
        if '"refused":' in call.user:
            return good(json.dumps({"items": []}))
        at = numbers(call)
        said = [
            {"entries": [], "text": f"{KILN_SAID}."},
            {"entries": [99], "text": f"{BUS_SAID}."},
            {"entries": [at["Industry"]], "text": f"{MEADOWS_SAID}."},
        ]
        return good(json.dumps({"review": said}))

    before = without_a_model(room, monkeypatch)
    with FakeLanguageModels(reply) as fake:
        ask(fake, monkeypatch)
        room.digest("review-of", "--year", YEAR)
    assert page(room) == before


@pytest.mark.parametrize("answer", [prose(), refusal()], ids=["prose", "refusal"])
def test_without_an_answer_the_review_is_as_before(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch, answer: Reply
) -> None:
    before = without_a_model(room, monkeypatch)
    with FakeLanguageModels(answer) as fake:
        ask(fake, monkeypatch)
        assert "no words of a language model" in room.all_of("review-of", "--year", YEAR)
    assert page(room) == before


def test_without_money_nothing_is_asked_for_a_review(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    before = without_a_model(room, monkeypatch)
    with FakeLanguageModels(says(GOOD)) as fake:
        ask(fake, monkeypatch, BUDGET="{run: 0.0001, month: 1}")
        room.digest("review-of", "--year", YEAR)
        assert fake.calls == []
    assert page(room) == before
