"""Tables of signals: rows only where something changes, cells only of what the article says."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from analyze_cases import analyse, article_of, library, tokens_of

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis import analyze
from digest.analysis.causes import find_cause
from digest.analysis.change_cells import find_one_end, find_two_ends
from digest.analysis.reading import Reading, read
from digest.analysis.shortening import shorten
from digest.analysis.signals import make_signals
from digest.analysis.statements import MOST_WORDS, Statement, make_statement
from digest.articles.given import article_of_text
from digest.records import EMPTY, Signal

REPORT = """The harbour town of Lisse banned diesel boats from its inner canals on Monday.
The ban follows a rise in complaints about fumes, which doubled from 210 in 2023 to 430 last year.
Owners of 140 boats have until 2031 to switch to electric motors, the council said.
Sales of electric outboard motors in the region rose by 61 percent in half a year because of the ban.
The council has also approved 40 charging points along the quays.
"""
GUIDE = """How to clean a kettle
A kettle needs to be cleaned every month.
Fill the kettle with water and vinegar.
Let it stand for an hour and rinse it well.
You can use lemon juice instead if you like the smell.
- Wipe the outside with a damp cloth.
Never use steel wool on the handle.
The best cloth is a soft one made of cotton.
"""


def reading_of(text: str) -> Reading:
    return read(article_of(text), tokens_of(text))


def said(sentence: str, before: str = "") -> str | None:
    """What the last sentence of a text is said as."""
    reading = reading_of(f"{before} {sentence}".strip())
    statement = make_statement(reading, reading.lines[-1])
    return statement.text if statement else None


@pytest.fixture(scope="module")
def rows_of() -> Callable[[str, str], tuple[tuple[Signal, ...], tuple[str, ...]]]:
    """Rows and notes of a title and a text, with the packaged model."""
    embedder = SentenceTransformerEmbedder()
    return lambda title, text: make_signals(
        read(article_of(text, title=title), embedder.encode_tokens([text])[0]), "society"
    )


@pytest.mark.model
def test_a_report_gets_rows_and_a_guide_none(
    rows_of: Callable[[str, str], tuple[tuple[Signal, ...], tuple[str, ...]]],
) -> None:
    rows, notes = rows_of("Lisse bans diesel boats from its canals", REPORT)
    assert 1 <= len(rows) <= 6
    assert all(row.signal in REPORT for row in rows)
    assert notes == ()
    assert rows_of("How to clean a kettle", GUIDE) == ((), ("reports no change",))


@pytest.mark.model
def test_every_filled_cell_quotes_the_article_and_every_other_is_empty(
    rows_of: Callable[[str, str], tuple[tuple[Signal, ...], tuple[str, ...]]],
) -> None:
    rows, _ = rows_of("Lisse bans diesel boats from its canals", REPORT)
    for row in rows:
        for name in ("signal", "change", "horizon_10y", "driving_force"):
            cell, basis = getattr(row, name), getattr(row.basis, name)
            quotes = [each for each in row.evidence if each.field == name]
            assert (cell == EMPTY) == (basis == "none") == (not quotes)
            assert basis in ("observed", "inferred", "none")
            assert all(REPORT[each.start : each.end] == each.quote for each in quotes)


@pytest.mark.parametrize("text", ["", "Kettles.", "One. Two.", "\n\n", "12 34 56."])
def test_hardly_any_text_has_no_rows(text: str) -> None:
    assert analyse(text).signals == ()


def test_signals_are_read_in_english_only() -> None:
    article = replace(article_of(REPORT), language="de")
    analysis = analyze(article, tokens_of(REPORT), library(), analyzer="test")
    assert analysis.signals == ()
    assert "signals are read in English only" in analysis.notes
    assert analysis.summary


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Sales of heat pumps doubled in Norway last year.",
            "Sales of heat pumps doubled in Norway last year",
        ),
        ("However, the museum closed its second hall in May.", "The museum closed its second hall in May"),
        ("Instead, the museum closed its second hall in May.", "The museum closed its second hall in May"),
        ("Additionally, 17 hospitals were hit by the breach.", "17 hospitals were hit by the breach"),
        (
            "NEW YORK (AP) -- Fares on the city's ferries will rise by 25 cents on Monday.",
            "Fares on the city's ferries will rise by 25 cents on Monday",
        ),
        # So does what links it to the one before, in its midst.
        (
            "Wheat, in contrast, may yield 17 per cent more in the valley.",
            "Wheat may yield 17 per cent more in the valley",
        ),
        # Who said it goes where that says no more than "he", and from a long sentence, at the end and start.
        (
            "Two banks will close their offices in Lisse, she said.",
            "Two banks will close their offices in Lisse",
        ),
        (
            "The two banks will close 140 of their 390 branches in the north of the country and move "
            "the work to three "
            "large offices in the capital, a spokeswoman said on Friday.",
            "The two banks will close 140 of their 390 branches in the north of the country and move "
            "the work to three "
            "large offices in the capital",
        ),
        # What is told of a name by the way goes.
        (
            "The Orrdal dairy, which was founded in 1921 by eleven farmers of the valley, has stopped "
            "making butter and "
            "now sells all of its milk to a maker of cheese in Stenvik.",
            "The Orrdal dairy has stopped making butter and now sells all of its milk to a maker of "
            "cheese in Stenvik",
        ),
    ],
)
def test_a_sentence_loses_only_what_can_go(sentence: str, expected: str) -> None:
    assert said(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("At the three-hour mark, people who ran had worse mental health than those who did not "
         "exercise at all, and the "
         "effect was the same in all age groups of the large survey.", "At the three-hour mark"),
        ("The price changes will not impact all customers of the cloud service, which has more than "
         "four million of them, "
         "and 96 percent of them will see no change to their bill at all.", "not"),
        ("Except in the two northern provinces, the ministry stopped paying for the vaccine in "
         "January after a long debate "
         "in parliament about the costs of the programme and its "
         "use.", "Except in the two northern provinces"),
        ("The drug may have cut deaths by half (but only in men over 60) in the trial, the makers "
         "of the drug told a "
         "meeting of doctors from all over the country in Berlin on Sunday.", "only in men over 60"),
        ("Four men rammed their car into a jewellery shop in the centre of the town on Monday, smashed "
         "its window and made off with goods worth two million euros, a police source said.",
         "a police source said"),
    ],
)  # fmt: skip
def test_what_limits_a_claim_is_never_left_out(sentence: str, kept: str) -> None:
    text = said(sentence)
    assert text is None or kept in text


@pytest.mark.parametrize(
    ("before", "sentence", "expected"),
    [
        (
            "Orrdal Dairy has stopped making butter.",
            "The company will close its plant in May.",
            "[Orrdal Dairy] will close its plant in May",
        ),
        (
            "Orrdal Dairy serves towns including Lisse and Stenvik. The company has grown since 2020.",
            "This year, it launched a cheese of seaweed.",
            "This year, [Orrdal Dairy] launched a cheese of seaweed",
        ),
        (
            "Orrdal Dairy has bought Stenvik Cheese. The company has grown since 2020.",
            "This year, it launched a cheese of seaweed.",
            None,
        ),
        # After a phrase of time, place or condition, with a comma or without.
        (
            "Orrdal Dairy has stopped making butter.",
            "From April 2027 it will sell a cheese of seaweed.",
            "From April 2027 [Orrdal Dairy] will sell a cheese of seaweed",
        ),
        ("Stenvik’s council has agreed.", "From April 2027 it will sell a cheese of seaweed.", None),
        ("Two guards were sleeping.", "In 1934 he escaped again from the county’s jail.", None),
        ("The seat is empty.", "If confirmed by the Senate, she will replace Steven Galson.", None),
        (
            "Nobody knew of it.",
            "By 2030 it will be clear that the coal plant at Lisse is dead.",
            "By 2030 it will be clear that the coal plant at Lisse is dead",
        ),
        (
            "Berg & Roe Group began to make cement at its works in Lisse.",
            "The group expects cement from Lisse to cost buyers 38 per cent more.",
            "[Berg & Roe Group] expects cement from Lisse to cost buyers 38 per cent more",
        ),
        # A surname, and a name's last word, where one whole name was given before.
        (
            "Ada Lindqvist chairs the council. It met on Monday.",
            "Lindqvist has closed the north plant in May.",
            "[Ada Lindqvist] has closed the north plant in May",
        ),
        (
            "Ada Lindqvist chairs the council.",
            "Ms Lindqvist has closed the north plant in May.",
            "[Ada Lindqvist] has closed the north plant in May",
        ),
        (
            "Ada Lindqvist chairs the council, and Olof Lindqvist runs the plant.",
            "Lindqvist has closed the north plant in May.",
            "Lindqvist has closed the north plant in May",
        ),
        (
            "The dean of the Orrdal Dairy Institute spoke on Monday.",
            "The Institute will open a north plant in May.",
            "[The Orrdal Dairy Institute] will open a north plant in May",
        ),
        (
            "Troops of South Tarrow left the town.",
            "Tarrow has accused its neighbour of arming rebels.",
            "Tarrow has accused its neighbour of arming rebels",
        ),
        # It is known only from the sentence before.
        (
            "Police look for a gunman in Lisse.",
            "The gunman shot at two houses in the north of the town.",
            None,
        ),
        # Two names, or none before: nobody knows which is meant.
        ("Orrdal Dairy has bought Stenvik Cheese.", "The company will close its plant in May.", None),
        ("", "It will close the plant in May.", None),
        ("They met again.", "This rule applies to all farms in the valley.", None),
    ],
)
def test_a_pronoun_is_replaced_only_where_one_name_can_be_meant(
    before: str, sentence: str, expected: str | None
) -> None:
    assert said(sentence, before) == expected


WHOLE_NAMES = [
    # Wherever it stands in the row, also as owner, with the role that stands beside the name.
    (
        "Asha Bhatt runs the clinic.",
        "Tutors are now sent to the right pupils, Bhatt said on Monday.",
        "Tutors are now sent to the right pupils, [Asha Bhatt] said on Monday",
    ),
    (
        "The town hired Asha Bhatt, a nurse at the clinic in Lisse.",
        "Judges in Lisse have now overturned Bhatt's sentence of four years.",
        "Judges in Lisse have now overturned [Asha Bhatt's] sentence of four years",
    ),
    (
        "The town dismissed its coach Asha O'Dell.",
        "The town is sued by O'Dell for six years of pay.",
        "The town is sued by [coach Asha O'Dell] for six years of pay",
    ),
    (
        "Martin Gardner wrote of folds in his column.",
        "Readers of Gardner have since folded 300 letters.",
        "Readers of [Martin Gardner] have since folded 300 letters",
    ),
    (
        "The law was drafted by chief engineer Asha Bhatt of Lisse.",
        "Six bridges will be rebuilt by Bhatt in the coming year.",
        "Six bridges will be rebuilt by [chief engineer Asha Bhatt] in the coming year",
    ),
    (
        "The town was beaten by the Lisse Herons on Sunday.",
        "Nine players have left the Herons since the start of May.",
        "Nine players have left [the Lisse Herons] since the start of May",
    ),
    (
        "The Orrdal Museum lends its glass.",
        "Visitors of the museum now pay 14 euros a head.",
        "Visitors of [The Orrdal Museum] now pay 14 euros a head",
    ),
    # The row says the name itself; tells more of the man; has the surname twice.
    (
        "Asha Bhatt runs the clinic.",
        "The clinic will be closed by Asha Bhatt, and Bhatt leaves in May.",
        "The clinic will be closed by Asha Bhatt, and Bhatt leaves in May",
    ),
    (
        "The town hired Asha Bhatt, a nurse at the clinic in Lisse.",
        "Six bridges will be rebuilt by Bhatt, 49, of the north quarter.",
        "Six bridges will be rebuilt by [Asha Bhatt], 49, of the north quarter",
    ),
]
NOT_CERTAIN = [
    # Two of the name, a couple, a father named later, a place, a product, a common word, another of the kind.
    ("Asha Bhatt runs the clinic, and Ravi Bhatt the school.", "Nine bridges were drawn by Bhatt in May."),
    ("Asha and Ravi Bhatt run the clinic.", "Nine bridges were drawn by Bhatt in May."),
    ("Bhatt was the son of Ravi Bhatt.", "Nine bridges were drawn by Bhatt in May."),
    ("Troops left Banda Sorrel. Houses in Sorrel fell.", "The quake has damaged 300 houses around Sorrel."),
    ("The shop sells Orrdal WarmCup.", "More than 9,000 buyers have chosen WarmCup since May."),
    ("The firm sells Stall Torque. Its torque is low.", "More than 9,000 buyers chose Torque since May."),
    ("The Orrdal Museum and the Lisse Museum lend glass.", "Visitors of the museum now pay 14 euros a head."),
    ("The Orrdal Museum is old. A museum opened.", "Visitors of the museum now pay 14 euros a head."),
    ("The White House is silent.", "Nine bills were passed by the House on Monday evening."),
]  # fmt: skip


@pytest.mark.parametrize(("before", "sentence", "expected"), WHOLE_NAMES)
def test_a_row_has_the_whole_name_of_whom_it_names_in_short(
    before: str, sentence: str, expected: str
) -> None:
    assert said(sentence, before) == expected


@pytest.mark.parametrize(("before", "sentence"), NOT_CERTAIN)
def test_a_name_that_may_be_another_is_not_filled_in(before: str, sentence: str) -> None:
    assert said(sentence, before) == sentence.removesuffix(".")


def test_all_names_in_brackets_are_quoted_from_one_sentence() -> None:
    text = (
        "Asha Bhatt runs the clinic. Ravi Orr, a nurse, left it. "
        "Nine bridges of Orr were drawn by Bhatt in May."
    )
    reading = reading_of(text)
    statement = make_statement(reading, reading.lines[-1])
    assert statement is not None
    assert [text[slice(*name)] for name in statement.names] == ["Ravi Orr, a nurse"]
    assert statement.text == "Nine bridges of [Ravi Orr, a nurse] were drawn by Bhatt in May"


def test_initials_belong_to_the_name() -> None:
    text = "Lisse hired Asha C. Bhatt for the work. Six bridges will be rebuilt by Bhatt in the coming year."
    article = article_of_text(id="a", url="id:a", title="Bridges", text=text)
    reading = read(article, tokens_of(text))
    statement = make_statement(reading, reading.lines[-1])
    assert statement is not None
    assert statement.text == "Six bridges will be rebuilt by [Asha C. Bhatt] in the coming year"


def titled(title: str, text: str) -> Statement | None:
    """The statement of the last sentence of a text with a title."""
    reading = read(article_of_text(id="a", url="id:a", title=title, text=text), tokens_of(text))
    return make_statement(reading, reading.lines[-1])


@pytest.mark.parametrize(
    ("title", "sentence", "expected"),
    [
        (
            "Lisse hires engineer Asha Bhatt for its bridges",
            "Six bridges will be rebuilt by Bhatt in the coming year.",
            "Six bridges will be rebuilt by [Asha Bhatt] in the coming year",
        ),
        # Each word has a capital: of "Mayor Bhatt" nobody knows more.
        (
            "Lisse Mayor Bhatt Leaves Her Office",
            "Six bridges will be rebuilt by Bhatt in the coming year.",
            "Six bridges will be rebuilt by Bhatt in the coming year",
        ),
        (
            "A new bridge near Lisse opens in May",
            "The bridge has cost the county 14 million euros.",
            "[A new bridge near Lisse] has cost the county 14 million euros",
        ),
    ],
)
def test_a_name_may_stand_in_the_title_alone(title: str, sentence: str, expected: str) -> None:
    statement = titled(title, sentence)
    assert statement is not None
    assert statement.text == expected
    assert statement.is_titled == ("[" in expected)
    assert statement.names == ()


@pytest.mark.parametrize(
    ("before", "sentence", "expected"),
    [
        (
            "The county has begun a pilot program for young farmers.",
            "Members of the program have rented land for one euro a year.",
            "Members of [a pilot program for young farmers] have rented land for one euro a year",
        ),
        # Two of them; of no more than its name; of people either may be "the farmer".
        (
            "A pilot program for farmers began. A pilot program for nurses failed.",
            "Members of the program have rented land for one euro a year.",
            "Members of the program have rented land for one euro a year",
        ),
        (
            "The county has begun a program.",
            "Members of the program have rented land for one euro a year.",
            "Members of the program have rented land for one euro a year",
        ),
        (
            "The county met a farmer from Lisse in May.",
            "In a letter to the county, the farmer says that rents have doubled since 2020.",
            "In a letter to the county, the farmer says that rents have doubled since 2020",
        ),
    ],
)
def test_a_thing_is_told_as_it_was_introduced_only_where_there_is_one(
    before: str, sentence: str, expected: str
) -> None:
    assert said(sentence, before) == expected


@pytest.mark.parametrize(
    ("before", "sentence", "alone"),
    [
        ("Orrdal sells butter.", "Sales of heat pumps have doubled in Lisse since 2020.", True),
        ("Orrdal sells butter.", "A museum in Lisse has bought the only ferry of the county.", True),
        (
            "Rents fell.",
            "As more homes are built, those worries are now shared by few people in Lisse.",
            False,
        ),
        ("A ferry sank.", "A museum said in May that the ferry was sold for nine euros.", False),
        ("Asha and Ravi Bhatt met.", "Nine bridges were drawn last year by a team around Bhatt.", False),
        ("Rents fell.", "New guides are written each year by farmers and by members of our staff.", False),
        ("Rents fell.", "A plan of the county replaces that with a rule for every house.", False),
        ("Rents fell.", "A lesson of the year is that with fewer houses rents have risen by a third.", True),
        ("Rents fell.", "37 per cent had taken unpaid leave for four days on average since May.", False),
        ("Rents fell.", "37 per cent of all nurses in Lisse had taken unpaid leave since May.", True),
        ("Schools close.", "Each will be offered first for another use, with a grant for the town.", False),
        ("Schools close.", "Each closed school in Lisse had fewer than forty pupils last year.", True),
        ("Orrdal taxes bags.", "Since then, Lisse and other towns have put a price on cups.", False),
        (
            "Orrdal taxes bags.",
            "Lisse taxes bags since 2020, and the number of bags has halved since then.",
            True,
        ),
        ("Orrdal taxes bags.", "In the past five years Lisse and eleven other towns have done so.", False),
        (
            "A school closed.",
            "Twelve children ate there on Thursday, at one table with their teacher.",
            False,
        ),
        ("Rents fell.", "All three houses stand in a town that has lost half of its people.", False),
        ("Rents fell.", "More than half of the pupils in this June study had lessons at home.", False),
        ("Rents fell.", "More than half of the pupils in Lisse had lessons at home this June.", True),
        ("Rents fell.", "There is also a rule in the new law that lets towns sell empty houses.", False),
        ("Rents fell.", "Olof Roe of Lisse has denied to have ever bought such a phone.", False),
        ("Rents fell.", "Olof Roe of Lisse has never had such a large share of the vote.", True),
        ("Rents fell.", "Lisse fell silent when, this year, it lost the last of its nine schools.", True),
        ("Rents fell.", "The Department of Justice says that in May, she worked for other firms.", False),
        ("Rents fell.", "A museum in Lisse says that in May, Asha Bhatt lost her place in its hall.", True),
        ("Rents fell.", "“It’s a hard one,” Asha Bhatt of the Orrdal Museum told the town in May.", False),
    ],
)
def test_what_a_reader_of_nothing_else_would_not_understand_is_known(
    before: str, sentence: str, alone: bool
) -> None:
    reading = reading_of(f"{before} {sentence}")
    statement = make_statement(reading, reading.lines[-1])
    assert statement is not None
    assert statement.is_alone is alone


@pytest.mark.parametrize(
    "offer",
    [
        "The autumn sale of Orrdal Dairy gives 30% off all cheeses until Sunday.",
        "Discount and gift may not be redeemed where an order is returned.",
        "The discount will be automatically applied at checkout in May.",
        "A “qualifying order” is equal to or greater than 65 crowns.",
    ],
)
def test_what_a_shop_offers_has_no_row(offer: str) -> None:
    assert said(offer) is None


@pytest.mark.parametrize(
    "change",
    [
        "Orrdal Dairy’s shares closed 30% off their all-time high on Monday.",
        "Supermarkets in Lisse use facial recognition at checkout since May.",
        "School vouchers may be used at private schools from September.",
        "A discount will be granted to tenants with low incomes from May.",
    ],
)
def test_what_only_sounds_like_an_offer_can_be_a_row(change: str) -> None:
    assert said(change) is not None


def test_police_of_whom_nobody_knows_which_have_no_row() -> None:
    before = "The fire was seen by Lisse State Police Sgt. Asha Bhatt. The police came."
    assert said("Police went to the bank and found a strange device.", before) is None


def test_a_list_behind_semicolons_stays_whole() -> None:
    places = "in Miami; Chicago and its suburbs; Atlanta; schools across the west of the land"
    text = said(f"A dozen researchers followed more than 20,000 students over three years {places}.")
    assert text is not None
    assert text.endswith("the west of the land")


@pytest.mark.parametrize(
    "sentence",
    [
        "Check the weight of your car before you go.",
        "Why does the weight of a car matter so much?",
        "Subscribe to our newsletter for more stories like this one.",
        "He said so too.",
        "If Asha Bhatt had seen the letter, Olof Roe would not have sold the mill.",
        "There is breaking news out of Lisse, a suburb of Orrdal.",
        "Because the whole trade is shifting to the north.",
        "While, among women, rates of most cancers have dropped.",
        "A secondary benefit Since 1976, the agency has published a magazine.",
        "Moon '' will be adapted for the big screen by a new director.",
        f"The {'very ' * MOST_WORDS} old mill closed.",
    ],
)
def test_what_says_nothing_alone_is_no_statement(sentence: str) -> None:
    assert said(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "cause"),
    [
        (
            "Sales fell by a third, driven by rising food prices and weak wages.",
            "Rising food prices and weak wages",
        ),
        ("The club sold two players because of mounting debts.", "Mounting debts"),
        (
            "Yoga for children is taking off as parents look for new activities.",
            "Parents look for new activities",
        ),
        ("The bank fired its manager for buying shares of a client.", "Buying shares of a client"),
        (
            "The council, amid mounting debts, did not open the pool.",
            "Mounting debts",
        ),
        (
            "In a bid to remove hazards from halls, owners in the town must now check their wires.",
            "To remove hazards from halls",
        ),
        # What moved, what happened before, what for, what a change is made with, a subject that causes.
        (
            "As builders look beyond single models, interest is turning to agents.",
            "Builders look beyond single models",
        ),
        (
            "With the rise in demand for heat pumps, fitters have full books.",
            "The rise in demand for heat pumps",
        ),
        ("Phones were cut off on Friday after two sea cables were damaged.", "Two sea cables were damaged"),
        ("The player was benched after losses to both rivals, and has left.", "Losses to both rivals"),
        (
            "A driver was arrested on suspicion of drunk driving, the second this month.",
            "Suspicion of drunk driving",
        ),
        ("Six people were killed when a roof collapsed in the market.", "A roof collapsed in the market"),
        ("The fire began one floor down, which is why it was seen late.", "The fire began one floor down"),
        ("The new register is designed to cut waiting times.", "To cut waiting times"),
        (
            "The maker issued an update to plug a hole in old locks.",
            "To plug a hole in old locks",
        ),
        ("The app is changing lessons by marking short essays.", None),
        ("High winds have driven up the price of glass.", None),
        ("High winds meant the fire spread quickly.", "High winds"),
        ("Advances in robotics are transforming the cleaning trade.", "Advances in robotics"),
        # Who, not why; what was named elsewhere; what is asked; what was only beside or before it.
        ("Two young firms are transforming the cleaning trade.", None),
        ("The issue boosted sales of books on the island.", None),
        ("The minister urged the government to stop the works.", None),
        ("A week after the fair two stalls were closed.", None),
        ("The poet, whose years at sea led to three novels, has died.", None),
        ("As fans are glad of the news, some also wonder about the cost.", None),
        ("A rebel force aiming to unseat the mayor met resistance on Sunday.", None),
        # When, beside what, just as: not why; a denied cause is none.
        ("The forces seized the state broadcaster amid heavy fighting in the city.", None),
        ("The club fired its coach on Monday after one season as coach and hired another.", None),
        ("Couples want a small party, just as every generation wants less than the last.", None),
        ("The minister was due to appear in court on Monday morning.", None),
        ("The bridge has since been closed to heavy lorries.", None),
        ("The plant did not close because of the new tax on sugar.", None),
        ("The museum opened a second hall in May.", None),
    ],
)
def test_a_cause_is_what_the_article_says_is_one(sentence: str, cause: str | None) -> None:
    found = find_cause(reading_of(sentence).lines[0], sentence)
    assert (found.text if found else None) == cause


CHANGES = [
    # Both ends.
    ("Rents in the old town have risen from 9 to 14 euros a metre.", "From 9 to 14 euros a metre"),
    (
        "The trade has shifted from seasonal markets to year-round fairs.",
        "From seasonal markets to year-round fairs",
    ),
    (
        "Paper forms are giving way to a shared app, according to the clerks of the town.",
        "Paper forms are giving way to a shared app",
    ),
    ("Guests no longer browse without an aim in the shops of Orrdal.", None),
    (
        "Instead of meeting clients in person, coaches now work over the phone, which saves time.",
        "Instead of meeting clients in person, coaches now work over the phone",
    ),
    (
        "The new register simplifies work by replacing paper forms with a shared database.",
        "From paper forms to a shared database",
    ),
    (
        "Claims were closed and reopened slowly: complaints rose from 310 in 2023 to 1,870 last year.",
        "From 310 in 2023 to 1,870 last year",
    ),
    ("The town will find other uses for its shops, from care homes to clinics.", None),
    (
        "In 2013, only 37 percent of the work was done here; by 2017, that share had risen to 43 percent.",
        "From 37 percent to 43 percent",
    ),
    # One end, marked by its wording.
    ("Costs can now be deducted at once instead of amortized over years.", "Instead of amortized over years"),
    (
        "Small plugins check room numbers, tasks that once devoured countless hours of the team.",
        "Once devoured countless hours of the team",
    ),
    (
        "First sold in 2021, the van has become a staple of the trade and its maker keeps it fresh.",
        "Has become a staple of the trade",
    ),
    (
        "The van was a pioneer when it was first sold, and it is now on its third generation.",
        "Is now on its third generation",
    ),
    (
        "Yields of maize may see a decrease of 24% by late century, if trends in warming continue.",
        "May see a decrease of 24% by late century, if trends in warming continue",
    ),
    # What may become, what is wanted, a range cut in half, advice: none.
    ("Guests who eat no meat can become short of iron, a doctor in Orrdal said.", None),
    ("Good lessons should help a pupil become an independent learner of the trade.", None),
    ("Patients may lose an average of 5–10% of their weight with the new drug.", None),
    ("If a form needs to change, try to add fields rather than changing the old ones.", None),
    ("Food expands when it freezes and will break glass if it cannot move.", None),
    # An amount that moved.
    (
        "Among those who exercise, the number of bad days dropped by more than 40 percent.",
        "Dropped by more than 40 percent",
    ),
    (
        "Sales of electric boats in the region rose by 61 percent in half a year, the group said.",
        "Rose by 61 percent in half a year",
    ),
    (
        "The firm sent 28 letters a head, reaching a record 255 million readers.",
        "Reaching a record 255 million readers",
    ),
    ("The firm sent 28 billion letters in 2025, reaching 255 million readers.", None),
    ("He turned in a 86 - yard touchdown run and rushed for more than that.", None),
    ("A climber on the way to a hut in the north of the range fell about 600m.", None),
    ("A climber on the way to a hut in the north of the range fell about 2, 000ft.", None),
    ("A climber fell about 2,000 feet while he was on the way to a hut.", None),
    ("Sales fell after the city had asked its shops to close, and prices rose.", None),
    ("Revenue at the shop hit $19 million last year, up 138% from 2024.", "Up 138% from 2024"),
    (
        "The rate dropped to the lowest in two years and down from 8.9 percent, an office said.",
        "Dropped to the lowest in two years and down from 8.9 percent",
    ),
    ("The rules will force shops with 20 or more tills, along with bakeries, to list them.", None),
    # Denied, or nearly so; ranks, spans of time and decades are no amounts.
    ("Having never hit fewer than 26 homers in a season, he is a good investment.", None),
    ("The court has all but closed the door to suits of this kind in the state.", None),
    ("The firm grew in the late 20th century, when few others did, and in the 1990s.", None),
    ("Guards moved him from the Estelle prison in Hunts to the Stiles prison in Beau.", None),
    ("Light adjusts its course, ensuring that it spends no longer than necessary in glass.", None),
    # A stretch of time, a way, a list, what is asked of somebody, a clause within another's: none.
    ("The programme of the museum of glass runs from 2025 to 2030.", None),
    ("The road leads from the old mill to the harbour in the north.", None),
    ("Derived from the old script, the new one is designed to be read on small screens.", None),
    ("The maker (which built the mill), the papers say, grew fast (8).", None),
    ("Compost is used to feed the beds of the garden in spring.", None),
    ("If 90 people a night use it by June, the hall stays open.", None),
    ("Many stores boarded up their windows instead of replacing the glass on Saturday.", None),
    ("The phone, formerly known as the Javelin, has a screen of four inches.", None),
]


@pytest.mark.parametrize(
    ("sentence", "start"),
    [
        # What somebody reports may not be so: who says it stays.
        ("The Daily Wire reports that {} has been tapped by the studio to helm the second film", "The Daily"),
        ("The ministry said that {} has been tapped by the studio to helm the second film", "{}"),
        ("Last year {} worked under the Regulatory Reform (Fire Safety) Order 2005 in the town", "Last year"),
    ],
)
def test_a_cut_leaves_what_makes_a_claim_another(sentence: str, start: str) -> None:
    name = "Chris Weitz"
    text = f"{sentence.format(name)} of the house in the spring of the year that comes after this one."
    pieces, _ = shorten(reading_of(text).lines[0].words, 20)
    shown = " ".join(text[first.start : last.end] for first, last in pieces)
    assert shown.startswith(start.format(name))
    assert "(Fire Safety)" in shown or "(" not in text


@pytest.mark.parametrize(("sentence", "change"), CHANGES)
def test_a_change_names_both_ends_or_an_amount_and_never_all_of_its_row(
    sentence: str, change: str | None
) -> None:
    (line,) = reading_of(sentence).lines
    shown = [(line.start, line.end)]
    found = find_two_ends(line, sentence, shown) or find_one_end(line, sentence, shown)
    assert (found.text if found else None) == change
