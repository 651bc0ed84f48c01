"""Read a PDF from standard input and print its text as JSON; a process of its own, with limits.

Run as a file, with nothing of this project imported: a PDF can make any reader crash, loop or eat memory.
"""

import json
import resource
import sys
from itertools import pairwise
from typing import Any

MAX_PAGES = 500  # the rest of a book is not read; judgement
# Address space, the interpreter included; a bomb ends this process only; judgement.
MAX_MEMORY_BYTES = 1_000_000_000
MAX_CPU_S = 20  # a loop within the reader ends too; judgement
MAX_CHARS = 2_000_000  # five times what is embedded of a text; guards the answer's size; judgement

MAX_PIECES = 2_000  # of a page; a full page of small print has 200, a map thousands, and no order; judgement
MIN_GAPS = 2  # on a page; a head or foot has one between title and number


def main() -> int:
    """Print {"title", "author", "created", "pages": [page, ...]} for the PDF on standard input.

    A page is its text; where lines have gaps, [[left, bottom, right, top, text], ...] in points.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        sys.stdout.write(json.dumps({"problem": str(error)}))
        return 0
    described = document.get_metadata_dict()
    pages: list[str | list[tuple[float, float, float, float, str]]] = []
    size = 0
    for index in range(min(len(document), MAX_PAGES)):
        try:
            page = document[index].get_textpage()
            text = page.get_text_range()
            pieces = _pieces(page)
        except (pypdfium2.PdfiumError, UnicodeDecodeError):
            text, pieces = "", []
        pages.append(pieces or text)
        size += len(text)
        if size > MAX_CHARS:
            break
    sys.stdout.write(
        json.dumps(
            {
                "title": described.get("Title", ""),
                "author": described.get("Author", ""),
                "created": described.get("CreationDate", ""),
                "pages": pages,
            }
        )
    )
    return 0


def _pieces(page: Any) -> list[tuple[float, float, float, float, str]]:
    """Give the pieces of a page's lines where some of them have gaps; its text says all where none has."""
    boxes = [page.get_rect(index) for index in range(min(page.count_rects(), MAX_PIECES))]
    gaps = sum(
        after[0] - before[2] > before[3] - before[1] and before[1] < after[3] and after[1] < before[3]
        for before, after in pairwise(boxes)
    )
    if gaps < MIN_GAPS or len(boxes) == MAX_PIECES:
        return []
    return [(*box, page.get_text_bounded(*box)) for box in boxes]


if __name__ == "__main__":
    sys.exit(main())
