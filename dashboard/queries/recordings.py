"""Which recordings there are, and what is known of each without reading its states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analytics.analyses.match import load_scans, match_pattern
from analytics.errors import AnalyticsError
from analytics.store.catalog import Catalog
from analytics.store.recording import Recording
from dashboard.facts import RecordingFacts

__all__ = ["RecordingQueries"]


class RecordingQueries:
    """The recordings of a folder; it is looked at again with each question."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = str(data_dir)
        self._catalog = Catalog(data_dir)

    def open(self, key: str) -> Recording:
        """Open a recording by its key in addresses: its folder's name."""
        return self._catalog.open(key)

    def all(self) -> list[RecordingFacts]:
        """Facts of every recording that opens, in the order of their names."""
        found = []
        for key in self._catalog.names():
            # A recording may go or be replaced between the list and this line.
            try:
                found.append(recording_facts(key, self._catalog.open(key)))
            except AnalyticsError:
                continue
        return found

    def problems(self) -> list[tuple[str, str]]:
        """Folders that do not open, each with the reason."""
        return [(str(folder), str(sentence)) for folder, sentence in self._catalog.problems()]

    def warm_up(self) -> None:
        """Load the compiled scans, those of the smallest recording's files too."""
        load_scans()
        recordings = [self._catalog.open(key) for key in self._catalog.names()]
        if recordings:
            smallest = min(recordings, key=lambda recording: recording.n_positions)
            states = smallest.states(smallest.state_names[0])
            match_pattern(states, [0], threshold=0.3, limit=2)


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
        n_bytes=sum(int(file["bytes"]) for file in manifest.get("files", {}).values()),
        n_derived_bytes=_folder_bytes(recording.path / "rows"),
        states={name: int(state["n_units"]) for name, state in states.items()},
        annotations={name: str(annotation["kind"]) for name, annotation in annotations.items()},
        n_vocabulary=int(manifest.get("n_vocabulary") or 0),
        top_k=int((manifest.get("predictions") or {}).get("top_k", 0)),
        sequence_name=str(manifest.get("sequence_name") or "sequence"),
        model=_mapping(manifest.get("model")),
        corpus=_mapping(manifest.get("corpus")),
        opening_view={name: str(value) for name, value in _mapping(manifest.get("opening_view")).items()},
    )


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
