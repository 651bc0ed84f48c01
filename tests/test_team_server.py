"""Tests over a server where none is installed: left out with a notice, and a failure where one is needed."""

import pytest
import team_server


@pytest.mark.parametrize(
    ("words", "needs", "code"), [((), "", 1), (("--if-there",), "", 0), (("--if-there",), "1", 1)]
)
def test_a_missing_server_is_told_and_fails_where_it_is_needed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    needs: str,
    code: int,
) -> None:
    monkeypatch.setattr("team_server.bin_folders", list)
    monkeypatch.setattr("sys.argv", ["team_server.py", *words, "tests/store"])
    monkeypatch.setenv("DIGEST_NEEDS_POSTGRESQL", needs)
    assert team_server.main() == code
    said = capsys.readouterr().err
    assert "apt-get install postgresql" in said
    assert ("is left out" in said) is (code == 0)
