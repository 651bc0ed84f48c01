"""Sentences: where they begin and end, and that offsets hold for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.articles.sentences import sentences

CASES = {
    "a full stop": ("It opened. Trains run.", ["It opened.", "Trains run."]),
    "lines are never joined": ("A heading\nThen text", ["A heading", "Then text"]),
    "list markers are left out": ("- One item\n• Two", ["One item", "Two"]),
    "abbreviations": ("Dr. Smith met Sen. Lee. They spoke.", ["Dr. Smith met Sen. Lee.", "They spoke."]),
    "U.S. within a name": ("The U.S. Senate voted. It passed.", ["The U.S. Senate voted.", "It passed."]),
    "U.S. at an end": ("He lives in the U.S. She does not.", ["He lives in the U.S.", "She does not."]),
    "a month at an end": ("It fell in Feb. The bank waits.", ["It fell in Feb.", "The bank waits."]),
    "a month and its day": ("It fell on Feb. 3. We wait.", ["It fell on Feb. 3.", "We wait."]),
    "an answer": ("Was it planned? No. The mayor said so.", ["Was it planned?", "No.", "The mayor said so."]),
    "a letter at an end": ("It has vitamin C. This helps.", ["It has vitamin C.", "This helps."]),
    "a letter that begins a name": (
        "It is by J. A. Smith. We read it.",
        ["It is by J. A. Smith.", "We read it."],
    ),
    "a title before any name": ("We saw Dr. No. It was fun.", ["We saw Dr. No.", "It was fun."]),
    "decimals": ("It rose 3.5 % to 4.2 million. Good.", ["It rose 3.5 % to 4.2 million.", "Good."]),
    "initials": ("J. K. Rowling wrote it. We read it.", ["J. K. Rowling wrote it.", "We read it."]),
    "initials without spaces": ("J.D. Power ranks it. So it is.", ["J.D. Power ranks it.", "So it is."]),
    "an hour and its day": (
        "It struck at 2:09 a.m. Sunday. All slept.",
        ["It struck at 2:09 a.m. Sunday.", "All slept."],
    ),
    "an hour and its zone": ("It shuts at 5 p.m. ET daily.", ["It shuts at 5 p.m. ET daily."]),
    "an hour and its date": (
        "It shut at 9 p. m. April 8, he said.",
        ["It shut at 9 p. m. April 8, he said."],
    ),
    "an hour at an end": ("It shut at 5 p.m. Nobody came.", ["It shut at 5 p.m.", "Nobody came."]),
    "an ordinal with a full stop": ("The 3. Liga starts. Fans wait.", ["The 3. Liga starts.", "Fans wait."]),
    "a number at an end": ("It fell to 3. The end.", ["It fell to 3.", "The end."]),
    "section numbers": ("1.2. Scope is wide. See 3.", ["1.2. Scope is wide.", "See 3."]),
    "a named section's number": (
        "Section 3.2. Fees rise. See section 4. Fees.",
        ["Section 3.2. Fees rise.", "See section 4.", "Fees."],
    ),
    "closing quotes": ("“It is fine.” He left.", ["“It is fine.”", "He left."]),
    "numbered headings": ("6. Secure your network", ["6. Secure your network"]),
    "names with points": ("Use System.Net. It works.", ["Use System.Net.", "It works."]),
    "table rows": ("| Rank | State |", ["Rank | State"]),
    "no words": ("***\n---", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize("case", CASES)
def test_sentences_end_where_a_reader_ends_them(case: str) -> None:
    text, expected = CASES[case]
    assert [text[found.start : found.end] for found in sentences(text, "en")] == expected


@pytest.mark.parametrize("count", [400, 4000])
def test_a_line_of_any_length_is_split_as_its_sentences_are(count: int) -> None:
    each = "中文字符。", "The port “opened” at 5 p.m. on Monday. ", "Dr. Smith said “no.” "
    for unit in each:
        text = unit * count
        found = [text[found.start : found.end] for found in sentences(text, "en")]
        assert found == [unit.strip()] * count


def test_quotes_that_never_close_lose_no_words() -> None:
    text = "“a. " * 5000 + "B is here. C is there."
    found = sentences(text, "en")
    assert "".join(text[each.start : each.end] for each in found).count("a") == 5000
    assert text[found[-1].start : found[-1].end].endswith("C is there.")


@settings(deadline=None, max_examples=150)
@given(
    st.text(alphabet=st.sampled_from("aB. !?\n\t“”\"'-|é漢。3,()\u00a0"), max_size=120),
    st.sampled_from(["en", "de", "zh", "xx", ""]),
)
def test_offsets_hold_for_any_text(text: str, language: str) -> None:
    end = 0
    for found in sentences(text, language):
        assert end <= found.start < found.end <= len(text)
        quoted = text[found.start : found.end]
        assert quoted == quoted.strip()
        assert "\n" not in quoted
        end = found.end


def test_a_no_break_space_before_a_mark_is_no_trouble() -> None:
    text = '漢"-\u00a0B\t\t\u00a0.'
    (found,) = sentences(text, "en")
    assert text[found.start : found.end] == text
