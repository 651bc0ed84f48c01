"""PDFs attached to mails: each an article of its own, whose origin is the mail."""

import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from newsroom import ISSUE, NEXT, Newsroom

from digest.adapters.mailboxes import WorkspaceMailboxes
from digest.demo.content import WEEK
from digest.feeds.mails import MAX_PDFS, read_mail
from digest.issues.decisions import draft_path
from digest.store import Store
from digest.store.soundness import faults_of
from digest.workspace.files import write_text

PDF = (WEEK / "reports" / "heat-at-work.pdf").read_bytes()


def mail_with(
    *files: tuple[str, bytes], subtype: str = "pdf", subject: str = "Papers of the week"
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "The Editor <editor@letters.example>"
    mail["Subject"] = subject
    mail["Date"] = "Sat, 21 Nov 2026 07:00:00 +0000"
    mail["Message-ID"] = "<1@letters.example>"
    mail.set_content("See attached.")
    for name, body in files:
        mail.add_attachment(body, "application", subtype, filename=name)
    return mail


@pytest.mark.parametrize("subtype", ["pdf", "octet-stream"])
def test_attached_pdfs_are_found_under_names_that_differ(subtype: str) -> None:
    files = [("Kiln report_2026.pdf", PDF), ("Kiln report 2026.PDF", PDF), ("Öfen – ja.pdf", PDF)]
    mail = read_mail(mail_with(*files, subtype=subtype).as_bytes(), url="box")
    assert [each.name for each in mail.pdfs] == [
        "Kiln-report-2026.pdf",
        "Kiln-report-2026-2.pdf",
        "Ofen-ja.pdf",
    ]
    assert [each.title for each in mail.pdfs] == ["Kiln report 2026", "Kiln report 2026", "Öfen – ja"]
    assert {each.body for each in mail.pdfs} == {PDF}


@pytest.mark.parametrize(
    ("name", "body", "subject"),
    [
        ("notes.txt", PDF, "Papers"),
        ("fake.pdf", b"<html>no pdf</html>", "Papers"),
        ("real.pdf", PDF, "Please confirm your subscription"),
    ],
)
def test_what_is_no_pdf_of_an_issue_is_left_out(name: str, body: bytes, subject: str) -> None:
    subtype = "pdf" if name.endswith(".pdf") else "octet-stream"
    mail = mail_with((name, body), subtype=subtype, subject=subject)
    assert read_mail(mail.as_bytes(), url="box").pdfs == ()


@pytest.mark.parametrize("how", ["as a mail", "as a file"])
def test_a_pdf_of_a_forwarded_mail_is_found(how: str) -> None:
    inner, outer = mail_with(("kiln.pdf", PDF)), mail_with()
    if how == "as a mail":
        outer.add_attachment(inner)
    else:
        outer.add_attachment(inner.as_bytes(), "application", "octet-stream", filename="issue.eml")
    assert [each.name for each in read_mail(outer.as_bytes(), url="box").pdfs] == ["kiln.pdf"]


def test_a_mail_of_too_many_pdfs_gives_the_first() -> None:
    mail = mail_with(*((f"{at}.pdf", PDF) for at in range(MAX_PDFS + 5)))
    assert len(read_mail(mail.as_bytes(), url="box").pdfs) == MAX_PDFS


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    """A workspace with a mailbox of one mail."""
    room = Newsroom(tmp_path / "mine")
    (room.folder / "box").mkdir(parents=True)
    (room.folder / "box" / "a.eml").write_bytes(mail_with(("Kiln.pdf", PDF)).as_bytes())
    feeds = "feeds:\n  - {url: box, kind: mail}\n  - https://harbour.example/feed\n"
    write_text(room.folder / "feeds.yaml", f"newsletter: {{title: Week}}\n{feeds}")
    room.ports = {"mailboxes": WorkspaceMailboxes(room.folder, {})}
    return room


def test_an_attached_pdf_gets_a_draft_of_its_own_and_is_published_once_it_has_an_address(
    room: Newsroom,
) -> None:
    report = room.run(ISSUE)
    assert (report.dropped, [feed.problem for feed in report.feeds]) == ((), ["", ""])
    ((draft_id, _),) = report.drafts
    draft = room.draft(ISSUE, draft_id)
    assert draft.entry.origin.title == "Papers of the week"
    assert "heat" in draft.entry.summary
    assert room.run(ISSUE).drafts == ()
    assert faults_of(room.output / "archive.db") == []
    room.digest("draft", "approve", draft_id, "--anyway")
    told = room.all_of("publish", ISSUE, "--anyway", code=1)
    assert "a PDF attached to a mail; expected an http, https or mailto address" in told
    path = draft_path(room.output, ISSUE, draft_id)
    text = path.read_text("utf-8")
    assert f"]({draft.entry.url})" in text
    assert "needs the address where readers find it" in text
    write_text(path, text.replace(draft.entry.url, "https://letters.example/kiln.pdf"))
    room.digest("publish", ISSUE, "--anyway")
    made = json.loads((room.output / "issues" / f"{ISSUE}.json").read_text("utf-8"))
    assert [each["url"] for each in made["entries"]] == ["https://letters.example/kiln.pdf"]
    store = Store(room.output)
    try:
        page = store.snapshots.page_of(store.snapshots.of([draft_id])[draft_id])
    finally:
        store.close()
    assert page is not None
    assert page.body == PDF


def test_a_run_that_was_killed_reads_the_attachment_again(room: Newsroom) -> None:
    room.run(ISSUE)
    store = Store(room.output)
    try:
        with store._engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM pages")
            connection.exec_driver_sql("UPDATE links SET state = 'new'")
        assert store.pages.known_mails() == frozenset()
    finally:
        store.close()
    report = room.run(NEXT)
    assert report.dropped == ()
