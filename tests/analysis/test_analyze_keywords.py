"""Keywords: what may be one, and what repeats another."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from analyze_cases import NEWS, analyse, article_of, tokens_of

from digest.analysis.keywords import candidates, choose_from, choose_keywords
from digest.analysis.keywords.phrase_features import NAMES, heading, phrase_features, text_features
from digest.analysis.keywords.ranker import KeywordWeights, likelihoods, newsiness
from digest.analysis.learned import shipped
from digest.analysis.reading import Reading, read
from digest.language.background import rarity
from digest.language.words import split_words, stem


def reading_of(text: str, *, title: str = "") -> Reading:
    return read(replace(article_of(text), title=title), tokens_of(text))


def forms(text: str) -> set[str]:
    return {candidate.form for candidate in candidates(reading_of(text).lines)}


def chosen(text: str, likely: dict[str, float], *, title: str = "") -> list[str]:
    """What is shown where the ranking says this of some phrases and nothing of the others."""
    found = candidates(reading_of(text).lines)
    scores = np.array([likely.get(candidate.form, 0.0) for candidate in found])
    shown = choose_from(found, scores, title)
    return [candidate.form for candidate, score in shown if score > 0]


def test_names_are_kept_whole() -> None:
    found = forms("The Office for Civil Rights fined Elif Demir of the Bank of Velland on Monday.")
    assert {"Office for Civil Rights", "Elif Demir", "Bank of Velland"} <= found
    assert not {"Office", "Civil Rights", "Office for Civil", "Elif", "Velland"} & found


def test_names_keep_their_and() -> None:
    found = forms("The Centers for Disease Control and Prevention asked Lunt & Sons in Oslo and Bergen.")
    assert {"Centers for Disease Control and Prevention", "Lunt & Sons", "Oslo", "Bergen"} <= found
    assert not {"Prevention", "Oslo and Bergen"} & found


def test_a_title_before_a_name_does_not_hide_it() -> None:
    assert "Elif Demir" in forms("Mr Elif Demir spoke.")


def test_phrases_joined_by_of_are_one() -> None:
    found = forms("We bound the rate of convergence of the method. A number of cities pay.")
    assert "rate of convergence" in found
    assert "number of cities" not in found


def test_terms_may_end_in_a_vague_word_and_empty_phrases_may_not() -> None:
    found = forms("The waiting time and the critical success factors differ. A long time, the same result.")
    assert {"waiting time", "critical success factors"} <= found
    assert not {"long time", "same result", "time", "result"} & found


def test_names_of_code_are_no_keywords() -> None:
    found = forms("Call save_all_rows or urllib.parse.quote with a hasReturnPolicy flag from BeautifulSoup.")
    assert "BeautifulSoup" in found
    assert not any("_" in form or "urllib" in form or "ReturnPolicy" in form for form in found)


def test_a_heading_s_capitals_make_no_name() -> None:
    found = forms(
        "Rainwater Harvesting Systems\nMany towns pay for rainwater harvesting systems near Port Ansel."
    )
    assert "rainwater harvesting systems" in found
    assert not {"Rainwater Harvesting Systems", "Rainwater Harvesting"} & found


def test_a_phrase_of_a_heading_is_lowered_whole_or_not_at_all() -> None:
    found = forms("Billable Rate Tables\nOur tables say what the town pays for the bridge today.")
    assert "Billable Rate Tables" in found
    assert not {"billable Rate Tables", "billable Rate"} & found


def test_the_form_within_sentences_wins() -> None:
    text = "Louisiana pays. Louisiana waits. Louisiana asks. The towns of Louisiana wait for rain."
    assert "Louisiana" in forms(text)
    assert "louisiana" not in forms(text)


def test_a_recurring_fuller_form_stands_for_its_head() -> None:
    text = "A data breach hit the city. The breach was large. Another data breach followed the breach."
    assert chosen(text, {"breach": 0.6, "data breach": 0.4}) == ["data breach"]
    assert chosen("A breach. One data breach. A breach.", {"breach": 0.6, "data breach": 0.4}) == ["breach"]


@pytest.mark.parametrize(
    ("text", "likely", "kept"),
    [
        ("The mice ran. The mice sat. A mouse ate.", {"mice": 0.9, "mouse": 0.8}, ["mice"]),
        ("Their meditation. Your meditate.", {"meditation": 0.9, "meditate": 0.8}, ["meditation"]),
        (
            "HealthEC LLC lost files. We asked HealthEC again.",
            {"HealthEC LLC": 0.9, "HealthEC": 0.8},
            ["HealthEC LLC"],
        ),
        (
            "The gas leak and the gas leak alarm.",
            {"gas leak": 0.9, "gas leak alarm": 0.8},
            ["gas leak"],
        ),
    ],
)
def test_near_repeats_are_merged(text: str, likely: dict[str, float], kept: list[str]) -> None:
    assert chosen(text, likely) == kept


def test_at_most_three_phrases_end_in_one_word() -> None:
    kinds = ("rustic", "baroque", "wooden", "colonial", "plastic")
    text = " ".join(f"They sell {kind} furniture." for kind in kinds)
    assert len(chosen(text, {f"{kind} furniture": 0.5 for kind in kinds})) == 3


def test_numbers_dates_verbs_and_pronouns_are_no_keywords() -> None:
    found = forms(
        "They closed 4.5 million accounts in January because everybody quickly moved away on Tuesday."
    )
    assert not {"million accounts", "January", "Tuesday", "quickly", "everybody", "closed", "they"} & found


def test_a_sentence_s_capital_is_lowered_and_a_name_s_is_not() -> None:
    found = forms("Heavy lorries wear the road down. Port Ansel pays for road repairs.")
    assert "heavy lorries" in found
    assert "Port Ansel" in found


def test_no_keyword_repeats_another() -> None:
    words = [set(map(stem, k.keyword.lower().split())) for k in analyse(NEWS).keywords if k.keyword.islower()]
    for at, one in enumerate(words):
        assert not any(one <= other or other <= one for other in words[at + 1 :])


def test_ten_keywords_from_a_hundred_words() -> None:
    assert len(analyse(NEWS).keywords) == 10


def test_possessives_end_a_phrase() -> None:
    assert "county heating company" not in forms("The county’s heating company closed two boilers.")
    assert "heating company" in forms("The county’s heating company closed two boilers.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cities", "city"),
        ("lorries", "lorry"),
        ("charged", "charges"),
        ("regulations", "regulation"),
        ("buses", "bus"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_a_common_word_is_less_rare_than_a_new_one() -> None:
    assert 0 < rarity("people") < rarity("eelgrass") <= 1


def test_words_keep_what_belongs_together() -> None:
    text = "The U.S. city’s threat-informed plan cost €2,300 or 4.5% in 2026."
    words = split_words(text)
    assert [w.text for w in words if len(w.text) > 3] == [
        "U.S.",
        "city’s",
        "threat-informed",
        "plan",
        "cost",
        "€2,300",
        "4.5%",
        "2026",
    ]
    assert all(text[w.start : w.end] == w.text for w in words)


def test_the_title_is_the_article_s_or_a_first_line_that_looks_like_one() -> None:
    body = "The city charges lorries by weight.\nDrivers protest."
    assert heading(reading_of(body, title="A road charge")) == "A road charge"
    assert heading(reading_of("A road charge\n" + body)) == "A road charge"
    assert heading(reading_of(body)) == ""


def test_phrases_of_the_title_rise() -> None:
    plain, titled = reading_of(NEWS), reading_of(NEWS, title="Studded tyres")
    found = candidates(plain.lines)
    at = next(i for i, candidate in enumerate(found) if candidate.form == "studded tyres")
    weights = shipped(KeywordWeights)
    assert likelihoods(found, titled, weights)[at] > likelihoods(found, plain, weights)[at]


def test_every_feature_is_a_number_for_any_text() -> None:
    for text in (NEWS, "Rain.", "RAIN RAIN RAIN", "Oslo\n\nOslo", "1 2 3"):
        reading = reading_of(text)
        table = phrase_features(candidates(reading.lines), reading)
        assert table.shape[1] == len(NAMES)
        assert np.isfinite(table).all()
        assert np.isfinite(text_features(reading)).all()


def test_news_and_abstracts_are_told_apart_by_their_wording() -> None:
    news = "Police said on Monday that two men had been arrested. He told reporters that they denied it. " * 9
    abstract = (
        "A finite element formulation of nonlinear elasticity is proposed. Convergence is analysed. " * 9
    )
    weights = shipped(KeywordWeights)
    assert newsiness(text_features(reading_of(news)), weights) > 0.8
    assert newsiness(text_features(reading_of(abstract)), weights) < 0.2


def test_vectors_of_an_unknown_model_are_not_probed() -> None:
    reading = reading_of(NEWS)
    other = replace(reading, tokens=replace(reading.tokens, model_id="another-model"))
    assert choose_keywords(reading) == choose_keywords(other)


def test_texts_the_probe_cannot_judge_get_keywords_by_their_wording() -> None:
    reading = reading_of(NEWS)
    foreign = replace(reading, article=replace(reading.article, language="de"))
    scores = [keyword.score for keyword in choose_keywords(foreign)]
    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 5


def test_no_phrases_no_keywords() -> None:
    assert choose_keywords(reading_of("They did so again.")) == ()


@pytest.mark.model
@pytest.mark.slow
def test_keywords_stay_as_good_as_on_texts_never_learned_from(dev_data: Path) -> None:
    # Below the cross-validated figures by what chance gives on so few texts.
    from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
    from tests.quality.evaluation.keywords import OURS, evaluate_keywords

    rows = evaluate_keywords(dev_data, SentenceTransformerEmbedder(), limit=40, methods=(OURS,))
    inspec, semeval, crowd = (row.score for row in rows)
    assert inspec.f1 >= 0.30
    assert semeval.f1 >= 0.36
    assert crowd.precision >= 0.43
