"""Stateroom's computing: recordings on disk, and what their states carry. Usable from a notebook.

The public names, in the order of the stages: write a recording, open it, ask. Each is imported when it is
first used, so that the command line starts without pandas and torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = [
    "Catalog",
    "CoClusters",
    "CommonTokens",
    "ImportReport",
    "LiveNetwork",
    "Matches",
    "Recording",
    "RecordingWriter",
    "Response",
    "ResponseStrength",
    "StateComparison",
    "StateGradients",
    "UnitActivity",
    "UnitMoments",
    "UnitPairs",
    "Verification",
    "annotate",
    "build_row_cache",
    "cocluster",
    "common_tokens",
    "compare_states",
    "count_on",
    "expected_response",
    "frequent_words",
    "half_life",
    "import_arrays",
    "import_lstmvis",
    "import_table",
    "influence",
    "label_clusters",
    "linear_cka",
    "match_pattern",
    "match_units",
    "matched_control",
    "open_network",
    "open_recording",
    "property_direction",
    "record",
    "recording_memory",
    "relative_memory",
    "remembered_directions",
    "remove_annotations",
    "response_quantiles",
    "response_strength",
    "select_units",
    "separability",
    "sequence_measures",
    "similar_words",
    "singular_values",
    "state_gradients",
    "strongest_contexts",
    "subspace_cosine",
    "unit_activity",
    "unit_moments",
    "unit_responses",
    "units_of_word",
    "verify",
    "word_influence",
    "word_tags",
    "words_of_unit",
    "write_recording",
]

_HOMES = {
    "Catalog": "analytics.store.catalog",
    "CoClusters": "analytics.analyses.cocluster",
    "CommonTokens": "analytics.analyses.comparison.tokens",
    "ImportReport": "analytics.ingest.importing.report",
    "LiveNetwork": "analytics.live.network",
    "Matches": "analytics.analyses.match",
    "Recording": "analytics.store.recording",
    "RecordingWriter": "analytics.ingest.writer",
    "Response": "analytics.analyses.response",
    "ResponseStrength": "analytics.analyses.comparison.strength",
    "StateComparison": "analytics.analyses.comparison.states",
    "StateGradients": "analytics.analyses.memory.record",
    "UnitActivity": "analytics.analyses.activity",
    "UnitMoments": "analytics.analyses.comparison.spread",
    "UnitPairs": "analytics.analyses.comparison.pairs",
    "Verification": "analytics.ingest.verifying.verification",
    "annotate": "analytics.ingest.annotate",
    "build_row_cache": "analytics.store.row_cache",
    "cocluster": "analytics.analyses.cocluster",
    "common_tokens": "analytics.analyses.comparison.tokens",
    "compare_states": "analytics.analyses.comparison.states",
    "count_on": "analytics.analyses.selection",
    "expected_response": "analytics.analyses.response",
    "frequent_words": "analytics.analyses.explanation",
    "half_life": "analytics.analyses.memory.half_life",
    "import_arrays": "analytics.ingest.import_arrays",
    "import_lstmvis": "analytics.ingest.import_lstmvis",
    "import_table": "analytics.ingest.import_table",
    "influence": "analytics.analyses.memory.influence",
    "label_clusters": "analytics.analyses.cluster_labels",
    "linear_cka": "analytics.analyses.comparison.states",
    "match_pattern": "analytics.analyses.match",
    "match_units": "analytics.analyses.comparison.pairs",
    "matched_control": "analytics.analyses.memory.controls",
    "open_network": "analytics.live.opening",
    "open_recording": "analytics.store.recording",
    "property_direction": "analytics.analyses.memory.subspace",
    "record": "analytics.ingest.record",
    "recording_memory": "analytics.derived.recording_memory",
    "relative_memory": "analytics.analyses.memory.subspace",
    "remembered_directions": "analytics.analyses.memory.directions",
    "remove_annotations": "analytics.ingest.annotate",
    "response_quantiles": "analytics.analyses.response_quantiles",
    "response_strength": "analytics.analyses.comparison.strength",
    "select_units": "analytics.analyses.selection",
    "separability": "analytics.analyses.memory.separability",
    "sequence_measures": "analytics.analyses.sequence_measures",
    "similar_words": "analytics.analyses.similar_words",
    "singular_values": "analytics.analyses.memory.subspace",
    "state_gradients": "analytics.analyses.memory.state_gradients",
    "strongest_contexts": "analytics.analyses.contexts",
    "subspace_cosine": "analytics.analyses.memory.subspace",
    "unit_activity": "analytics.analyses.activity",
    "unit_moments": "analytics.analyses.comparison.spread",
    "unit_responses": "analytics.analyses.response_quantiles",
    "units_of_word": "analytics.analyses.explanation",
    "verify": "analytics.ingest.verify",
    "word_influence": "analytics.derived.influence",
    "word_tags": "analytics.analyses.cluster_labels",
    "words_of_unit": "analytics.analyses.explanation",
    "write_recording": "analytics.ingest.from_arrays",
}
"""The module that defines each public name."""


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'analytics' has no attribute {name!r}")
    globals()[name] = getattr(import_module(_HOMES[name]), name)
    return globals()[name]


def __dir__() -> list[str]:
    """Return what a notebook offers after `analytics.`."""
    return sorted({*globals(), *__all__})
