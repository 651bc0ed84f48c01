"""What the stages need from outside, as Protocols: adapters implement them, tests fake them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from digest.records import (
    BatchResult,
    Feed,
    Letter,
    MailboxAnswer,
    ModelRequest,
    ModelResponse,
    Page,
    Post,
    TokenVectors,
    Vectors,
)

__all__ = [
    "BatchModel",
    "Embedder",
    "Fetcher",
    "LanguageModel",
    "MailServer",
    "Mailboxes",
    "Platform",
    "Videos",
]


class Fetcher(Protocol):
    """One request at a time to any public address; no politeness, no retries, no redirects followed."""

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        """Ask for `url` once and read the whole answer.

        A redirect is an ordinary answer here (status 3xx with its location header): whoever follows it
        has each hop judged and limited anew.

        Raises:
            FetchError: refused before connecting (private address, scheme), no connection, time out,
                cut short, or more than `max_bytes` after decompression.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class Videos(Protocol):
    """Gives what is said in videos."""

    async def transcript(self, url: str, video: str) -> Page:
        """Give the transcript of a video under its page's address.

        Raises:
            FetchError: there is none, or it is not given.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class Mailboxes(Protocol):
    """Opens the mailboxes that feeds.yaml names."""

    def read(self, feed: Feed, *, since: datetime | None, most: int, known: frozenset[str]) -> MailboxAnswer:
        """Give the newest mails of a mailbox that are not known; blocks.

        Args:
            feed: Of kind mail; its senders are the only ones wanted, where it names some.
            since: Mails sent before are left out; None for all.
            most: At most so many.
            known: Keys of mails read before.

        Raises:
            FetchError: it cannot be opened or read.
        """
        ...


class Embedder(Protocol):
    """Turns text into vectors."""

    @property
    def model_id(self) -> str:
        """Name and version of the model: part of every cache key."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed each text whole. Shape (n, d), float32, rows L2-normalised; (0, d) for no texts."""
        ...

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Give the contextual token vectors of each text, read whole in overlapping windows."""
        ...


class LanguageModel(Protocol):
    """Answers one question; keeps no conversation, retries nothing, counts no money."""

    @property
    def model_id(self) -> str:
        """Provider and name, `openai:gpt-5-mini`: part of every cache key."""
        ...

    async def complete(self, request: ModelRequest) -> ModelResponse:
        """Ask once and read the whole answer.

        An answer that is not to the schema, cut or declined is an ordinary one here: who asked judges it.

        Raises:
            AnswerError: no answer: no connection, an HTTP status, time out, a stream that stopped, or what
                the server sent is not its own protocol. Its message names no key.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class BatchModel(Protocol):
    """Answers questions handed over together, within a day and at half the price; retries nothing."""

    @property
    def model_id(self) -> str:
        """Provider and name, as the LanguageModel has it."""
        ...

    async def submit(self, requests: Mapping[str, ModelRequest]) -> str:
        """Hand questions over.

        Args:
            requests: By custom id: 1 to 64 letters, digits, - and _.

        Returns:
            The batch's id: whoever keeps it can ask for the answers, in this run or another.

        Raises:
            AnswerError: it was not taken; with `may_be_paid` where it may have been all the same, and
                `recent` names it then.
        """
        ...

    async def collect(self, batch_id: str) -> BatchResult:
        """Ask how far a batch is, and for its answers when it is done.

        Raises:
            AnswerError: no such batch, or nothing could be read.
        """
        ...

    async def recent(self) -> Sequence[str]:
        """Give the ids of the newest batches, newest first: one whose id a killed run did not keep is there.

        Raises:
            AnswerError: nothing could be read.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class Platform(Protocol):
    """Keeps posts as drafts, and sends them out when told to; asks once, but for waiting where it is told to.

    Each method raises SendError, in one sentence with the next step; where no answer came, it says that what
    was asked may have been done (`may_be_done`).
    """

    async def find(self, letter: Letter, key: str) -> Post | None:
        """Look for the post that was made with this key; None where there is none."""
        ...

    async def create(self, letter: Letter, key: str) -> Post:
        """Make a draft; with a key that a draft was made with, it gives that one where it can."""
        ...

    async def read(self, post_id: str) -> Post | None:
        """Say how a post is now; None where it is gone."""
        ...

    async def update(self, post: Post, letter: Letter, key: str) -> Post:
        """Give a draft, as it was just read, other words."""
        ...

    async def send(self, post: Post) -> Post:
        """Send a draft, as it was just read, to its readers."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class MailServer(Protocol):
    """Takes mails, one recipient each."""

    def send(self, sender: str, to: str, message: bytes, *, before: Callable[[], None]) -> None:
        """Hand one mail over.

        Args:
            sender: Its address alone.
            to: The recipient's address alone.
            message: As it goes over the wire, lines ended by CRLF.
            before: Called once the server has taken sender and recipient, just before it gets the mail.

        Raises:
            SendError: it did not take it; with `may_be_done` where it was handed over, or nearly, and the
                server never said what became of it. With a `status` the server refused it, and may take
                others; without one it cannot be reached.
        """
        ...

    def close(self) -> None:
        """Take leave."""
        ...
