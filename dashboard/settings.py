"""The settings: one frozen value, read once from a file and the environment."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.settings_source import SettingsError, gathered, variable

__all__ = ["Settings"]

ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
PREFIX_PATH = re.compile(r"/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*")
HOST_NAME = re.compile(r"[A-Za-z0-9._-]+")
HEADER = re.compile(r"[A-Za-z0-9-]+")
PROXY_HEADERS = ("proxy_user_header", "proxy_groups_header")
ACCESS = ("", "accounts", "proxy", "open")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a host may choose. Each field is a line of README's table."""

    data_dir: Path = Path("data/recordings")
    """Folder with one sub-folder for each recording."""
    cache_dir: Path = Path(".cache/dashboard")
    """Folder for answers worth keeping; may be deleted at any time. Nobody else may write to it."""
    cache_megabytes: int = 512
    """Most that the answers in `cache_dir` may take."""
    memory_megabytes: int = 256
    """Most that the answers kept in memory may take, in all workers together."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8050
    """Port to listen on; 0 takes any free one."""
    threads: int = 8
    """Requests answered at the same time, by each worker."""
    workers: int = 2
    """Worker processes under gunicorn."""
    prefix: str = "/"
    """Path under which a reverse proxy serves the pages, such as `/lab/`."""
    access: str = ""
    """Who may come in from other machines: `accounts`, `proxy` or `open`; empty: nobody."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies whose `X-Forwarded-*` headers, and user header, are believed."""
    proxy_user_header: str = "X-Forwarded-User"
    """Header in which a trusted proxy names the user."""
    proxy_groups_header: str = "X-Forwarded-Groups"
    """Header in which it names the user's groups, separated by commas."""
    embed_portals: tuple[str, ...] = ()
    """Origins whose pages may show a view in a frame, such as `https://portal.example.org`."""
    session_hours: int = 12
    """How long a sign-in lasts."""
    secret_key_file: Path = Path(".cache/secret-key")
    """File with the key that signs sessions; made at the first start, readable by its owner only."""
    database_url: str = ""
    """Where findings and accounts are kept; empty: SQLite in `data_dir`. PostgreSQL: `postgresql+psycopg://...`."""
    cache_url: str = ""
    """Where several hosts share answers: `redis://...`; empty: files in `cache_dir`."""
    jobs_running: int = 2
    """Pieces of long work at the same time."""
    jobs_waiting: int = 20
    """Pieces of long work that may wait; one more is refused."""
    request_megabytes: int = 2
    """Largest body of a request."""
    log_requests: bool = False
    """Write a JSON line for each request and callback to the standard output."""

    def __post_init__(self) -> None:
        if self.access not in ACCESS:
            raise SettingsError(f"{variable('access')} must be accounts, proxy or open. Got {self.access!r}.")
        if not PREFIX_PATH.fullmatch(self.prefix):
            raise SettingsError(
                f"{variable('prefix')} must be a path that begins and ends with a slash, such as /lab/. "
                f"Got {self.prefix!r}."
            )
        _refuse_others("embed_portals", self.embed_portals, _is_origin, "such as https://portal.example.org")
        _refuse_others(
            "trusted_proxies", self.trusted_proxies, _is_network, "such as 10.0.0.1, 10.1.0.0/16 or unix"
        )
        _refuse_names(self)
        for name, low, high in LIMITS:
            if not low <= getattr(self, name) <= high:
                raise SettingsError(
                    f"{variable(name)} must be from {low} to {high}. Got {getattr(self, name)}."
                )
        if not self.access and not _is_loopback(self.host):
            raise SettingsError(
                f"{variable('host')} is {self.host!r}, which other machines reach. Choose who may come in: "
                f"{variable('access')}=accounts (sign-in), =proxy (a reverse proxy names the user) or =open "
                "(anybody)."
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings: those of the file that STATEROOM_SETTINGS names, then the environment's.

        A name with our prefix that is none of them is refused, as is an unknown one in the file.

        Examples
        --------
        >>> Settings.from_environment({"STATEROOM_PORT": "8060", "HOME": "/root"}).port
        8060
        """
        defaults = {field.name: field.default for field in fields(cls)}
        found = gathered(os.environ if environment is None else environment, defaults)
        return cls(**{name: given.value for name, given in found.items()})


LIMITS = (
    ("cache_megabytes", 1, 1_000_000),
    ("memory_megabytes", 1, 1_000_000),
    ("port", 0, 65_535),
    ("threads", 1, 256),
    ("workers", 1, 64),
    ("session_hours", 1, 8_760),
    ("jobs_running", 1, 64),
    ("jobs_waiting", 0, 1_000),
    ("request_megabytes", 1, 1_000),
)


def _refuse_others(name: str, values: Sequence[str], fits: Callable[[str], bool], such_as: str) -> None:
    for value in values:
        if not fits(value):
            raise SettingsError(f"{variable(name)} must list values {such_as}. Got {value!r}.")


def _refuse_names(settings: Settings) -> None:
    """Refuse a host and headers that cannot be any."""
    if not (_is_address(settings.host) or HOST_NAME.fullmatch(settings.host)):
        raise SettingsError(
            f"{variable('host')} must be an address such as 0.0.0.0 or ::, or a name; the port is a setting "
            f"of its own. Got {settings.host!r}."
        )
    headers = [getattr(settings, name) for name in PROXY_HEADERS]
    for name, header in zip(PROXY_HEADERS, headers, strict=True):
        if not HEADER.fullmatch(header):
            raise SettingsError(
                f"{variable(name)} must be the name of a header, such as X-Forwarded-User. Got {header!r}."
            )
    if headers[0].lower() == headers[1].lower():
        one, other = map(variable, PROXY_HEADERS)
        raise SettingsError(f"{one} and {other} must be two headers. Both are {headers[0]!r}.")


def _is_origin(text: str) -> bool:
    """Whether it is scheme://host[:port] and nothing else: it becomes a part of a header."""
    if not ORIGIN.fullmatch(text):
        return False
    try:
        return urlsplit(text).port != 0
    except ValueError:
        return False


def _is_network(text: str) -> bool:
    """Whether it is an address, a network, or the word for a proxy that comes through a socket file."""
    if text == "unix":
        return True
    try:
        return text == "unix" or bool(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
