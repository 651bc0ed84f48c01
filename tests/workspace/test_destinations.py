"""Where issues are sent: what settings.send takes, and how a mistake in it is told."""

from pathlib import Path

import pytest

from digest.errors import ConfigError
from digest.workspace.config import SERIOUS, load_config
from digest.workspace.destinations import destination_of

SEND = """\
settings:
  send:
    - name: letters
      kind: smtp
      server: mail.example.org
      user: anna
      sender: Anna <anna@example.org>
      recipients: [ada@one.example, ben@two.example]
      unsubscribe: https://example.org/leave?who={address}
    - {name: weekly, kind: buttondown}
    - {name: blog, kind: ghost, url: https://blog.example.org/, newsletter: weekly, key: BLOG_KEY}
    - {name: list, kind: listmonk, url: http://127.0.0.1:9000, user: digest, lists: [3], template: 2}
  opt_out: [WWW.News.Example]
  serious: [size, dead-link]
feeds: []
"""


def problems(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "feeds.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(folder, environ={})
    return caught.value.problems


def test_destinations_are_read_with_where_their_keys_come_from(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(SEND, "utf-8")
    settings = load_config(tmp_path, environ={}).settings
    letters, weekly, blog, monk = settings.send
    assert (letters.smtp_port, letters.tls, letters.key_variable) == (587, "starttls", "SMTP_PASSWORD")
    assert letters.recipients == ("ada@one.example", "ben@two.example")
    assert (weekly.key_variable, blog.key_variable) == ("BUTTONDOWN_API_KEY", "BLOG_KEY")
    assert (blog.url, monk.lists, monk.key_variable) == (
        "https://blog.example.org",
        (3,),
        "LISTMONK_API_TOKEN",
    )
    assert (settings.opt_out, settings.serious) == (("news.example",), ("size", "dead-link"))
    assert destination_of(settings.send, "blog") is blog
    with pytest.raises(ConfigError, match="known: eml, letters, weekly, blog, list"):
        destination_of(settings.send, "nowhere")


def test_nothing_is_sent_anywhere_where_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n", "utf-8")
    settings = load_config(tmp_path, environ={}).settings
    assert (settings.send, settings.opt_out, settings.serious) == ((), (), SERIOUS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{name: a, kind: smtp}", "expected server and sender and recipients for smtp"),
        ("{name: a, kind: ghost}", "expected url for ghost"),
        ("{name: a, kind: listmonk, url: https://e.org, lists: [1]}", "expected user for listmonk"),
        ("{name: eml, kind: buttondown}", "name: expected a name of small letters, digits and hyphens"),
        ("{name: ../a, kind: buttondown}", "name: expected a name of small letters, digits and hyphens"),
        ("{name: a, kind: mailchimp}", "kind: expected smtp, buttondown, ghost or listmonk"),
        ("{name: a, kind: buttondown, key: 4f1c-9b2e}", "key: expected the name of a variable"),
        ("{name: a, kind: ghost, url: 'https://u:pw@e.org'}", "url: expected an http(s) URL without login"),
        ("{name: a, kind: buttondown, password: secret}", "password: unknown key"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, given: str, said: str) -> None:
    (found,) = problems(tmp_path, f"settings:\n  send:\n    - {given}\nfeeds: []\n")
    assert found.startswith("feeds.yaml:3: settings.send[0]")
    assert said in found
    assert "pw@" not in found


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("tls", "none", "expected tls or starttls for a server on another machine"),
        ("sender", "'Anna <anna>'", "sender: expected a mail address"),
        ("sender", "'=?utf-8?q?a=0ABcc:_b@e.org?= <anna@e.org>'", "sender: expected a mail address"),
        ("recipients", "['a@e.org, b@e.org']", "recipients[0]: expected a mail address"),
        ("recipients", '["a@e.org\\r\\nBcc: b@e.org"]', "recipients[0]: expected a mail address"),
        ("unsubscribe", "http://e.org/", "unsubscribe: expected an https or mailto address"),
        ("unsubscribe", '"https://e.org/\\nBcc:x"', "unsubscribe: expected an https or mailto address"),
        ("port", "70000", "port: expected at most 65535"),
    ],
)
def test_what_would_make_another_mail_is_refused(tmp_path: Path, name: str, value: str, said: str) -> None:
    settings = {"server": "mail.e.org", "sender": "anna@e.org", "recipients": "[a@e.org]", name: value}
    lines = "".join(f"      {key}: {each}\n" for key, each in settings.items())
    text = f"settings:\n  send:\n    - name: letters\n      kind: smtp\n{lines}feeds: []\n"
    (found,) = problems(tmp_path, text)
    assert said in found


def test_two_destinations_of_one_name_are_refused(tmp_path: Path) -> None:
    block = "    - {name: a, kind: buttondown}\n"
    assert problems(tmp_path, f"settings:\n  send:\n{block}{block}feeds: []\n") == (
        "feeds.yaml:4: settings.send[1].name: the same name as one before",
    )
