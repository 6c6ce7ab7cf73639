"""How to see one's own network: the shortest script that records one."""

from __future__ import annotations

from dash import html

__all__ = ["SNIPPET", "own_network"]

SNIPPET = """\
import torch
import analytics

tokens = "the cat sat on the mat".split()  # your text
words = sorted(set(tokens))
embed, lstm = torch.nn.Embedding(len(words), 16), torch.nn.LSTM(16, 32)  # your trained network
with torch.no_grad():
    hidden, _ = lstm(embed(torch.tensor([words.index(token) for token in tokens])))
states = {"layer0.hidden": hidden.numpy()}
analytics.write_recording("data/recordings/mine", name="mine", tokens=tokens, states=states)
"""
"""Runs as it is; README shows the same lines."""


def own_network() -> html.Details:
    """Return the section of the Recordings page."""
    return html.Details(
        [
            html.Summary("How do I see my own network?"),
            html.P(
                "Run these lines in the folder of Stateroom with .venv/bin/python, then load this page "
                "again. States are arrays with one row for each token and one column for each unit."
            ),
            html.Pre(SNIPPET, className="code"),
        ],
        className="own-network",
        open=True,
    )
