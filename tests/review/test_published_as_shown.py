"""Readers get what the page on the issue showed; what changed meanwhile is told; a second step publishes."""

import html
from collections.abc import Callable

import pytest
from desks import TEXTS, Served, served, shown_in
from newsroom import ISSUE

from digest.issues.output_paths import introduction_file

__all__ = ["served"]


def approve(served: Served, *titles: str) -> str:
    """Approve drafts; gives the page on the issue then."""
    for title in titles:
        assert served.act(f"approve-over {served.id_of(title)}").json()["is_done"]
    return served.client.get(f"{served.desk}/publish").text


def is_published(served: Served) -> bool:
    return (served.room.output / "issues" / f"{ISSUE}.md").is_file()


def write_another_word(served: Served) -> None:
    path = served.path_of("Kiln")
    path.write_text(path.read_text("utf-8").replace("The kiln draws", "The kiln itself draws", 1), "utf-8")


def approve_another(served: Served) -> None:
    served.room.digest("draft", "approve", "--anyway", served.id_of("Breach"))


def reject_one(served: Served) -> None:
    served.room.digest("draft", "reject", served.id_of("Kiln"))


def write_an_introduction(served: Served) -> None:
    path = introduction_file(served.room.output, ISSUE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# Introduction\n\nA week of kilns.\n", "utf-8")


def change_the_order(served: Served) -> None:
    first = shown_in(served.client.get(f"{served.desk}/publish").text)[0].split()[0]
    served.client.post(f"{served.desk}/order", data={"form": served.keys.form, "act": f"down {first}"})


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        (write_another_word, "not published: Kiln: changed meanwhile, in another window or program: summary"),
        (approve_another, "not published: Breach: approved meanwhile, in another window or program"),
        (reject_one, "it is rejected now"),
        (write_an_introduction, "not published: the issue's introduction changed meanwhile"),
        (change_the_order, "not published: the order of the stories changed meanwhile"),
    ],
)
def test_what_changed_meanwhile_is_told_and_published_by_one_more_step(
    served: Served, meanwhile: Callable[[Served], None], told: str
) -> None:
    before = approve(served, "Kiln", "Eelgrass")
    meanwhile(served)
    after = served.publish(before)
    assert told in html.unescape(after)
    assert not is_published(served)
    assert "published: issue" in served.publish(after)
    assert is_published(served)


def test_what_was_done_on_other_drafts_meanwhile_is_no_matter(served: Served) -> None:
    before = approve(served, "Kiln", "Eelgrass")
    served.room.digest("draft", "defer", served.id_of("Breach"))
    assert "published: issue" in served.publish(before)


def test_a_page_that_showed_nothing_of_an_issue_publishes_nothing_of_it(served: Served) -> None:
    before = served.client.get(f"{served.desk}/publish").text
    approve(served, *TEXTS)
    assert "Not published" in served.publish(before)
    assert not is_published(served)
