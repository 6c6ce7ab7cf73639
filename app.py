"""Start Stateroom: `python app.py`, or `gunicorn app:server` for a team."""

from __future__ import annotations

import sys

from dashboard import create_app
from dashboard.serving import asked_for_settings, serve
from dashboard.settings import Settings
from dashboard.settings_source import SettingsError
from dashboard.settings_table import settings_table

try:
    if __name__ == "__main__" and asked_for_settings(sys.argv[1:]):
        print(settings_table())
        sys.exit()
    settings = Settings.from_environment()
    app = create_app(settings)
except SettingsError as error:
    sys.exit(f"Stateroom did not start. {error}")

server = app.server

if __name__ == "__main__":
    sys.exit(serve(server, settings))
