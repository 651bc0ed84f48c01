"""The issue's page: the order of its stories, what to look at before, how it would be, publishing it."""

import html
import json
import re
from contextlib import closing
from dataclasses import replace

import pytest
from desks import TEXTS, Served, served
from newsroom import ISSUE, NEXT

from digest.issues.order import place_in, placed_worth
from digest.records import Idea
from digest.store import Store

__all__ = ["served"]

OFF = "The kiln draws 700 megawatts."


def approve_all(served: Served) -> None:
    for title in TEXTS:
        served.act(f"approve {served.id_of(title)}")


def order_of(served: Served) -> list[str]:
    page = served.client.get(f"{served.desk}/publish").text
    return re.findall(r'class="title" href="/story/[^>]*>([^<]*)<', page)


def move(served: Served, way: str, title: str) -> str:
    form = {"form": served.keys.form, "act": f"{way} {served.id_of(title)}"}
    return served.client.post(f"{served.desk}/order", data=form, follow_redirects=True).text


def published_order(served: Served) -> list[str]:
    made = json.loads((served.room.output / "issues" / f"{ISSUE}.json").read_text("utf-8"))
    return [each["title"] for each in made["entries"]]


def test_stories_are_put_in_order_published_so_and_it_is_undone(served: Served) -> None:
    approve_all(served)
    before = order_of(served)
    first, second, third = before
    shown = move(served, "up", third)
    assert f"2 of 3: {third}" in shown
    assert re.search(rf'href="/story/{served.id_of(third)}" autofocus', shown)
    assert order_of(served) == [first, third, second]
    move(served, "down", first)
    assert order_of(served) == [third, first, second]
    # At the end it stays.
    move(served, "down", second)
    assert order_of(served) == [third, first, second]
    # A run leaves it alone.
    served.room.run(ISSUE)
    assert order_of(served) == [third, first, second]
    served.room.digest("publish", ISSUE)
    assert published_order(served) == [third, first, second]
    index = (served.room.output / "site" / "issues" / f"{ISSUE}.html").read_text("utf-8")
    places = [
        index.index(f">{each}<") if f">{each}<" in index else index.index(each)
        for each in (third, first, second)
    ]
    assert places == sorted(places)
    form = {"form": served.keys.form, "issue": ISSUE, "page": "issue"}
    # Readers may have it: a key on another page does not take it back.
    story = {**form, "page": "desk"}
    said = served.client.post("/undo", data=story, follow_redirects=True).text
    assert "take it back on the issue" in said
    assert (served.room.output / "issues" / f"{ISSUE}.json").exists()
    served.client.post("/undo", data=form)
    assert not (served.room.output / "issues" / f"{ISSUE}.json").exists()
    for _ in range(2):
        served.client.post("/undo", data=form)
    assert order_of(served) == before


def test_of_a_published_issue_another_order_counts_when_it_is_published_again(served: Served) -> None:
    approve_all(served)
    first, second, third = order_of(served)
    served.room.digest("publish", ISSUE)
    move(served, "up", third)
    assert order_of(served) == [first, third, second]
    # Another story is taken back, for which the issue is written anew.
    served.act(f"reject {served.id_of(first)}")
    assert published_order(served) == [second, third]
    served.room.digest("publish", ISSUE)
    assert published_order(served) == [third, second]


def test_a_story_is_moved_to_a_place(served: Served) -> None:
    approve_all(served)
    first, second, third = order_of(served)
    assert f"1 of 3: {third}" in move(served, "to 1", third)
    assert order_of(served) == [third, first, second]
    # Beyond the last is at the end.
    move(served, "to 99", third)
    assert order_of(served) == [first, second, third]
    for way in ("to 0", "to x", "to -1", "to ²"):
        form = {"form": served.keys.form, "act": f"{way} {served.id_of(first)}"}
        assert served.client.post(f"{served.desk}/order", data=form).status_code == 404
    assert order_of(served) == [first, second, third]


def test_a_place_written_into_the_file_counts_too_and_is_not_carried_on(served: Served) -> None:
    approve_all(served)
    last = order_of(served)[-1]
    path = served.path_of(last)
    path.write_text(
        path.read_text("utf-8").replace("status: approved", "status: approved\nplace: 1"), "utf-8"
    )
    assert order_of(served)[0] == last
    served.act(f"defer {served.id_of(last)}")
    served.room.digest("publish", ISSUE)
    served.room.later(7)
    served.room.run(NEXT)
    text = next((served.room.output / "drafts" / NEXT).glob("*.md")).read_text("utf-8")
    assert place_in(text) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("---\nid: x\nplace: 7\n---\n", 7),
        ("---\r\nplace: 7\r\n---\r\n", 7),
        ("---\nplace: soon\n---\n", None),
        ("---\nplace: 0\n---\n", None),
        ("---\nid: x\n---\n\nplace: 3\n", None),
        ("", None),
    ],
)
def test_a_place_is_read_from_the_front_matter_alone(text: str, place: int | None) -> None:
    assert place_in(text) == place
    # What it was worth before is known again.
    assert placed_worth("", placed_worth(text, 2_345)) == 2_345


