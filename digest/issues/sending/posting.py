"""One post a platform, however often a command is given and wherever it was killed.

What is about to be done is written down before it is asked for, and what came of it after. So a post that may
be there is looked for before another is made, and nothing is sent out twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from digest.errors import SendError
from digest.issues.sending.sent_file import SentFile
from digest.ports import Platform
from digest.records import Letter, Post, Sending

UNKNOWN = ""
"""Stands for the content of a draft whose update got no answer."""


@dataclass(frozen=True)
class Wish:
    """What an editor asks for."""

    to: str
    """The destination's name in the settings."""
    kind: str
    again: bool = False
    """Make another post, whatever is there."""
    overwrite: bool = False
    """Put this issue in place of what somebody wrote at the platform."""


@dataclass(frozen=True)
class Posted:
    """What became of it."""

    sending: Sending
    said: str
    """In a sentence, what was done."""


async def put_draft(
    platform: Platform,
    sent: SentFile,
    letter: Letter,
    wish: Wish,
    *,
    new_key: Callable[[], str],
    now: Callable[[], datetime],
) -> Posted:
    """Have a platform keep an issue as a draft, once.

    Args:
        platform: Where.
        sent: What of the issue went where; what is done is written there.
        letter: The issue.
        wish: How.
        new_key: Draws a random key.
        now: Gives the time, UTC.

    Raises:
        SendError: the platform did not do it, or it is not known what to do; the file says how far it came.
    """
    before = sent.last(wish.to, wish.kind)
    if before is None or wish.again:
        return await _create(platform, sent, letter, _begun(wish, letter, new_key(), now()), now)
    if before.state == "begun":
        return await _finish(platform, sent, letter, wish, before, new_key=new_key, now=now)
    if before.state == "sent":
        raise _was_sent(before)
    if before.state == "draft" and before.content == letter.content:
        return Posted(before, f"a draft of this very issue is there since {_day(before)}")
    post = await _there(platform, before)
    if not post.is_draft:
        sent.keep(found := _as_post(before, post, "sent", now()))
        raise _was_sent(found)
    return await _update(platform, sent, letter, wish, before, post, now)


async def send_draft(
    platform: Platform, sent: SentFile, sending: Sending, *, now: Callable[[], datetime]
) -> Posted:
    """Send a draft out to its readers, once.

    Args:
        platform: Where it is.
        sent: What of the issue went where.
        sending: As `put_draft` gave it.
        now: Gives the time, UTC.

    Raises:
        SendError: the platform did not do it; where it may have, the file says so.
    """
    post = await _there(platform, sending)
    if not post.is_draft:
        sent.keep(found := _as_post(sending, post, "sent", now()))
        raise _was_sent(found)
    sent.keep(begun := replace(sending, state="sending", at=now()))
    try:
        post = await platform.send(post)
    except SendError as error:
        if not error.may_be_done:
            sent.keep(replace(sending, at=now()))
        raise
    sent.keep(done := _as_post(begun, post, "sent", now()))
    return Posted(done, "sent to its readers")


def _begun(wish: Wish, letter: Letter, key: str, at: datetime) -> Sending:
    return Sending(wish.to, wish.kind, key, "begun", letter.content, at)


async def _create(
    platform: Platform, sent: SentFile, letter: Letter, begun: Sending, now: Callable[[], datetime]
) -> Posted:
    sent.keep(begun)
    post = await platform.create(letter, begun.key)
    sent.keep(done := _as_post(begun, post, "draft", now()))
    return Posted(done, "a draft was made")


async def _finish(
    platform: Platform,
    sent: SentFile,
    letter: Letter,
    wish: Wish,
    before: Sending,
    *,
    new_key: Callable[[], str],
    now: Callable[[], datetime],
) -> Posted:
    """Look for a post that may have been made, and make it where it was not."""
    post = await platform.find(letter, before.key)
    if post is None:
        # The same words with the same key are the same post even where the first request is still under way.
        key = before.key if before.content == letter.content else new_key()
        return await _create(platform, sent, letter, _begun(wish, letter, key, now()), now)
    found = _as_post(before, post, "draft" if post.is_draft else "sent", now())
    sent.keep(found)
    if not post.is_draft:
        raise _was_sent(found)
    if before.content == letter.content:
        return Posted(found, "the draft that was begun before is there")
    return await _update(platform, sent, letter, wish, found, post, now)


async def _update(
    platform: Platform,
    sent: SentFile,
    letter: Letter,
    wish: Wish,
    before: Sending,
    post: Post,
    now: Callable[[], datetime],
) -> Posted:
    if before.content == letter.content:
        sent.keep(found := _as_post(before, post, "draft", now()))
        return Posted(found, "it was not sent; the draft is there")
    if post.stamp != before.stamp and not wish.overwrite:
        what = (
            "was changed there since it was made, and the issue was published anew"
            if before.content != UNKNOWN
            else "was changed: by an update whose answer never came, or by somebody there"
        )
        raise SendError(
            wish.to,
            f"the draft at {post.address or post.id} {what}; take the draft as it is, or put the issue in "
            "its place with --overwrite",
        )
    try:
        post = await platform.update(post, letter, before.key)
    except SendError as error:
        if error.may_be_done:
            sent.keep(replace(before, content=UNKNOWN, at=now()))
        raise
    sent.keep(done := replace(_as_post(before, post, "draft", now()), content=letter.content))
    return Posted(done, "the draft was there, and has the issue as it is now")


async def _there(platform: Platform, sending: Sending) -> Post:
    post = await platform.read(sending.id)
    if post is None:
        raise SendError(
            sending.to, "the post that was made there is gone; if another is to be made, say so with --again"
        )
    return post


def _as_post(before: Sending, post: Post, state: str, at: datetime) -> Sending:
    return replace(
        before,
        state=state,  # type: ignore[arg-type]  # one of PostState's words
        at=at,
        id=post.id,
        stamp=post.stamp,
        address=post.address or before.address,
    )


def _was_sent(sending: Sending) -> SendError:
    return SendError(
        sending.to,
        f"the issue is out there since {_day(sending)}, or on its way ({sending.address or sending.id}); "
        "nothing was done; another post is made with --again",
    )


def _day(sending: Sending) -> str:
    return f"{sending.at:%Y-%m-%d %H:%M} UTC"
