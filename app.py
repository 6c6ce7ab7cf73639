"""Start Stateroom: `python app.py`, or `gunicorn app:server` behind a proxy."""

from __future__ import annotations

import sys

from dashboard import create_app
from dashboard.serving import serve
from dashboard.settings import Settings, SettingsError

try:
    settings = Settings.from_environment()
    app = create_app(settings)
except SettingsError as error:
    sys.exit(f"Stateroom did not start. {error}")

server = app.server

if __name__ == "__main__":
    sys.exit(serve(server, settings))
