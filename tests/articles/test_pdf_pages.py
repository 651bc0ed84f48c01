"""PDF files of the kinds that come: what is read in which order, and on which page it stands."""

from datetime import UTC, datetime

import pytest
from made_pdfs import across, column, pdf_of_pages

from digest.articles.extract import extract
from digest.articles.pdf import PdfError, read_pdf
from digest.issues.drafts.sources import source_lines
from digest.records import Article, Evidence, Page

HARBOUR = (
    "The harbour of Northmark will close its",
    "oldest quay in the spring because the wall",
    "has moved by forty centimetres since it was",
    "built. Ships with grain go to the new basin",
    "instead, which was deepened last year and",
    "takes vessels of twelve metres draught. The",
    "council voted for it.",
)
FERRY = (
    "A ferry company in the south replaces its",
    "six diesel ships by three that run on wind",
    "and batteries. The first one sails in June",
    "and carries ninety cars. Fares stay as they",
    "are for two years, the company said, and",
    "nobody loses a job.",
)
HARBOUR_TEXT, FERRY_TEXT = " ".join(HARBOUR), " ".join(FERRY)
LETTERS = [f"{vowel}{letter}o" for vowel in "aeiou" for letter in "lnrs"]
TABLE = [("Port", "Ships in 2024", "Ships in 2026"), ("Ansel", "1,204", "960"), ("Tarn", "310", "402")]


def article_of(body: bytes) -> Article:
    address = "https://reports.example/r.pdf"
    return extract(Page(address, address, 200, (), body, datetime(2026, 11, 22, tzinfo=UTC)), min_words=1)


def table(top: float) -> list[tuple[float, float, str]]:
    return [
        (left, top - 12 * at, words)
        for at, row in enumerate(TABLE)
        for left, words in zip((50, 200, 350), row, strict=True)
    ]


def test_two_columns_are_read_one_after_the_other_whichever_order_the_file_has() -> None:
    left, right = column(HARBOUR), column(FERRY, left=310)
    for page in ([*left, *right], across(left, right)):
        assert read_pdf(pdf_of_pages([page])).text == f"{HARBOUR_TEXT}\n\n{FERRY_TEXT}"


def test_three_columns_are_read_one_after_the_other() -> None:
    lines = [
        [f"{name} line {at} of the {name} one" for at in range(8)] for name in ("left", "middle", "right")
    ]
    page = across(*(column(each, left=40 + 180 * at) for at, each in enumerate(lines)))
    assert read_pdf(pdf_of_pages([page])).text == " ".join(" ".join(each) for each in lines)


def test_what_stands_over_and_under_columns_stays_there() -> None:
    head = "A report on harbours and on ferries that was written for whoever lives beside the water this year"
    foot = (
        "Whoever wants to know more of it finds the whole report with all its tables in the city's library."
    )
    page = [
        (50, 800, head),
        *across(column(HARBOUR), column(FERRY, left=310)),
        (50, 640, foot),
    ]
    assert (
        read_pdf(pdf_of_pages([page])).text.split()
        == " ".join((head, HARBOUR_TEXT, FERRY_TEXT, foot)).split()
    )


def test_a_table_is_read_row_by_row_each_on_a_line_of_its_own() -> None:
    page = [*column(HARBOUR), *table(640), *column(FERRY, top=580)]
    assert read_pdf(pdf_of_pages([page])).text.split("\n\n") == [
        HARBOUR_TEXT,
        *(" ".join(row) for row in TABLE),
        FERRY_TEXT,
    ]


def test_ligatures_are_letters() -> None:
    page = column(["The \001rst \002oods reached the o\003ce of the harbour in the year of the storm."])
    assert read_pdf(pdf_of_pages([page])).text.startswith("The first floods reached the office of")


