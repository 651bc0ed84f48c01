"""What an evaluation counts, on articles made for it."""

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeEmbedder

from digest.articles.given import article_of_text
from digest.errors import DigestError
from digest.records import EMPTY, Analysis, Evidence, Signal, SignalBasis, SummarySentence
from tests.quality.eval import main
from tests.quality.evaluation import style
from tests.quality.evaluation.corpus import load_corpus
from tests.quality.evaluation.figures import Figure, Section
from tests.quality.evaluation.observe import Observed
from tests.quality.evaluation.signals import is_cut_from, measure_signals
from tests.quality.evaluation.summaries import measure_summaries
from tests.quality.evaluation.timing import measure_time
from tests.quality.evaluation.titles import measure_titles

TEXT = """Port Ansel approved a road charge by weight on Saturday. But drivers say that it punishes batteries.
The average car has grown to 1,790 kilograms since 2010. Repairs to the Harbour Bridge doubled in cost.
Subscribe to our newsletter for more. Why does weight matter?"""


def sentence(text: str, *, start: int | None = None) -> SummarySentence:
    at = TEXT.index(text) if start is None else start
    return SummarySentence(text, (Evidence(at, at + len(text), text),))


def row(signal: str, change: str, *, quote: str = "Repairs to the Harbour Bridge doubled in cost.") -> Signal:
    at = TEXT.find(quote)
    return Signal(
        signal,
        change,
        f"Everyone lives with {change}",
        f"Pressure for {change}",
        SignalBasis(),
        (Evidence(at, at + len(quote), quote, "signal"),),
    )


ROWS = (
    row("Repairs to the Harbour Bridge doubled", "From cheap to costly roads"),
    row("The Harbour Bridge doubled in cost", "From light to heavy cars"),
    row("To the Harbour Bridge doubled in", "From free to charged roads"),
)


def observed(
    *summary: SummarySentence, title: str = "Charge", signals: tuple[Signal, ...] = ROWS
) -> Observed:
    article = article_of_text(id="a", url="https://www.harbour.example/a", title="Charge", text=TEXT)
    analysis = Analysis("a", title, summary, (), (), signals, "test")
    vector = FakeEmbedder().encode_tokens([TEXT])[0].whole(TEXT)
    return Observed(article, analysis, vector, embed_s=1.0, analyze_s=0.25)


def values(section: Section) -> dict[str, float]:
    return {figure.key: figure.value for figure in section.figures}


def summaries(*chosen: SummarySentence) -> dict[str, float]:
    embedder = FakeEmbedder()
    return values(measure_summaries([observed(*chosen)], [], embedder=embedder, progress=lambda *_: None))


def test_a_sentence_dangles_unless_the_one_before_is_chosen_too() -> None:
    first, second = TEXT.split("\n")[0].split(". ")
    assert summaries(sentence(second))["dangling"] == 1
    assert summaries(sentence(f"{first}."), sentence(second))["dangling"] == 0


def test_furniture_questions_and_moved_sentences_are_counted() -> None:
    found = summaries(
        sentence("Subscribe to our newsletter for more."),
        sentence("Why does weight matter?"),
        sentence("The average car has grown to 1,790 kilograms since 2010.", start=3),
    )
    assert (found["furniture"], found["question"], found["moved"], found["disorder"]) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("In addition, the council met.", True),
        ("Another charge followed.", True),
        ("Such cars are heavy.", True),
        ("Many have left.", True),
        ("Many drivers have left.", False),
        ("It is clear that the charge stays.", False),
        ("Port Ansel met.", False),
    ],
)
def test_what_dangles(words: str, expected: bool) -> None:
    assert style.dangles(words) is expected


def signals(*rows: Signal) -> dict[str, float]:
    each = observed(sentence("Repairs to the Harbour Bridge doubled in cost."), signals=rows)
    return values(measure_signals([each], [each]))


def test_tables_without_repeats_hold() -> None:
    found = signals(*ROWS)
    assert found["no_change"] == 0
    assert signals()["no_change"] == 1
    assert found["repeats"] == found["quotes_moved"] == found["no_quote"] == found["reworded"] == 0


def test_repeats_moved_quotes_and_bare_or_reworded_cells_are_counted() -> None:
    repeat = replace(ROWS[1], change="from CHEAP to costly roads!")
    moved = replace(ROWS[2], evidence=(Evidence(0, 5, "Harbo", "signal"),))
    bare = replace(ROWS[0], basis=SignalBasis(change="observed"))
    found = signals(ROWS[0], repeat)
    assert found["repeats"] == 0.5
    empty = [replace(row, change=EMPTY, horizon_10y=EMPTY, driving_force=EMPTY) for row in ROWS]
    assert signals(*empty)["repeats"] == signals(*empty)["misshapen"] == 0
    assert signals(moved)["quotes_moved"] == 2
    assert signals(bare)["no_quote"] == 2
    assert signals(replace(ROWS[0], signal="Repairs to the Harbour Bridge tripled now"))["reworded"] == 1


def test_a_cell_is_cut_from_a_quote_where_its_words_stand_in_order() -> None:
    assert is_cut_from("Nearly 4.5 million people", "It hit, nearly, some 4.5 million other people.")
    assert not is_cut_from("people 4.5 million", "4.5 million people")


def test_times_are_ratios_of_the_same_article() -> None:
    found = values(measure_time([observed(), observed()]))
    assert found["mean_ratio"] == found["total_ratio"] == 1.25
    assert found["analysis_ms"] == 250


def test_bad_titles_are_counted() -> None:
    titles = [
        "Harbour bridge closed | Times",
        "Bridge closed - Harbour",
        "BRIDGE CLOSED TODAY!",
        "Bridge closed for the",
        " ".join(["bridge"] * 13),
    ]
    found = values(measure_titles([observed(title=title) for title in titles]))
    assert (found["site"], found["loud"], found["cut"], found["long"]) == (2, 1, 1, 1)


def test_a_target_holds_at_its_edge() -> None:
    assert Figure("k", "what", 0.5, at_least=0.5).holds
    assert Figure("k", "what", 0.51, at_most=0.5).holds is False
    assert Figure("k", "what", 0.5).holds is None


def test_missing_data_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(DigestError, match="no such folder"):
        load_corpus(tmp_path / "none")
    with pytest.raises(DigestError, match="holds no pages"):
        load_corpus(tmp_path)


def test_pages_hold_separators_within_their_lines(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    page = '{"id": "%s", "url": "u", "title": "t", "text": "One\u2028two.", "published": "2025-01-02"}\n'
    (tmp_path / "pages" / "articles.jsonl").write_text((page % "a") + (page % "b"), "utf-8")
    corpus = load_corpus(tmp_path, limit=1)
    assert [article.id for article in corpus.pages] == ["a"]


def test_parts_that_are_none_and_missing_data_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DIGEST_DEV_DATA", raising=False)
    for words, says in ((["--only", "jokes", "--data", "."], "jokes"), ([], "no labelled data")):
        with pytest.raises(SystemExit):
            main(words)
        assert says in capsys.readouterr().err
    with pytest.raises(DigestError, match="no such folder"):
        load_corpus(Path("/no/such/folder"))
