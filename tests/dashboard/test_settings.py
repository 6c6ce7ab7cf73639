"""Settings: read once, refused with a sentence, listed in README."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from dashboard.settings import Settings
from dashboard.settings_source import SettingsError, variable
from dashboard.settings_table import meanings, settings_table

README = Path(__file__).resolve().parents[2] / "README.md"


def test_defaults():
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8050)


def test_each_setting_is_read_from_its_variable():
    settings = Settings.from_environment(
        {
            "STATEROOM_DATA_DIR": "/data",
            "STATEROOM_CACHE_DIR": "/cache",
            "STATEROOM_CACHE_MEGABYTES": "7",
            "STATEROOM_MEMORY_MEGABYTES": "8",
            "STATEROOM_HOST": "::1",
            "STATEROOM_PORT": "0",
            "STATEROOM_THREADS": "3",
            "STATEROOM_TRUSTED_PROXIES": "10.0.0.1, 10.1.0.0/16",
            "PORT": "9",
        }
    )
    assert settings == Settings(
        Path("/data"), Path("/cache"), 7, 8, "::1", 0, 3, trusted_proxies=("10.0.0.1", "10.1.0.0/16")
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"STATEROOM_DATADIR": "x"},
            "There is no setting STATEROOM_DATADIR. Did you mean STATEROOM_DATA_DIR?",
        ),
        ({"STATEROOM_QQQQ": "x"}, "There are: STATEROOM_DATA_DIR"),
        ({"STATEROOM_PORT": "-1"}, "must be a whole number. Got '-1'"),
        ({"STATEROOM_PORT": "80500"}, "must be from 0 to 65535. Got 80500"),
        ({"STATEROOM_THREADS": "0"}, "must be from 1 to 256"),
        ({"STATEROOM_LOG_REQUESTS": "maybe"}, "must be 1 or 0. Got 'maybe'"),
        ({"STATEROOM_ACCESS": "all"}, "must be accounts, proxy or open. Got 'all'"),
        ({"STATEROOM_PREFIX": "lab"}, "begins and ends with a slash, such as /lab/. Got 'lab'"),
        ({"STATEROOM_PREFIX": "/../"}, "begins and ends with a slash"),
        (
            {"STATEROOM_EMBED_PORTALS": "portal.example.org"},
            "such as https://portal.example.org. Got 'portal",
        ),
        ({"STATEROOM_EMBED_PORTALS": "https://a.org; script-src *"}, "such as https://portal.example.org"),
        ({"STATEROOM_EMBED_PORTALS": "https://a.org/path"}, "such as https://portal.example.org"),
        ({"STATEROOM_EMBED_PORTALS": "https://*"}, "such as https://portal.example.org"),
        ({"STATEROOM_TRUSTED_PROXIES": "nginx"}, "such as 10.0.0.1, 10.1.0.0/16 or unix. Got 'nginx'"),
        ({"STATEROOM_DATA_DIR": " "}, "is empty"),
        ({"STATEROOM_HOST": "0.0.0.0"}, "STATEROOM_ACCESS=accounts (sign-in)"),
        ({"STATEROOM_HOST": "example.org"}, "Choose who may come in"),
        ({"STATEROOM_HOST": "127.0.0.1:8050"}, "STATEROOM_HOST must be an address such as 0.0.0.0"),
        ({"STATEROOM_HOST": "[::1]"}, "STATEROOM_HOST must be an address"),
        ({"STATEROOM_PORT": "\N{ARABIC-INDIC DIGIT THREE}"}, "must be a whole number"),
        ({"STATEROOM_PORT": "9" * 5_000}, "one line of at most 4000 printable characters"),
        ({"STATEROOM_CACHE_DIR": "a\nb"}, "STATEROOM_CACHE_DIR must be one line"),
        ({"STATEROOM_DATA_DIR": "x" * 300}, "STATEROOM_DATA_DIR is no path that can be used"),
        ({"STATEROOM_PROXY_USER_HEADER": "X User"}, "must be the name of a header, such as X-Forwarded-User"),
        ({"STATEROOM_PROXY_USER_HEADER": "x-forwarded-groups"}, "must be two headers"),
    ],
)
def test_what_makes_no_sense_is_refused(given, sentence):
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        Settings.from_environment(given)


def test_origins_of_portals_are_taken():
    portals = ("https://portal.example.org", "http://localhost:8070", "https://[::1]:8443")
    assert Settings.from_environment({"STATEROOM_EMBED_PORTALS": ", ".join(portals)}).embed_portals == portals


def written(tmp_path, text):
    path = tmp_path / "stateroom.toml"
    path.write_text(text)
    return {"STATEROOM_SETTINGS": str(path)}


def test_a_file_is_read_and_the_environment_wins(tmp_path):
    given = written(
        tmp_path,
        'port = 8060\nthreads = 3\nlog_requests = true\ndata_dir = "/data"\ntrusted_proxies = ["10.0.0.1"]\n',
    )
    assert Settings.from_environment(given | {"STATEROOM_THREADS": "5"}) == Settings(
        data_dir=Path("/data"), port=8060, threads=5, log_requests=True, trusted_proxies=("10.0.0.1",)
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("prot = 8050", "There is no setting prot. Did you mean port?"),
        ("STATEROOM_PORT = 8050", "There is no setting STATEROOM_PORT. There are: data_dir"),
        ("[server]\nport = 8050", "There is no setting server."),
        ('port = "8050"', "must be a whole number. Got '8050'"),
        ("port = true", "must be a whole number. Got True"),
        ("log_requests = 1", "must be true or false. Got 1"),
        ("data_dir = 1", "must be a text. Got 1"),
        ('trusted_proxies = "10.0.0.1"', "must be a list of texts"),
        ("port = 80500", "must be from 0 to 65535"),
        ("port 8050", "is not TOML"),
        ('data_dir = "a\\u0000b"', "must be one line"),
        ("a = " + "[" * 3_000, "is nested too deeply"),
    ],
)
def test_what_makes_no_sense_in_a_file_is_refused(tmp_path, text, sentence):
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        Settings.from_environment(written(tmp_path, text))


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(SettingsError, match=r"STATEROOM_SETTINGS is .* cannot be read"):
        Settings.from_environment({"STATEROOM_SETTINGS": str(tmp_path / "none.toml")})


def test_the_table_shows_value_origin_and_meaning_and_hides_passwords(tmp_path):
    given = written(tmp_path, 'port = 8060\ncache_url = "redis://:hush@cache:6379/0"\n')
    given["STATEROOM_DATABASE_URL"] = "postgresql+psycopg://lab:hush@db/x?sslpassword=hush&connect_timeout=3"
    table = settings_table(given)
    assert f"port = 8060    (file, {given['STATEROOM_SETTINGS']})\n    Port to listen on" in table
    assert 'data_dir = "data/recordings"    (default)' in table
    assert '"redis://:***@cache:6379/0"' in table
    assert (
        '"postgresql+psycopg://lab:***@db/x?sslpassword=***&connect_timeout=3"    '
        "(environment, STATEROOM_DATABASE_URL)" in table
    )
    assert "hush" not in table


def test_a_password_with_anything_in_it_is_hidden():
    given = {"STATEROOM_DATABASE_URL": "postgresql://lab:hu/s@h hush@db/x"}
    assert '"postgresql://lab:***@db/x"' in settings_table(given)


def test_the_table_has_every_setting():
    assert list(meanings()) == [field.name for field in fields(Settings)]


def test_another_host_may_be_chosen_knowingly():
    assert (
        Settings.from_environment({"STATEROOM_HOST": "0.0.0.0", "STATEROOM_ACCESS": "open"}).access == "open"
    )


def test_settings_do_not_change():
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1


def test_readme_lists_every_setting_with_its_default():
    rows = dict(
        re.findall(r"^\| `(STATEROOM_\w+)` \| `?([^`|]*?)`? \|", README.read_text(), flags=re.MULTILINE)
    )
    defaults = {variable(field.name): _shown(field.default) for field in fields(Settings)}
    assert rows == defaults


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return ",".join(default)
    return str(int(default)) if isinstance(default, bool) else str(default)
