"""`python -m dashboard`: who may come in."""

from dashboard.access.commands import commands

__all__ = []

if __name__ == "__main__":
    commands(prog_name="python -m dashboard")
