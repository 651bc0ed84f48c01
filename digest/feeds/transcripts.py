"""The transcript of a podcast's episode, in the place of the page it has.

A feed names it (`podcast:transcript`, podcastindex.org) in one or more formats, of which the best is taken
while the feed is read. Where it cannot be had, the episode's page is asked for as any other.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from digest.errors import FetchError
from digest.records import TRANSCRIPT_AT, Page

KINDS = (
    "text/vtt",
    "application/x-subrip",
    "application/srt",
    "text/srt",
    "application/json",
    "text/html",
    "text/plain",
)
"""Types of transcripts that can be read, those that say who speaks and when first."""


async def transcript_of(
    url: str,
    transcript: str,
    fetch: Callable[[str], Awaitable[Page]],
    why_not: Callable[[Page], str],
) -> Page | str:
    """Ask for the transcript of an episode.

    Args:
        url: The episode's page.
        transcript: Where its transcript is.
        fetch: Asks for an address; raises FetchError.
        why_not: Why a page is no transcript with a text; empty where it is one.

    Returns:
        The transcript under the episode's own address, with the header `TRANSCRIPT_AT`; why there is none
        where none can be read.
    """
    try:
        page = await fetch(transcript)
    except FetchError as error:
        return error.reason
    if reason := why_not(page):
        return reason
    headers = (*page.headers, (TRANSCRIPT_AT, page.final_url or transcript))
    return replace(page, url=url, final_url=url, redirects=(), headers=headers)
