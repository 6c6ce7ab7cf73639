"""Settings: read once, refused with a sentence, listed in README."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from dashboard.settings import Settings, SettingsError, variable

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
        ({"STATEROOM_DATA_DIR": " "}, "is empty"),
        ({"STATEROOM_HOST": "0.0.0.0"}, "STATEROOM_ACCESS=accounts (sign-in)"),
        ({"STATEROOM_HOST": "example.org"}, "Choose who may come in"),
    ],
)
def test_what_makes_no_sense_is_refused(given, sentence):
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        Settings.from_environment(given)


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
