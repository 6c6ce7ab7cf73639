"""What every graph shares."""

from __future__ import annotations

from dashboard.components.graph import GRAPH_CONFIG


def test_no_graph_offers_to_send_data_away():
    assert GRAPH_CONFIG["showSendToCloud"] is False
    assert GRAPH_CONFIG["displaylogo"] is False
