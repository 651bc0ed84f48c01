"""Which sentences make the summary."""

import pytest
from analyze_cases import NEWS, analyse, article_of, tokens_of

from digest.analysis.reading import read
from digest.analysis.sentence_furniture import is_furniture, is_prose
from digest.analysis.standing import leans, points
from digest.analysis.summary import summarize
from digest.language.tags import tag
from digest.language.words import split_words

UNWANTED = ("Subscribe", "Photo by", "Why does", "Check the weight")


def sentences_of(text: str) -> list[str]:
    return [sentence.text for sentence in analyse(text).summary]


def test_furniture_questions_and_list_items_stay_out() -> None:
    for sentence in sentences_of(NEWS):
        assert not sentence.startswith(UNWANTED)
        assert not sentence.endswith((":", "?"))


def test_a_sentence_that_leans_comes_only_with_the_one_before() -> None:
    chosen = sentences_of(NEWS)
    if any(sentence.startswith("But drivers") for sentence in chosen):
        assert any(sentence.startswith("The average car") for sentence in chosen)


def test_the_first_sentence_neither_leans_nor_quotes() -> None:
    text = "“It is over,” the mayor said of the charge on cars in the city.\n" + NEWS
    first = sentences_of(text)[0]
    assert first[0] not in "“\"'"


def test_a_repeated_sentence_comes_once() -> None:
    lead = NEWS.split("\n")[0]
    chosen = sentences_of(f"{lead}\n{NEWS}")
    assert chosen.count(lead) <= 1


def test_a_short_text_gives_what_it_has() -> None:
    text = "Port Ansel approved a charge by weight. The council voted on Saturday by 34 to 27."
    assert sentences_of(text) == [
        "Port Ansel approved a charge by weight.",
        "The council voted on Saturday by 34 to 27.",
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("But the charge stays.", True),
        ("He said so too.", True),
        ("This was the first charge.", True),
        ("By then the bridge was closed.", True),
        ("It’s a charge by weight.", True),
        ("Several wrote to the council.", True),
        ("In addition, the council banned tyres.", True),
        ("For example, lorries wear down roads.", True),
        ("As a result, the bridge was closed.", True),
        ("Another charge followed in May.", True),
        ("The latter was closed in May.", True),
        ("No, the charge is not a tax.", True),
        ("While it is cheap, the charge is unpopular.", True),
        ("With a range of 20 miles, it reaches the harbour.", True),
        ("The charge that he signed is unpopular.", True),
        ("On Monday, they approved the charge.", True),
        ("Rosa Quintero said that she approved the charge.", False),
        ("Drivers say that they pay too much.", False),
        ("Hauliers are well versed in them.", True),
        ("Drivers who met the hauliers asked them.", False),
        ("Not only do they pay for it, but they pay late.", True),
        ("Whether for cars or lorries, it is unpopular.", True),
        ("When the charge rises, it is paid late.", False),
        ("Speaking of his book, Carl Roe praised the tram.", False),
        ("Drivers of heavy cars do not.", True),
        ("Twelve children ate there on Thursday.", True),
        ("Many drivers pay the charge.", False),
        ("Port Ansel approved the charge.", False),
        ("The charge starts in February.", False),
    ],
)
def test_what_leans_on_the_sentence_before(sentence: str, expected: bool) -> None:
    (line,) = read(article_of(sentence), tokens_of(sentence)).lines
    assert leans(line) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The device uses sunlight.", True),
        ("The company's process needs less energy.", True),
        ("Drivers have seen this machine at work.", True),
        ("In 2020, the company spent more on roads.", True),
        ("Prosecutors brought charges against the firm.", True),
        ("The luxury hotel brand is known for its design.", True),
        ("Black Lorries sells this as a city car.", True),
        ("The city, however, kept the charge.", True),
        ("The weather in Port Ansel changes quickly.", False),
        ("A company that owns lorries pays what the company can.", False),
        ("This year the charge rose.", False),
        ("Those who drive lorries pay more.", False),
    ],
)
def test_what_speaks_of_a_thing_as_known(sentence: str, expected: bool) -> None:
    (line,) = read(article_of(sentence), tokens_of(sentence)).lines
    assert points(line) is expected


def test_a_thing_named_elsewhere_does_not_open_the_summary() -> None:
    text = f"The company was fined on Monday for damage to the road.\n{NEWS}"
    assert not sentences_of(text)[0].startswith("The company")


def test_five_short_sentences_are_not_chosen_where_longer_ones_stand() -> None:
    text = NEWS + "\n".join(f"The charge on road number {n} rose." for n in range(9))
    assert sum(len(sentence.split()) for sentence in sentences_of(text)) >= 60


