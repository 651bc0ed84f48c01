"""PDF: read in a process of its own, and put together to paragraphs."""

from datetime import UTC, date, datetime

import pytest

from digest.articles.extract import extract
from digest.articles.pdf import PdfError, join_pages, read_pdf
from digest.errors import ExtractError
from digest.records import Page


def pdf_of(lines: list[str], info: str = "") -> bytes:
    """Write a PDF of one page with a line of text each."""
    shown = " ".join("(" + line.replace("(", "\\(").replace(")", "\\)") + ") '" for line in lines)
    body = f"BT /F1 9 Tf 40 800 Td 12 TL {shown} ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
        "/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(body)} >>\nstream\n{body}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< {info} >>",
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"trailer << /Size 7 /Root 1 0 R /Info 6 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return (f"{out}xref\n0 7\n0000000000 65535 f \n{table}{end}").encode("latin-1")


LINES = [
    f"Line {number} of the report says what was measured at the harbour in that year, and"
    for number in range(20)
]


def test_a_pdf_is_an_article() -> None:
    body = pdf_of(LINES, "/Title (Harbour report) /Author (Ada Byron) /CreationDate (D:20261103120000Z)")
    page = Page(
        "https://e.com/r.pdf", "https://e.com/r.pdf", 200, (), body, datetime(2026, 11, 22, tzinfo=UTC)
    )
    article = extract(page)
    assert (article.title, article.author, article.published) == (
        "Harbour report",
        "Ada Byron",
        date(2026, 11, 3),
    )
    assert article.text == " ".join(LINES)
    assert (
        extract(Page("u", "u", 200, (), pdf_of(LINES), page.fetched_at), feed_title="From the feed").title
        == "From the feed"
    )


def test_a_pdf_without_text_is_named_so() -> None:
    page = Page("u", "u", 200, (), pdf_of([]), datetime(2026, 11, 22, tzinfo=UTC))
    with pytest.raises(ExtractError, match="PDF without text"):
        extract(page)


def test_a_slow_pdf_is_given_up() -> None:
    with pytest.raises(PdfError, match="PDF not read within 0 s"):
        read_pdf(pdf_of(LINES), timeout_s=0.001)


def test_lines_become_paragraphs_without_running_heads_and_word_breaks() -> None:
    page = (
        "Annual Report {n}\nThe {word} report\nThe {word} paragraph of this page runs over two lines, hy-\n"
        "phenated at one. It ends.\nThe next begins on a line of its own and goes on to the one below\n"
        "with {word} words.\n{word} is over\n{n}"
    )
    words = ("first", "second", "third")
    pages = [page.format(n=number, word=word).splitlines() for number, word in enumerate(words, 1)]
    text, starts = join_pages(pages)
    paragraphs = text.split("\n\n")
    assert paragraphs[:3] == [
        "The first report",
        "The first paragraph of this page runs over two lines, hyphenated at one. It ends.",
        "The next begins on a line of its own and goes on to the one below with first words.",
    ]
    assert "Annual Report" not in text
    assert [text[start:].split(" is over")[0][:10] for start in starts] == [
        "The first ",
        "The second",
        "The third ",
    ]
