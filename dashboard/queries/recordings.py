"""Which recordings there are, and what is known of each without reading its states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analytics.analyses.match import load_scans, match_pattern
from analytics.errors import UnknownNameError
from analytics.store.catalog import Catalog
from analytics.store.recording import Recording
from dashboard.facts import FileGroup, RecordingDetail, RecordingFacts, StateRow

__all__ = ["RecordingQueries", "recording_detail", "recording_facts"]

GROUPS = {
    "tokens.parquet": "tokens and sequences",
    "sequences.parquet": "tokens and sequences",
    "vocabulary.parquet": "tokens and sequences",
    "annotations.parquet": "annotations",
    "predictions.parquet": "predictions",
    "model.safetensors": "network",
    "model.json": "network",
}
"""Group of each file on the page; those of states are `states`, any other is `other files`."""

OWN_PARTS = {
    "format", "format_version", "name", "description", "sequence_name", "opening_view", "model", "corpus",
    "n_positions", "n_sequences", "n_vocabulary", "has_targets", "has_log_probability", "annotations",
    "predictions", "created", "states", "files", "fingerprint", "content",
}  # fmt: skip
"""What the page tells in its own words; everything else in a manifest says how it was recorded."""


class RecordingQueries:
    """The recordings of a folder; it is looked at again with each question.

    Those for whose names `lets_see` is False at the moment are as if they were not there.
    """

    def __init__(self, data_dir: Path, lets_see: Callable[[str], bool] | None = None) -> None:
        self.folder = str(data_dir)
        self._lets_see = lets_see
        self._catalog = Catalog(data_dir, visible=lets_see)

    def lets_see(self, key: str) -> bool:
        """Whether the current user may know of a recording of this key; there need not be one any more."""
        return self._lets_see is None or self._lets_see(key)

    def open(self, key: str) -> Recording:
        """Open a recording by its key in addresses: its folder's name."""
        return self._catalog.open(key)

    def all(self) -> list[RecordingFacts]:
        """Facts of every recording that opens, in the order of their names."""
        return [recording_facts(key, recording) for key, recording in self._catalog.recordings().items()]

    def find(self, key: str) -> Recording | None:
        """Open a recording, or return None where there is none of this key."""
        try:
            return self._catalog.open(key)
        except UnknownNameError:
            return None

    def detail(self, key: str) -> RecordingDetail | None:
        """Everything about a recording that is known without reading its tables; None if there is none."""
        recording = self.find(key)
        return recording and recording_detail(key, recording)

    def problems(self) -> list[tuple[str, str]]:
        """Folders that do not open, each with the reason."""
        return [(str(folder), str(sentence)) for folder, sentence in self._catalog.problems()]

    def warm_up(self) -> None:
        """Load the compiled scans, those of the smallest recording's files too."""
        load_scans()
        smallest = self.smallest()
        if smallest:
            states = smallest.states(smallest.state_names[0])
            match_pattern(states, [0], threshold=0.3, limit=2)

    def smallest(self) -> Recording | None:
        """Return the recording with the fewest positions, None where there is none."""
        recordings = self._catalog.recordings().values()
        return min(recordings, key=lambda recording: recording.n_positions, default=None)


def recording_facts(key: str, recording: Recording) -> RecordingFacts:
    """Return what is told of a recording; only its manifest is read."""
    manifest: dict[str, Any] = recording.manifest
    states, annotations = manifest.get("states", {}), manifest.get("annotations", {})
    return RecordingFacts(
        key=key,
        name=recording.name,
        description=recording.description,
        fingerprint=recording.fingerprint,
        n_positions=recording.n_positions,
        n_sequences=recording.n_sequences,
        n_bytes=sum(_sizes(recording).values()),
        n_derived_bytes=_folder_bytes(recording.path / "rows"),
        states={name: int(state["n_units"]) for name, state in states.items()},
        annotations={name: str(annotation["kind"]) for name, annotation in annotations.items()},
        n_vocabulary=int(manifest.get("n_vocabulary") or 0),
        top_k=int((manifest.get("predictions") or {}).get("top_k", 0)),
        sequence_name=str(manifest.get("sequence_name") or "sequence"),
        model=_mapping(manifest.get("model")),
        corpus=_mapping(manifest.get("corpus")),
        opening_view={name: str(value) for name, value in _mapping(manifest.get("opening_view")).items()},
        created=str(manifest.get("created") or ""),
    )


def recording_detail(key: str, recording: Recording) -> RecordingDetail:
    """Return what the manifest and the sizes of the files tell."""
    manifest, sizes = recording.manifest, _sizes(recording)
    return RecordingDetail(
        facts=recording_facts(key, recording),
        states=tuple(
            _state_row(name, recording, sizes, derived=_bytes_of(recording.path / "rows" / f"{name}.npy"))
            for name in recording.state_names
        ),
        groups=_groups(recording, sizes),
        has_loss=bool(manifest.get("has_log_probability")),
        settings={name: value for name, value in manifest.items() if name not in OWN_PARTS},
    )


def _state_row(name: str, recording: Recording, sizes: dict[str, int], *, derived: int) -> StateRow:
    facts = recording.manifest["states"][name]
    return StateRow(
        name=name,
        n_units=int(facts["n_units"]),
        unit_shape=tuple(int(size) for size in facts.get("unit_shape") or ()),
        dtype=str(facts["dtype"]),
        n_bytes=sizes.get(str(facts["file"]), 0),
        n_derived_bytes=derived,
    )


def _groups(recording: Recording, sizes: dict[str, int]) -> tuple[FileGroup, ...]:
    of_states = {str(facts["file"]) for facts in recording.manifest["states"].values()}
    found: dict[str, list[int]] = {}
    for file, n_bytes in sizes.items():
        group = "states" if file in of_states else GROUPS.get(file, "other files")
        found.setdefault(group, []).append(n_bytes)
    groups = [FileGroup(name, sum(parts), len(parts)) for name, parts in found.items()]
    rows = recording.path / "rows"
    if derived := _folder_bytes(rows):
        n_files = sum(1 for _ in rows.iterdir())
        groups.append(
            FileGroup("derived rows", derived, n_files, "for speed; may be deleted and built again")
        )
    return tuple(sorted(groups, key=lambda group: -group.n_bytes))


def _sizes(recording: Recording) -> dict[str, int]:
    return {name: int(file["bytes"]) for name, file in recording.manifest.get("files", {}).items()}


def _bytes_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _folder_bytes(folder: Path) -> int:
    """Return the bytes of the files in a folder, 0 where there is none; files may go while it is read."""
    try:
        return sum(file.stat().st_size for file in folder.iterdir())
    except OSError:
        return 0


def _mapping(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    return {"description": str(value)} if value else {}
