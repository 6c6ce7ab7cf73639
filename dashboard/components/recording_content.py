"""What the tables of one recording hold: sequence lengths, frequent tokens, a picture of each annotation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from dashboard.components.told import fact_list
from dashboard.components.written import count_text, label_text, number_text, share_text, token_text
from dashboard.facts import AnnotationContent, RecordingContent, SequenceLengths

__all__ = ["recording_content"]

MAX_PICTURES = 40
"""Annotations with a picture; of further ones only the numbers are told."""
CHART_HEIGHT = 24


def recording_content(content: RecordingContent) -> list[Any]:
    """Return what is in the text, and what is annotated."""
    return [
        html.Section([html.H3("Text"), fact_list(_text(content))], className="part"),
        html.Section([html.H3("Annotations"), *_annotations(content.annotations)], className="part"),
    ]


def _text(content: RecordingContent) -> list[tuple[str, Any]]:
    rows = [
        (f"{content.sequence_name} lengths", _lengths(content.lengths)),
        ("most frequent", _frequent(content)),
    ]
    if content.perplexity is not None:
        told = (
            f"{number_text(content.perplexity)} over {count_text(content.n_predicted, 'predicted position')}"
        )
        rows.append(("perplexity here", told))
    return rows


def _lengths(lengths: SequenceLengths) -> Any:
    if lengths.shortest == lengths.longest:
        return f"all {count_text(lengths.longest, 'position')}"
    told = f"{lengths.shortest:,} to {lengths.longest:,} positions, median {number_text(lengths.median)}"
    return html.Span([told, _histogram(lengths.counts, f"Histogram of the lengths: {told}")])


def _frequent(content: RecordingContent) -> list[Any]:
    return [
        html.Span(
            [html.Bdi(token_text(token), className="token"), html.Span(f" {count:,}", className="quiet")],
            className="token-count",
        )
        for token, count in content.frequent
    ]


def _annotations(annotations: Sequence[AnnotationContent]) -> list[Any]:
    if not annotations:
        return [
            html.P(
                "None yet. Labels for each position (parts of speech, depth, speaker, ...) let Match say "
                "what its results have in common; analytics.annotate adds them, also later.",
                className="quiet",
            )
        ]
    cards = [_annotation(annotation, picture=place < MAX_PICTURES)
             for place, annotation in enumerate(annotations)]  # fmt: skip
    return [html.Div(cards, className="annotation-cards")]


def _annotation(annotation: AnnotationContent, *, picture: bool) -> html.Div:
    parts = [
        html.H4(label_text(annotation.name)),
        html.P(_told(annotation), className="quiet"),
    ]
    if picture:
        parts.append(_labels(annotation) if annotation.n_labels else _numbers(annotation))
    return html.Div(parts, className="annotation-card")


def _told(annotation: AnnotationContent) -> str:
    if annotation.n_missing == 0:
        missing = "none missing"
    else:
        missing = f"{share_text(annotation.n_missing, annotation.n_positions)} missing"
    labels = f", {count_text(annotation.n_labels, 'label')}" if annotation.n_labels else ""
    return f"{annotation.kind}{labels}, {missing}"


def _labels(annotation: AnnotationContent) -> html.Ul:
    most = max([count for _, count in annotation.largest] + [1])
    rows = [_bar(label_text(label), count, annotation, most) for label, count in annotation.largest]
    if annotation.n_other:
        n_others = annotation.n_labels - len(annotation.largest)
        other = f"{share_text(annotation.n_other, annotation.n_positions)}"
        rows.append(
            html.Li(
                [html.Span(f"{n_others:,} others"), html.Span(other, className="number")],
                className="bar-other",
            )
        )
    return html.Ul(rows, className="bar-list")


def _bar(label: str, count: int, annotation: AnnotationContent, most: int) -> html.Li:
    return html.Li(
        [
            html.Bdi(label, title=f"{label}: {count_text(count, 'position')}"),
            html.Span(share_text(count, annotation.n_positions), className="number"),
        ],
        style={"--share": f"{100 * count / most:.1f}%"},
    )


def _numbers(annotation: AnnotationContent) -> html.Div:
    if annotation.limits is None:
        return html.P("No number in it.", className="quiet")
    low, middle, high = map(number_text, annotation.limits)
    return html.Div(
        [
            _histogram(annotation.counts, f"Histogram from {low} to {high}"),
            html.Div(
                [html.Span(low), html.Span(f"median {middle}"), html.Span(high)], className="number-axis"
            ),
        ],
        className="number-picture",
    )


def _histogram(counts: Sequence[int], label: str) -> html.Div:
    """One element: bars as the mask of a coloured box, so that they follow the theme."""
    most = max([*counts, 1])
    bars = "".join(
        # A bin that is not empty has at least a line.
        f"<rect x='{place + 0.05}' width='0.9' y='{CHART_HEIGHT - height:.2f}' height='{height:.2f}'/>"
        for place, count in enumerate(counts)
        if (height := max(0.75, CHART_HEIGHT * count / most) if count else 0)
    )
    picture = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {max(1, len(counts))} {CHART_HEIGHT}' "
        f"preserveAspectRatio='none'>{bars}</svg>"
    )
    mask = f'url("data:image/svg+xml,{quote(picture)}")'
    return html.Div(
        className="histogram",
        role="img",
        title=label,
        style={"maskImage": mask, "WebkitMaskImage": mask},
        **{"aria-label": label},
    )
