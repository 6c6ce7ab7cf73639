"""Signing in and out: what a session needs, what ends it, and what a page elsewhere cannot do."""

from __future__ import annotations

import re
import stat
import time

import pytest
from argon2 import PasswordHasher, extract_parameters

from dashboard import create_app
from dashboard.access import accounts as accounts_module
from dashboard.access import sessions as sessions_module
from dashboard.settings import Settings
from dashboard.settings_source import SettingsError
from dashboard.user import ANYBODY, current_user
from tests.dashboard.access.signing import (
    ADA,
    ENCRYPTED,
    PASSWORD,
    accounts_of,
    browser,
    form,
    is_in,
    made,
    sign_in,
)

HTML = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("accounts")


@pytest.fixture(scope="module")
def server(folder):
    return made(folder)


@pytest.fixture
def own(tmp_path):
    """A folder and an app of this test alone."""
    return tmp_path, made(tmp_path)


def session(client) -> str:
    return next((cookie.value for cookie in client._cookies.values() if "session" in cookie.key), "")


def given(answer) -> str:
    """The line that gives the browser its session."""
    return next(line for line in answer.headers.getlist("Set-Cookie") if "session" in line)


def test_signing_in_and_out(server):
    client = browser(server)
    assert not is_in(client)
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/lab/")
    assert is_in(client)
    name, kept = session_name(client), session(client)
    answer = client.post("/lab/sign-out", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 303 and "You are signed out." in client.get(answer.location).text
    assert not is_in(client)
    assert not is_in(showing(server, name, kept)), "a session that was ended does not come back"


def session_name(client) -> str:
    return next(cookie.key for cookie in client._cookies.values() if "session" in cookie.key)


def showing(server, name: str, value: str):
    """A browser that shows a session it was not given."""
    client = browser(server)
    client.set_cookie(name, value, path="/lab/", domain="lab.example")
    return client


def test_a_page_that_is_asked_for_is_shown_after_the_sign_in(server):
    client = browser(server)
    wanted = "/lab/match?recording=a%26b&state=x%20y&embed=1&theme=dark"
    page = client.get(wanted, headers=HTML)
    assert page.status_code == 401 and 'type="password"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "autofocus" not in page.text, "a frame does not take the focus"
    asked = {**form(client, wanted), "name": ADA, "password": PASSWORD}
    wrong = client.post("/lab/sign-in", data={**asked, "password": "wrong password"})
    assert 'action="/lab/sign-in?embed=1&amp;theme=dark"' in wrong.text, "it goes on looking alike"
    assert client.post("/lab/sign-in", data=asked).location == wanted


def test_a_script_is_told_that_the_session_is_over(server):
    answer = browser(server).post("/lab/ask/share", json={})
    assert answer.status_code == 401
    assert answer.json == {"error": "You are signed out. Sign in to go on."}


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/lab\\..\\evil",
        "/lab/\t/evil.example",
        "/lab//evil.example",
        "/lab/../evil",
        "/other/",
        "javascript:alert(1)",
        "/lab/\n",
        "http:/lab/",
        "/lab/" + "x" * 20_000,
        "",
    ],
)
def test_a_sign_in_leads_nowhere_else(server, wanted):
    assert sign_in(browser(server), next=wanted).location == "/lab/"


def test_what_was_asked_for_is_text_on_the_page(server):
    text = browser(server).get('/lab/match?x="><script>alert(1)</script>', headers=HTML).text
    assert "<script>alert" not in text
    asked = {"name": '"><script>alert(1)</script>', "password": "wrong password"}
    assert "<script>alert" not in sign_in(browser(server), **asked).text


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (ADA, "wrong password"),
        (ADA, ""),
        (ADA, PASSWORD + " "),
        ("eve", PASSWORD),
        ("", ""),
        (ADA, PASSWORD + "x" * 2_000),
        ("ada'--", PASSWORD),
    ],
)
def test_a_wrong_password_and_an_unknown_name_look_the_same(own, name, password):
    client = browser(own[1])
    answer = sign_in(client, name, password)
    assert answer.status_code == 401 and "The name or the password is wrong." in answer.text
    assert not is_in(client)


def test_an_unknown_name_takes_as_long(own, monkeypatch):
    monkeypatch.setattr(accounts_module, "PasswordHasher", PasswordHasher)
    accounts = accounts_of(own[0])
    accounts.change_password(ADA, PASSWORD)
    accounts.check("eve", "warms up")

    def seconds(name: str) -> float:
        began = time.process_time()
        assert accounts.check(name, "wrong password") is None
        return time.process_time() - began

    # In turn, so that what else the machine does is the same for both.
    ratios = sorted(seconds(ADA) / seconds("eve") for _ in range(5))
    assert 0.5 < ratios[2] < 2
    slow = extract_parameters(accounts._stored_hash(ADA))
    assert slow.memory_cost >= 64 * 1024 and slow.time_cost >= 3, "what is computed faster is guessed faster"


