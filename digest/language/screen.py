"""The one door to the screen and to mail from cron: what could steer a terminal comes out as visible escapes.

Text from feeds, servers and file names may hold control characters, which move the cursor, change the title
or hide what was said, and marks that turn a line around or take no room. People are shown them as `\\x1b` or
`\\u202e`. Letters stay letters: what joins emoji, and Persian or Indic letters, is part of the text.

Data for programs keeps all that is text: JSON and XML have escapes of their own, for the same characters, and
read back as what they were. CSV and Markdown have none; there only what is no text becomes a visible escape.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from digest.language.secrecy import shown_text

CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
TURNING = "\u202a-\u202e\u2066-\u2069"
LONE_SURROGATES = "\ud800-\udfff"
UNSEEN = "\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
TAGS = "\U000e0000-\U000e007f"
BEFORE_OR_AFTER_JOINER = "[^\x00-\u05ff\u2000-\u206f\ud800-\udfff\ufeff]"

FLAG = "\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f"
"""A flag of a part of a country: the one use of tags."""

JOINER = f"(?<={BEFORE_OR_AFTER_JOINER})[\u200c\u200d](?={BEFORE_OR_AFTER_JOINER})"
"""Between emoji, or letters of scripts that join."""

SHOWN = re.compile(f"{FLAG}|{JOINER}|([{CONTROLS}\r{TURNING}{LONE_SURROGATES}{UNSEEN}{TAGS}\u200c\u200d])")
LINE_OR_TAB = re.compile("[\n\t]")
NO_TEXT = re.compile(f"([{CONTROLS}{TURNING}{LONE_SURROGATES}]|\r(?!\n))")

STYLES = re.compile(r"\x1b\[(?:[0-9;]*m|[0-9]*[AK]|\?25[hl])|\r")
"""What the library that draws tables and bars writes: colours, and moves within its own lines."""

Shown = Callable[[str], str]


def visible(text: str) -> str:
    """Show a text to people; line ends and tabs stay."""
    return text if text.isascii() and text.isprintable() else SHOWN.sub(_escaped, text)


def on_one_line(text: str) -> str:
    """Show a text to people where it must not begin a line of its own, such as the name of a file."""
    return LINE_OR_TAB.sub(lambda match: {"\n": r"\n", "\t": r"\t"}[match[0]], visible(text))


def in_json(text: str) -> str:
    """Write JSON that is harmless on a screen and says the same."""
    return SHOWN.sub(lambda match: _utf16(match[1]) if match[1] else match[0], text)


def in_xml(text: str) -> str:
    """Write XML that is harmless on a screen and says the same; what XML cannot say is shown."""
    return SHOWN.sub(_character_reference, text)


def as_text(text: str) -> str:
    """Write data that has no escapes of its own; line ends of both kinds stay."""
    return NO_TEXT.sub(_escaped, text)


class OutputError(OSError):
    """What was to be shown could not be written: the disk that it goes to is full, for one."""


class Screen:
    """A text stream that shows what is written to it."""

    def __init__(self, stream: TextIO, shown: Shown = visible) -> None:
        self._stream, self._shown = stream, shown

    def write(self, text: str) -> int:
        """Write a text as it is shown; returns the length of the text that was given."""
        with _told_apart():
            self._stream.write(self._shown(text))
        return len(text)

    def flush(self) -> None:
        """Have all that was written where it goes."""
        with _told_apart():
            self._stream.flush()

    def writelines(self, lines: Iterable[str]) -> None:
        """Write lines, which bring their ends."""
        for line in lines:
            self.write(line)

    @property
    def rich_proxied_file(self) -> "Screen":
        """Where Rich writes, which looks for this name: its own colours pass."""
        return Screen(self._stream, _with_styles)

    def data(self, shown: Shown) -> TextIO:
        """Give the stream for data of a kind (`in_json`, `in_xml`, `as_text`)."""
        return cast(TextIO, Screen(self._stream, shown))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Tell an error of a stream from those of files; a reader who has seen enough is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error.errno, error.strerror) from error


def guard() -> None:
    """Put the door before standard output and standard error of this process."""
    if sys.stdout is not None and not isinstance(sys.stdout, Screen):
        sys.stdout = cast(TextIO, Screen(sys.stdout))
    if sys.stderr is not None and not isinstance(sys.stderr, Screen):
        sys.stderr = cast(TextIO, Screen(sys.stderr, _told))


def data_stream(shown: Shown, stream: TextIO | None = None) -> TextIO:
    """Give standard output, or another stream, for data of a kind (`in_json`, `in_xml`, `as_text`)."""
    stream = stream or sys.stdout
    return stream.data(shown) if isinstance(stream, Screen) else cast(TextIO, Screen(stream, shown))


def _escaped(match: re.Match[str]) -> str:
    if not match[1]:
        return match[0]
    code = ord(match[1])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _utf16(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _character_reference(match: re.Match[str]) -> str:
    if not match[1]:
        return match[0]
    code = ord(match[1])
    return f"&#x{code:x};" if code >= 0x7F and not 0xD800 <= code <= 0xDFFF else _escaped(match)


def _told(text: str) -> str:
    """Show what is said beside the results, and nothing secret of it, whoever says it."""
    return visible(shown_text(text))


def _with_styles(text: str) -> str:
    out, place = [], 0
    for style in STYLES.finditer(text):
        out += [visible(text[place : style.start()]), style[0]]
        place = style.end()
    return "".join(out) + visible(text[place:])
