"""Bytes become the text that their author wrote, whatever server and page say of them."""

import pytest

from digest.language.charset import decode

TEXT = "Grüße aus Malmö – 5 € für Šárka"
GERMAN = "<p>Die Züge fahren künftig häufiger über Köln. Für Gäste gibt es größere Plätze, sagt das Büro.</p>"

CASES: dict[str, tuple[bytes, str, str]] = {
    "UTF-8, and nobody says so": (TEXT.encode(), "", TEXT),
    "UTF-8 against the header": (TEXT.encode(), "text/html; charset=iso-8859-1", TEXT),
    "UTF-8 against the page": (
        b'<meta charset="latin-1">' + TEXT.encode(),
        "",
        '<meta charset="latin-1">' + TEXT,
    ),
    "a mark goes before all": (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=utf-16", TEXT),
    "UTF-16 with its mark": (b"\xff\xfe" + TEXT.encode("utf-16-le"), "", TEXT),
    "UTF-16 without its mark": (GERMAN.encode("utf-16-be"), "text/html", GERMAN),
    "UTF-16 of the other order": (GERMAN.encode("utf-16-le"), "text/html; charset=utf-8", GERMAN),
    "the header's word": ("Łódź".encode("iso-8859-2"), "text/html; charset=ISO-8859-2", "Łódź"),
    "the page's word": (
        b'<meta charset="windows-1251">' + "Київ".encode("cp1251"),
        "",
        '<meta charset="windows-1251">Київ',
    ),
    "the page's word in the old form": (
        b'<meta http-equiv="Content-Type" content="text/html; charset=shift_jis">' + "東京".encode("cp932"),
        "text/html",
        '<meta http-equiv="Content-Type" content="text/html; charset=shift_jis">東京',
    ),
    "Latin 1 is read as its larger sister": ("5 €".encode("cp1252"), "text/html; charset=iso-8859-1", "5 €"),
    "a charset that is none": ("caf\u00e9".encode("cp1252"), "text/html; charset=klingon", "café"),
    "escapes of Japanese mail": ("東京".encode("iso-2022-jp"), "text/html; charset=iso-2022-jp", "東京"),
    "few odd bytes, and nobody says anything": ("caf\u00e9 \u201cno\u201d".encode("cp1252"), "", "café “no”"),
    "many, and nobody says anything": (GERMAN.encode("cp1252"), "", GERMAN),
    "cut within a character": ("Größe, Malmö".encode()[:-1], "", "Größe, Malm\ufffd"),
    "a stray byte in much UTF-8": (("ü" * 40).encode() + b"\xfc", "", "ü" * 40 + "\ufffd"),
    "UTF-8 made twice": ("“Grüße”".encode().decode("latin-1").encode(), "", "“Grüße”"),
    "nothing": (b"", "", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_the_text_comes_out(case: str) -> None:
    body, content_type, expected = CASES[case]
    assert decode(body, content_type) == expected


@pytest.mark.parametrize(
    "name", ["cp1250", "cp1252", "cp1253", "koi8-r", "cp1251", "gb18030", "big5", "euc-kr"]
)
def test_a_charset_that_the_header_names_is_used(name: str) -> None:
    text = {
        "cp1253": "Ελλάδα",
        "koi8-r": "Москва",
        "cp1251": "Москва",
        "gb18030": "北京",
        "big5": "台北",
    }.get(name, "서울" if name == "euc-kr" else "Köln")
    assert decode(text.encode(name), f"text/html; charset={name}") == text


@pytest.mark.parametrize(
    "body", [bytes(range(256)), b"\xff" * 40, b"\x00" * 40, b"\x80", b"\xed\xa0\x80" * 9]
)
def test_any_bytes_give_some_text_that_can_be_written(body: bytes) -> None:
    decode(body).encode("utf-8")
    decode(body, "text/html; charset=utf-7").encode("utf-8")
