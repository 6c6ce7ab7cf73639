"""Figures 1 and 2 of the memory study, from its tables of numbers, as SVG."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["PANELS", "decay_figure", "property_figure", "save_figure"]

matplotlib.rcParams |= {
    "font.size": 8,
    "axes.spines.top": False,
    "svg.fonttype": "none",  # text as text: a third of the size
    "svg.hashsalt": "memory-decay",  # the same file for the same numbers
    "legend.frameon": False,
    "lines.linewidth": 1.2,
}

PANELS = (("LSTM", "cell"), ("LSTM", "hidden"), ("GRU", "hidden"), ("RNN", "hidden"))
"""Cell and state of each panel."""

COLOURS = {"joint": "#1f77b4", "frozen": "#2ca02c"}
"""Of the two embeddings, as in figure 1 of Verwimp and others (2018)."""

PROPERTY_COLOURS = {"singular - plural": "#1f77b4", "common - proper": "#2ca02c"}
"""As in their figure 2."""


def _curves(table: pd.DataFrame, panel: tuple[str, str], embedding: str) -> pd.DataFrame:
    cell, state = panel
    chosen = (table["cell"] == cell) & (table["state"] == state) & (table["embedding"] == embedding)
    return table[chosen].sort_values("delay")


def decay_figure(curves: pd.DataFrame) -> Figure:
    """Largest singular value (left axes, solid, with its band) and their sum (right axes, dotted)."""
    figure = Figure(figsize=(10, 2.6), layout="constrained")
    for axes, panel in zip(figure.subplots(1, len(PANELS)), PANELS, strict=True):
        sums = axes.twinx()
        for embedding, colour in COLOURS.items():
            here = _curves(curves, panel, embedding)
            axes.plot(here["delay"], here["largest"], color=colour, label=f"{embedding}: largest")
            axes.fill_between(
                here["delay"], here["largest_low"], here["largest_high"], color=colour, alpha=0.2, lw=0
            )
            sums.plot(here["delay"], here["sum"], ":", color=colour, label=f"{embedding}: sum")
        axes.set(title=" ".join(panel), xlabel="delay (words)", ylim=(0, None), xlim=(0, None))
        sums.set_ylim(0, None)
        if panel == PANELS[0]:
            axes.set_ylabel("largest singular value")
            lines = [*axes.get_lines(), *sums.get_lines()]
            axes.legend(lines, [line.get_label() for line in lines], loc="upper right")
        if panel == PANELS[-1]:
            sums.set_ylabel("sum of singular values")
    return figure


def property_figure(properties: pd.DataFrame, curves: pd.DataFrame) -> Figure:
    """Relative memory (solid, with its band; dotted: of random splits), cosine (dashed), shares (grey)."""
    figure = Figure(figsize=(10, 4.8), layout="constrained")
    rows = figure.subplots(len(COLOURS), len(PANELS), sharex=True, sharey=True)
    for row, embedding in zip(rows, COLOURS, strict=True):
        for axes, panel in zip(row, PANELS, strict=True):
            _property_panel(axes, _curves(properties, panel, embedding), _curves(curves, panel, embedding))
            axes.set_title(f"{' '.join(panel)}, {embedding}")
        row[0].set_ylabel("m, cosine, share")
    figure.legend(*rows[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=7)
    for axes in rows[-1]:
        axes.set_xlabel("delay (words)")
    return figure


def _property_panel(axes: Axes, properties: pd.DataFrame, curves: pd.DataFrame) -> None:
    for name, colour in PROPERTY_COLOURS.items():
        here = properties[properties["property"] == name]
        delay = here["delay"]
        axes.plot(delay, here["relative"], color=colour, label=f"{name}: m")
        axes.fill_between(delay, here["relative_low"], here["relative_high"], color=colour, alpha=0.15, lw=0)
        axes.plot(delay, here["relative_chance"], ":", color=colour, lw=0.9, label="random split: m")
        axes.plot(delay, here["cosine"], "--", color=colour, label=f"{name}: cosine, n = 5")
    for share, style in ((1, "-"), (5, "--")):
        axes.plot(
            curves["delay"],
            curves[f"share{share}"],
            style,
            color="#999999",
            lw=0.9,
            label=f"share, n = {share}",
        )
    axes.set(ylim=(0, 1), xlim=(0, None))
    axes.spines["right"].set_visible(False)


def save_figure(figure: Figure, file: Path) -> None:
    """Write a figure without the date, so that the same numbers give the same file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None, "Creator": None})
