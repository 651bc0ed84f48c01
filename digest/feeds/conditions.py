"""What a server said of its answer, kept for the next question: it need not send again what is known."""

from digest.records import Feed, FeedState, Page

READ_AS = " read as "
"""Between what a server says of its answer and how that was read, where the settings say so."""


def conditions_of(feed: Feed, state: FeedState) -> dict[str, str]:
    """Say what is known of a feed already, for its server to answer that nothing is new."""
    if feed.kind == "sitemap":
        return {}  # that an index of sitemaps is unchanged says nothing of those it names
    kept = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    told = {name: value.partition(READ_AS) for name, value in kept.items()}
    # What was read in another manner is to be read again.
    return {name: value for name, (value, _, manner) in told.items() if value and manner == _read_as(feed)}


def validator(page: Page, name: str, feed: Feed, *, is_cut: bool) -> str:
    """Give a header of an answer to be kept for the next question, with how the feed was read."""
    value, manner = page.header(name), _read_as(feed)
    # Of a feed that was cut short the rest is wanted next time, so it is asked for in full.
    if is_cut or not value or READ_AS in value:
        return ""
    return f"{value}{READ_AS}{manner}" if manner else value


def _read_as(feed: Feed) -> str:
    """Say what of a feed's settings decides what is read in it; empty where nothing is set."""
    kind = "" if feed.kind == "articles" else feed.kind
    return " ".join(filter(None, (kind, feed.selector, "" if feed.limit is None else str(feed.limit))))
