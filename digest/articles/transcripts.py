"""Transcripts of podcasts and videos, WebVTT, SubRip, JSON or HTML, as paragraphs of a text.

What was said stands in cues of a few words each, perhaps with who said it. Cues are joined to paragraphs; one
ends where somebody else speaks, or where nobody did for a while. Captions that a program made without full
stops hold no sentences that could be cited: they are no text.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from digest.articles.fragment import fragment_text
from digest.articles.page_text import clean_line, clean_lines
from digest.articles.page_tree import keep_seen, parse
from digest.language.charset import decode
from digest.records import Page

LONG_SILENCE_S = 3.0
"""Seconds without words that end a paragraph; judgement."""

MAX_PARAGRAPH = 1_200
"""Characters after which the end of a sentence ends a paragraph, where one voice speaks on; judgement."""

MIN_ENDS = 2
"""Ends of sentences in a hundred words, at least. Speech has six to ten; captions made by a program none."""

SENTENCE_END = re.compile(r"[.!?…][\"”’)]*$")
SUBRIP = re.compile(r"\s*\d+\s*\r?\n\s*\d+:\d\d:\d\d[,.]\d+\s*-->")
PLACE = re.compile(r"\{\\[^{}]*\}")
"""Where words are to be shown on a screen, as SubRip's files say it: {\\an8}."""
SPEAKER = re.compile(r"^(?:>>|-)\s+")


class TranscriptError(Exception):
    """It holds no text; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words said in one go."""

    start_s: float
    end_s: float
    text: str
    speaker: str = ""


def read_transcript(page: Page) -> str:
    """Give the text of a transcript.

    Raises:
        TranscriptError: it is none that can be read, or has no sentences.
    """
    text = decode(page.body, page.header("content-type")).lstrip("\ufeff")
    declared = page.header("content-type").partition(";")[0].strip().lower()
    # The bytes have the last word: servers call these whatever they like.
    if text.startswith("WEBVTT") or SUBRIP.match(text):
        said = _joined(list(_from_captions(text)))
    elif text.lstrip().startswith(("{", "[")):
        said = _joined(list(_from_json(text)))
    elif text.lstrip().startswith("<") or declared == "text/html":
        said = _from_html(text)
    else:
        said = clean_lines(text)
    words = said.split()
    if not words:
        raise TranscriptError("a transcript without words")
    if sum(bool(SENTENCE_END.search(word)) for word in words) * 100 < MIN_ENDS * len(words):
        raise TranscriptError("a transcript without sentences")
    return said


def why_no_transcript(page: Page) -> str:
    """Say why a page is no transcript with sentences; empty where it is one."""
    try:
        read_transcript(page)
    except TranscriptError as error:
        return str(error)
    return ""


def _from_captions(text: str) -> Iterator[Cue]:
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    kind = "vtt" if text.startswith("WEBVTT") else "srt"
    try:
        captions = webvtt.from_buffer(StringIO(text), format=kind).captions
    except (MalformedCaptionError, MalformedFileError, ValueError) as error:
        raise TranscriptError(f"a broken transcript: {error}") from error
    for each in captions:
        voices = re.findall(r"<v(?:\.[^ >]*)?\s+([^>]+)>", each.raw_text)
        yield Cue(
            each.start_in_seconds,
            each.end_in_seconds,
            PLACE.sub("", each.text),
            clean_line(voices[0]) if voices else "",
        )


def _from_json(text: str) -> Iterator[Cue]:
    """Read the format of podcastindex.org: segments with speaker, body and times."""
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise TranscriptError("a broken transcript: not JSON") from error
    segments = found.get("segments") if isinstance(found, dict) else found
    if not isinstance(segments, list):
        raise TranscriptError("JSON without segments of a transcript")
    for each in segments:
        if isinstance(each, dict):
            body = each.get("body", each.get("text"))
            start, end = _seconds(each.get("startTime")), _seconds(each.get("endTime"))
            yield Cue(start, end, str(body or ""), clean_line(str(each.get("speaker") or "")))


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _from_html(text: str) -> str:
    tree = parse(f"<div>{text}</div>")
    if tree is None:
        return ""
    keep_seen(tree)
    for time in list(tree.iter("time")):
        time.drop_tree()
    return fragment_text(tree)


def _joined(cues: Sequence[Cue]) -> str:
    paragraphs: list[list[str]] = []
    size = 0
    speaker, end_s = "", 0.0
    for cue in cues:
        line = clean_line(cue.text)
        words = SPEAKER.sub("", line)
        if not words or (paragraphs and paragraphs[-1][-1] == words):
            continue  # captions that roll repeat their last line
        is_another = bool(cue.speaker) and cue.speaker != speaker
        is_after_silence = cue.start_s - end_s > LONG_SILENCE_S
        is_long = size > MAX_PARAGRAPH and bool(paragraphs) and bool(SENTENCE_END.search(paragraphs[-1][-1]))
        if not paragraphs or is_another or is_after_silence or is_long or words != line:
            paragraphs.append([f"{cue.speaker}: {words}" if is_another else words])
            size = 0
        else:
            paragraphs[-1].append(words)
        size += len(words)
        speaker, end_s = cue.speaker or speaker, max(cue.end_s, cue.start_s)
    return "\n\n".join(" ".join(lines) for lines in paragraphs)
