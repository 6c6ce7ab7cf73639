"""Serves the dashboard with waitress and says where."""

from __future__ import annotations

import logging
import sys

from flask import Flask

from dashboard.settings import Settings, variable

__all__ = ["serve"]


def serve(server: Flask, settings: Settings) -> str | int:
    """Serve until interrupted; return a sentence if the address could not be taken."""
    # Imported here because gunicorn hosts never need it.
    import waitress

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        listening = waitress.create_server(
            server, host=settings.host, port=settings.port, threads=settings.threads, ident=None
        )
    except OSError as error:
        return (
            f"Stateroom cannot listen on {settings.host}:{settings.port} ({error.strerror or error}). "
            f"Is another one running there? Choose another port: {variable('port')}={settings.port + 1}."
        )
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