def test_large_and_small_letters_of_a_name_are_one(server):
    client = browser(server)
    assert sign_in(client, " ADA ").status_code == 303 and is_in(client)


def test_the_cookie_is_out_of_reach(server):
    for way, secure in (({}, False), (ENCRYPTED, True)):
        line = given(sign_in(browser(server, **way)))
        assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/lab/" in line
        assert ("Secure" in line) is secure and "Partitioned" not in line
        assert f"Max-Age={12 * 3600}" in line


@pytest.mark.parametrize(("way", "in_frames"), [(ENCRYPTED, True), ({}, False)])
def test_a_cookie_goes_into_frames_only_where_that_was_asked_for(tmp_path, way, in_frames):
    client = browser(made(tmp_path, embed_portals=("https://a.example",)), **way)
    line = given(sign_in(client))
    parts = {part.strip() for part in line.split(";")}
    assert parts >= ({"SameSite=None", "Secure", "Partitioned"} if in_frames else {"SameSite=Lax"})
    assert ("Partitioned" in parts) is in_frames


def test_a_session_is_not_the_one_that_was_there_before(server):
    """A session that somebody else put into the browser ends, and is not the one that is signed in."""
    attacker, victim = browser(server), browser(server)
    sign_in(attacker)
    before = session(attacker)
    asked = {"name": ADA, "password": PASSWORD, **form(victim)}
    victim.set_cookie(session_name(attacker), before, path="/lab/", domain="lab.example")
    answer = victim.post("/lab/sign-in", data=asked)
    assert answer.status_code == 303 and before not in given(answer)
    assert not is_in(attacker)


@pytest.mark.parametrize("change", ["token", "signature", "unsigned", "empty", "other"])
def test_a_session_that_was_made_up_is_none(own, change):
    client = browser(own[1])
    sign_in(client)
    token, _, signature = session(client).rpartition(".")
    name = session_name(client)
    if change == "other":
        # Signed with the key of another host, over a copy of the database.
        (own[0] / "key").unlink()
        assert not is_in(showing(made(own[0]), name, f"{token}.{signature}"))
        return
    value = {
        "token": f"{'AB'[token[0] == 'A']}{token[1:]}.{signature}",
        "signature": f"{token}.{'AB'[signature[0] == 'A']}{signature[1:]}",
        "unsigned": token,
        "empty": "",
    }[change]
    assert is_in(showing(own[1], name, f"{token}.{signature}"))
    assert not is_in(showing(own[1], name, value))


def test_the_database_holds_no_session_and_no_password(own):
    client = browser(own[1])
    sign_in(client)
    token = session(client).rpartition(".")[0]
    kept = b"".join(file.read_bytes() for file in (own[0] / "data").glob("stateroom.sqlite*"))
    assert token.encode() not in kept and PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept
    assert stat.S_IMODE((own[0] / "data" / "stateroom.sqlite").stat().st_mode) == 0o600


def test_a_session_ends_with_its_hours(own, monkeypatch):
    client, now = browser(own[1]), time.time()
    sign_in(client)
    monkeypatch.setattr(sessions_module.time, "time", lambda: now + 12 * 3600 - 60)
    assert is_in(client)
    monkeypatch.setattr(sessions_module.time, "time", lambda: now + 12 * 3600 + 60)
    assert not is_in(client)


@pytest.mark.parametrize("change", ["password", "removed", "removed and made again"])
def test_a_session_ends_with_its_account(own, change):
    folder, server = own
    accounts, client = accounts_of(folder), browser(server)
    sign_in(client)
    assert is_in(client)
    if change == "password":
        accounts.change_password(ADA, "another long password")
    else:
        accounts.remove(ADA)
    if change == "removed and made again":
        accounts.add(ADA, PASSWORD)
    assert not is_in(client)


def test_only_files_are_given_for_a_moment_more(own):
    folder, server = own
    client = browser(server)
    sign_in(client)
    with client.get("/lab/assets/dom.js") as answer:
        assert answer.status_code == 200
    accounts_of(folder).change_password(ADA, "another long password")
    assert not is_in(client)
    assert client.post("/lab/ask/share", json={}).status_code == 401
    with client.get("/lab/assets/dom.js") as answer:
        assert answer.status_code == 200
    with client.get("/lab/assets/../_dash-layout") as answer:
        assert answer.status_code in (401, 404)


def test_sessions_outlive_a_restart_and_are_shared_by_workers(own):
    folder, server = own
    client = browser(server)
    sign_in(client)
    name = session_name(client)
    assert is_in(showing(made(folder), name, session(client)))


