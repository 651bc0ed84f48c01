"""Page to article: main text, what the page says of itself, and sentences with their offsets.

Pure functions that may run in a worker process. Nothing is fetched; whatever the bytes, the answer is an
article or an ExtractError that says what the page holds instead.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from digest.articles.fragment import fragment_text
from digest.articles.inline import level
from digest.articles.kind import PageKind, kind_of
from digest.articles.language import language_of
from digest.articles.main_text import main_text
from digest.articles.metadata import beside_title, clean_author, latest_day, read_metadata
from digest.articles.own_title import nearer_title
from digest.articles.page_blocks import leaf_blocks, words
from digest.articles.page_dates import read_date
from digest.articles.page_furniture import without_last
from digest.articles.page_text import clean_line, clean_lines
from digest.articles.page_tree import drop_menus, keep_seen, parse
from digest.articles.pdf import PdfError, read_pdf
from digest.articles.plain_text import read_plain
from digest.articles.refine import written
from digest.articles.sentences import sentences
from digest.articles.transcripts import TranscriptError, read_transcript
from digest.articles.walls import MIN_WORDS, Clues, has_password_field, wall_reason
from digest.errors import ExtractError
from digest.language.addresses import entry_id, host
from digest.language.charset import decode
from digest.language.secrecy import shown_addresses, shown_text, without_login
from digest.records import TRANSCRIPT_AT, Article, Page

__all__ = ["MIN_WORDS", "extract", "extract_feed_text"]

# A PDF without a title is called by its first line, which may be a paragraph.
MAX_FIRST_LINE = 120


def extract(
    page: Page,
    *,
    url: str | None = None,
    id: str | None = None,
    feed_title: str = "",
    feed_published: datetime | None = None,
    min_words: int = MIN_WORDS,
) -> Article:
    """Take the article out of a page.

    Args:
        page: An answer as fetched: HTML, PDF, plain text or Markdown.
        url: The address as the feed or newsletter gave it; `page.url` where that is the same.
        id: Id of the entry it would make; computed from the address where not given.
        feed_title: The feed's title of it, used where the page has none.
        feed_published: The feed's date of it, used where the page has none.
        min_words: Fewer words of main text are no article.

    Raises:
        ExtractError: the page holds no article; the reason says what it holds.
    """
    address = url if url is not None else page.url
    kind = (
        PageKind("transcript")
        if page.header(TRANSCRIPT_AT)
        else kind_of(page.body, page.header("content-type"))
    )
    if kind.refusal:
        raise ExtractError(address, kind.refusal)
    published = feed_published.astimezone(UTC).date() if feed_published is not None else None
    if kind.name == "transcript":
        draft = _from_transcript(page, address, feed_title, min_words)
    elif kind.name == "pdf":
        draft = _from_pdf(page, address, feed_title, min_words)
    elif kind.name == "plain":
        draft = _from_plain(page, address, feed_title, min_words)
    else:
        draft = _from_html(page, address, feed_title, min_words)
    return _article(draft, id or entry_id(address), address, published)


def extract_feed_text(
    html: str,
    *,
    url: str,
    id: str | None = None,
    title: str = "",
    author: str = "",
    published: datetime | None = None,
    site: str = "",
    canonical_url: str = "",
    min_words: int = MIN_WORDS,
) -> Article:
    """Make the article of a walled or forbidden page from the text its feed carried.

    Args:
        html: What the feed carried; HTML or plain text.
        url: The address as the feed gave it.
        id: Id of the entry it would make; computed from the address where not given.
        title: The feed's title of it.
        author: The author according to the feed.
        published: The feed's date of it.
        site: The publisher's name; the host where not given.
        canonical_url: Where something better than `url` is known.
        min_words: Fewer words are a teaser, not the text.

    Raises:
        ExtractError: the feed carried fewer than `min_words` words.
    """
    tree = parse(f"<div>{html}</div>")
    if tree is not None:
        level(tree)
        keep_seen(tree)
    draft = _Draft(
        title=clean_line(title),
        author=clean_author(author),
        published=None,
        canonical_url=canonical_url or without_login(url),
        site=clean_line(site) or host(url),
        text=without_last(fragment_text(tree)) if tree is not None else "",
    )
    size = len(words(draft.text))
    if size < min_words:
        raise ExtractError(url, f"{size} words in the feed, fewer than {min_words}")
    day = published.astimezone(UTC).date() if published is not None else None
    return _article(draft, id or entry_id(url), url, day, is_from_feed=True)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What every kind of page comes down to."""

    title: str
    author: str
    published: date | None
    canonical_url: str
    site: str
    text: str
    pages: tuple[int, ...] = ()


