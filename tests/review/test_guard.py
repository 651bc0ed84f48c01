"""Nobody but the one browser that was given the address gets anything from the desk."""

import logging

import httpx2
import pytest
from desks import JSON, Served, room_of, served, serving
from newsroom import ISSUE

__all__ = ["served"]


def test_the_address_opens_once_and_its_cookie_is_kept_from_scripts_and_other_sites(served: Served) -> None:
    assert served.client.get(served.desk).status_code == 200
    assert served.keys.token == ""
    with httpx2.Client(base_url=f"http://{served.keys.host}") as other:
        for path in ("/", served.desk, "/static/desk.js", f"/site/issues/{ISSUE}.html", "/open?token="):
            assert other.get(path).status_code == 403, path
        assert not list(other.cookies.jar)


def test_the_token_is_worth_one_cookie_that_is_strict(tmp_path: object) -> None:
    with serving(room_of(tmp_path)) as keys:  # type: ignore[arg-type]
        address = keys.address
        assert httpx2.get(address.replace("token=", "token=x")).status_code == 403
        first = httpx2.get(address)
        cookie = first.headers["set-cookie"].lower()
        assert first.status_code == 303
        assert "token" not in first.headers["location"]
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert httpx2.get(address).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "localhost:{port}", "127.0.0.1", "127.0.0.1:1"])
def test_another_hosts_name_is_refused(served: Served, host: str) -> None:
    answer = served.client.get(served.desk, headers={"host": host.format(port=served.keys.port)})
    assert answer.status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_forms_of_other_sites_are_refused(served: Served, headers: dict[str, str]) -> None:
    act = f"approve {served.id_of('Kiln')}"
    data = {"form": served.keys.form, "act": act}
    answer = served.client.post(f"{served.desk}/status", data=data, headers=headers)
    assert answer.status_code == 403
    assert served.status_of("Kiln") == "pending"


@pytest.mark.parametrize("form", ["", "x", None])
def test_a_form_without_the_desks_own_token_is_refused(served: Served, form: str | None) -> None:
    data = {"act": f"approve {served.id_of('Kiln')}"} | ({} if form is None else {"form": form})
    story = f"/story/{served.id_of('Kiln')}"
    forms = [f"{story}/{each}" for each in ("save", "signals", "sentence", "bullets", "closest", "warning")]
    forms += [f"{served.desk}/{each}" for each in ("status", "publish", "order")]
    for path in ("/undo", f"/story/{'0' * 32}/save", *forms):
        assert served.client.post(path, data=data, headers=JSON).status_code == 403
    assert served.status_of("Kiln") == "pending"


@pytest.mark.parametrize(
    "path",
    [
        "/issue/..%2f..%2fetc",
        "/issue/20261122%00",
        "/issue/%D9%A2%D9%A0%D9%A2%D9%A6%D9%A1%D9%A1%D9%A2%D9%A2",
        "/issue/19990101",
        "/issue/20261122/preview/..%2f..%2farchive.db",
        "/issue/20261122/preview/%00",
        "/story/..%2f..%2farchive",
        "/story/" + "A" * 32,
        "/story/" + "0" * 32,
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/site/..%2farchive.db",
        "/site/%2e%2e/archive.db",
        "/site/nothing.html",
        "/archive.db",
    ],
)
def test_no_address_leads_out(served: Served, path: str) -> None:
    answer = served.client.get(path)
    assert answer.status_code in (404, 405), answer.text
    assert "SQLite" not in answer.text
    assert "import" not in answer.text


def test_ids_and_sections_in_forms_are_checked(served: Served) -> None:
    for act in ("approve ../../x", "explode " + served.id_of("Kiln"), "approve " + "0" * 32):
        answer = served.act(act)
        assert answer.status_code in (404, 409), act
    for key in ("../x", "evidence", "own-99", "status", ""):
        answer = served.save("Kiln", key, "x", "0")
        assert answer.status_code in (404, 409, 422), key
    assert "reason" in served.act(f"reject {served.id_of('Kiln')}", reason="nonsense").json()["said"][0]
    assert served.status_of("Kiln") == "pending"


def test_every_answer_has_a_strict_policy(served: Served) -> None:
    paths = (
        served.desk,
        f"/story/{served.id_of('Kiln')}",
        f"{served.desk}/publish",
        "/static/desk.js",
        "/no",
    )
    for path in paths:
        answer = served.client.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), path
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert " style=" not in answer.text
        assert " onclick" not in answer.text


def test_secrets_are_in_no_log(tmp_path: object, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), serving(room_of(tmp_path)) as keys:  # type: ignore[arg-type]
        token = keys.token
        address = keys.address
        caplog.clear()
        answer = httpx2.get(address, follow_redirects=False)
        assert answer.status_code == 303
    own = [line.getMessage() for line in caplog.records if line.name.startswith(("uvicorn", "digest"))]
    assert not [line for line in own if token in line or keys.cookie in line]
    assert token not in repr(keys)
    assert keys.cookie not in repr(keys)
