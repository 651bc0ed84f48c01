"""PDF files written by hand: words at given places, in a given order, as different programs leave them."""

from collections.abc import Sequence

Placed = tuple[float, float, str] | tuple[float, float, str, float]
"""Points from the left and from below, words, and perhaps their size."""

LEADING = 12
SIZE = 9.0


def pdf_of_pages(pages: Sequence[Sequence[Placed]], info: str = "") -> bytes:
    """Write a PDF whose pages have these words, in this order; \\001, \\002, \\003 are fi, fl, ffi."""
    font = (
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding "
        "/BaseEncoding /WinAnsiEncoding /Differences [1 /fi /fl /ffi] >> >>"
    )
    kids = [f"{5 + 2 * at} 0 R" for at in range(len(pages))]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>",
        font,
        f"<< {info} >>",
    ]
    for at, page in enumerate(pages):
        body = f"BT {' '.join(map(_shown, page))} ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * at} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(body.encode('cp1252'))} >>\nstream\n{body}\nendstream")
    return _file(objects)


def _shown(placed: Placed) -> str:
    left, bottom, words, *size = placed
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    for at, mark in enumerate("\001\002\003", 1):
        escaped = escaped.replace(mark, f"\\00{at}")
    return f"/F1 {size[0] if size else SIZE} Tf 1 0 0 1 {left} {bottom} Tm ({escaped}) Tj"


def _file(objects: Sequence[str]) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return out + head.encode() + end.encode()


def column(lines: Sequence[str], left: float = 50, top: float = 760) -> list[Placed]:
    """Place lines below each other."""
    return [(left, top - LEADING * at, line) for at, line in enumerate(lines)]


def across(*columns: Sequence[Placed]) -> list[Placed]:
    """Put columns into the order of lines, as programs do that go across the page."""
    return sorted((each for lines in columns for each in lines), key=lambda placed: (-placed[1], placed[0]))
