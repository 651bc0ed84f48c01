"""The story page without script: sentences made signals, cells, ideas, chips, closest, single warnings."""

import html
import json
import re
from dataclasses import replace

import httpx2
import pytest
from desks import FALSE, JSON, TEXTS, Served, served
from newsroom import ISSUE

from digest.records import Idea
from digest.store import Store

__all__ = ["served"]


def page_of(served: Served, title: str = "Kiln") -> str:
    return served.client.get(f"/story/{served.id_of(title)}").text


def form_of(page: str, what: str) -> dict[str, list[str]]:
    """Give the fields of a form, as a browser without script sends them, without a button."""
    body = re.search(rf'<form method="post" action="/story/\w+/{what}"(.*?)</form>', page, re.DOTALL)
    assert body, what
    fields: dict[str, list[str]] = {}
    field = re.compile(
        r'<input type="hidden" name="([\w-]+)" value="([^"]*)">'
        r'|<textarea name="([\w-]+)"[^>]*>\n?(.*?)</textarea>'
        r'|<input type="checkbox" name="([\w-]+)" value="([^"]*)"[^>]* checked',
        re.DOTALL,
    )
    for found in field.finditer(body[1]):
        name, value = next(
            (a, b) for a, b in zip(found.groups()[::2], found.groups()[1::2], strict=True) if a
        )
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def post(served: Served, what: str, form: dict[str, list[str]], title: str = "Kiln") -> httpx2.Response:
    address = f"/story/{served.id_of(title)}/{what}"
    return served.client.post(address, data=form, follow_redirects=True)


def press(
    served: Served, act: str, title: str = "Kiln", what: str = "signals", **more: str
) -> httpx2.Response:
    form = (
        form_of(page_of(served, title), what) | {"act": [act]} | {name: [said] for name, said in more.items()}
    )
    return post(served, what, form, title)


def table(served: Served, title: str = "Kiln") -> list[tuple[str, ...]]:
    rows = served.room.draft(ISSUE, served.id_of(title)).entry.signals
    return [(row.signal, row.change, row.horizon_10y, row.driving_force) for row in rows]


def undo(served: Served) -> None:
    served.client.post("/undo", data={"form": served.keys.form, "issue": ISSUE, "page": "desk"})


def test_a_sentence_is_made_a_signal_which_is_a_verdict_and_keeps_its_evidence(served: Served) -> None:
    before = table(served)
    offer = served.client.get(f"/story/{served.id_of('Kiln')}?sentence=4").text
    form = form_of(offer, "sentence") | {"act": ["signal"]}
    assert form["number"] == ["4"]
    sentence = TEXTS["Kiln"].split("\n")[3]
    post(served, "sentence", form)
    assert table(served) == [*before, (sentence.removesuffix("."), "–", "–", "–")]
    log = served.room.digest("draft", "log", served.id_of("Kiln"))
    assert "missed signal" in log
    assert "missed-signal" in log
    rests = r'data-places="4"><input[^>]*><textarea[^>]*>\s*Locals complain'
    # In other words it still rests on that sentence, which no likeness would find.
    last = len(before)
    form = form_of(page_of(served), "signals")
    form["cell"][4 * last] = "Locals complain of noise | once more"
    post(served, "signals", form | {"act": ["save"]})
    assert table(served)[last][0] == "Locals complain of noise | once more"
    assert re.search(rests, page_of(served))
    # And so after a run.
    served.room.run(ISSUE)
    assert re.search(rests, page_of(served))
    undo(served)
    undo(served)
    assert table(served) == before


def test_a_sentence_is_added_to_the_summary_once(served: Served) -> None:
    summary = served.room.draft(ISSUE, served.id_of("Kiln")).entry.summary
    sentence = next(each for each in TEXTS["Kiln"].split("\n") if each not in summary)
    number = TEXTS["Kiln"].split("\n").index(sentence) + 1
    press(served, "summary", what="sentence", number=str(number))
    assert served.room.draft(ISSUE, served.id_of("Kiln")).entry.summary == f"{summary} {sentence}"
    assert "in the summary already" in press(served, "summary", what="sentence", number=str(number)).text