def test_a_dateline_is_left_off_and_the_rest_stays_verbatim() -> None:
    text = f"PORT ANSEL (AP) -- {NEWS}"
    (first, *_) = analyse(text).summary
    assert first.text.startswith("Port Ansel approved")
    (evidence,) = first.evidence
    assert text[evidence.start : evidence.end] == first.text


LINKED = [
    "However, the charge by weight in the city pays for the repair of the road and of the bridge.",
    "Additionally, the council of Port Ansel takes a charge by weight for each car in the city.",
    "Moreover, the charge by weight that drivers of each car in Port Ansel pay goes to the repair of the"
    " road, of the Harbour Bridge, and of the quay, which the council of the city closed in May after"
    " heavy lorries damaged the deck of the bridge.",
    "In addition, the road charge by weight for a car in Port Ansel pays for the repair of the bridge.",
]


@pytest.mark.parametrize("linked", LINKED)
def test_a_word_that_links_to_a_sentence_left_out_is_cut_at_any_length(linked: str) -> None:
    text = f"Harbour of Port Ansel, opened\n{linked}\nWhy does it matter?\n{NEWS}"
    bare = linked.split(", ", 1)[1]
    found = [each for each in analyse(text).summary if bare[1:40] in each.text]
    assert found, "the sentence is chosen"
    (evidence,) = found[0].evidence
    assert found[0].text == bare[0].upper() + bare[1:]
    assert text[evidence.start : evidence.end] == evidence.quote == bare


STRUCK = [
    "The charge on the road by weight in the city is not intended as advice to drivers of a car.",
    "This work was supported by the council of Port Ansel under grant number 12 on the road charge.",
    "The authors declare no conflicts of interest in the road charge by weight of Port Ansel.",
    "Here are the five reasons for the road charge by weight in the city of Port Ansel.",
    "The views expressed on the road charge by weight are those of the drivers in the city.",
    "As we saw in the last part, the road charge by weight in the city is paid by each driver.",
]


@pytest.mark.parametrize("struck", STRUCK)
def test_disclaimers_grants_authors_and_announcements_stay_out(struck: str) -> None:
    assert struck not in sentences_of(f"{struck}\n{NEWS}\n{struck}")


def test_the_note_of_an_update_is_left_off_the_sentence_it_is_glued_to() -> None:
    text = f"Updated: December 9, 2024{NEWS}"
    assert sentences_of(text)[0].startswith("Port Ansel approved")


def test_a_mark_that_opens_the_next_quotation_is_left_off() -> None:
    lead = "Port Ansel approved a road charge by weight for each car in the city on Saturday."
    (first, *_) = analyse(f'{lead} "\n{NEWS}').summary
    assert first.text == first.evidence[0].quote == lead


def test_a_sentence_of_a_part_of_something_comes_only_after_what_it_is_part_of() -> None:
    text = f"Two-thirds have paid the road charge by weight in the city of Port Ansel.\n{NEWS}"
    assert not sentences_of(text)[0].startswith("Two-thirds")


@pytest.mark.parametrize(
    "fragment",
    [
        "My report on the road charge (so it tells who pays the road charge).",
        "Saves the road charge by weight of each car in the city to a file.",
        "Thoughts on the road charge from a driver who never paid for the bridge.",
        "How to pay the road charge by weight in the city, and why the road charge is fair.",
    ],
)
def test_what_has_no_verb_of_its_own_stays_out(fragment: str) -> None:
    assert fragment not in sentences_of(f"{fragment}\n{NEWS}")


def test_a_call_to_the_reader_stays_out_where_there_is_other_text() -> None:
    calls = "Weigh your car before the charge on the road starts in the city.\n"
    article = article_of(calls + NEWS)
    chosen = summarize(read(article, tokens_of(article.text)))
    assert not any(sentence.text.startswith("Weigh your car") for sentence in chosen)


@pytest.mark.parametrize(
    "sentence",
    [
        "Subscribe to our newsletter for more.",
        "Read more about the charge.",
        "Photo: Jane Doe / Getty Images",
        "This article was originally published on Monday.",
        "Written by Rosa Quintero",
        "More at https://example.org/charge today.",
    ],
)
def test_what_belongs_to_the_site_is_furniture(sentence: str) -> None:
    assert is_furniture(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "What did the council decide?",
        "The following items were taken:",
        "Latest news from the harbour",
        "- The charge was approved on Saturday.",
        "def charge(weight): return weight;",
        "THE COUNCIL HAS APPROVED THE CHARGE TODAY.",
        "Harbour | Bridge | Trams were closed today |.",
    ],
)
def test_what_is_no_running_text(sentence: str) -> None:
    assert not is_prose(sentence, tag(split_words(sentence)))
