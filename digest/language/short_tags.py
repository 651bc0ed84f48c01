"""HTML before it is parsed: no tag with more attributes than any page has."""

import re
from itertools import islice

MAX_ATTRIBUTES = 300
"""Of one tag; 240 real pages have up to 32. libxml2 compares each with all before it: 40,000 took 5 s
(November 2026)."""

_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{600,}+>")
_ATTRIBUTE = re.compile(r"""[^\s=/>]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>]*+))?+""")


def with_short_tags(html: str) -> str:
    """Leave out the attributes of a tag after the first `MAX_ATTRIBUTES`."""
    return _LONG_TAG.sub(_shortened, html)


def _shortened(tag: re.Match[str]) -> str:
    # The first is the tag's name.
    last = next(islice(_ATTRIBUTE.finditer(tag[0], 1), MAX_ATTRIBUTES, None), None)
    return tag[0] if last is None else f"{tag[0][: last.end()]}>"