def test_a_sentence_is_cited_in_a_row(served: Served) -> None:
    before = table(served)
    assert len(before) > 1
    press(served, "cite", what="sentence", number="5", row="2")
    places = re.findall(r'data-label="Signal" data-places="([\d ]+)"', page_of(served))
    assert "5" in places[1].split()
    assert "5" not in places[0].split()
    assert table(served) == before
    # It goes where the row goes.
    press(served, "up 2")
    assert "5" in re.findall(r'data-label="Signal" data-places="([\d ]+)"', page_of(served))[0].split()


@pytest.mark.parametrize("number", ["0", "7", "99", "x", ""])
def test_a_sentence_that_is_none_is_refused(served: Served, number: str) -> None:
    before = served.path_of("Kiln").read_bytes()
    for act in ("signal", "summary", "cite"):
        assert press(served, act, what="sentence", number=number, row="1").status_code == 409
    assert served.path_of("Kiln").read_bytes() == before


def test_rows_are_edited_added_moved_and_deleted(served: Served) -> None:
    before, path = table(served), served.path_of("Kiln")
    text = path.read_text("utf-8")
    form = form_of(page_of(served), "signals")
    # Nothing typed, nothing written.
    assert "nothing to save" in post(served, "signals", form | {"act": ["save"]}).text
    assert path.read_text("utf-8") == text
    form["cell"][1] = "from coal\nto power | at night"
    form["cell"][-4:] = ["A row of mine", "", "in 2031", ""]
    post(served, "signals", form | {"act": ["save"]})
    mine = ("A row of mine", "–", "in 2031", "–")
    first = (before[0][0], "from coal to power | at night", *before[0][2:])
    assert table(served) == [first, *before[1:], mine]
    # Still lined up, and only the table is another.
    lines = [each for each in path.read_text("utf-8").split("\n") if each.startswith("|")]
    assert len({len(each) for each in lines}) == 1
    assert (
        path.read_text("utf-8").split("## Signals")[0].split("edited")[0]
        == text.split("## Signals")[0].split("edited")[0]
    )
    press(served, "up 2")
    assert table(served) == [before[1], first, *before[2:], mine]
    press(served, "up 1")
    press(served, f"down {len(before) + 1}")
    assert table(served) == [before[1], first, *before[2:], mine]
    press(served, "delete 1")
    assert table(served) == [first, *before[2:], mine]
    for _ in range(3):
        undo(served)
    assert path.read_text("utf-8") == text


def test_a_row_is_deleted_with_a_reason_which_is_a_verdict_on_it(served: Served) -> None:
    first, *others = table(served)
    press(served, "down 1", reason="wrong")
    assert press(served, "delete 2", reason="nonsense").status_code == 404
    press(served, "delete 2", reason="wrong")
    assert table(served) == others
    log = served.room.digest("draft", "log", served.id_of("Kiln"))
    assert re.search("cut row .*wrong", log)
    # Of another nothing is said.
    press(served, "delete 1")
    served.act(f"approve-over {served.id_of('Kiln')}")
    page = html.unescape(served.client.get("/missed").text)
    rejected = page.partition("Rejected rows")[2]
    why = dict(re.findall(r'class="what">(.*?)</p>\s*<p class="quiet"><span class="why">(.*?)<', rejected))
    assert next(said for row, said in why.items() if row.startswith(first[0])) == "wrong"
    assert next(said for row, said in why.items() if row.startswith(others[0][0])) == (
        "taken out of an approved draft"
    )
    for _ in range(3):
        undo(served)
    assert sorted(table(served)) == sorted([first, *others])


