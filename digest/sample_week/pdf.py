"""Makes the sample week's PDF report from its text: `python -m digest.sample_week.pdf`.

A small writer with the standard library only, so that the file in the repository can be made again, byte for
byte. It knows one page size, one font in two weights and plain paragraphs, which is what the report needs.
"""

import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from digest.sample_week.content import WEEK, front_matter

SOURCE = WEEK / "reports" / "heat-at-work.md"
TARGET = SOURCE.with_suffix(".pdf")

LINE_CHARS = 90
PAGE_WIDTH, PAGE_HEIGHT = 595, 842  # A4 in points
MARGIN = 64
LEADING = 15.0
BODY_SIZE, HEADING_SIZE, TITLE_SIZE = 10.5, 13.0, 17.0


@dataclass(frozen=True)
class Line:
    """One line of type."""

    text: str
    size: float = BODY_SIZE
    bold: bool = False


def _lines(title: str, author: str, paragraphs: list[str]) -> list[Line | None]:
    """Set the text in lines; None stands for the blank space between two paragraphs."""
    lines: list[Line | None] = [Line(part, TITLE_SIZE, True) for part in textwrap.wrap(title, 52)]
    lines += [Line(author), None]
    for paragraph in paragraphs:
        if paragraph.startswith("## "):
            lines.append(Line(paragraph[3:], HEADING_SIZE, True))
        else:
            lines += [Line(part) for part in textwrap.wrap(paragraph, LINE_CHARS, break_on_hyphens=False)]
        lines.append(None)
    return lines


def _pages(lines: list[Line | None]) -> list[list[Line | None]]:
    """Break the lines into pages, keeping a heading with the paragraph below it."""
    per_page = int((PAGE_HEIGHT - 2 * MARGIN) / LEADING)
    pages: list[list[Line | None]] = []
    rest = lines
    while rest:
        cut = min(per_page, len(rest))
        while cut < len(rest) and cut > 1 and any(line and line.bold for line in rest[cut - 3 : cut]):
            cut -= 1
        pages.append(rest[:cut])
        rest = rest[cut:]
        while rest and rest[0] is None:
            rest = rest[1:]
    return pages


def _escape(text: str) -> bytes:
    encoded = text.encode("cp1252")
    return encoded.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def _stream(page: list[Line | None], number: int) -> bytes:
    """Write the drawing instructions of one page, with its number at the foot."""
    parts = []
    y = float(PAGE_HEIGHT - MARGIN)
    for line in page:
        if line is not None:
            font = b"F2" if line.bold else b"F1"
            drawn = (font, line.size, MARGIN, y, _escape(line.text))
            parts.append(b"BT /%s %.1f Tf %d %.1f Td (%s) Tj ET" % drawn)
            y -= LEADING if line.size <= BODY_SIZE else line.size * 1.35
        else:
            y -= LEADING * 0.7
    parts.append(b"BT /F1 8.0 Tf %d 36.0 Td (%d) Tj ET" % (PAGE_WIDTH // 2, number))
    return b"\n".join(parts)


def _objects(title: str, author: str, pages: list[list[Line | None]]) -> list[bytes]:
    """List the file's objects in order; the first one is number 1."""
    kids = b" ".join(b"%d 0 R" % (6 + 2 * i) for i in range(len(pages)))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    info = b"<< /Title (%s) /Author (%s) /CreationDate (D:20261117090000Z) >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        font % b"Helvetica",
        font % b"Helvetica-Bold",
        info % (_escape(title), _escape(author)),
    ]
    box = b"/MediaBox [0 0 %d %d]" % (PAGE_WIDTH, PAGE_HEIGHT)
    fonts = b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"
    for number, page in enumerate(pages, 1):
        stream = _stream(page, number)
        contents = 5 + 2 * number
        objects.append(b"<< /Type /Page /Parent 2 0 R %s %s /Contents %d 0 R >>" % (box, fonts, contents))
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return objects


def make_pdf(source: Path = SOURCE) -> bytes:
    """Make a PDF from a Markdown text with front matter (title, author), paragraphs and subheadings."""
    meta, body = front_matter(source)
    paragraphs = [" ".join(block.split()) for block in body.split("\n\n")]
    pages = _pages(_lines(meta["title"], meta["author"], paragraphs))
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    objects = _objects(meta["title"], meta["author"], pages)
    for number, data in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def main() -> int:
    """Write the report to its place in the sample week."""
    TARGET.write_bytes(make_pdf())
    return 0


if __name__ == "__main__":
    sys.exit(main())
