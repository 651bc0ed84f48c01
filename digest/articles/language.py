"""Guess the language of a text."""

# 26 of 26 languages right on this much; more is only slower (0.5 ms a text after the first, which loads the
# model in 0.9 s; November 2026).
READ_CHARS = 2000


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language a text is most likely in; "en" for text without letters."""
    sample = text[:READ_CHARS]
    if not any(char.isalpha() for char in sample):
        return "en"
    import py3langid

    code, _ = py3langid.classify(sample)
    return str(code)
