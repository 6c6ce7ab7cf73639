"""Passwords are hashed quickly here: hundreds of sign-ins, and nobody to keep out."""

from __future__ import annotations

import argon2
import pytest

from dashboard.access import accounts


@pytest.fixture(autouse=True, scope="package")
def quick_hashes():
    """Hashes of the same kind and form that take a thousandth of the memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            accounts,
            "PasswordHasher",
            lambda: argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1),
        )
        yield
