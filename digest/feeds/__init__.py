"""Collect: a feed's answer -> feed entries -> links.

`parse_feed` reads whatever a feed's address gave, `select_entries` says what of it is new enough, `links_of`
finds the addresses in it, `far_off` the entries with odd dates. `discover_feeds` and `guess_feeds` find a
site's feeds from its page. Nothing here asks the network; the feeds are fetched by the fetch stage.
"""

from digest.feeds.discover import discover_feeds, guess_feeds
from digest.feeds.links import links_of
from digest.feeds.parse import parse_feed
from digest.feeds.select import FirstRunLimits, far_off, is_too_old, select_entries

__all__ = [
    "FirstRunLimits",
    "discover_feeds",
    "far_off",
    "guess_feeds",
    "is_too_old",
    "links_of",
    "parse_feed",
    "select_entries",
]
