"""How often a sign-in may be tried: counted in the database, so for all workers and hosts together.

Guessing has to be slow, and nobody may keep somebody else out by it. So what is counted against a name is
counted for each address by itself, and from everywhere together only up to a much higher number; a browser
in which that user signed in before is counted by itself, whatever others try meanwhile.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time

from sqlalchemy import delete, func, insert, select

from dashboard.access.names import folded
from dashboard.access.tables import ATTEMPTS
from dashboard.database import Database

__all__ = ["Attempts"]

WINDOW_S = 900
PER_PAIR = 10
"""Wrong passwords for one name from one address within the window."""
PER_BROWSER = 10
"""In a browser that knows the user."""
PER_ADDRESS = 30
"""From one address, whatever the names; several people may share one."""
PER_ACCOUNT = 100
"""For one name, from wherever."""


class Attempts:
    """Attempts of the last quarter of an hour that were not successful."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, name: str, address: str, *, browser: str = "") -> int:
        """Count an attempt before its password is looked at; return how many seconds to wait, 0 if none.

        `browser` is the number of one that is known to be of this user. An attempt is written first and
        counted then, so that of several made at once none is overlooked.
        """
        now, limits = time.time(), _limits(name, address, browser)
        with self._database.writing() as connection:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at < now - WINDOW_S))
            numbers = [
                connection.execute(insert(ATTEMPTS).values(who=who, at=now)).inserted_primary_key[0]
                for who in limits
            ]
        wait = max(self._wait(who, most, now) for who, most in limits.items())
        if wait:
            # What is refused does not count: the wait ends although somebody goes on trying.
            with self._database.writing() as connection:
                connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.number.in_(numbers)))
        return wait

    def succeeded(self, name: str, address: str, *, browser: str = "") -> None:
        """Forget what was counted against whoever succeeded, and this attempt where others count too."""
        own, *shared = _limits(name, address, browser)
        with self._database.writing() as connection:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.who == own))
            for who in shared:
                last = select(func.max(ATTEMPTS.c.number)).where(ATTEMPTS.c.who == who)
                connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.number == last.scalar_subquery()))

    def _wait(self, who: str, most: int, now: float) -> int:
        with self._database.reading(ATTEMPTS) as connection:
            if connection is None:
                return 0
            count, oldest = connection.execute(
                select(func.count(), func.min(ATTEMPTS.c.at)).where(ATTEMPTS.c.who == who)
            ).one()
        return 0 if count <= most else max(1, int(oldest + WINDOW_S - now) + 1)


def _limits(name: str, address: str, browser: str) -> dict[str, int]:
    """What an attempt is counted against and how often that may be; the first is the user's own."""
    if browser:
        return {_hashed("browser", browser): PER_BROWSER}
    account, place = _hashed("account", folded(name)), _address(address)
    return {_hashed("pair", f"{account} {place}"): PER_PAIR, place: PER_ADDRESS, account: PER_ACCOUNT}


def _hashed(kind: str, text: str) -> str:
    # Whoever types a password into the field of the name does not find it kept here.
    return hashlib.blake2b(text.encode(), digest_size=16, person=kind.encode()).hexdigest()


def _address(text: str) -> str:
    """One key for the addresses that one household or machine of IPv6 has."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
