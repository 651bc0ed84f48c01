"""Who did what: names that changed places, lists, passives, speakers."""

import pytest

from digest.checks import check
from digest.checks.claim_names import names_of
from digest.checks.claim_reading import read
from digest.checks.polarity import find_negations
from digest.checks.roles import find_roles, role_pairs
from digest.checks.slots import domain_of, slot_of
from digest.language.relations import root as root_of

TALK = (
    "Ann: Could you pick up the tickets on your way?\n"
    "Mike: Sure, where are they?\n"
    "Ann: At the museum, the second counter.\n"
    "Mike: I already bought some flowers for grandma.\n"
    "Ann: She will love them."
)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Kestrel bought Harrow in May.", "subject"),
        ("Kestrel was bought by Harrow in May.", "object"),
    ],
)
def test_a_passive_turns_the_roles_round(sentence: str, kind: str) -> None:
    reading = read(sentence)
    first, second = names_of(reading)[:2]
    other = "object" if kind == "subject" else "subject"
    assert kind in slot_of(reading, first).kinds
    assert other in slot_of(reading, second).kinds


def test_what_is_said_of_a_subject_ends_where_the_next_subject_begins() -> None:
    reading = read("Kestrel sued Harrow over the patent while Brandt praised the judges.")
    kestrel, harrow, brandt = names_of(reading)
    assert [root for root, _ in domain_of(reading, kestrel)] == [
        root_of(w) for w in ("sued", "Harrow", "patent")
    ]
    assert domain_of(reading, harrow) == []
    assert [root for root, _ in domain_of(reading, brandt)] == [root_of(w) for w in ("praised", "judges")]


DEALS = (
    "On Monday, Norway {did} Denmark, the ministries said. Shares fell.",
    "Denmark {was} Norway last year. The council was surprised.",
    "The town was quiet. Norway, which has many ports, {did} Denmark after long talks.",
)


@pytest.mark.parametrize("text", DEALS)
@pytest.mark.parametrize(
    ("did", "was"),
    [("sued", "was sued by"), ("overtook", "was overtaken by"), ("supplied", "was supplied by")],
)
def test_who_did_what_is_told_across_passives(text: str, did: str, was: str) -> None:
    document = text.format(did=did, was=was)
    for right in (f"Norway {did} Denmark.", f"Denmark {was} Norway."):
        assert check(right, document).supported, right
    for wrong in (f"Denmark {did} Norway.", f"Norway {was} Denmark."):
        result = check(wrong, document)
        assert [problem.kind for problem in result.problems] == ["role"], wrong


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Kestrel and Brandt sued Harrow.", "subject"),
        ("Kestrel, which sells pumps, sued Harrow.", "subject"),
        ("Harrow has sued Kestrel and Brandt.", "object"),
        ("The plan of Harrow was approved in May by Kestrel.", "subject"),
        ("Harrow agreed to buy Kestrel.", "object"),
        ("Kestrel will not be sold to Harrow.", "object"),
    ],
)
def test_a_role_is_told_over_lists_asides_and_auxiliaries(sentence: str, kind: str) -> None:
    reading = read(sentence)
    name = next(each for each in names_of(reading) if reading.words[each.first].text == "Kestrel")
    assert slot_of(reading, name).kinds & {"subject", "object"} == {kind}


def test_names_of_a_list_are_not_compared() -> None:
    assert role_pairs(read("Ann and Mike met at noon."), read(TALK)) == []


def test_a_name_without_a_trace_in_the_text_is_not_compared() -> None:
    assert role_pairs(read("Ann told Oskar about the tickets."), read(TALK)) == []


def test_speakers_that_changed_places_are_noticed() -> None:
    document = read(TALK)
    right = "Ann asked about the tickets and Mike bought flowers for grandma."
    wrong = "Mike asked about the tickets and Ann bought flowers for grandma."
    assert list(find_roles(read(right), document)) == []
    (found,) = find_roles(read(wrong), document)
    assert found.problem.kind == "role"


def test_a_list_that_names_one_twice_is_noticed() -> None:
    assert check("Ann and Mike talked about tickets.", TALK).supported
    kinds = [problem.kind for problem in check("Ann and Ann talked about tickets.", TALK).problems]
    assert "role" in kinds


def test_a_denial_that_is_only_supposed_weighs_less() -> None:
    document = read("The site was slow but the site worked. Call the desk about the site.")
    (plain,) = find_negations(read("The site was not working."), document)
    (supposed,) = find_negations(read("Call the desk if the site was not working."), document)
    assert supposed.strength < plain.strength
