"""Links between pages, under the prefix of the host."""

from __future__ import annotations

import pytest

from dashboard.components.empty import empty_state
from dashboard.components.page_link import page_link
from dashboard.components.shell import index_page, shell
from dashboard.pages import PAGES


@pytest.mark.parametrize(("prefix", "href"), [("/", "/match?at=4"), ("/lab/", "/lab/match?at=4")])
def test_a_link_stands_under_the_prefix(served_under, prefix, href):
    served_under(prefix)
    assert page_link("Match", "/match?at=4").href == href


def test_every_link_of_the_frame_and_of_an_empty_view_stands_under_the_prefix(served_under):
    app = served_under("/lab/")
    texts = [str(shell(PAGES)), str(empty_state("Why.", "Next.", link=("Recordings", "/")))]
    hrefs = [part.split("'")[0] for text in texts for part in text.split("href='")[1:]]
    assert len(hrefs) > len(PAGES) + 1
    assert all(href.startswith(("/lab/", "#")) for href in hrefs)
    assert 'src="/lab/assets/theme.js"' in index_page(app.get_asset_url)
