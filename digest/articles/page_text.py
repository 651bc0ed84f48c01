"""Characters: what may stand in a title or a text."""

import html
import re

# Controls, soft hyphens, zero-width spaces, byte-order marks, bidirectional marks and overrides, the
# interlinear and tag characters. The zero-width joiners stay: Persian, Indic scripts and emoji need them.
_JUNK = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc\U000e0000-\U000e007f\ud800-\udfff]"
)
_SPACES = re.compile("[\xa0\u2000-\u200a\u202f\u205f\u3000\t]")
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_MANY_SPACES = re.compile(r" {2,}")
_MANY_BREAKS = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Remove what no reader sees and make all spaces spaces; line breaks and all else stay."""
    text = _BREAKS.sub("\n", text)
    return _MANY_SPACES.sub(" ", _SPACES.sub(" ", _JUNK.sub("", text)))


def clean_line(text: str) -> str:
    """Return a text as one line: entities decoded, white space collapsed, nothing unseen."""
    # Twice, since titles arrive as &amp;#8217; often enough.
    return " ".join(clean(html.unescape(html.unescape(text))).split())


def clean_lines(text: str) -> str:
    """Clean a text of several lines, each trimmed, at most one line empty at a time."""
    lines = "\n".join(line.strip() for line in clean(text).split("\n"))
    return _MANY_BREAKS.sub("\n\n", lines).strip()
