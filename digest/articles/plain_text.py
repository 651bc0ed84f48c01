"""Plain text and Markdown files: the first line is the title, the rest the text."""

import re

from digest.articles.page_text import clean_line, clean_lines

_HEADING = re.compile(r"^#{1,6}\s+|\s+#+$")
_SENTENCE = re.compile(r"\.[\"'”’)]*$")
MIN_SENTENCE_WORDS = 6  # fewer with a full stop may be a title in a magazine's fashion; judgement
MAX_TITLE_CHARS = 200  # a first line longer than this is text, not a title; judgement


def read_plain(text: str) -> tuple[str, str]:
    """Split a plain text into title and body.

    Returns:
        (title, text): the title is the first line that has words, where it is short enough to be one, and
        is then not part of the text, unless it is a sentence: a text may begin without a title.
    """
    cleaned = clean_lines(text.replace("\f", "\n"))
    first, _, rest = cleaned.partition("\n")
    title = clean_line(_HEADING.sub("", first))
    if len(title) > MAX_TITLE_CHARS or not rest.strip():
        return title[:MAX_TITLE_CHARS], cleaned
    if _SENTENCE.search(title) and len(title.split()) >= MIN_SENTENCE_WORDS:
        return title, cleaned
    return title, rest.strip()