def _article(
    draft: _Draft, id: str, url: str, published: date | None, *, is_from_feed: bool = False
) -> Article:
    # An address shown to readers may hold what was meant for one of them; offsets are of the text without.
    text, pages = _shown_pages(draft.text, draft.pages)
    language = language_of(text)
    return Article(
        id=id,
        url=url,
        canonical_url=draft.canonical_url,
        title=shown_addresses(draft.title) or _title_from_address(url),
        author=shown_addresses(draft.author),
        published=draft.published or published,
        language=language,
        text=text,
        sentences=sentences(text, language),
        site=shown_text(draft.site),
        is_from_feed=is_from_feed,
        pages=pages,
    )


def _shown_pages(text: str, pages: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """Hide what is secret in the addresses of a text, and say where its pages begin after that."""
    shown: list[str] = []
    starts: list[int] = []
    for start, end in pairwise((*pages, len(text))):
        starts.append(sum(map(len, shown)))
        shown.append(shown_addresses(text[start:end]))
    return "".join(shown) if pages else shown_addresses(text), tuple(starts)


def _from_html(page: Page, url: str, feed_title: str, min_words: int) -> _Draft:
    final_url = without_login(page.final_url or url)
    tree = parse(decode(page.body, page.header("content-type")))
    if tree is None:
        raise ExtractError(url, "empty page")
    level(tree)
    described = read_metadata(tree, final_url=final_url, now=page.fetched_at)
    has_password = has_password_field(tree)
    keep_seen(tree)
    drop_menus(tree)
    blocks = leaf_blocks(tree)
    titles = (described.title or clean_line(feed_title), *described.headings)
    lines = main_text(tree, blocks, titles=titles, body=_body_text(described.claims.body))
    clues = Clues(described.page_title, described.claims.is_paid, has_password)
    reason = wall_reason(tree, lines, clues, min_words=min_words)
    if reason:
        raise ExtractError(url, reason)
    author, day = described.author, described.published
    if not author or day is None:
        author_beside, day_beside = beside_title(blocks, now=page.fetched_at)
        author, day = author or author_beside, day or day_beside
    text = clean_lines(written(lines))
    return _Draft(
        title=nearer_title(described.title, clean_line(feed_title), text),
        author=author,
        published=day,
        canonical_url=described.canonical_url,
        site=described.site,
        text=text,
    )


def _body_text(body: str) -> str:
    """Return JSON-LD's article body as text; some sites put markup into it."""
    if "<" not in body:
        return body
    tree = parse(f"<div>{body}</div>")
    if tree is None:
        return ""
    level(tree)
    keep_seen(tree)
    return fragment_text(tree)


def _from_pdf(page: Page, url: str, feed_title: str, min_words: int) -> _Draft:
    try:
        read = read_pdf(page.body)
    except PdfError as problem:
        raise ExtractError(url, str(problem)) from problem
    _at_least(read.text, min_words, url)
    day = read_date(read.created)
    first = read.text.partition("\n")[0]
    text = _without_head(read.text, read.title, read.author)
    head = len(read.text) - len(text)
    return _Draft(
        title=nearer_title(read.title, clean_line(feed_title), read.text) or first[:MAX_FIRST_LINE].strip(),
        author=clean_author(read.author),
        published=day if day is not None and day <= latest_day(page.fetched_at) else None,
        canonical_url=without_login(page.final_url or url),
        site=host(page.final_url or url),
        text=text,
        pages=tuple(max(0, start - head) for start in read.pages),
    )


def _without_head(text: str, title: str, author: str) -> str:
    """Leave out the first lines of a PDF where they only repeat its title and author."""
    head, _, rest = text.partition("\n\n")
    said = {title, f"{title} {author}", f"{title} by {author}"}
    return rest if rest and " ".join(head.split()).lower() in {each.lower() for each in said} else text


def _from_plain(page: Page, url: str, feed_title: str, min_words: int) -> _Draft:
    title, text = read_plain(decode(page.body, page.header("content-type")))
    _at_least(text, min_words, url)
    return _Draft(
        title=nearer_title(title, clean_line(feed_title), text),
        author="",
        published=None,
        canonical_url=without_login(page.final_url or url),
        site=host(page.final_url or url),
        text=text,
    )


def _from_transcript(page: Page, url: str, feed_title: str, min_words: int) -> _Draft:
    try:
        text = read_transcript(page)
    except TranscriptError as problem:
        raise ExtractError(url, str(problem)) from problem
    _at_least(text, min_words, url)
    return _Draft(
        title=clean_line(feed_title),
        author="",
        published=None,
        canonical_url=without_login(url),
        site=host(url),
        text=text,
    )


def _at_least(text: str, min_words: int, url: str) -> None:
    size = len(words(text))
    if size < min_words:
        raise ExtractError(url, f"{size} words of main text, fewer than {min_words}")


def _title_from_address(url: str) -> str:
    """Make a title of the last part of an address, for pages that have none anywhere."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    last = unquote(parts.path.rstrip("/").rpartition("/")[2]).rpartition(".")
    name = clean_line((last[0] or last[2]).replace("-", " ").replace("_", " "))
    return name[:1].upper() + name[1:] if name else host(url) or url
