"""What every graph of every page shares."""

from __future__ import annotations

from typing import Any

__all__ = ["GRAPH_CONFIG"]

GRAPH_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    # Plotly 7 would offer to post the data to a cloud service.
    "showSendToCloud": False,
    "responsive": True,
    "toImageButtonOptions": {"format": "svg", "filename": "stateroom"},
}
