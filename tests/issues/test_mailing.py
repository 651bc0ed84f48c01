"""One mail a recipient, over a real server and over one that goes away at each step."""

import email
import shutil
import ssl
import subprocess
import uuid
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from fakes import NOW
from made_issues import entry, hostile_issue, hostile_texts, issue_of
from mail_servers import STEPS, Kept, dropping_server, free_port, login_of, mail_server

from digest.adapters.smtp import SmtpServer
from digest.errors import ConfigError, SendError
from digest.issues.sending import (
    Envelope,
    Mailing,
    SentFile,
    draft_message,
    letter_of,
    mailed,
    mails_of,
    message_to,
    send_mails,
    without_mended,
)
from digest.records import Letter

LETTER = letter_of(
    issue_of(entry("Îles sans glace — “tard”"), title="Signale für Käse", site="https://letters.example"), {}
)
ENVELOPE = Envelope("Anna Käser <anna@letters.example>", "https://letters.example/leave?who={address}")
TRIO = ("ada@one.example", "ben@two.example", "cyd@three.example")


def new_key() -> str:
    return str(uuid.uuid4())


def send(
    kept: Kept, output: Path, recipients: tuple[str, ...] = TRIO, *, again: bool = False, **options: object
) -> Mailing:
    sent = SentFile(output, LETTER.issue)
    mailing = mailed(sent, LETTER, "list", recipients, again=again, new_key=new_key, now=NOW)
    mails = mails_of(LETTER, ENVELOPE, mailing, written_at=NOW)
    settings = {"security": "none", "timeout_s": 10.0, **options}
    server = SmtpServer("list", "127.0.0.1", kept.port, **settings)  # type: ignore[arg-type]
    try:
        return send_mails(server, sent, mailing, mails, ENVELOPE.address, now=lambda: NOW)
    finally:
        server.close()


def states(output: Path) -> dict[str, str]:
    sending = SentFile(output, LETTER.issue).last("list", "smtp")
    return {each.address: each.state for each in sending.deliveries} if sending else {}


def test_of_forty_recipients_three_are_refused_and_named_and_the_others_get_theirs(tmp_path: Path) -> None:
    everybody = tuple(f"reader{at}@mail.example" for at in range(40))
    refused = everybody[3], everybody[17], everybody[39]
    with mail_server(refused) as kept:
        mailing = send(kept, tmp_path, everybody)
        assert {to for _, to, _ in kept.mails} == set(everybody) - set(refused)
        assert len(kept.mails) == 37
        assert mailing.addresses("refused") == list(refused)
        said = {each.address: each.said for each in mailing.sending.deliveries if each.state == "refused"}
        assert all(said[each] == f"{each}: refused: 550 5.1.1 no mailbox {each} here" for each in refused)
        again = send(kept, tmp_path, everybody)
        assert len(kept.mails) == 37
        assert again.to_send == refused
        kept.refused = ()
        last = send(kept, tmp_path, everybody)
        assert len(kept.mails) == 40
        assert (last.to_send, last.sending.state) == ((), "sent")


def test_an_address_that_was_mended_or_taken_out_is_refused_no_more(tmp_path: Path) -> None:
    with mail_server(TRIO[:2]) as kept:
        refusing = send(kept, tmp_path)
        assert refusing.addresses("refused") == list(TRIO[:2])
        known = without_mended(refusing.sending, (TRIO[1].upper(),)).deliveries
        assert [(each.address, each.state) for each in known] == [(TRIO[1], "refused"), (TRIO[2], "accepted")]
        mended = send(kept, tmp_path, ("ada@mended.example", TRIO[2]))
    assert (mended.to_send, mended.addresses("refused"), mended.sending.state) == ((), [], "sent")
    assert states(tmp_path) == dict.fromkeys((TRIO[2], "ada@mended.example"), "accepted")
    # Whoever has it does not get it again for having been taken out in between.
    with mail_server() as kept:
        assert send(kept, tmp_path).to_send == ()
        assert [to for _, to, _ in kept.mails] == list(TRIO[:2])


def test_a_server_that_takes_few_mails_a_connection_gets_another(tmp_path: Path) -> None:
    everybody = tuple(f"reader{at}@mail.example" for at in range(5))
    with mail_server() as kept:
        kept.most = 2
        assert send(kept, tmp_path, everybody).to_send == ()
        assert [to for _, to, _ in kept.mails] == list(everybody)
        kept.most = 0
        with pytest.raises(SendError, match="enough, closing connection; try again later"):
            send(kept, tmp_path, ("late@mail.example",))


