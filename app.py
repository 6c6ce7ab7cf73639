"""Start Stateroom: `python app.py`, or `gunicorn app:server` for a team."""

from __future__ import annotations

import gc
import sys

# What is imported stays: looking for garbage among it, again and again, takes a tenth of the start.
gc.disable()

from dashboard import create_app  # noqa: E402
from dashboard.serving import asked_for_settings, serve  # noqa: E402
from dashboard.settings import Settings  # noqa: E402
from dashboard.settings_source import SettingsError  # noqa: E402
from dashboard.settings_table import settings_table  # noqa: E402

try:
    if __name__ == "__main__" and asked_for_settings(sys.argv[1:]):
        print(settings_table())
        sys.exit()
    settings = Settings.from_environment()
    app = create_app(settings)
except SettingsError as error:
    sys.exit(f"Stateroom did not start. {error}")

server = app.server
gc.enable()

if __name__ == "__main__":
    sys.exit(serve(server, settings))
