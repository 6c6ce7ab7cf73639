"""A user changes her password: the old one is asked for, and other sessions end."""

from __future__ import annotations

import re

import pytest

from dashboard.access import attempts as attempts_module
from tests.dashboard.access.signing import (
    ADA,
    ENCRYPTED,
    PASSWORD,
    accounts_of,
    browser,
    database_of,
    is_in,
    made,
    sign_in,
)

ADDRESS, NEW = "/lab/password", "another long password"
HTML = {"Accept": "text/html,*/*;q=0.8"}
FORM = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def server(folder):
    return made(folder)


@pytest.fixture
def client(server):
    client = browser(server)
    sign_in(client)
    return client


def change(client, old=PASSWORD, new=NEW, again=None, **named):
    sent = {"old": old, "new": new, "again": new if again is None else again, "next": "/lab/"}
    return client.post(ADDRESS, data=sent, **named)


def test_the_new_password_holds_and_all_other_sessions_end(server, client):
    other = browser(server)
    sign_in(other)
    answer = change(client)
    assert answer.status_code == 303 and answer.location.startswith("/lab/password?changed=")
    assert "Your password is changed" in client.get(answer.location).text
    assert is_in(client) and not is_in(other)
    assert sign_in(browser(server)).status_code == 401
    assert sign_in(browser(server), password=NEW).status_code == 303


def test_the_session_is_another_one(server, client):
    before = {cookie.key: cookie.value for cookie in client._cookies.values()}
    assert change(client).status_code == 303
    stolen = browser(server)
    for name, value in before.items():
        stolen.set_cookie(name, value, path="/lab/", domain="lab.example")
    assert is_in(client) and not is_in(stolen)


def test_the_cookie_is_out_of_reach(server):
    client = browser(server, **ENCRYPTED)
    sign_in(client)
    lines = change(client).headers.getlist("Set-Cookie")
    assert len(lines) == 2
    assert all("HttpOnly" in line and "Secure" in line and "SameSite=Lax" in line for line in lines)


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({"old": "wrong password"}, 403, "The password until now is wrong."),
        ({"old": ""}, 403, "The password until now is wrong."),
        ({"again": NEW + "x"}, 400, "The new password was not typed alike twice."),
        ({"new": "short"}, 400, "A password has 10 to 1,000 characters. Got 5."),
        ({"new": "x" * 1001}, 400, "A password has 10 to 1,000 characters. Got 1001."),
        ({"new": PASSWORD}, 400, "The new password is the one until now. Choose another one."),
    ],
)
def test_what_is_not_right_changes_nothing(server, client, sent, status, sentence):
    other = browser(server)
    sign_in(other)
    answer = change(client, **sent)
    assert answer.status_code == status and sentence in answer.text
    assert PASSWORD not in answer.text and NEW not in answer.text
    assert is_in(client) and is_in(other)
    assert sign_in(browser(server)).status_code == 303


def test_the_old_password_cannot_be_guessed_from_an_open_session(client, monkeypatch):
    monkeypatch.setattr(attempts_module, "PER_BROWSER", 2)
    answers = [change(client, old=f"wrong password {number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [403, 403, 429]
    assert "Try again in 15 minutes" in answers[-1].text and int(answers[-1].headers["Retry-After"]) > 0
    assert change(client).status_code == 429
    assert change(client, new="short").status_code == 400, "what cannot be right is no attempt"


def test_without_a_session_it_is_the_sign_in(server):
    client = browser(server)
    page = client.get(ADDRESS, headers=HTML)
    assert page.status_code == 401 and "<title>Sign in" in page.text
    answer = change(client, headers=FORM)
    assert answer.status_code == 401 and "<title>Sign in" in answer.text
    assert change(client).status_code == 401
    assert sign_in(browser(server)).status_code == 303


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_elsewhere_cannot_send_it(server, client, headers):
    assert change(client, headers=headers).status_code == 403
    assert client.post(ADDRESS, json={}).status_code == 415
    assert sign_in(browser(server)).status_code == 303


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://lab.example/lab/match?at=3&word=%3Cb%3E", "/lab/match?at=3&amp;word=%3Cb%3E"),
        ("http://lab.example/lab/password", "/lab/"),
        ("http://evil.example/lab/match", "/lab/"),
        ("http://lab.example//evil.example", "/lab/"),
        ("", "/lab/"),
    ],
)
def test_it_leads_back_to_the_view(client, referrer, back):
    text = client.get(ADDRESS, headers={"Referer": referrer} if referrer else {}).text
    assert f'name="next" value="{back}"' in text and f'href="{back}"' in text


def test_it_leads_nowhere_else(client):
    for wanted in ("//evil.example", "https://evil.example", "javascript:alert(1)"):
        assert 'href="/lab/"' in client.get(ADDRESS, query_string={"changed": wanted}).text


def test_what_the_page_needs_is_there(client):
    for address in re.findall(r'(?:src|href)="(/lab/sign-in/[^"]+)"', client.get(ADDRESS).text):
        with client.get(address) as answer:
            assert answer.status_code == 200


def links(answer) -> list[str]:
    return re.findall(r'"href":"([^"]+)"', answer.text.replace("\\u002f", "/"))


def test_the_frame_leads_there_where_there_are_accounts(folder, client):
    assert "/lab/password" in links(client.get("/lab/_dash-layout"))
    proxied = made(folder, access="proxy").test_client()
    named = {"REMOTE_ADDR": "10.0.0.5", "HTTP_X_FORWARDED_USER": ADA}
    answer = proxied.get("/lab/_dash-layout", environ_overrides=named)
    assert "You are ada." in answer.text and links(answer) and "/lab/password" not in links(answer)


def test_a_name_that_is_none_is_no_question_to_the_database(folder):
    accounts = accounts_of(folder)
    accounts.add(ADA, PASSWORD)
    assert accounts.check("a\0b", PASSWORD) is None
    assert accounts.password_mark("a\0b") == ""


def test_a_database_that_fails_says_so(folder, client):
    database_of(folder).close()
    (folder / "data" / "stateroom.sqlite").write_text("no database " * 1000)
    for file in (folder / "data").glob("stateroom.sqlite-*"):
        file.unlink()
    answer = client.get("/lab/sign-in", headers=HTML)
    assert answer.status_code == 503 and "Try again" in answer.text
