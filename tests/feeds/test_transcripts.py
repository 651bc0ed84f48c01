"""Episodes with a transcript: what was said is the article; where it cannot be had, the episode's page is."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import NOW, FakeFetcher
from readers import reader_of

from digest.articles.transcripts import TranscriptError, read_transcript
from digest.feeds.fetch import Politeness
from digest.feeds.links import links_of
from digest.feeds.parse import parse_feed
from digest.records import TRANSCRIPT_AT, Feed, Page
from digest.store import Store

FEED = "https://pod.example/feed.xml"
EPISODE = "https://pod.example/e/7"
SENTENCES = [
    "The harbour of Northmark closes its oldest quay in the spring.",
    "Ships with grain will go to the new basin instead.",
    "The council voted for the plan on Monday, after nine years of talks.",
    "Nobody loses a job, the mayor said, and fares stay as they are for two years.",
]
TALK = "\n\n".join([f"Anna: {' '.join(SENTENCES[:2])}", f"Ben: {' '.join(SENTENCES[2:])}"])


def stamp(second: int, mark: str = ".") -> str:
    return f"00:00:{second:02}{mark}000"


VTT = "WEBVTT\n\nNOTE made by hand\n\n" + "".join(
    f"{stamp(at * 4)} --> {stamp(at * 4 + 4)}\n<v {'Anna' if at < 2 else 'Ben'}>{words}</v>\n\n"
    for at, words in enumerate(SENTENCES)
)
SRT = "".join(
    f"{at + 1}\n{stamp(at * 4, ',')} --> {stamp(at * 4 + 4, ',')}\n{words}\n\n"
    for at, words in enumerate(SENTENCES)
)
JSON = json.dumps(
    {
        "version": "1.0.0",
        "segments": [
            {
                "speaker": "Anna" if at < 2 else "Ben",
                "startTime": at * 4,
                "endTime": at * 4 + 4,
                "body": words,
            }
            for at, words in enumerate(SENTENCES)
        ],
    }
)
HTML = (
    f"<cite>Anna:</cite> <time>0:00</time> <p>{' '.join(SENTENCES[:2])}</p>"
    f"<cite>Ben:</cite> <time>0:08</time> <p>{' '.join(SENTENCES[2:])}</p><script>alert(1)</script>"
)


def page_of(body: str, kind: str = "text/plain") -> Page:
    return Page("u", "u", 200, (("content-type", kind),), body.encode(), NOW)


def feed_of(*transcripts: str) -> bytes:
    return (
        '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>Pod</title>'
        f"<item><title>On quays</title><link>{EPISODE}</link>{''.join(transcripts)}</item></channel></rss>"
    ).encode()


def transcript(name: str, kind: str, more: str = "") -> str:
    return f'<podcast:transcript url="/t/{name}" type="{kind}" {more}/>'


@pytest.mark.parametrize(
    ("body", "kind"), [(VTT, "text/vtt"), (VTT, "text/html"), (JSON, "application/json")]
)
def test_who_speaks_stands_before_what_is_said(body: str, kind: str) -> None:
    assert read_transcript(page_of(body, kind)) == TALK


def test_subtitles_without_speakers_are_paragraphs_that_end_at_a_silence() -> None:
    assert read_transcript(page_of(SRT)) == " ".join(SENTENCES)
    assert read_transcript(page_of(SRT.replace(SENTENCES[1], f"{{\\an8}}{SENTENCES[1]}"))) == " ".join(
        SENTENCES
    )
    late = SRT.replace("00:00:08,000 -->", "00:00:12,000 -->").replace("--> 00:00:12", "--> 00:00:13")
    assert read_transcript(page_of(late)).count("\n\n") == 1


def test_a_transcript_as_a_page_leaves_out_times_and_scripts() -> None:
    said = read_transcript(page_of(HTML, "text/html"))
    assert "0:00" not in said
    assert "alert" not in said
    assert " ".join(said.split()).startswith(f"Anna: {SENTENCES[0]}")


def test_captions_that_roll_say_each_line_once() -> None:
    lines = [line for words in SENTENCES for line in (words, words)]
    rolling = "WEBVTT\n\n" + "".join(
        f"{stamp(at)} --> {stamp(at + 1)}\n{line}\n\n" for at, line in enumerate(lines)
    )
    assert read_transcript(page_of(rolling)) == " ".join(SENTENCES)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("WEBVTT\n\n", "without words"),
        ("WEBVTT\n\n00:00.000 --> 00:09.000\n" + "and so on we went " * 30, "without sentences"),
        ('{"segments": 3}', "without segments"),
        ('{"segments": [', "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_holds_no_text_is_named(body: str, reason: str) -> None:
    with pytest.raises(TranscriptError, match=reason):
        read_transcript(page_of(body))


def test_of_several_the_best_readable_one_in_the_newsletters_language_is_taken() -> None:
    body = feed_of(
        transcript("a.html", "text/html"),
        transcript("b.vtt", "text/vtt", 'language="es"'),
        transcript("c.srt", "application/x-subrip"),
        transcript("d.docx", "application/msword"),
    )
    parsed = parse_feed(body, url=FEED, language="en")
    assert [each.transcript for each in parsed.entries] == ["https://pod.example/t/c.srt"]
    assert parse_feed(feed_of(transcript("d", "application/msword")), url=FEED).entries[0].transcript == ""
    assert links_of(parsed, parsed.entries, Feed(FEED))[0].transcript == "https://pod.example/t/c.srt"
    # A roundup's episodes are about others' articles.
    assert not any(each.transcript for each in links_of(parsed, parsed.entries, Feed(FEED, "roundup")))


def taken(folder: Path, answers: dict[str, bytes]) -> tuple[Store, FakeFetcher, list[str]]:
    parsed = parse_feed(feed_of(transcript("a.vtt", "text/vtt")), url=FEED)
    store, fetcher = Store(folder, in_memory=True), FakeFetcher(answers)
    links = links_of(parsed, parsed.entries, Feed(FEED))
    store.links.save_read(FEED, links, title="", etag="", last_modified="", moved_to="", now=NOW)
    with ThreadPoolExecutor(1) as workers:
        reader = reader_of(store, workers, analyzer="rules")
        reader.take_in(
            store.links.pending(max_tries=3, retry_before=NOW),
            fetcher=fetcher,
            politeness=Politeness(delay_s=0),
        )
    return store, fetcher, [each.reason for each in reader.intake.dropped]


def article_in(store: Store) -> tuple[str, str, tuple[str, ...]]:
    (id,) = store.links.resolve(EPISODE)
    return (
        store.articles.get([id])[id].title,
        store.articles.get([id])[id].text,
        store.articles.analyses_for([id])[id].notes,
    )


def test_what_was_said_is_the_article_of_an_episode(tmp_path: Path) -> None:
    answers = {
        "https://pod.example/robots.txt": b"",
        "https://pod.example/t/a.vtt": VTT.encode(),
        EPISODE: b"<html><body><p>Listen here.</p></body></html>",
    }
    long = VTT + "".join(
        f"00:01:{at:02}.000 --> 00:01:{at + 1:02}.000\nIn year {at} it rained on the quay.\n\n"
        for at in range(40)
    )
    answers["https://pod.example/t/a.vtt"] = long.encode()
    store, fetcher, _ = taken(tmp_path, answers)
    title, text, notes = article_in(store)
    assert title == "On quays"
    assert text.startswith(TALK)
    assert "read from the transcript of what was said" in notes
    assert EPISODE not in fetcher.asked
    page = store.pages.get(EPISODE)
    assert page is not None
    assert page.header(TRANSCRIPT_AT) == "https://pod.example/t/a.vtt"


@pytest.mark.parametrize("body", [b"", b"WEBVTT\n\n"])
def test_without_a_transcript_that_can_be_read_the_page_is_asked_for(tmp_path: Path, body: bytes) -> None:
    lines = "".join(
        f"<p>The board approved plan {at} and replaced {at} cranes on Monday.</p>" for at in range(14)
    )
    page = f"<html><title>Quays</title><body><article><h1>Quays</h1>{lines}</article>".encode()
    answers = {"https://pod.example/robots.txt": b"", "https://pod.example/t/a.vtt": body, EPISODE: page}
    store, _, _ = taken(tmp_path, answers)
    _, text, notes = article_in(store)
    assert "plan 13" in text
    reason = "a transcript without words" if body else "HTTP 404"
    assert f"its transcript was not read: {reason}" in notes


def test_an_episode_of_which_nothing_can_be_read_says_what_became_of_its_transcript(tmp_path: Path) -> None:
    answers = {
        "https://pod.example/robots.txt": b"",
        "https://pod.example/t/a.vtt": b"",
        EPISODE: b"<html><body><p>Listen here.</p></body></html>",
    }
    _, _, (reason,) = taken(tmp_path, answers)
    assert reason.endswith("; its transcript was not read: HTTP 404")
