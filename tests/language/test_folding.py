"""Letters without their marks."""

import pytest

from digest.language.folding import unmarked


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Łódź", "lodz"),
        ("Størrelse ǾRE", "storrelse ore"),
        ("Größe GROẞE", "grosse grosse"),
        ("Đakovo", "dakovo"),
        ("Æther Œuvre Þing", "aether oeuvre thing"),
        ("İzmir ısı", "izmir isi"),
        ("café", "cafe"),
        ("土壌", "土壌"),
        ("", ""),
    ],
)
def test_letters_lose_their_marks(text: str, plain: str) -> None:
    assert unmarked(text) == plain


def test_words_come_in_the_order_of_the_alphabet_whatever_their_capitals() -> None:
    assert sorted(["zebra", "Øre", "apple", "Zinc", "Apple pie"], key=unmarked) == [
        *("apple", "Apple pie", "Øre", "zebra", "Zinc")
    ]
