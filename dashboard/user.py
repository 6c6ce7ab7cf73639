"""Who asks: known to everything that answers a request, without being handed through every call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["ANYBODY", "NOBODY", "User", "act_as", "acting_as", "current_user"]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who came in. `name` is empty where nobody has to say who they are."""

    name: str = ""
    groups: frozenset[str] = frozenset()
    sees_all: bool = True
    """Whether recordings that are limited to groups are seen too."""


ANYBODY = User()
"""At this machine itself."""
NOBODY = User(sees_all=False)
"""Not known yet, or let in without a name: sees what is limited to nobody."""

_CURRENT: ContextVar[User] = ContextVar("stateroom_user", default=ANYBODY)


def current_user() -> User:
    """Return who asks; outside of a request somebody at the machine itself, who sees all."""
    return _CURRENT.get()


def act_as(user: User) -> None:
    """Answer in the name of a user from here on, for the rest of this context."""
    _CURRENT.set(user)


@contextmanager
def acting_as(user: User) -> Iterator[None]:
    """Answer in the name of a user until the block ends.

    Examples
    --------
    >>> with acting_as(User("ada", frozenset({"lab"}), sees_all=False)):
    ...     current_user().name
    'ada'
    >>> current_user().name
    ''
    """
    token = _CURRENT.set(user)
    try:
        yield
    finally:
        _CURRENT.reset(token)
