"""What an editor can do at the desk without any script: each action is a form."""

import re

import pytest
from desks import FALSE, TEXTS, Served, served
from newsroom import ISSUE, NEXT
from typer.testing import CliRunner

from digest.cli.app import app
from digest.issues.decisions import draft_path
from digest.store import Store

__all__ = ["served"]


def say(served: Served, text: str, title: str = "Breach") -> None:
    path = served.path_of(title)
    old = path.read_text("utf-8")
    path.write_text(old.replace("## Summary\n\n", f"## Summary\n\n{text} ", 1), "utf-8")


def test_each_story_has_a_line_and_can_be_filtered_and_searched(served: Served) -> None:
    served.act(f"approve {served.id_of('Kiln')}")

    def titles(query: str) -> set[str]:
        page = served.client.get(f"{served.desk}?{query}").text
        return set(re.findall(r'class="title"[^>]*>([^<]*)<', page))

    assert titles("") == titles("by=place") == set(TEXTS)
    assert titles("status=approved") == {"Kiln"}
    assert titles("status=pending&q=eelgrass") == {"Eelgrass"}
    assert titles("q=HEALTHEC+breach") == {"Breach"}
    assert titles("q=nothing+of+the+kind") == set()


def test_approving_keeps_what_the_entry_rests_on(served: Served) -> None:
    kiln = served.id_of("Kiln")
    served.act(f"approve {kiln}")
    store = Store(served.room.output)
    try:
        taken = store.snapshots.of([kiln])[kiln]
        page = store.snapshots.page_of(taken)
    finally:
        store.close()
    assert taken.cited
    assert page is not None
    assert taken.cited[0].encode() in page.body


@pytest.mark.parametrize(
    ("act", "status"), [("approve", "approved"), ("reject", "rejected"), ("defer", "deferred")]
)
def test_a_verdict_is_in_file_and_archive_and_can_be_undone(served: Served, act: str, status: str) -> None:
    before = served.path_of("Kiln").read_bytes()
    answer = served.act(f"{act} {served.id_of('Kiln')}").json()
    assert answer["said"] == [f"{status}: Kiln"]
    assert f'class="line {status}"' in answer["lines"][served.id_of("Kiln")]
    assert served.status_of("Kiln") == status
    assert {row.title: row.status for row in served.room.rows(ISSUE)}["Kiln"] == status
    form = {"form": served.keys.form, "issue": ISSUE, "page": "desk", "at": served.id_of("Kiln")}
    shown = served.client.post("/undo", data=form, follow_redirects=True).text
    assert f"undone: {act}" in shown
    assert re.search(r'href="/story/\w+" autofocus>Kiln<', shown)
    assert served.path_of("Kiln").read_bytes() == before
    served.client.post("/redo", data=form)
    assert served.status_of("Kiln") == status


