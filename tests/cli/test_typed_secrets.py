"""What was typed, or stands in feeds.yaml, is quoted when it is wrong; what is secret in it is not."""

import io
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from digest.cli import inputs
from digest.cli.app import app
from digest.errors import ConfigError
from digest.language.screen import Screen, guard
from digest.workspace.config import load_config

URL = "http://nina:SEKRET@h.example/a?token=SEKRET"


def typed(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["-C", str(folder), *words], env={"COLUMNS": "60"})


@pytest.mark.parametrize(
    "words",
    [
        ("publish", URL),
        ("publish", "20261122", URL),
        ("draft", "list", "--issue", URL),
        ("trends", f"--{URL}"),
        ("run", "--limit", URL),
        ("feeds", URL),
        ("feeds", "add", "https://e.example/", "--kind", URL),
        ("export", "--in", URL),
        (URL,),
        ("draft", "list", "-C", URL),
        ("check", "a", "b", URL),
    ],
)
def test_a_mistake_of_usage_is_told_without_secrets(words: tuple[str, ...], tmp_path: Path) -> None:
    done = typed(tmp_path, *words)
    assert done.exit_code == 2, done.output
    assert "SEKRET" not in "".join(done.output.replace("│", " ").split())


def test_whatever_goes_to_standard_error_is_told_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", Screen(io.StringIO()))
    monkeypatch.setattr(sys, "stderr", written)
    guard()
    sys.stderr.writelines([f"a library says: {URL}\n"])
    assert written.getvalue() == "a library says: http://***@h.example/a?token=***\n"


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        ("'http://n:SEKRET x@127.0.0.1/feed'", "got 'http://***@127.0.0.1/feed'"),
        ("'http://n:SEK RET/SEKRET@127.0.0.1/feed'", "got 'http://***@127.0.0.1/feed'"),
        ("'n:SEKRET x@h.example/feed'", "got '***@h.example/feed'"),
        ("{'http://n:SEKRET@h.example/feed': 5}", "feeds[0].http://***@h.example/feed: unknown key"),
        ("{'http://h.example/?api_key[0]=SEKRET': 5}", "feeds[0].http://h.example/?api_key[0]=***: unknown"),
        ("{url: 'https://e.example', 'n:SEKRET@h': 5}", "@h: unknown key"),
    ],
)
def test_a_mistake_in_feeds_yaml_is_told_without_secrets(feed: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(f"feeds:\n  - {feed}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path, environ={})
    assert said in str(caught.value)
    assert not [each for each in caught.value.problems if "SEK" in each]


@pytest.mark.parametrize(
    ("address", "quoted"),
    [
        ("http://n:SEKRET x@127.0.0.1/feed", "'http://***@127.0.0.1/feed'"),
        ("n:SEKRET x@127.0.0.1/feed", "'***@127.0.0.1/feed'"),
        ("", "''"),
        ("   ", "''"),
        ("javascript:alert(1)", "'javascript:alert(1)'"),
        ("javascript:alert('a@b.org')", "\"javascript:alert('a@b.org')\""),
        ("JavaScript:1", "'JavaScript:1'"),
        ("mailto:me@h.example", "'mailto:me@h.example'"),
        ("data:text/html,x", "'data:text/html,x'"),
        ("file:///etc/passwd", "'file:///etc/passwd'"),
        ("https://", "'https://'"),
        ("https://h.example:port/", "'https://h.example:port/'"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused_before_anything_is_asked(
    address: str, quoted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "page_of", lambda *_: pytest.fail("asked"))
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    said = str(typed(tmp_path, "feeds", "add", "--", address).exception)
    assert said == f"feeds add: expected an address such as https://example.org/feed, got {quoted}"


@pytest.mark.parametrize("address", ["h.example:8080/feed", "me:pw@h.example/feed", "http://[::1]/feed"])
def test_addresses_may_lack_a_scheme(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def page_of(url: str, config: object, access: object = None) -> None:
        asked.append(url)
        raise ConfigError("enough")

    monkeypatch.setattr(inputs, "page_of", page_of)
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    typed(tmp_path, "feeds", "add", address)
    assert asked == [address if "://" in address else f"https://{address}"]