def test_all_rows_can_go_and_one_come_back(served: Served) -> None:
    for _ in table(served):
        press(served, "delete 1")
    assert table(served) == []
    form = form_of(page_of(served), "signals")
    form["cell"] = ["A kiln was lit", "", "", ""]
    post(served, "signals", form | {"act": ["save"]})
    assert table(served) == [("A kiln was lit", "–", "–", "–")]


def test_markdown_of_an_editor_in_other_cells_stays(served: Served) -> None:
    path = served.path_of("Kiln")
    path.write_text(
        re.sub(
            r"(\| A cement [^|]*)\| –", r"\1| **much** of [it](https://x.example/) ", path.read_text("utf-8")
        ),
        "utf-8",
    )
    assert "**much** of" in path.read_text("utf-8")
    form = form_of(page_of(served), "signals")
    assert form["cell"][1] == "**much** of [it](https://x.example/)"
    form["cell"][2] = "by 2035"
    post(served, "signals", form | {"act": ["save"]})
    assert re.search(r"\| \*\*much\*\* of \[it\]\(https://x\.example/\) +\| by 2035", path.read_text("utf-8"))


def test_a_table_of_other_columns_is_edited_as_markdown_only(served: Served) -> None:
    path = served.path_of("Kiln")
    path.write_text(
        path.read_text("utf-8").replace(
            "## Signals\n\n", "## Signals\n\nSee below.\n\n| a |\n|:--|\n| 1 |\n\n"
        ),
        "utf-8",
    )
    page = page_of(served)
    assert 'id="text-signals"' in page
    assert 'name="cell"' not in page


def test_a_table_changed_meanwhile_is_shown_beside_what_was_written(served: Served) -> None:
    form = form_of(page_of(served), "signals")
    path = served.path_of("Kiln")
    path.write_text(path.read_text("utf-8").replace("| A cement", "| THEIRS A cement"), "utf-8")
    before = path.read_bytes()
    form["cell"][0] = "MINE"
    answer = post(served, "signals", form | {"act": ["save"]})
    assert answer.status_code == 409
    assert "THEIRS A cement" in answer.text
    assert "| MINE" in answer.text
    assert path.read_bytes() == before
    told = served.client.post(f"/story/{served.id_of('Kiln')}/signals", data=form, headers=JSON)
    assert told.status_code == 409
    assert told.json()["is_conflict"] is True


def test_two_windows_on_one_draft_save_other_sections_side_by_side(served: Served) -> None:
    first, second = page_of(served), page_of(served)
    form = form_of(first, "signals")
    form["cell"][0] = "Mine"
    assert post(served, "signals", form).status_code == 200
    form = form_of(second, "bullets") | {"act": ["add"], "words": ["dams"]}
    assert post(served, "bullets", form).status_code == 200
    form = form_of(second, "signals")
    form["cell"][0] = "Too late"
    assert post(served, "signals", form).status_code == 409
    assert table(served)[0][0] == "Mine"


def test_what_a_script_saves_it_saves_with_the_next_mark(served: Served) -> None:
    form = form_of(page_of(served), "signals")
    address = f"/story/{served.id_of('Kiln')}/signals"
    for said in ("One", "One two", "One two three"):
        form["cell"][0] = said
        answer = served.client.post(address, data=form, headers=JSON).json()
        assert answer["is_done"] is True
        form["mark"] = [answer["mark"]]
    assert table(served)[0][0] == "One two three"


def with_ideas(served: Served, *texts: str, field: str = "change") -> None:
    store = Store(served.room.output)
    try:
        made = store.articles.analyses_for([served.id_of("Kiln")])[served.id_of("Kiln")]
        first = replace(made.signals[0], ideas=tuple(Idea(field, each) for each in texts))
        article = store.articles.get([served.id_of("Kiln")])[served.id_of("Kiln")]
        store.articles.save_analysis(article, replace(made, signals=(first, *made.signals[1:])))
    finally:
        store.close()