def test_a_sender_who_is_refused_is_no_fault_of_the_recipients(tmp_path: Path) -> None:
    with mail_server() as kept:
        kept.sender_refused = "553 5.7.1 not your address"
        said = "sender anna@letters.example: refused: 553 5.7.1 not your address; look at sender and user"
        with pytest.raises(SendError, match=said):
            send(kept, tmp_path)
        assert states(tmp_path) == {}
        kept.sender_refused = ""
        assert send(kept, tmp_path).to_send == ()


def test_each_mail_names_one_recipient_alone(tmp_path: Path) -> None:
    with mail_server() as kept:
        send(kept, tmp_path, (*TRIO, "ADA@one.example"))
        assert len(kept.mails) == 3
        for at, to in enumerate(TRIO):
            content = kept.to(to)
            assert not any(other.encode() in content for other in TRIO[:at] + TRIO[at + 1 :])
            assert kept.mails[at][0] == "anna@letters.example"


def parts_of(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return plain.get_content(), html.get_content()


def test_a_mail_as_it_arrives_reads_the_same_in_two_parsers(tmp_path: Path) -> None:
    with mail_server() as kept:
        send(kept, tmp_path, TRIO[:1])
    content = kept.to(TRIO[0])
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert message["Subject"] == LETTER.subject == "Signale für Käse, 22 November 2026"
    (sender,), (to,) = message["From"].addresses, message["To"].addresses
    assert (sender.display_name, sender.addr_spec, to.addr_spec) == (
        "Anna Käser",
        "anna@letters.example",
        TRIO[0],
    )
    text, html = (each.replace("\r\n", "\n") for each in parts_of(message))
    assert (text, html) == (LETTER.mail_text, LETTER.mail_html)
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    # git reads mails with code of its own.
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    said, words = _read_by_git(content, tmp_path)
    assert "Author: Anna Käser" in said
    assert "Email: anna@letters.example" in said
    assert "Subject: Signale für Käse, 22 November 2026" in said
    for line in filter(None, (*text.split("\n"), *html.split("\n"))):
        assert line in words, line


def _read_by_git(content: bytes, folder: Path) -> tuple[str, str]:
    msg, patch = folder / "msg", folder / "patch"
    done = subprocess.run(
        ["git", "mailinfo", "--no-scissors", "-k", "--encoding=UTF-8", str(msg), str(patch)],
        input=content.replace(b"\r\n", b"\n"),  # as mails are kept
        capture_output=True,
        check=True,
        cwd=folder,
    )
    return done.stdout.decode(), msg.read_text("utf-8") + patch.read_text("utf-8")


def test_unsubscribing_is_one_click_and_its_headers_are_never_folded(tmp_path: Path) -> None:
    with mail_server() as kept:
        send(kept, tmp_path, TRIO[:1])
    lines = kept.to(TRIO[0]).split(b"\r\n\r\n")[0].split(b"\r\n")
    assert b"List-Unsubscribe: <https://letters.example/leave?who=ada@one.example>" in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    by_mail = replace(ENVELOPE, unsubscribe="mailto:leave@letters.example")
    message = message_to(LETTER, by_mail, TRIO[0], key="k", written_at=NOW)
    assert message["List-Unsubscribe"] == "<mailto:leave@letters.example>"
    assert "List-Unsubscribe-Post" not in message
    long = f"{'x' * 40}@mail.example"
    with pytest.raises(ConfigError, match=f"the header for {long} would have .* characters"):
        message_to(LETTER, ENVELOPE, long, key="k", written_at=NOW)


def test_a_mail_has_the_same_id_however_often_it_is_tried() -> None:
    ids = {message_to(LETTER, ENVELOPE, to, key="k", written_at=NOW)["Message-ID"] for to in (*TRIO, *TRIO)}
    assert len(ids) == 3


HANDED_OVER = {"data": "maybe", "body": "maybe", "answer": "maybe"}


@pytest.mark.parametrize("step", STEPS)
def test_where_the_line_is_dropped_decides_what_is_known(step: str, tmp_path: Path) -> None:
    with dropping_server(step, after=1) as kept:
        if step in ("connect", "ehlo"):
            # Both come once a connection: the first mail has none before it.
            kept.mails.append(("", "", b""))
        with pytest.raises(SendError) as caught:
            send(kept, tmp_path)
    at = TRIO[0] if step in ("connect", "ehlo") else TRIO[1]
    assert caught.value.may_be_done == (step in HANDED_OVER)
    found = states(tmp_path)
    assert found.get(at, "nothing") == HANDED_OVER.get(step, "nothing")
    step_said = "may have been sent, and is not sent again without --again"
    assert (f"the mail to {at} {step_said}" in str(caught.value)) == (step in HANDED_OVER)
    taken = {to for to, state in found.items() if state != "refused"}
    with mail_server() as real:
        send(real, tmp_path)
        # Whoever has it, or may have it, gets nothing more.
        assert {to for _, to, _ in real.mails} == set(TRIO) - taken
        send(real, tmp_path, again=True)
        assert {to for _, to, _ in real.mails} == set(TRIO) - taken | {
            to for to, state in found.items() if state == "maybe"
        }
        count = len(real.mails)
        send(real, tmp_path, again=True)
        assert len(real.mails) == count


def test_a_server_that_says_nothing_is_given_up_and_nobody_knows(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        kept = Kept(port=silent.getsockname()[1])
        with pytest.raises(
            SendError, match=r"no answer within 0\.2 s; look at server and port, or try again"
        ):
            send(kept, tmp_path, timeout_s=0.2)
    assert states(tmp_path) == {}


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_is_told_by_its_variable_and_never_shown(tmp_path: Path) -> None:
    login = {"user": "anna", "password_variable": "SMTP_PASSWORD"}
    with mail_server(**login_of("anna", "right-horse")) as kept:
        with pytest.raises(
            SendError, match="does not take the login; look at user and SMTP_PASSWORD"
        ) as caught:
            send(kept, tmp_path, password="wrong-horse-battery", **login)
        assert "wrong-horse" not in str(caught.value)
        assert not kept.mails
        send(kept, tmp_path, password="right-horse", **login)
        assert len(kept.mails) == 3


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, certificate: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    with mail_server(tls_context=server, require_starttls=True) as kept:
        with pytest.raises(SendError, match=r"its certificate is not accepted: .*; nothing was sent"):
            send(kept, tmp_path, security="starttls")
        assert not kept.mails
        trusting = ssl.create_default_context(cafile=str(certificate))
        send(kept, tmp_path, security="starttls", context=trusting)
        assert len(kept.mails) == 3


def test_a_server_without_tls_gets_no_mail_that_wants_it(tmp_path: Path) -> None:
    with mail_server() as kept:
        with pytest.raises(SendError, match=r"STARTTLS .*; nothing was sent; try tls"):
            send(kept, tmp_path, security="starttls")
        assert not kept.mails
    with pytest.raises(SendError, match="refused; look at server and port"):
        send(Kept(port=free_port()), tmp_path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    words += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*words, "-keyout", str(path), "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def hostile_letters(dev_data: Path | None) -> list[Letter]:
    texts = hostile_texts(dev_data)
    letters = [letter_of(hostile_issue(texts[at : at + 40]), {}) for at in range(0, len(texts), 40)]
    titles = (
        "Week\r\nBcc: thief@e.org",
        "Week\nSubject: x",
        "W\u2028Bcc: thief@e.org",
        "=?utf-8?q?a=0ABcc:_thief@e.org?=",
    )
    return letters + [letter_of(issue_of(entry(), title=title), {}) for title in titles]


@pytest.fixture
def naughty(request: pytest.FixtureRequest) -> list[Letter]:
    try:
        folder: Path | None = request.getfixturevalue("dev_data")
    except pytest.skip.Exception:
        folder = None
    return hostile_letters(folder)


def test_no_text_adds_a_header_or_a_part(naughty: list[Letter]) -> None:
    expected = {name.lower() for name in message_to(LETTER, ENVELOPE, TRIO[0], key="k", written_at=NOW)}
    for letter in naughty:
        content = message_to(letter, ENVELOPE, TRIO[0], key="k", written_at=NOW).as_bytes(policy=policy.SMTP)
        found = email.message_from_bytes(content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        assert {name.lower() for name in found} == expected
        assert len(found) == len(expected)
        assert [each.addr_spec for each in found["To"].addresses] == [TRIO[0]]
        assert len(list(found.walk())) == 3
        parts_of(found)


def test_a_message_file_opens_for_writing_and_has_no_recipient() -> None:
    found = email.message_from_bytes(
        draft_message(LETTER, sender=ENVELOPE.sender).as_bytes(policy=policy.SMTP), policy=policy.default
    )
    assert isinstance(found, EmailMessage)
    assert (found["X-Unsent"], found["To"], found["Subject"]) == ("1", None, LETTER.subject)
    assert found["From"].addresses[0].addr_spec == "anna@letters.example"
    assert parts_of(found)[0].replace("\r\n", "\n") == LETTER.mail_text