def test_groups_hold_for_the_next_request(own):
    folder, server = own
    seen = []

    @server.before_request
    def look():
        seen.append(current_user())

    client = browser(server)
    sign_in(client)
    is_in(client)
    accounts_of(folder).change_groups(ADA, ["films"])
    is_in(client)
    assert [user.groups for user in seen[-2:]] == [{"lab"}, {"films"}]
    assert seen[-1].name == ADA and not seen[-1].sees_all


def test_a_user_is_forgotten_with_the_request(own):
    client = browser(own[1])
    sign_in(client)
    is_in(client)
    assert current_user() is ANYBODY


def test_accounts_without_any_do_not_start(tmp_path):
    accounts = accounts_of(tmp_path)
    accounts.add(ADA, PASSWORD)
    accounts.remove(ADA)
    with pytest.raises(SettingsError, match="python -m dashboard users add NAME"):
        create_app(
            Settings(
                data_dir=tmp_path / "data",
                cache_dir=tmp_path / "cache",
                secret_key_file=tmp_path / "key",
                access="accounts",
            )
        )


@pytest.mark.parametrize(
    ("token", "cookie"), [("", True), ("forged", True), ("own", False), ("of another browser", True)]
)
def test_a_page_elsewhere_cannot_sign_somebody_in(server, token, cookie):
    client = browser(server)
    asked = {**form(client), "name": ADA, "password": PASSWORD}
    if token == "of another browser":
        asked["token"] = form(browser(server))["token"]
    elif token != "own":
        asked["token"] = token
    if not cookie:
        client._cookies.clear()
    answer = client.post("/lab/sign-in", data=asked)
    assert answer.status_code == 400 and "Try again" in answer.text
    assert not is_in(client)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://lab.example"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://lab.example"}, False),
        ({"Origin": "http://lab.example:81"}, False),
        ({"Origin": "http://lab.example"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({}, True),
    ],
)
def test_a_page_elsewhere_cannot_ask_in_a_users_name(server, headers, passes):
    client = browser(server)
    sign_in(client)
    wanted = 200 if passes else 403
    assert client.post("/lab/ask/share", json={}, headers=headers).status_code == wanted
    assert (
        client.post("/lab/_dash-update-component", json={}, headers=headers).status_code == 403
    ) is not passes


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_what_a_form_elsewhere_can_send_is_no_question(server, kind):
    client = browser(server)
    sign_in(client)
    assert client.post("/lab/ask/share", data=b'{"a":1}', content_type=kind).status_code == 415


def test_a_proxy_in_front_is_part_of_the_origin(server):
    client = browser(server, **ENCRYPTED, HTTP_X_FORWARDED_HOST="portal.example")
    client.host = "127.0.0.1:8050"
    asked = {**form(client), "name": ADA, "password": PASSWORD}
    assert (
        client.post("/lab/sign-in", data=asked, headers={"Origin": "http://127.0.0.1:8050"}).status_code
        == 403
    )
    answer = client.post("/lab/sign-in", data=asked, headers={"Origin": "https://portal.example"})
    assert answer.status_code == 303 and "Secure" in given(answer)
    assert answer.headers["Strict-Transport-Security"]


def test_metrics_take_name_and_password(server):
    client = browser(server)
    assert client.get("/lab/metrics").status_code == 401
    assert client.get("/lab/metrics", auth=(ADA, "wrong password")).status_code == 401
    assert client.get("/lab/metrics", auth=(ADA, PASSWORD)).status_code != 401
    assert client.get("/lab/_dash-layout", auth=(ADA, PASSWORD)).status_code == 401


def test_a_body_that_is_too_large_is_refused(server):
    client = browser(server)
    assert client.post("/lab/sign-in", data={"name": "x" * 100_000}).status_code == 413


def test_what_the_page_needs_is_given_to_everybody_and_nothing_else(server):
    client = browser(server)
    page = client.get("/lab/sign-in").text
    needed = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(needed) == 3
    for address in needed:
        with client.get(address) as answer:
            assert answer.status_code == 200
    for address in ("sign-in/stateroom.js", "sign-in/../assets/dom.js", "assets/signin.css", "sign-out"):
        assert client.get(f"/lab/{address}").status_code == 401


def test_accounts_are_not_readable_by_their_passwords_alone(own):
    """Two accounts of the same password have different hashes."""
    accounts = accounts_of(own[0])
    accounts.add("bob", PASSWORD)
    hashes = {accounts._stored_hash(name) for name in (ADA, "bob")}
    assert len(hashes) == 2


def test_a_database_that_fails_lets_nobody_in(own):
    folder, server = own
    client = browser(server)
    sign_in(client)
    (folder / "data" / "stateroom.sqlite").write_text("no database " * 1000)
    for file in (folder / "data").glob("stateroom.sqlite-*"):
        file.unlink()
    assert client.get("/lab/_dash-layout").status_code in (401, 503)
