"""The key of a host: made once, the same for all, refused where somebody else could know it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.secret_key import derived_key, secret_key
from dashboard.settings_source import SettingsError


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "new" / "key"
    key = secret_key(path)
    assert len(key) == 32 and secret_key(path) == key
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert [file.name for file in path.parent.iterdir()] == ["key"]


def test_servers_that_start_at_once_get_the_same(tmp_path):
    with ThreadPoolExecutor(16) as threads:
        keys = list(threads.map(lambda _: secret_key(tmp_path / "key"), range(64)))
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("mode", "content", "sentence"),
    [
        (0o640, b"k" * 32, "may be read or written by others"),
        (0o602, b"k" * 32, "may be read or written by others"),
        (0o600, b"short", "has 5 bytes, fewer than 32"),
    ],
)
def test_a_weak_key_is_refused(tmp_path, mode, content, sentence):
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(SettingsError, match=sentence):
        secret_key(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_key_of_somebody_else_is_refused(tmp_path):
    path = tmp_path / "key"
    secret_key(path)
    os.chown(path, 12345, -1)
    with pytest.raises(SettingsError, match="belongs to another user"):
        secret_key(path)


def test_a_place_where_none_can_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="STATEROOM_SECRET_KEY_FILE"):
        secret_key(tmp_path / "file" / "key")


def test_each_purpose_has_a_key_of_its_own():
    keys = {
        derived_key(b"k" * 32, "answers"),
        derived_key(b"k" * 32, "sessions"),
        derived_key(b"j" * 32, "answers"),
    }
    assert len(keys) == 3 and {len(key) for key in keys} == {32}
