"""The command line of a host: accounts, and which groups may see which recordings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import wraps

import click

from analytics.errors import AnalyticsError
from dashboard.access.accounts import Accounts
from dashboard.access.limits import RecordingLimits
from dashboard.database import Database
from dashboard.settings import Settings
from dashboard.settings_source import SettingsError

__all__ = ["commands"]


class _Host:
    """What the commands work on: the database of the settings."""

    def __init__(self) -> None:
        settings = Settings.from_environment()
        database = Database(settings.database_url, settings.data_dir)
        self.accounts, self.limits = Accounts(database), RecordingLimits(database)


def _command(group: click.Group, name: str) -> Callable[[Callable], click.Command]:
    """Make a command of a function that takes the host first; errors of ours become one sentence."""

    def decorated(function: Callable) -> click.Command:
        @wraps(function)
        def run(**arguments: object) -> None:
            try:
                function(_Host(), **arguments)
            except (AnalyticsError, SettingsError) as error:
                raise click.ClickException(str(error)) from None

        return group.command(name)(run)

    return decorated


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Look after who may come in. The settings of the dashboard say which database is meant."""


@commands.group()
def users() -> None:
    """Accounts of those who sign in (STATEROOM_ACCESS=accounts)."""


@commands.group()
def groups() -> None:
    """Recordings that only some groups may see; all others are seen by everybody who came in."""


_NAME = click.argument("name")
_STDIN = click.option(
    "--stdin", "from_stdin", is_flag=True, help="Read the password from the first line of the standard input."
)


@_command(users, "add")
@_NAME
@click.option(
    "--group", "in_groups", multiple=True, help="Put the user into a group; may be given repeatedly."
)
@_STDIN
def _add(host: _Host, name: str, in_groups: Iterable[str], from_stdin: bool) -> None:
    """Make an account; its password is asked for."""
    account = host.accounts.add(name, _password(from_stdin), in_groups)
    click.echo(f"Added {account.name}{_in(account.groups)}.")


@_command(users, "list")
def _list(host: _Host) -> None:
    """List the accounts, their groups and when they were made."""
    for account in host.accounts.all():
        made = datetime.fromtimestamp(account.made, UTC).strftime("%Y-%m-%d")
        click.echo(f"{account.name}\t{', '.join(sorted(account.groups)) or '-'}\t{made}")


@_command(users, "remove")
@_NAME
def _remove(host: _Host, name: str) -> None:
    """Remove an account; its sessions end at once."""
    host.accounts.remove(name)
    click.echo(f"Removed {name}.")


@_command(users, "password")
@_NAME
@_STDIN
def _change_password(host: _Host, name: str, from_stdin: bool) -> None:
    """Give an account another password; its sessions end at once."""
    host.accounts.change_password(name, _password(from_stdin))
    click.echo(f"Changed the password of {name}; its sessions have ended.")


@_command(users, "groups")
@_NAME
@click.argument("in_groups", nargs=-1, metavar="[GROUP]...")
def _change_groups(host: _Host, name: str, in_groups: Iterable[str]) -> None:
    """Put an account into these groups and no others; it holds for the next request."""
    host.accounts.change_groups(name, in_groups)
    click.echo(f"{name} is in {', '.join(sorted(in_groups)) or 'no group'} now.")


@_command(groups, "limit")
@click.argument("pattern", metavar="RECORDING")
@click.argument("in_groups", nargs=-1, required=True, metavar="GROUP...")
def _limit(host: _Host, pattern: str, in_groups: Iterable[str]) -> None:
    """Let only these groups see a recording; `*` in its name stands for any characters."""
    host.limits.limit(pattern, in_groups)
    click.echo(f"Recordings named {pattern} are seen by {', '.join(sorted(set(in_groups)))} only.")


@_command(groups, "free")
@click.argument("pattern", metavar="RECORDING")
def _free(host: _Host, pattern: str) -> None:
    """Take a limit away, named as it was given."""
    if not host.limits.free(pattern):
        raise click.ClickException(f"There is no limit named {pattern}. `groups list` shows them.")
    click.echo(f"The limit on {pattern} is gone.")


@_command(groups, "list")
def _list_limits(host: _Host) -> None:
    """List the limits."""
    for pattern, named in host.limits.all().items():
        click.echo(f"{pattern}\t{', '.join(sorted(named))}")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)


def _in(named: frozenset[str]) -> str:
    return f" to {', '.join(sorted(named))}" if named else ""
