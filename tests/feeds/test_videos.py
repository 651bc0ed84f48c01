"""Videos that feeds name: read from a transcript where the settings want that, else from the description."""

import gzip
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from fakes import NOW, FakeFetcher
from readers import reader_of

from digest.adapters import youtube
from digest.adapters.youtube import YouTubeTranscripts
from digest.feeds.fetch import Politeness
from digest.feeds.links import links_of
from digest.feeds.parse import parse_feed
from digest.language.videos import UNREAD, video_id
from digest.records import Feed
from digest.store import Store

FEED = "https://www.youtube.com/feeds/videos.xml?channel_id=UC1"
VIDEO = "abcdefghij1"
WATCH = f"https://www.youtube.com/watch?v={VIDEO}"
SAID = [f"In year {at} the harbour of Northmark closed quay {at} and the ships went on." for at in range(20)]
BOMB = gzip.compress(bytes(youtube.MAX_BYTES + 1))
DESCRIPTION = " ".join(
    f"The board approved plan {at} and replaced {at} cranes on Monday." for at in range(40)
)


def feed_of(description: str) -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">'
        f'<title>Harbours</title><entry><title>On quays</title><link rel="alternate" href="{WATCH}"/>'
        f"<media:group><media:title>On quays</media:title><media:description>{description}"
        "</media:description></media:group></entry></feed>"
    ).encode()


def site(*, tracks: bool = True, status: int = 200) -> Callable[[httpx2.Request], httpx2.Response]:
    """Answer as YouTube did in November 2026, as far as the library looks."""
    name = {"runs": [{"text": "English"}]}
    address = "https://www.youtube.com/api/timedtext?v=1"
    known = [{"baseUrl": address, "languageCode": "en", "name": name}]

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/watch":
            return httpx2.Response(status, text='{"INNERTUBE_API_KEY": "k3y"}')
        if request.url.path == "/youtubei/v1/player":
            assert json.loads(request.content)["videoId"] == VIDEO
            captions = {"playerCaptionsTracklistRenderer": {"captionTracks": known}} if tracks else {}
            return httpx2.Response(200, json={"playabilityStatus": {"status": "OK"}, "captions": captions})
        texts = "".join(f'<text start="{at * 4}" dur="4">{words}</text>' for at, words in enumerate(SAID))
        return httpx2.Response(200, text=f"<transcript>{texts}</transcript>")

    return answer


def asker(answer: Callable[[httpx2.Request], httpx2.Response]) -> YouTubeTranscripts:
    return YouTubeTranscripts("en", client=httpx2.AsyncClient(transport=httpx2.MockTransport(answer)))


def taken(
    folder: Path, description: str, videos: YouTubeTranscripts | None
) -> tuple[Store, FakeFetcher, list[str]]:
    parsed = parse_feed(feed_of(description), url=FEED)
    store, fetcher = Store(folder, in_memory=True), FakeFetcher({})
    links = links_of(parsed, parsed.entries, Feed(FEED))
    store.links.save_read(FEED, links, title="", etag="", last_modified="", moved_to="", now=NOW)
    with ThreadPoolExecutor(1) as workers:
        reader = reader_of(store, workers, analyzer="rules")
        reader.take_in(
            store.links.pending(max_tries=3, retry_before=NOW),
            fetcher=fetcher,
            politeness=Politeness(delay_s=0),
            videos=videos,
        )
    return store, fetcher, [each.reason for each in reader.intake.dropped]


@pytest.fixture(autouse=True)
def without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(youtube, "DELAY_S", 0)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (WATCH, VIDEO),
        (f"https://m.youtube.com/watch?t=3&v={VIDEO}", VIDEO),
        (f"https://youtu.be/{VIDEO}?si=x", VIDEO),
        (f"https://www.youtube.com/shorts/{VIDEO}", VIDEO),
        (f"https://www.youtube-nocookie.com/embed/{VIDEO}", VIDEO),
        ("https://www.youtube.com/watch?v=short", ""),
        ("https://www.youtube.com/@harbours", ""),
        (f"https://youtube.com.example/watch?v={VIDEO}", ""),
        ("https://[::1/watch", ""),
    ],
)
def test_an_address_of_a_video_is_known(url: str, found: str) -> None:
    assert video_id(url) == found


def test_what_is_said_in_a_video_is_its_article(tmp_path: Path) -> None:
    store, fetcher, dropped = taken(tmp_path, DESCRIPTION, asker(site()))
    (id,) = store.links.resolve(WATCH)
    article = store.articles.get([id])[id]
    assert article.text.replace("\n\n", " ") == " ".join(SAID)
    assert (article.title, article.url) == ("On quays", WATCH)
    assert "read from the transcript of what was said" in store.articles.analyses_for([id])[id].notes
    assert (fetcher.asked, dropped) == ([], [])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (site(tracks=False), "no transcript: transcripts disabled"),
        (site(status=429), "no transcript: ip blocked"),
        (site(status=500), "no transcript"),
        (None, UNREAD),
    ],
)
def test_without_a_transcript_the_description_is_read_and_it_is_said_why(
    tmp_path: Path, answer: Callable[[httpx2.Request], httpx2.Response] | None, reason: str
) -> None:
    store, fetcher, _ = taken(tmp_path, DESCRIPTION, asker(answer) if answer else None)
    (id,) = store.links.resolve(WATCH)
    assert store.articles.get([id])[id].text == DESCRIPTION
    notes = store.articles.analyses_for([id])[id].notes
    assert any(note.startswith(f"a video, read from its description: {reason}") for note in notes), notes
    assert fetcher.asked == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            lambda _: httpx2.Response(200, headers={"content-encoding": "gzip"}, content=BOMB),
            "larger than 10 MB",
        ),
        (lambda request: httpx2.Response(302, headers={"location": str(request.url)}), "5 redirects"),
    ],
)
def test_an_answer_without_end_is_left_and_the_description_read(
    tmp_path: Path, answer: Callable[[httpx2.Request], httpx2.Response], reason: str
) -> None:
    store, _, _ = taken(tmp_path, DESCRIPTION, asker(answer))
    (id,) = store.links.resolve(WATCH)
    assert store.articles.get([id])[id].text == DESCRIPTION
    assert any(reason in note for note in store.articles.analyses_for([id])[id].notes)


def test_a_video_of_which_the_feed_says_little_is_named_with_its_reason(tmp_path: Path) -> None:
    _, _, dropped = taken(tmp_path, "Our new video.", asker(site(tracks=False)))
    assert dropped == ["no transcript: transcripts disabled"]
