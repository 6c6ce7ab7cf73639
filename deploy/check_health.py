"""Ends with 0 if the server of this machine answers: for a container's health check."""

from __future__ import annotations

import os
import sys
import urllib.request

ADDRESS = "http://127.0.0.1:{port}{prefix}healthz"


def main() -> int:
    """Ask for the address that needs no sign-in."""
    address = ADDRESS.format(
        port=os.environ.get("STATEROOM_PORT", "8050"), prefix=os.environ.get("STATEROOM_PREFIX", "/")
    )
    try:
        with urllib.request.urlopen(address, timeout=8) as answer:
            return 0 if answer.status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