def test_ideas_are_taken_over_one_by_one_and_never_by_themselves(served: Served) -> None:
    with_ideas(served, "coal to *power*", "gas to power")
    before = table(served)
    page = page_of(served)
    assert 'value="idea 1" data-idea="1"' in page
    assert "coal to *power*" in page
    assert table(served) == before
    press(served, "idea 2")
    assert table(served)[0] == (before[0][0], "gas to power", *before[0][2:])
    # Its cell is full: there is nothing to offer.
    assert "data-idea" not in page_of(served)
    undo(served)
    press(served, "idea 1")
    assert table(served)[0][1] == "coal to *power*"
    assert press(served, "idea 1").status_code == 409


def test_a_suggestion_in_the_table_is_taken_over_as_it_stands(served: Served) -> None:
    path = served.path_of("Kiln")
    path.write_text(
        re.sub(r"(\| A cement [^|]*)\| –", r"\1| *coal to power* ", path.read_text("utf-8")), "utf-8"
    )
    entry = served.room.draft(ISSUE, served.id_of("Kiln")).entry
    assert entry.signals[0].suggested == ("change",)
    form = form_of(page_of(served), "signals")
    assert form["cell"][1] == "coal to power"
    # Another cell is edited: it stays a suggestion.
    form["cell"][2] = "by 2035"
    post(served, "signals", form)
    assert served.room.draft(ISSUE, served.id_of("Kiln")).entry.signals[0].suggested == ("change",)
    press(served, "idea 1")
    row = served.room.draft(ISSUE, served.id_of("Kiln")).entry.signals[0]
    assert (row.change, row.suggested) == ("coal to power", ())


def test_ideas_are_not_offered_where_settings_say_so(served: Served) -> None:
    with_ideas(served, "coal to power")
    path = served.room.folder / "feeds.yaml"
    path.write_text(path.read_text("utf-8") + "settings: {suggestions: none}\n", "utf-8")
    assert "data-idea" not in page_of(served)


def test_one_warning_is_accepted_and_the_other_stays(served: Served) -> None:
    path = served.path_of("Breach")
    text = path.read_text("utf-8")
    other = "Two clinics sent 9 patients home."
    path.write_text(text.replace("## Summary\n\n", f"## Summary\n\n{FALSE} {other} ", 1), "utf-8")
    page = page_of(served, "Breach")
    marks = re.findall(r'value="accept (\w+)" aria-label="Accept: number: ([^;]*);', page)
    assert len(marks) == 2
    mark = next(mark for mark, claim in marks if "45 million" in claim)
    form = {"form": [served.keys.form], "act": [f"accept {mark}"]}
    shown = post(served, "warning", form, "Breach").text
    assert "accepted: “" in shown
    assert len(re.findall(r'value="accept ', shown)) == 1
    assert "1 warning<" in served.client.get(served.desk).text
    # Gone, it cannot be answered again.
    assert post(served, "warning", form, "Breach").status_code == 409
    # Undone it stands there again, done again it does not.
    form_of_undo = {"form": served.keys.form, "issue": ISSUE, "page": "desk"}
    said = served.client.post("/undo", data=form_of_undo, follow_redirects=True).text
    assert "undone: accept" in said
    assert "2 warnings<" in said
    said = served.client.post("/redo", data=form_of_undo, follow_redirects=True).text
    assert "redone: accept" in said
    assert "1 warning<" in said
    undo(served)
    # The next step back is the edit by hand.
    undo(served)
    assert path.read_text("utf-8") == text


def test_one_warning_is_fixed_with_what_the_article_has(served: Served) -> None:
    path = served.path_of("Breach")
    path.write_text(path.read_text("utf-8").replace("## Summary\n\n", f"## Summary\n\n{FALSE} ", 1), "utf-8")
    page = page_of(served, "Breach")
    found = re.search(r'value="(fix \w+)">Write “([^”]*)”', page)
    assert found
    assert "4.5 million" in found[2]
    post(served, "warning", {"form": [served.keys.form], "act": [found[1]]}, "Breach")
    assert FALSE not in path.read_text("utf-8")
    assert (
        "4.5 million"
        in served.room.draft(ISSUE, served.id_of("Breach")).entry.summary.split(".")[0] + ".5 million"
    )
    assert "Warning" not in page_of(served, "Breach")
    undo(served)
    assert FALSE in path.read_text("utf-8")