def test_what_another_editor_did_is_undone_only_once_it_was_said(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_EDITOR", "Ada")
    kiln, eelgrass = served.id_of("Kiln"), served.id_of("Eelgrass")
    served.act(f"reject {kiln}")
    monkeypatch.setenv("DIGEST_EDITOR", "Bea")
    served.act(f"defer {eelgrass}")
    monkeypatch.setenv("DIGEST_EDITOR", "Ada")
    form = {"form": served.keys.form, "issue": ISSUE, "page": "desk"}
    shown = served.client.post("/undo", data=form, follow_redirects=True).text
    assert "nothing was undone" in shown
    assert "defer by Bea: Eelgrass; once more undoes that" in shown
    assert served.status_of("Eelgrass") == "deferred"
    assert "undone: defer by Bea" in served.client.post("/undo", data=form, follow_redirects=True).text
    # Her own goes at once.
    assert "undone: reject by Ada" in served.client.post("/undo", data=form, follow_redirects=True).text
    assert {served.status_of(each) for each in TEXTS} == {"pending"}


def test_several_are_decided_at_once_and_undone_at_once(served: Served) -> None:
    form = {
        "form": served.keys.form,
        "act": "reject",
        "reason": "off-topic",
        "page": "desk",
        "status": "pending",
        "ids": [served.id_of("Kiln"), served.id_of("Eelgrass")],
        "shown": served.shown(),
    }
    shown = served.client.post(f"{served.desk}/status", data=form, follow_redirects=True)
    assert "rejected: 2 stories" in shown.text
    assert shown.url.params["status"] == "pending"
    assert "off-topic" in served.room.digest("draft", "log", served.id_of("Kiln"))
    served.client.post("/undo", data={"form": served.keys.form, "issue": ISSUE, "page": "desk"})
    assert [served.status_of(each) for each in TEXTS] == ["pending"] * 3


def test_over_open_warnings_only_the_other_key_approves(served: Served) -> None:
    say(served, FALSE)
    answer = served.act(f"approve {served.id_of('Breach')}").json()
    assert answer["is_done"] is False
    assert "45 million customers" in answer["said"][0]
    assert served.status_of("Breach") == "pending"
    answer = served.act(f"approve-over {served.id_of('Breach')}").json()
    assert answer["is_done"] is True
    assert served.status_of("Breach") == "approved"
    # What was accepted is not asked about again, by `digest publish` either.
    assert 'class="warning"' not in served.client.get(f"/story/{served.id_of('Breach')}").text
    # It was accepted by that verdict alone, and is open again without it.
    form = {"form": served.keys.form, "issue": ISSUE, "page": "desk"}
    assert "1 warning<" in served.client.post("/undo", data=form, follow_redirects=True).text
    assert served.status_of("Breach") == "pending"
    served.client.post("/redo", data=form)
    assert served.status_of("Breach") == "approved"
    assert 'class="warning"' not in served.client.get(f"/story/{served.id_of('Breach')}").text
    served.room.digest("publish", ISSUE)


def test_what_is_done_elsewhere_meanwhile_is_seen(served: Served) -> None:
    served.client.get(served.desk)
    path = served.path_of("Kiln")
    path.write_text(path.read_text("utf-8").replace("status: pending", "status: approved"), "utf-8")
    served.room.digest("draft", "defer", served.id_of("Eelgrass"))
    page = served.client.get(served.desk).text
    assert f'<li class="line approved" id="d-{served.id_of("Kiln")}"' in page
    assert f'<li class="line deferred" id="d-{served.id_of("Eelgrass")}"' in page


def test_a_file_that_cannot_be_read_is_named_and_left_alone(served: Served) -> None:
    path = served.path_of("Kiln")
    path.write_text(path.read_text("utf-8").replace("status: pending", "status: maybe"), "utf-8")
    before = path.read_bytes()
    assert path.name in served.client.get(served.desk).text
    assert served.client.get(f"/story/{served.id_of('Kiln')}").status_code == 404
    assert served.act(f"approve {served.id_of('Kiln')}").json()["is_done"] is False
    assert path.read_bytes() == before


def test_the_workspace_in_use_is_said_and_nothing_is_lost(served: Served) -> None:
    from digest.store.sqlite import exclusive

    text, mark = served.section("Kiln", "summary")
    with exclusive(served.room.output / "lock", doing="digest run"):
        assert served.client.get(served.desk).status_code == 200
        answer = served.act(f"approve {served.id_of('Kiln')}")
        assert answer.status_code == 409
        assert "in use by digest run" in answer.json()["said"][0]
        assert "in use by digest run" in served.save("Kiln", "summary", text + " More.", mark).text
    assert served.status_of("Kiln") == "pending"


def test_fields_show_the_sentences_they_rest_on(served: Served) -> None:
    page = served.client.get(f"/story/{served.id_of('Breach')}").text
    sentences = dict(re.findall(r'id="s(\d+)"><span class="number">\d+</span> ([^<]*)</span>', page))
    assert list(sentences.values()) == TEXTS["Breach"].split("\n")
    rests = re.findall(
        r'<li tabindex="0" data-places="(\d+)"><span class="words observed">([^<]*)</span>', page
    )
    assert len(rests) >= 3
    for place, text in rests:
        assert sentences[place] == text


def test_an_issue_is_published_with_the_checks_of_the_command(served: Served) -> None:
    publish = f"{served.desk}/publish"
    form = {"form": served.keys.form}
    answer = served.client.post(publish, data=form)
    assert answer.status_code == 409
    assert "no approved drafts" in answer.text
    served.act(f"approve {served.id_of('Kiln')}")
    served.act(f"approve {served.id_of('Breach')}")
    say(served, FALSE)
    refused = served.publish(anyway=False)
    assert "Not published" in refused
    assert "45 million customers" in refused
    assert not (served.room.output / "issues").exists()
    shown = served.publish()
    assert f"published: issue {ISSUE}, 2 entries" in shown
    link = re.search(r'<a href="(/site/[^"]*)">the published page', shown)
    assert link
    page = served.client.get(link[1])
    assert "Kiln" in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    # Publishing is undone with all that was written.
    served.client.post("/undo", data={**form, "issue": ISSUE, "page": "issue"})
    assert not (served.room.output / "issues" / f"{ISSUE}.html").exists()


def test_what_comes_from_outside_is_escaped(served: Served) -> None:
    path = served.path_of("Kiln")
    hostile = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    text = path.read_text("utf-8").replace("# __Kiln__", f"# __Kiln {hostile}__")
    path.write_text(
        text.replace("## Evidence", f"## Mine\n\n{hostile}</textarea>{hostile}\n\n## Evidence"), "utf-8"
    )
    pages = [
        served.desk,
        f"/story/{served.id_of('Kiln')}",
        f"{served.desk}/publish",
        f"{served.desk}?q={hostile}",
    ]
    for page in pages:
        shown = served.client.get(page).text
        assert "<img" not in shown, page
        assert "<script>alert" not in shown, page


def test_the_command_says_where_it_fails_and_begins_nothing(served: Served) -> None:
    folder = str(served.room.folder)
    done = CliRunner().invoke(app, ["-C", folder, "review", "--no-open", "--port", str(served.keys.port)])
    assert f"--port {served.keys.port}: cannot be used" in str(done.exception)
    done = CliRunner().invoke(app, ["-C", folder, "review", "20200101", "--no-open"])
    assert done.exit_code


def test_lines_say_what_is_new_what_goes_on_and_what_was_carried(served: Served) -> None:
    def standing(issue: str) -> dict[str, str]:
        page = served.client.get(f"/issue/{issue}").text
        return dict(re.findall(r'class="title"[^>]*>([^<]*)</a>.*?class="marks">([^<]*)<', page, re.DOTALL))

    assert set(standing(ISSUE).values()) == {"new"}
    kiln = served.id_of("Kiln")
    served.room.digest("draft", "approve", kiln)
    served.room.digest("draft", "defer", served.id_of("Eelgrass"))
    served.room.digest("publish", ISSUE)
    served.room.later(7)
    served.room.write("harbour", "Second kiln", TEXTS["Kiln"].replace("coal kiln", "second coal kiln"))
    served.room.write(
        "harbour", "Bus", "\n".join(f"A bus without a driver ran for night {n}." for n in range(40))
    )
    served.room.run(NEXT)
    path = draft_path(
        served.room.output, NEXT, next(row.id for row in served.room.rows(NEXT) if row.title == "Bus")
    )
    # As a run writes it where a story goes on.
    line = f"* [Kiln]({kiln}) · .81 · follow-up: keywords: kiln"
    path.write_text(path.read_text("utf-8").replace("## Evidence\n", f"## Evidence\n\n{line}\n"), "utf-8")
    found = standing(NEXT)
    assert found["Eelgrass"] == found["Breach"] == f"carried from issue {ISSUE}"
    assert found["Bus"] == f"update of issue {ISSUE}"
