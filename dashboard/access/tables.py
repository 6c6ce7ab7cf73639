"""Tables of accounts and of what their users do."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, String, Table, Text

from dashboard.database import METADATA

__all__ = ["ACCOUNTS", "ATTEMPTS", "LIMITS", "SESSIONS"]

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("groups", Text, nullable=False),
    Column("made", Float, nullable=False),
)
"""Groups are a list in JSON; times are seconds since 1970."""

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("account", String(64), ForeignKey("accounts.name"), nullable=False, index=True),
    Column("began", Float, nullable=False),
)

ATTEMPTS = Table(
    "sign_in_attempts",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("who", String(64), nullable=False, index=True),
    Column("at", Float, nullable=False),
)
"""Sign-ins that were tried; `who` stands for an account or an address."""

LIMITS = Table(
    "recording_limits",
    METADATA,
    Column("pattern", String(256), primary_key=True),
    Column("group_name", String(64), primary_key=True),
)
"""Which groups may see which recordings: a line for each group."""
