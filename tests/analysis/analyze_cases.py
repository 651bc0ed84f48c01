"""Articles, fake vectors and a small library that the tests of the analyzer share."""

import re
from datetime import date
from functools import cache

import numpy as np
from fakes import FakeEmbedder

from digest.analysis import Library, analyze, make_library
from digest.records import Analysis, Article, Pattern, Sentence, ThemeLabel, TokenVectors, Vectors

NEWS = """Port Ansel approved a road charge by weight on Saturday, after years of protest over damaged roads.
The charge will replace a flat fee of €8 a day and starts on 1 February. Subscribe to our newsletter for more.
Photo by Jane Doe
The average car registered in the city has grown from 1,310 to 1,790 kilograms since 2010.
But drivers of electric cars say that the charge punishes batteries.
Why does weight matter?
Repairs to the Harbour Bridge doubled in cost because of heavier lorries, the council said.
Heavier vehicles wear down the road surface far more than lighter vehicles do in any season.
The council expects the trams to carry 40 per cent of all commuters by 2035.
- Check the weight of your car
The Ansel Freight Alliance, which represents 210 hauliers, filed a case against the charge on Monday.
The Office for Civil Rights said that it had received 112 complaints about the road charge.
The council banned studded tyres in the inner city in order to protect the new surface of the road.
"""

PATTERNS = tuple(
    Pattern(
        pattern=name,
        steep="politics",
        description=description,
        cues=cues,
        unless=unless,
        change=tuple(f"From {name} one to {name} {n}" for n in ("two", "three", "four", "five")),
        horizon_10y=tuple(f"Everyone lives with {name} number {n}" for n in range(4)),
        driving_force=tuple(f"Pressure for {name} of sort {n}" for n in range(4)),
    )
    for name, description, cues, unless in (
        ("tolls", "A city charges cars for the road they use", ("charge", "road", "lorries"), ()),
        ("bridges", "A bridge is repaired or closed because of heavy lorries", ("bridge", "repairs"), ()),
        ("courts", "A court hears a case against a rule", ("court", "case"), ("tennis",)),
        ("trams", "More commuters use trams", ("trams", "commuters"), ()),
    )
)
THEMES = (
    ThemeLabel(
        "Urban mobility", "society", "Cars, trams, road charge, lorries and the bridge in the city", ()
    ),
    ThemeLabel("Courts and law", "politics", "Judges, trials and sentences", ()),
    ThemeLabel("Cooking", "society", "Recipes, ovens and sauces", ()),
)


@cache
def library() -> Library:
    """Three themes and four patterns."""
    return make_library(THEMES, PATTERNS, encode=encode, version="v1")


def encode(texts: list[str]) -> Vectors:
    """Fake vectors of some texts, pooled as those of articles are."""
    if not texts:
        return np.zeros((0, FakeEmbedder.dimensions), np.float32)
    tokens = FakeEmbedder().encode_tokens(texts)
    return np.concatenate([each.pool([(0, len(text))]) for each, text in zip(tokens, texts, strict=True)])


def article_of(text: str, *, title: str = "Port Ansel charges by weight", id: str = "a" * 32) -> Article:
    """An article whose sentences are the parts of its lines that end in a full stop."""
    spans = [
        Sentence(m.start(), m.end())
        for m in re.finditer(r"[^\s][^\n]*?(?:[.?!](?=\s|$)|(?=\n|$))", text)
        if m.group().strip()
    ]
    return Article(
        id=id,
        url="https://example.org/a",
        canonical_url="https://example.org/a",
        title=title,
        author="",
        published=date(2026, 11, 16),
        language="en",
        text=text,
        sentences=tuple(spans),
        site="Example",
    )


def tokens_of(text: str) -> TokenVectors:
    """Fake token vectors of a text."""
    return FakeEmbedder().encode_tokens([text])[0]


def analyse(text: str, *, title: str = "Port Ansel charges by weight", id: str = "a" * 32) -> Analysis:
    """Analyse a text with the fakes."""
    return analyze(article_of(text, title=title, id=id), tokens_of(text), library(), analyzer="test")