def test_a_word_broken_at_the_end_of_a_line_column_or_page_is_whole() -> None:
    first = ["The council has decided that the har-", "bour is to be deepened next year, and the com-"]
    second = ["pany that won the tender begins in the spr-", "ing with two ships of its own and one hired."]
    words = (
        "harbour is to be deepened next year, and the company that won the tender begins in the spring with"
    )
    for pages in ([first, second], [[*first, *second]]):
        assert words in read_pdf(pdf_of_pages([column(lines) for lines in pages])).text


def test_a_scan_without_text_is_named_so() -> None:
    with pytest.raises(PdfError, match="PDF without text"):
        read_pdf(pdf_of_pages([[], []]))


def test_a_running_head_is_left_out_and_what_goes_on_over_pages_is_one_paragraph() -> None:
    pages = [
        [(50, 800, f"Harbour report · {number}"), *column(lines)]
        for number, lines in enumerate((HARBOUR[:3], HARBOUR[3:], FERRY), 1)
    ]
    read = read_pdf(pdf_of_pages(pages))
    assert read.text == f"{HARBOUR_TEXT}\n\n{FERRY_TEXT}"
    assert read.pages == (0, len(" ".join(HARBOUR[:3])) + 1, len(HARBOUR_TEXT) + 2)


@pytest.mark.parametrize("head", ["Harbour report · page {}", "Harbour report of 2026", "{} of 2 · Harbours"])
def test_a_running_head_of_two_pages_is_left_out(head: str) -> None:
    pages = [
        [(50, 800, head.format(number)), *column(lines), (50, 40, f"Northmark Council {number}")]
        for number, lines in enumerate((HARBOUR[:3], HARBOUR[3:]), 1)
    ]
    assert read_pdf(pdf_of_pages(pages)).text == HARBOUR_TEXT


@pytest.mark.parametrize("line", ["Ships in {}: 960", "{}"])
def test_what_two_pages_begin_with_stays_where_it_may_be_text(line: str) -> None:
    pages = [[(50, 800, line.format(year)), *column(HARBOUR)] for year in ("2024", "2026")]
    text = read_pdf(pdf_of_pages(pages)).text
    assert "2024" in text
    assert "2026" in text


def test_each_sentence_of_300_pages_is_on_its_page() -> None:
    names = [
        f"{first}{second}a" for first in "BDFGKLMNPRSTVZ" for second in ("a", "e", "i", "o", "u", *LETTERS)
    ]
    pages = [
        column([f"At {name} the report says what was", f"measured by the people of {name} that year."])
        for name in names[:300]
    ]
    article = article_of(pdf_of_pages(pages))
    assert len(article.sentences) == 300
    for number, sentence in enumerate(article.sentences, 1):
        assert article.page_at(sentence.start) == number


def test_pages_without_words_are_counted() -> None:
    article = article_of(pdf_of_pages([[], column(HARBOUR), [], column(FERRY)]))
    assert [article.page_at(article.text.index(word)) for word in ("harbour", "ferry")] == [2, 4]


def test_a_title_left_out_and_addresses_cut_move_no_page() -> None:
    first = [
        "Harbour report",
        "",
        *HARBOUR,
        "See https://e.example/r?token=0123456789abcdef0123456789abcdef now.",
    ]
    pages = [[(50, 800, "Harbour report"), *column([*HARBOUR, *first[-1:]])], column(FERRY)]
    article = article_of(pdf_of_pages(pages, "/Title (Harbour report)"))
    assert article.text.startswith("The harbour of Northmark")
    assert "0123456789" not in article.text
    assert article.text[article.pages[1] :].startswith("A ferry company")


def test_evidence_names_the_page_and_leads_to_it() -> None:
    article = article_of(pdf_of_pages([column(HARBOUR), column(FERRY)]))
    quote = "The first one sails in June and carries ninety cars."
    start = article.text.index(quote)
    line = source_lines(quote, [Evidence(start, start + len(quote), quote)], article)[0]
    assert line == f"* sentence 5 of 6, [page 2](https://reports.example/r.pdf#page=2): **{quote}**"
