"""Sixty real pages against a server that answers well, badly and not at all: calls are counted, and every
page has its draft."""

import gzip
import json
import random
import re
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from fake_language_models import (
    Call,
    FakeLanguageModels,
    Reply,
    cut,
    failed,
    good,
    not_to_schema,
    prose,
    refusal,
    stops,
    too_many,
)
from model_answers import lines_of, quoting, row
from newsroom import SITES, Newsroom
from test_model_week import drafts_of, run_with

from digest.adapters.language_models import language_model_named

PAGES = 60
MOST_CHARACTERS = 7_500
"""Of a page's text: longer ones take longer, and are asked about in parts."""
FEWEST_READ = 50
"""Pages of which a model is asked: some are no articles, and some not in English."""

Answer = Callable[[Call], Reply]


def quoted(call: Call) -> dict[str, object]:
    return quoting(call.user)


def whole(call: Call) -> Reply:
    return good(json.dumps(quoted(call)))


def invented(call: Call) -> Reply:
    """Name figures and people that no page has: a repair call follows, and gives nothing."""
    if '"refused"' in call.user or not lines_of(call.user):
        return good('{"items": []}')
    first = min(lines_of(call.user))
    rows = [row([first], f"Zorblax Quill sold {at} moons to Vrgnth in 1733") for at in range(41, 47)]
    return good(json.dumps(quoted(call) | {"signals": rows}))


def out_of_range(call: Call) -> Reply:
    said = [
        {"sentences": [9_999], "text": f"Zorblax Quill bought {at} seas in 1733."} for at in range(41, 46)
    ]
    return good(json.dumps(quoted(call) | {"summary": said}))


ANSWERS: Mapping[str, Answer] = {
    "good": whole,
    "good, in prose": lambda call: good(f"Here you are:\n```json\n{whole(call).text}\n```\nEnjoy!"),
    "invented": invented,
    "out of range": out_of_range,
    "prose": lambda call: prose(),
    "not to the schema": lambda call: not_to_schema(),
    "cut": lambda call: cut(whole(call).text[:300]),
    "refused": lambda call: refusal(),
    "too many": lambda call: too_many("2"),
    "failing": lambda call: failed(500),
    "stream stops": lambda call: stops(whole(call).text, after=3),
}
FOR_A_WHILE = ("too many", "failing", "stream stops")
"""What may be otherwise at the next try: on every other page it is."""


def real_pages(data: Path) -> list[bytes]:
    """Give pages of some length, as they were served."""
    lines = (data / "pages/articles.jsonl").read_text("utf-8").strip().split("\n")
    known = [row for row in map(json.loads, lines) if 1_000 < len(row["text"]) < MOST_CHARACTERS]
    random.Random(17).shuffle(known)
    files = (data / f"pages/html/{row['id']}.html.gz" for row in known[:PAGES])
    return [gzip.decompress(file.read_bytes()) for file in files]


def answered(call: Call, tries: Counter[int]) -> Reply:
    """Answer each question in a way of its own, the same at each try but for what lasts a while."""
    # The marks around an article are made anew for each call.
    question = zlib.crc32(re.sub(r"marker\w+", "", call.user).encode())
    name = list(ANSWERS)[question % len(ANSWERS)]
    tries[question] += 1
    is_over = question // len(ANSWERS) % 2 and tries[question] > 1
    return whole(call) if name in FOR_A_WHILE and is_over else ANSWERS[name](call)


def test_sixty_real_pages_cost_two_answered_calls_each_at_most_whatever_a_server_answers(
    tmp_path: Path, dev_data: Path
) -> None:
    newsroom = Newsroom(tmp_path)
    for at, page in enumerate(real_pages(dev_data)):
        newsroom.write(SITES[at % len(SITES)], f"Page {at}", "")
        newsroom.bodies[next(reversed(newsroom.pages))] = page
    tries: Counter[int] = Counter()
    with FakeLanguageModels(lambda call: answered(call, tries)) as fake:
        model = language_model_named("local:fake", base_url=fake.url("openai"), environ={})
        report = run_with(newsroom, model)
        assert len(newsroom.pages) == PAGES
        drafts = drafts_of(newsroom)
    with closing(sqlite3.connect(newsroom.output / "archive.db")) as archive:
        calls = archive.execute("SELECT about, key, state FROM model_calls").fetchall()
    articles = {about for about, _, _ in calls}
    of_an_article = Counter(about for about, _, state in calls if state == "answered")
    of_a_question = Counter(key for _, key, _ in calls)
    assert len(calls) == len(fake.calls)
    assert len(articles) >= FEWEST_READ
    assert max(of_an_article.values()) == 2
    assert max(of_a_question.values()) == 3
    # Each way of answering was met.
    assert len({each % len(ANSWERS) for each in tries}) == len(ANSWERS)
    # What is no article, or another's copy, has no draft; all others do.
    assert len(drafts) + len(report.dropped) >= PAGES
    assert len(drafts) >= FEWEST_READ - 2
    pages = [text.partition("## Evidence")[0] for text in drafts.values()]
    assert not any("Zorblax" in page or "Vrgnth" in page for page in pages)
    by_rules = sum("made by the rules" in text for text in drafts.values())
    assert len(drafts) / 4 < by_rules < 3 * len(drafts) / 4
