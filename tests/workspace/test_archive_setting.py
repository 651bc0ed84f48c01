"""`settings.archive`: which addresses stand there, and that no password does."""

from pathlib import Path

import pytest

from digest.cli.places import archive_address, archive_name, has_archive
from digest.errors import ConfigError
from digest.workspace.config import load_config

ADDRESS = "postgresql://team@db.example/digest?options=-csearch_path%3Dnews"


def workspace(folder: Path, setting: str) -> Path:
    (folder / "feeds.yaml").write_text(f"settings:\n{setting}\nfeeds:\n- https://a.example/feed\n")
    return folder


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://team:hush@db.example/digest",
        "postgresql://db.example/digest?password=hush",
        "postgresql://db.example/digest?sslmode=require&sslpassword=hush",
        "postgresql://db.example/digest?ssl%70assword=hush",
        "postgresql://db.example/digest?scram_client_key=hush",
        "postgresql://db.example/digest?oauth_client_secret=hush",
    ],
)
def test_a_password_is_refused_and_not_repeated(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(workspace(tmp_path, f"  archive: {given}"), environ={})
    assert "PGPASSWORD, ~/.pgpass or a service file" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_file_that_holds_a_secret_may_be_named(tmp_path: Path) -> None:
    given = "postgresql://db.example/digest?passfile=/etc/digest/pgpass&sslkey=/etc/digest/client.key"
    assert load_config(workspace(tmp_path, f"  archive: {given}"), environ={}).settings.archive == given


@pytest.mark.parametrize("given", ["archive.db", "mysql://db.example/digest", "postgresql://db:port/digest"])
def test_what_is_no_address_of_a_database_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigError, match=r"archive: expected an address such as postgresql://host/database"):
        load_config(workspace(tmp_path, f"  archive: {given}"), environ={})


@pytest.mark.parametrize("setting", [f"  archive: {ADDRESS}", f'  "archive" : "{ADDRESS}"'])
@pytest.mark.sqlite
def test_commands_go_where_the_settings_say(tmp_path: Path, setting: str) -> None:
    assert archive_address(workspace(tmp_path, setting)) == ADDRESS
    assert "db.example/digest" in archive_name(tmp_path)


@pytest.mark.sqlite
def test_without_the_setting_the_archive_is_a_file_however_broken_the_settings_are(tmp_path: Path) -> None:
    workspace(tmp_path, "  # archive: postgresql://db.example/digest\n  since: nonsense")
    assert archive_address(tmp_path) == ""
    assert archive_name(tmp_path) == str(tmp_path / "output" / "archive.db")
    assert not has_archive(tmp_path)


@pytest.mark.sqlite
def test_broken_settings_that_name_a_database_lead_to_no_file(tmp_path: Path) -> None:
    workspace(tmp_path, f"  archive: {ADDRESS}\n  since: nonsense")
    with pytest.raises(ConfigError, match="since"):
        archive_address(tmp_path)
