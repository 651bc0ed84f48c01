"""What a mail says, and which of its links are articles."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import STYLES, TITLES, thirty, written

from digest.errors import FeedError
from digest.feeds.mails import MAX_LINKS, read_mail
from digest.feeds.trackers import is_click_tracker, is_confirmation, is_never_asked
from digest.language.mail_headers import header, headers_of, is_from, mail_key, sender_of, sent_at
from digest.records import Mail

MAILS = thirty()
HTML = "text/html; charset=utf-8"


def mail(body: str, *, kind: str = HTML, sender: str = "News <news@own.example>", extra: str = "") -> Mail:
    raw = f"From: {sender}\r\nSubject: Issue 7\r\n{extra}Content-Type: {kind}\r\n\r\n{body}"
    return read_mail(raw.encode(), url="mail/box")


def urls(found: Mail) -> list[str]:
    return [link.url for link in found.links]


@pytest.mark.parametrize("number", range(30))
def test_a_mail_of_any_platform_and_charset_gives_its_articles_titles(number: int) -> None:
    found = read_mail(MAILS[number].raw, url="mail/box")
    assert found.sender == "Wéak Signals"
    assert found.subject == f"Weak Signals {number}: {TITLES[number % 5]}"
    # What the charset of the mail lacks was lost when it was written.
    lossy = {"—": "?", "“": "?", "”": "?"}
    right = [TITLES[(number + at) % 5] for at in range(3)]
    lost = ["".join(lossy.get(letter, letter) for letter in title) for title in right]
    assert [link.title for link in found.links[:3]] in (right, lost)
    assert "Grüße!" in found.text


def test_links_that_unsubscribe_or_confirm_are_never_taken() -> None:
    asked = "https://click.own.example/ls/click?upn={}"
    body = "".join(
        f"<p>{before}<a href='{asked.format(place)}'>{words}</a>{after}</p>"
        for place, (before, words, after) in enumerate(
            (
                ("", "Unsubscribe", ""),
                ("To stop these mails, ", "unsubscribe here", "."),
                ("Want to unsubscribe? Click ", "here", "."),
                ("You may ", "opt out", " at any time"),
                ("", "Update your preferences", ""),
                ("", "Confirm your address", ""),
                ("", "Confirm your spot", ""),
                ("", "Change my e-mail address", ""),
                ("", "Update account", ""),
                ("", "Update your contact details", ""),
                ("", "Stop these", ""),
                ("", "Stop receiving this", ""),
                ("", "Set your email preferences", ""),
                ("", "One-click unsubscribe", ""),
                ("", "Update my info", ""),
                ("", "Manage your privacy choices", ""),
                ("", "Change your city", ""),
                ("Please confirm your address ", "here", ""),
                ("", "Jetzt abbestellen", ""),
                ("", "Se désabonner", ""),
                ("", "Darse de baja", ""),
                ("", "<img alt='Unsubscribe' src='x.png'>", ""),
            )
        )
    )
    assert mail(body).links == ()


def test_titles_that_only_sound_like_it_stay() -> None:
    titles = (
        "Scientists confirm water under the ice",
        "Cities change the way they count voters’ preferences",
        "Why millions of viewers unsubscribe from streaming services every single month",
        "Managers opt for night trains",
        "Stop your engine, says the mayor",
        "Change your mind about heat pumps",
        "Update your priors",
        "Stop the data centre boom",
        "Set the clocks back for good",
        "One-click checkout comes to the EU",
    )
    body = "".join(f"<p><a href='https://a.org/{at}'>{title}</a></p>" for at, title in enumerate(titles))
    assert [link.title for link in mail(body).links] == list(titles)


def test_of_a_mail_that_asks_to_confirm_no_link_is_taken() -> None:
    raw = (
        b"From: n@own.example\r\nSubject: Please confirm your subscription\r\nContent-Type: text/html\r\n\r\n"
    )
    body = b"<a href='https://click.own.example/ls/click?upn=1'>Yes, I am in</a>"
    assert read_mail(raw + body, url="mail/box").links == ()


def test_addresses_of_the_header_for_unsubscribing_are_not_taken() -> None:
    extra = "List-Unsubscribe: <https://lists.else.example/u/1234>\r\n"
    body = "<a href='https://lists.else.example/u/1234'>Great article</a> <a href='https://a.org/x'>X</a>"
    assert urls(mail(body, extra=extra)) == ["https://a.org/x"]


def test_plain_text_names_links_by_what_stands_before_them() -> None:
    body = (
        "1. Tides at last\r\nhttps://a.org/tides (in English).\r\n\r\n"
        "* Heat pumps: https://b.org/heat_(pump).\r\n"
        "> Quoted: <https://c.org/quoted>\r\n"
        "https://d.org/alone\r\n"
    )
    found = mail(body, kind="text/plain")
    assert [(link.url, link.title) for link in found.links] == [
        ("https://a.org/tides", "1. Tides at last"),
        ("https://b.org/heat_(pump)", "Heat pumps"),
        ("https://c.org/quoted", "Quoted"),
        ("https://d.org/alone", ""),
    ]


def test_a_forwarded_issue_keeps_its_articles_and_loses_its_own_pages() -> None:
    body = (
        "FYI\r\n\r\n---------- Forwarded message ---------\r\nFrom: Weak <weak@signals.example>\r\n"
        "Subject: Issue 3\r\n\r\nTides: https://a.org/tides\r\nAbout us: https://www.signals.example/about\r\n"
    )
    assert urls(mail(body, kind="text/plain", sender="Me <me@gmail.com>")) == ["https://a.org/tides"]


@pytest.mark.parametrize(
    "told",
    [
        "---------- Forwarded message ---------<br>From: <strong>Weak</strong> "
        "<span>&lt;<a href='mailto:weak@mail.signals.example'>weak@mail.signals.example</a>&gt;</span>"
        "<br>Date: Fri<br>",
        "<p><b>Von:</b> Weak &lt;weak@signals.example&gt;<br><b>Gesendet:</b> Freitag</p>",
    ],
)
def test_what_is_forwarded_as_html_is_its_senders_and_is_named_as_he_did(told: str) -> None:
    body = (
        f"<div>FYI</div><div>{told}</div><a href='https://signals.example/about'>All about us, at length</a>"
        "<a href='https://a.org/tides'>Tides</a>"
    )
    raw = f"From: me@gmail.com\nSubject: Fwd: WG: Re: Issue 3\nContent-Type: {HTML}\n\n{body}"
    found = read_mail(raw.encode(), url="mail/box")
    assert (found.subject, urls(found)) == ("Issue 3", ["https://a.org/tides"])


@pytest.mark.parametrize(
    "coding", ["7bit", "quoted-printable ", '"Quoted-Printable"', "quoted-printable; x=y", ""]
)
def test_a_text_that_is_still_encoded_is_decoded(coding: str) -> None:
    body = '<p><a href=3D"https://a.org/tid=\r\nes?id=3D5">Les mar=C3=A9es</a></p>'
    extra = f"Content-Transfer-Encoding: {coding}\r\n" if coding else ""
    (link,) = mail(body, extra=extra).links
    assert (link.url, link.title) == ("https://a.org/tides?id=5", "Les marées")


@pytest.mark.parametrize("kind", ["text/plain", "text", "multipart/mixed"])
def test_html_is_read_as_such_whatever_it_is_called(kind: str) -> None:
    (link,) = mail("<html><a href='https://a.org/tides'>Tides</a></html>", kind=kind).links
    assert link.title == "Tides"


def test_lines_that_were_broken_for_sending_are_joined() -> None:
    body = "Tides\r\nhttps://a.org/a/long/address/ \r\nthat-ends-here\r\n\r\n> \r\n> Quoted\r\n"
    (link,) = mail(body, kind="text/plain; format=flowed; delsp=yes").links
    assert (link.url, link.title) == ("https://a.org/a/long/address/that-ends-here", "Tides")


@pytest.mark.parametrize("subject", ["More: tides", "Weekly re: climate", "re:publica 2026", "Awe: a week"])
def test_a_subject_that_only_has_such_letters_stays(subject: str) -> None:
    raw = f"From: n@own.example\nSubject: {subject}\n\nhttps://a.org/tides"
    assert read_mail(raw.encode(), url="mail/box").subject == subject


def test_a_letter_quoted_in_an_issue_makes_nobodys_pages_the_newsletters() -> None:
    body = "<p>From: ann@a.org</p><p>Dear editor, read this.</p>" + "<p>x</p>" * 9 + "<p>Date: 1 May</p>"
    assert urls(mail(f"{body}<a href='https://a.org/tides'>Tides</a>")) == ["https://a.org/tides"]


@pytest.mark.parametrize("kind", ["multipart/report; report-type=delivery-status; boundary=b", "text/html"])
def test_what_comes_back_is_no_issue(kind: str) -> None:
    inner = "<a href='https://a.org/tides'>Tides</a>"
    body = f"--b\r\nContent-Type: text/html\r\n\r\n{inner}\r\n--b--\r\n" if "report" in kind else inner
    extra = "" if "report" in kind else "Auto-Submitted: auto-replied (vacation)\r\n"
    assert mail(body, kind=kind, extra=extra).links == ()
    assert len(mail(inner, extra="Auto-Submitted: auto-generated\r\n").links) == 1


def test_a_reply_keeps_the_links_of_what_it_quotes() -> None:
    body = "<p>Nice!</p><blockquote><a href='https://a.org/tides'>Tides</a></blockquote>"
    assert urls(mail(body, sender="me@gmail.com")) == ["https://a.org/tides"]


@pytest.mark.parametrize("how", ["message/rfc822", "file"])
def test_an_attached_mail_is_read(how: str) -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "weak@signals.example", "Issue 3"
    inner.set_content("<a href='https://a.org/tides'>Tides</a>", subtype="html")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "me@gmail.com", "Fwd"
    outer.set_content("see attached")
    if how == "file":
        outer.add_attachment(inner.as_bytes(), "application", "octet-stream", filename="issue.eml")
    else:
        outer.add_attachment(inner)
    assert urls(read_mail(outer.as_bytes(), url="mail/box")) == ["https://a.org/tides"]


def test_an_issue_on_the_web_is_named_without_what_names_its_reader() -> None:
    def web(url: str) -> str:
        return mail(f"<a href='{url}'>View this email in your browser</a>").url

    assert web("https://own.example/p/7?token=abc&e=me") == "https://own.example/p/7"
    assert web("https://own.example/view/k3J9sDf02LmQx8ZpYt41") == ""
    assert web("https://click.own.example/ls/click?upn=1") == ""
    assert web("https://me:secret@own.example/p/7") == "https://own.example/p/7"


def test_every_style_names_its_trackers() -> None:
    for style in STYLES:
        for url in written(style, ("html", "utf-8", "8bit"), number=2).redirects:
            assert is_click_tracker(url), url
    for url in (
        "https://mailchi.mp/weak/issue",
        "https://example.org/r/",
        "https://substack.com/@ann",
        "https://[",
    ):
        assert not is_click_tracker(url)


# -- hostile -------------------------------------------------------------------------------------------------

HOSTILE = [
    b"",
    b"\x00" * 1000,
    b"From: a\r\n" * 5000,
    b"Subject: =?utf-8?b?" + b"A" * 100_000 + b"?=\r\n\r\n",
    b"Subject: =?no-such-charset?q?x=FF?=\r\nFrom: =?utf-8?q?" + b"<" * 5000 + b"?=\r\nDate: never\r\n\r\nx",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\nhttps://a.org/x\r\n" * 20_000,
    b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(600)),
    b"".join(b"Content-Type: message/rfc822\r\n\r\n" for _ in range(2000)) + b"x",
    b"Content-Type: text/html; charset=" + b"x" * 10_000 + b"\r\n\r\n" + b"<a href='https://a.org/x'>x</a>",
    b"Content-Type: text/html; charset*=''%00\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!===",
    b"Content-Type: text/plain\r\n\r\n" + b">" * 200_000,
    b"Content-Type: text/plain\r\n\r\nFrom: " + b"a." * 100_000 + b"@x",
    b"Content-Type: text/plain\r\n\r\n" + b"https://a.org/" + b"(" * 50_000 + b")" * 50_001,
    b"Content-Type: text/html\r\n\r\n" + b"<div>" * 20_000 + b"<a href='https://a.org/x'>x</a>",
    b"Content-Type: text/html\r\n\r\n" + b"<td>" + b"<a href=https://a.org/x>here</a> " * 3000,
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_mail_is_read_or_refused(raw: bytes) -> None:
    try:
        found = read_mail(raw, url="mail/box")
    except FeedError:
        return
    assert len(found.links) <= MAX_LINKS


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_no_bytes_are_too_odd(raw: bytes) -> None:
    for body in (raw, b"Content-Type: text/html\r\n\r\n" + raw, b"From: " + raw):
        try:
            read_mail(body, url="mail/box")
        except FeedError:
            continue


@given(st.text(max_size=300))
def test_no_words_are_too_odd(text: str) -> None:
    is_never_asked(text, text, text)
    is_confirmation(text)
    is_click_tracker(text)


def test_two_mails_under_one_id_are_two() -> None:
    first = headers_of(b"Message-ID: <1@x>\r\nFrom: a@b.example\r\nSubject: A\r\n\r\n")
    second = headers_of(b"Message-ID: <1@x>\r\nFrom: c@d.example\r\nSubject: A\r\n\r\n")
    assert mail_key(first) != mail_key(second)
    assert mail_key(first) == mail_key(
        headers_of(b"Subject:  A\nFrom: a@b.example\nMessage-id: <1@x>\nX: y\n\n")
    )


def test_headers_that_say_nothing() -> None:
    message = headers_of(b"From: \r\nDate: Mon, 99 Foo 2026\r\n\r\n")
    assert (sender_of(message), sent_at(message), header(message, "subject")) == (("", ""), None, "")


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_headers_may_have_letters_that_were_not_encoded(charset: str) -> None:
    message = headers_of("From: Müller & Söhne <n@own.example>\nSubject: Für immer\n\n".encode(charset))
    assert sender_of(message) == ("Müller & Söhne", "n@own.example")
    assert header(message, "subject") == "Für immer"


@pytest.mark.parametrize("name", ["Foo, Inc.", "Foo [news] @ work"])
def test_a_senders_name_that_should_have_been_quoted_hides_no_address(name: str) -> None:
    assert sender_of(headers_of(f"From: {name} <News@own.example>\n\n".encode())) == (
        name,
        "news@own.example",
    )


@pytest.mark.parametrize(
    ("address", "senders", "is_wanted"),
    [
        ("ann@news.example.org", (), True),
        ("ann@news.example.org", ("example.org",), True),
        ("ann@news.example.org", ("@example.org",), True),
        ("ann@news.example.org", ("Ann@news.example.org",), True),
        ("ann@badexample.org", ("example.org",), False),
        ("", ("example.org",), False),
    ],
)
def test_senders_are_addresses_or_domains(address: str, senders: tuple[str, ...], is_wanted: bool) -> None:
    assert is_from(address, senders) is is_wanted
