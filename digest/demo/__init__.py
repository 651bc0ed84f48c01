"""A week of articles to try `digest` on without the internet: the data behind `make demo`.

Some twenty articles by eight invented publishers, dated 14 to 20 November 2026, served by a real HTTP server
on the loopback network through an RSS feed, an Atom feed, a JSON Feed and a roundup newsletter. People,
places, companies and events are made up. Among the ordinary articles are the cases that a weekly batch meets:
two reports of one event, a syndicated copy, a follow-up, a page behind a bot wall, a dead link, a PDF and an
article in German.

    from digest.demo import serve

    with serve() as week:
        for feed in week.feeds:
            ...  # {"url": "http://127.0.2.1:40123/feeds/latest.xml", "title": ..., "kind": "articles"}

`python -m digest.demo.serve --port 8799` serves it until interrupted. The texts are in `week/`.
"""

from digest.demo.server import Served, serve

__all__ = ["Served", "serve"]
