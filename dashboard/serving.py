"""Serves the dashboard with waitress and says where."""

from __future__ import annotations

import errno
import logging.config
import sys
from collections.abc import Sequence

from flask import Flask

from dashboard.bad_requests import MEGABYTE
from dashboard.logs import log_configuration
from dashboard.settings import Settings
from dashboard.settings_source import SettingsError, variable

__all__ = ["asked_for_settings", "serve"]


def asked_for_settings(arguments: Sequence[str]) -> bool:
    """Return whether only the settings are asked for; anything else that is written is refused."""
    if arguments and arguments != ["--settings"]:
        raise SettingsError(
            f"There is no argument {' '.join(arguments)}. There is --settings, which prints every setting; "
            "they are chosen in the environment or in a file."
        )
    return bool(arguments)


def serve(server: Flask, settings: Settings) -> str | int:
    """Serve until interrupted; return a sentence if the address could not be taken."""
    # Imported here because gunicorn hosts never need it.
    import waitress

    logging.config.dictConfig(log_configuration(as_json=settings.log_requests))
    try:
        listening = waitress.create_server(
            server,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident=None,
            # dashboard/bad_requests.py says what is too large; what is far larger is not even kept.
            max_request_body_size=2 * MEGABYTE * settings.request_megabytes,
            # dashboard/access/door.py decides which of them are believed.
            clear_untrusted_proxy_headers=False,
        )
    except (OSError, ValueError) as error:
        return _not_listening(error, settings)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(
        f"Stateroom is ready: http://{host}:{listening.effective_port}{settings.prefix}  (stop: Ctrl-C)",
        flush=True,
    )
    server.extensions["stateroom-warming"].start()
    try:
        listening.run()
    except KeyboardInterrupt:
        print("", file=sys.stderr)
    finally:
        listening.close()
    return 0


def _not_listening(error: OSError | ValueError, settings: Settings) -> str:
    """Say why the address could not be taken; waitress tells of a name that nobody knows by a ValueError."""
    number = getattr(error, "errno", None)
    where = f"{settings.host}:{settings.port}"
    if number in (None, errno.EADDRNOTAVAIL):
        return (
            f"Stateroom cannot listen on {where}: {settings.host} is no address of this machine. "
            f"Choose another: {variable('host')}=127.0.0.1 or 0.0.0.0."
        )
    return (
        f"Stateroom cannot listen on {where} ({error.strerror or error}). "
        f"Is another one running there? Choose another port: {variable('port')}={settings.port + 1}."
    )