@pytest.mark.parametrize("key", ["keywords", "themes"])
def test_chips_are_added_and_removed(served: Served, key: str) -> None:
    def said() -> tuple[str, ...]:
        return getattr(served.room.draft(ISSUE, served.id_of("Kiln")).entry, key)  # type: ignore[no-any-return]

    def do(act: str, words: str = "") -> httpx2.Response:
        mark = served.section("Kiln", key)[1]
        form = {"form": [served.keys.form], "section": [key], "mark": [mark], "act": [act], "words": [words]}
        return post(served, "bullets", form)

    before, text = said(), served.path_of("Kiln").read_text("utf-8")
    do("add", " *Dams*  and <dykes> ")
    assert said() == (*before, "*Dams* and <dykes>")
    assert "nothing to save" in do("add", "*dams* AND <dykes>").text
    assert do("add", "  ").status_code == 409
    do("remove *Dams* and <dykes>")
    assert said() == before
    assert do("remove nothing of the kind").status_code == 409
    left = served.path_of("Kiln").read_text("utf-8").split("generated")[1]
    assert left.split("\n\n")[1:] == text.split("generated")[1].split("\n\n")[1:] or key == "themes"


def test_themes_are_completed_from_the_vocabulary(served: Served) -> None:
    from digest.workspace.prompt_files import load_themes

    listed = re.search(r'<datalist id="known-themes">(.*?)</datalist>', page_of(served), re.DOTALL)
    assert listed
    known = [html.unescape(each) for each in re.findall(r'<option value="([^"]*)"', listed[1])]
    assert known == [each.theme for each in load_themes(served.room.folder)]


def test_closest_are_unticked_and_ticked_again(served: Served) -> None:
    def shown() -> list[str]:
        return [each.target for each in served.room.draft(ISSUE, served.id_of("Kiln")).entry.closest]

    before = shown()
    assert len(before) == 2
    form = form_of(page_of(served), "closest")
    assert form["keep"] == before
    post(served, "closest", form | {"keep": before[1:]})
    assert shown() == before[1:]
    form = form_of(page_of(served), "closest")
    assert form["keep"] == before[1:]
    post(served, "closest", form | {"keep": before})
    assert sorted(shown()) == sorted(before)
    form = form_of(page_of(served), "closest")
    form.pop("keep")
    post(served, "closest", form)
    assert shown() == []


def test_two_stories_are_merged_as_by_the_command(served: Served) -> None:
    ids = [served.id_of("Kiln"), served.id_of("Eelgrass")]
    form = {"form": served.keys.form, "act": "merge", "page": "desk", "ids": ids, "shown": served.shown()}
    answer = served.client.post(f"{served.desk}/status", data=form, headers=JSON).json()
    assert answer["is_done"] is True
    assert "merged: one story of 2 articles" in answer["said"][0]
    assert sorted(served.status_of(each) for each in ("Kiln", "Eelgrass")) == ["pending", "rejected"]
    story_of = {each["id"]: each["story"] for each in json.loads(served.room.digest("stories", "--json"))}
    assert story_of[ids[0]] == story_of[ids[1]] != story_of[served.id_of("Breach")]
    form["shown"] = served.shown()
    again = served.client.post(f"{served.desk}/status", data=form, headers=JSON).json()
    assert "one story already" in again["said"][0]
    alone = served.client.post(f"{served.desk}/status", data={**form, "ids": ids[:1]}, headers=JSON).json()
    assert alone["is_done"] is False
