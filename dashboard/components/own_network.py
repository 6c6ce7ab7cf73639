"""The shortest script that records a network of one's own, whole: it runs as it is."""

from __future__ import annotations

from dash import html

__all__ = ["SNIPPET", "own_network"]

SNIPPET = """\
import torch
import analytics

tokens = "the cat sat on the mat".split()  # your text
vocabulary = sorted(set(tokens))
model = torch.nn.Sequential(torch.nn.Embedding(len(vocabulary), 16), torch.nn.LSTM(16, 32))  # your network
analytics.record(model, tokens, "data/recordings/mine", vocabulary=vocabulary)
"""
"""README shows the same lines."""


def own_network() -> html.Details:
    """Return the example under the lines of the guided form."""
    return html.Details(
        [
            html.Summary("A whole example that runs as it is"),
            html.Pre(SNIPPET, className="code", tabIndex="0"),
        ],
        className="own-network",
    )
