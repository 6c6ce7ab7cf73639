"""The command line, `python -m analytics`: the group, its commands, and how errors end it.

Each command is written in `analytics.commands` and named once in `COMMANDS`. None of them imports pandas or
torch before it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import sys

import click

from analytics.commands.annotate import annotate
from analytics.commands.catalog import index, list_recordings, remove, show
from analytics.commands.demo import demo
from analytics.commands.imports import import_files
from analytics.commands.memory import memory
from analytics.commands.options import say
from analytics.commands.record import record
from analytics.commands.train import train
from analytics.commands.verify import verify
from analytics.errors import AnalyticsError

__all__ = ["COMMANDS", "cli", "main"]

COMMANDS = (
    annotate,
    demo,
    import_files,
    index,
    list_recordings,
    memory,
    record,
    remove,
    show,
    train,
    verify,
)  # fmt: skip

EXIT_FAILED = 1

EXIT_INTERRUPTED = 130
"""What shells give for Ctrl-C: 128 and the number of the signal."""


def main() -> None:
    """Run the command line. An error of ours becomes one sentence on stderr and exit code 1."""
    try:
        # A command that ends by ctx.exit(code) gives its code back here.
        sys.exit(cli(standalone_mode=False))
    except AnalyticsError as error:
        say(str(error))
        sys.exit(EXIT_FAILED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        say("Stopped. Nothing half-written is left.")
        sys.exit(EXIT_INTERRUPTED)
    except OSError as error:
        say(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
        sys.exit(EXIT_FAILED)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Record, import, train and keep recordings of hidden states.

    Progress and errors go to stderr, results to stdout. Exit code 0: done, 1: an error that the sentence
    explains, 2: wrong usage, 130: stopped by Ctrl-C.
    """


for _command in COMMANDS:
    cli.add_command(_command)
