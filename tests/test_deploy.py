"""What a host copies from the repository fits the settings, and the server runs where little is writable."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dashboard.settings import Settings
from dashboard.settings_source import variable
from tests.server import ROOT, free_port

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (ROOT / "Containerfile").read_text()


def test_every_setting_of_the_container_and_the_unit_is_one():
    told = re.findall(r"(STATEROOM_\w+)=", CONTAINERFILE + (DEPLOY / "stateroom.service").read_text())
    fields = {variable(name) for name in Settings.__dataclass_fields__} | {"STATEROOM_SETTINGS"}
    assert told and set(told) <= fields


def test_the_example_of_a_file_of_settings_is_read_and_fits_nginx():
    settings = Settings.from_environment({"STATEROOM_SETTINGS": str(DEPLOY / "stateroom.toml")})
    nginx = (DEPLOY / "nginx.conf").read_text()
    assert f"location {settings.prefix} {{" in nginx
    listens = re.findall(r"server (\S+) max_fails=0;", (DEPLOY / "nginx-upstream.conf").read_text())
    assert listens == [f"{settings.host}:{settings.port}"] * 2
    assert "proxy_pass http://stateroom;" in nginx
    assert f"client_max_body_size {settings.request_megabytes}m;" in nginx
    assert tomllib.loads((DEPLOY / "stateroom.toml").read_text())["access"] == settings.access == "accounts"


def test_the_container_does_not_start_before_somebody_chose_who_may_come_in():
    chosen = dict(re.findall(r"(STATEROOM_\w+)=(\S+)", CONTAINERFILE.partition("\nENV ")[2]))
    with pytest.raises(Exception, match="Choose who may come in"):
        Settings.from_environment(chosen)
    settings = Settings.from_environment(chosen | {"STATEROOM_ACCESS": "accounts"})
    written = [
        settings.cache_dir,
        settings.secret_key_file,
        Path(settings.database_url.removeprefix("sqlite:///")),
    ]
    assert all(path.is_relative_to("/state") for path in written)
    assert not settings.data_dir.is_relative_to("/state")


def test_the_container_has_what_it_copies_and_no_rights():
    copied = re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, flags=re.MULTILINE)
    kept = (ROOT / ".containerignore").read_text().splitlines()
    for name in " ".join(copied).split():
        assert (ROOT / name).exists() and "!" + name.removeprefix("./") in kept
    assert re.search(r"^USER 10001:10001$", CONTAINERFILE, flags=re.MULTILINE)
    assert (
        CONTAINERFILE.index("\nUSER ") < CONTAINERFILE.index("\nHEALTHCHECK ") < CONTAINERFILE.index("\nCMD ")
    )


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed: apt-get install nginx")
def test_nginx_takes_its_example(tmp_path):
    text = f"""
        pid {tmp_path}/pid; error_log stderr; events {{}}
        http {{
            access_log off; include {DEPLOY / "nginx-upstream.conf"};
            server {{ listen unix:{tmp_path}/s; include {DEPLOY / "nginx.conf"}; }}
        }}
    """
    (tmp_path / "nginx.conf").write_text(text)
    done = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path):
    unit = (
        (DEPLOY / "stateroom.service").read_text().replace("/opt/stateroom/.venv/bin/gunicorn", "/bin/true")
    )
    (tmp_path / "stateroom.service").write_text(unit)
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "stateroom.service")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "stateroom.service" not in done.stderr, done.stderr


READ_ONLY = """
set -e
mount --rbind / "$1"/root
mount --bind "$1"/state "$1"/root"$1"/state
mount -o remount,bind,ro "$1"/root
exec chroot "$1"/root "$2" -c "$3" "$1" "$4" "$5"
"""
SERVE = """
import os, subprocess, sys, time, urllib.request
os.chdir(sys.argv[2])
try:
    open("written", "w")
except OSError as error:
    assert error.errno == 30, error
else:
    sys.exit("the root is not read-only")
state = sys.argv[1] + "/state"
os.environ.update(
    STATEROOM_PORT=sys.argv[3],
    STATEROOM_CACHE_DIR=state + "/cache", STATEROOM_SECRET_KEY_FILE=state + "/key",
    STATEROOM_DATABASE_URL="sqlite:///" + state + "/x.sqlite", NUMBA_CACHE_DIR=state + "/numba",
    # The project may lie below /tmp, which therefore stays as it is: read-only.
    TMPDIR=state,
)
process = subprocess.Popen([sys.executable, "-m", "gunicorn", "app:server"])
try:
    ends = time.monotonic() + 180
    while process.poll() is None and time.monotonic() < ends:
        time.sleep(0.2)
        if subprocess.call([sys.executable, "deploy/check_health.py"]) == 0:
            break
    for path in ("", "_dash-layout", "assets/stateroom.css"):
        assert urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[3]}/" + path).status == 200
finally:
    process.terminate()
    process.wait()
"""


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="only root may mount")
def test_it_serves_where_only_the_state_folder_is_writable(tmp_path):
    for name in ("root", "state"):
        (tmp_path / name).mkdir()
    arguments = [str(tmp_path), sys.executable, SERVE, str(ROOT), str(free_port())]
    try:
        allowed = subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True)
    except OSError:
        allowed = None
    if allowed is None or allowed.returncode:
        pytest.skip("mounting is not allowed here")
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", *arguments],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
