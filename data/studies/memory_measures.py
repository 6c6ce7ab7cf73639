"""What is measured of one network's state: rows of the study's tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.analyses.memory.half_life import half_life
from analytics.analyses.memory.record import GroupGradients, StateGradients
from data.studies.word_classes import ANNOTATION, CLASSES

__all__ = ["KEYS", "class_rows", "class_table", "curve_rows", "decay_table", "property_table"]

CONTROL = f"{ANNOTATION} (control)"
"""Grouping of random words of the same frequencies as each class."""

SHOWN_DELAYS = (1, 5, 10, 20, 29)

KEYS = ["embedding", "cell", "state"]
"""Columns that say whose state a row is of."""


def curve_rows(found: StateGradients) -> pd.DataFrame:
    """Singular values of the mean over all words by delay: figure 1."""
    return pd.DataFrame(
        {
            "delay": found.delays,
            "n": found.count,
            "largest": found.largest,
            "largest_low": found.largest_band[:, 0],
            "largest_high": found.largest_band[:, 1],
            "sum": found.total,
            "sum_low": found.sum_band[:, 0],
            "sum_high": found.sum_band[:, 1],
            "share1": found.share(1),
            "share5": found.share(5),
            "norm": found.norm,
            "mean_norm": found.mean_norm,
        }
    )


def class_rows(found: StateGradients) -> pd.DataFrame:
    """Largest singular value of each word class by delay, and that of its control: table 1."""
    parts = []
    for name in CLASSES:
        group, control = found.group(ANNOTATION, name), found.group(CONTROL, name)
        part = pd.DataFrame({"class": name, "delay": found.delays, "n": group.count})
        parts.append(part.assign(**_largest(group, ""), **_largest(control, "control_")))
    return pd.concat(parts, ignore_index=True)


def decay_table(curves: pd.DataFrame) -> pd.DataFrame:
    """One row for each network and state: half-lives, what is left at some delays, selectivity."""
    rows = []
    for key, curve in curves.groupby(KEYS, sort=False):
        curve = curve.sort_values("delay")
        row = dict(zip(KEYS, key, strict=True))
        row |= {f"{name}, delay 0": curve[name].iloc[0] for name in ("largest", "sum")}
        row |= {
            f"half-life of {name}": float(half_life(curve[name].to_numpy())) for name in ("largest", "sum")
        }
        for delay in SHOWN_DELAYS:
            row[f"left at {delay}"] = curve["largest"].iloc[delay] / curve["largest"].iloc[0]
        row |= {f"share, delay {delay}": curve["share1"].iloc[delay] for delay in (0, 29)}
        rows.append(row)
    return pd.DataFrame(rows)


def class_table(classes: pd.DataFrame, *, delay: int) -> pd.DataFrame:
    """Classes in the order of the paper; for each state the value, its share in all six, its control."""
    here = classes[classes["delay"] == delay]
    counts = here.groupby("class")["n"].first()
    columns = {"class": list(CLASSES), "n": [int(counts[name]) for name in CLASSES]}
    for key, part in here.groupby(KEYS, sort=False):
        part = part.set_index("class").loc[list(CLASSES)]
        embedding, cell, state = key
        share = part["largest"] / part["largest"].sum()
        columns[f"{cell} {state}, {embedding}"] = [
            f"{value:.3g} ({part_of:.2f}) / {control:.3g}"
            for value, part_of, control in zip(part["largest"], share, part["control_largest"], strict=True)
        ]
    return pd.DataFrame(columns)


def property_table(properties: pd.DataFrame) -> pd.DataFrame:
    """Relative memory of both properties at some delays, with the band, and in brackets of random splits."""
    rows = []
    for key, part in properties.groupby([*KEYS, "property"], sort=False):
        by_delay = part.set_index("delay")
        row = dict(zip((*KEYS, "property"), key, strict=True))
        for delay in (0, *SHOWN_DELAYS):
            here = by_delay.loc[delay]
            row[f"delay {delay}"] = (
                f"{here['relative']:.2f} ({here['relative_low']:.2f}-{here['relative_high']:.2f}) / "
                f"{here['relative_chance']:.2f}"
            )
        rows.append(row)
    return pd.DataFrame(rows)


def _largest(group: GroupGradients, prefix: str) -> dict[str, np.ndarray]:
    return {
        f"{prefix}largest": group.largest,
        f"{prefix}low": group.largest_band[:, 0],
        f"{prefix}high": group.largest_band[:, 1],
    }
