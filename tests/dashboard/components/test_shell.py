"""The page around the app."""

from __future__ import annotations

from pathlib import Path

from dashboard import create_app
from dashboard.components.shell import index_page
from dashboard.settings import Settings

FACES = {path.name for path in Path("assets/fonts").glob("*.woff2")}


def test_every_face_is_asked_for_at_once():
    page = index_page(lambda path: "/lab/assets/" + path)
    preloaded = [line for line in page.splitlines() if 'rel="preload"' in line]
    assert all('href="/lab/assets/fonts/' in line and "crossorigin" in line for line in preloaded)
    assert {line.split("fonts/")[1].split('"')[0] for line in preloaded} == FACES


def test_the_app_begins_after_the_faces(tmp_path):
    app = create_app(Settings(data_dir=tmp_path, cache_dir=tmp_path / "cache"))
    page = app.server.test_client().get("/", headers={"Host": "localhost"}).get_data(as_text=True)
    begins = page.index("new DashRenderer")
    assert page.index("stateroom.fonts.then") < begins and "assets/fonts.js" in page[:begins]
