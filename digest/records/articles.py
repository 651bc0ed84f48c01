"""Articles and the stories they tell."""

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Sentence:
    """Character offsets of a sentence in an article's text; end is exclusive."""

    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """A page's main text and what the page says of it."""

    id: str
    """Id of the entry it would make (addresses.entry_id of `url`)."""
    url: str
    """As the feed or newsletter gave it."""
    canonical_url: str
    """What the page itself says its address is; else the address that answered."""
    title: str
    author: str
    published: date | None
    language: str
    """ISO 639-1, guessed from the text."""
    text: str
    """Paragraphs separated by blank lines or line breaks; no markup."""
    sentences: tuple[Sentence, ...]
    site: str = ""
    """The publisher's name according to the page, else the host."""
    is_from_feed: bool = False
    """The text is the one the feed carried, because the page was walled or forbidden."""
    pages: tuple[int, ...] = ()
    """Where each page of a PDF begins in the text; empty for all else."""

    @property
    def text_hash(self) -> str:
        """SHA-256 of title and text: what costly results are keyed by."""
        return hashlib.sha256(f"{self.title}\0{self.text}".encode()).hexdigest()

    def sentence_text(self, index: int) -> str:
        """Return the words of sentence `index`."""
        sentence = self.sentences[index]
        return self.text[sentence.start : sentence.end]

    def page_at(self, offset: int) -> int | None:
        """Give the page, from 1, that a place in the text is on; None where there are no pages."""
        return bisect_right(self.pages, offset) if self.pages else None


@dataclass(frozen=True)
class ArticleKey:
    """What deduplication and grouping need of an article, without its text."""

    id: str
    place: int
    canonical_key: str
    text_hash: str
    title: str
    site: str
    published: date | None
    language: str
    copy_of: str
    """Id of the article it repeats; empty for an original."""
    is_imported: bool


@dataclass(frozen=True)
class Story:
    """Articles about the same event."""

    id: str
    """Id of the article that came first; it stays when others join."""
    article_ids: tuple[str, ...]
    """The lead first (its entry stands for the story), then the others in order of arrival."""
