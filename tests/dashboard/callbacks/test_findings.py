"""Where the scripts ask for findings, and the two files: what they answer, also to nonsense."""

from __future__ import annotations

import pytest

from dashboard import create_app
from dashboard.settings import Settings
from tests.recordings import small_recording

SENT = {
    "page": "match", "query": "?recording=plays&from=4&embed=1", "title": "=1+1", "author": "Ada",
    "note": "<script>alert(1)</script>", "numbers": [{"name": "n", "value": 3}],
    "picture": '<svg xmlns="http://www.w3.org/2000/svg"/>',
}  # fmt: skip


@pytest.fixture
def client(tmp_path):
    small_recording(tmp_path / "recordings" / "plays")
    settings = Settings(
        data_dir=tmp_path / "recordings",
        cache_dir=tmp_path / "cache",
        secret_key_file=tmp_path / "key",
        prefix="/lab/",
    )
    return create_app(settings).server.test_client()


@pytest.fixture
def ask(client):
    def asked(question: str, **sent) -> dict:
        reply = client.post(f"/lab/ask/{question}", json=sent)
        assert reply.status_code == 200, reply.text
        return reply.get_json()

    return asked


def test_a_finding_is_kept_listed_changed_and_removed(ask):
    kept = ask("finding-keep", **SENT)["answer"]
    row = ask("findings")["answer"]["rows"][0]
    assert (row["id"], row["title"], row["line"]) == (kept["id"], "=1+1", "<script>alert(1)</script>")
    found = ask("finding", id=kept["id"], author="Ada")["answer"]
    assert (found["query"], found["mine"]) == ("recording=plays&from=4", True)
    assert "<script" not in found["html"]
    changed = ask("finding-change", id=kept["id"], author="Ada", version=1, title="two", note="")["answer"]
    assert (changed["done"], changed["now"]["version"]) == (True, 2)
    late = ask("finding-remove", id=kept["id"], author="Ada", version=1)["answer"]
    assert (late["done"], late["now"]["title"]) == (False, "two")
    assert ask("finding-remove", id=kept["id"], author="Ada", version=2)["answer"]["done"]
    assert ask("findings")["answer"]["rows"] == []


def test_what_arrives_twice_counts_once(ask):
    sent = {**SENT, "request": "a" * 32}
    kept = [ask("finding-keep", **sent)["answer"] for _ in range(2)]
    assert kept[0] == kept[1]
    changes = {"id": kept[0]["id"], "author": "Ada", "version": 1, "title": "two", "note": ""}
    changed = [ask("finding-change", **changes)["answer"] for _ in range(2)]
    assert changed[0] == changed[1] and changed[0]["done"]
    other = ask("finding-change", **{**changes, "title": "three"})["answer"]
    assert (other["done"], other["now"]["title"]) == (False, "two")
    assert len(ask("findings")["answer"]["rows"]) == 1
    removed = [ask("finding-remove", id=kept[0]["id"], author="Ada", version=2)["answer"] for _ in range(2)]
    assert removed == [{"done": True, "now": None}] * 2


def test_a_name_that_another_sent_leads_to_nothing_of_theirs(ask):
    sent = {**SENT, "request": "a" * 32}
    first = ask("finding-keep", **sent)["answer"]["id"]
    others = [
        ask("finding-keep", **{**sent, **change})["answer"]["id"]
        for change in ({"author": "Bob"}, {"note": "more"}, {"request": ""}, {"request": "x" * 32})
    ]
    assert len({first, *others}) == 5
    found = ask("finding", id=first, author="Ada")["answer"]
    assert (found["author"], found["note"], found["version"]) == ("Ada", SENT["note"], 1)


@pytest.mark.parametrize(
    ("question", "sent", "told"),
    [
        ("finding-keep", {**SENT, "page": "../secret"}, "no page"),
        ("finding-keep", {**SENT, "page": "findings"}, "no page"),
        ("finding-keep", {**SENT, "page": 3}, "no page"),
        ("finding-keep", {**SENT, "author": None}, "Type your name"),
        ("finding-keep", {**SENT, "title": {"a": 1}}, "title is empty"),
        ("finding-keep", {**SENT, "picture": "<svg onload='x'/>"}, "not kept|no SVG|act"),
        ("finding", {"id": "nope"}, "no such finding"),
        ("finding", {"id": ["a"]}, "no such finding"),
        ("finding-change", {"id": "nope", "version": "x"}, "no such finding"),
        ("finding-remove", {}, "no such finding"),
        ("finding-note", {"note": "x" * 20_001}, "20,000"),
    ],
)
def test_nonsense_gets_a_sentence(ask, question, sent, told):
    answer = ask(question, **sent)
    assert any(part in answer["error"] for part in told.split("|"))


def test_the_files_hold_what_was_asked_for_and_are_downloads(ask, client):
    ask("finding-keep", **SENT)
    ask("finding-keep", **{**SENT, "title": "other", "author": "Bob"})
    table = client.get("/lab/findings/findings.csv?author=Ada")
    assert table.headers["Content-Disposition"] == 'attachment; filename="findings.csv"'
    assert "'=1+1" in table.text and "Bob" not in table.text
    assert "http://localhost/lab/match?recording=plays&from=4" in table.text
    page = client.get("/lab/findings/findings.html")
    assert page.headers["Content-Disposition"] == 'attachment; filename="findings.html"'
    assert page.text.count("<article>") == 2 and "<script" not in page.text


def test_an_address_of_nonsense_in_a_file_is_no_error(client):
    assert client.get("/lab/findings/findings.csv?find=" + "%ff" * 3000).status_code == 200


def test_a_database_that_fails_is_a_sentence(ask, client, tmp_path):
    (tmp_path / "recordings" / "stateroom.sqlite").write_bytes(b"no database" * 100)
    assert "is damaged" in ask("findings")["error"]
    assert "is damaged" in ask("finding-keep", **SENT)["error"]
    broken = client.get("/lab/findings/findings.csv")
    assert (broken.status_code, "is damaged" in broken.text) == (503, True)