def test_a_story_that_is_not_approved_has_no_place(served: Served) -> None:
    assert "only approved stories" in move(served, "up", "Kiln")
    form = {"form": served.keys.form, "act": "sideways " + served.id_of("Kiln")}
    assert served.client.post(f"{served.desk}/order", data=form).status_code == 404


def test_oversights_are_named_before_publishing(served: Served) -> None:
    approve_all(served)
    path = served.path_of("Kiln")
    text = re.sub(r"(\| A cement [^|]*)\| –", r"\1| *coal to power* ", path.read_text("utf-8"))
    path.write_text(re.sub(r"(## Keywords\n\n)(\* .*\n)+", r"\1", text), "utf-8")
    page = served.client.get(f"{served.desk}/publish").text
    assert "Kiln: suggestions that nobody took over (change) beside" in page
    assert "Kiln: nothing stands under Keywords" in page
    assert "the same story as" not in page
    served.room.digest("story", "merge", served.id_of("Breach"), served.id_of("Eelgrass"))
    for title in ("Breach", "Eelgrass"):
        served.act(f"approve {served.id_of(title)}")
    page = served.client.get(f"{served.desk}/publish").text
    assert re.search(r"(Breach: the same story as “Eelgrass|Eelgrass: the same story as “Breach)”", page)


def checklist_of(served: Served) -> str:
    page = html.unescape(served.client.get(f"{served.desk}/publish").text)
    return page.partition('id="before"')[2].partition("</section>")[0]


def test_the_checklist_says_one_thing_and_leads_to_the_field(served: Served) -> None:
    shown = checklist_of(served)
    assert "Not ready: no story is approved." in shown
    assert "Publish" not in shown.partition("</h2>")[2]
    path = served.path_of("Kiln")
    text = path.read_text("utf-8").replace("## Summary\n\n", f"## Summary\n\n{OFF} ", 1)
    path.write_text(text.replace("| –", "| *coal to power*", 1), "utf-8")
    for title in TEXTS:
        served.act(f"approve-over {served.id_of(title)}")
    assert "Ready to be published." in checklist_of(served)
    path.write_text(path.read_text("utf-8").replace("700 megawatts", "900 megawatts"), "utf-8")
    shown = checklist_of(served)
    assert "Not ready: 1 warning is open." in shown
    assert "every file can be published" in shown
    (warning,) = re.findall(r'href="([^"]*)">Kiln: “The kiln draws 900', shown)
    story = served.client.get(warning).text
    assert re.search(r"<li [^>]* autofocus><span[^>]*>The kiln draws 900", story)
    (idea,) = re.findall(r'href="([^"]*)">Kiln: suggestions that nobody took over', shown)
    assert idea.endswith("?at=row-1")
    assert re.search(r'id="row-1"[^>]* autofocus', served.client.get(idea).text)
    said = served.publish(anyway=False)
    assert "Publish over open warnings" in html.unescape(said).partition("Not published")[2][:900]
    assert "--anyway" not in said
    path.write_text(
        path.read_text("utf-8").replace("## Keywords", "## Mine\n\n[x](/y)\n\n## Keywords"), "utf-8"
    )
    shown = checklist_of(served)
    assert "Not ready: 1 fault to mend first, 1 warning is open." in shown
    assert "1 fault keeps it from being published" in shown
    assert "1 open warning" in shown
    (fault,) = re.findall(r'href="([^"]*)">Kiln: a link to', shown)
    assert fault.endswith("?at=own-1")


def test_ideas_that_nobody_touched_are_counted(served: Served) -> None:
    approve_all(served)
    assert "no ideas untouched" in checklist_of(served)
    kiln = served.id_of("Kiln")
    with closing(Store(served.room.output)) as store:
        made = store.articles.analyses_for([kiln])[kiln]
        ideas = (Idea("change", "from coal to power"), Idea("driving_force", "cheap power"))
        signals = (made.signals[0], replace(made.signals[1], ideas=ideas), *made.signals[2:])
        store.articles.save_analysis(store.articles.get([kiln])[kiln], replace(made, signals=signals))
    shown = checklist_of(served)
    assert "2 ideas untouched" in shown
    assert f'href="/story/{kiln}?at=row-2">Kiln: 2 ideas offered' in shown


def test_every_form_can_be_looked_at_and_nothing_is_written(served: Served) -> None:
    assert served.client.get(f"{served.desk}/preview/page").status_code == 409
    approve_all(served)
    page = served.client.get(f"{served.desk}/publish").text
    forms = re.findall(rf'href="{served.desk}/preview/([\w-]+)"', page)
    assert forms == ["page", "markdown", "mail", "mail-html", "json"]
    for form in forms:
        answer = served.client.get(f"{served.desk}/preview/{form}")
        assert answer.status_code == 200, form
        for title in TEXTS:
            assert title in answer.text, (form, title)
        assert "unsafe" not in answer.headers["content-security-policy"]
    assert served.client.get(f"{served.desk}/preview/nothing").status_code == 404
    assert not (served.room.output / "issues").exists()
    assert not (served.room.output / "entries").exists()
    # What was looked at is what is published.
    shown = served.client.get(f"{served.desk}/preview/markdown").text
    served.room.digest("publish", ISSUE)
    assert (served.room.output / "issues" / f"{ISSUE}.md").read_text("utf-8") == shown
