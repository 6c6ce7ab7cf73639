"""The last steps of a recording: what its files are, what it is known by, and the manifest."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics.ingest.writing.staging import sync_file
from analytics.store.row_cache import write_stamp
from analytics.store.schema import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST_FILE,
    MODEL_FILE,
    PROGRESS_FOLDER,
    ROWS_FOLDER,
    WEIGHTS_FILE,
)

__all__ = ["checksum_of", "complete", "fingerprint_of", "hash_of", "write_manifest", "write_network"]


def complete(
    folder: Path,
    facts: Mapping[str, Any],
    *,
    states: Mapping[str, tuple[dict[str, Any], str | None]],
    content: Mapping[str, Any],
) -> None:
    """Write the manifest, last, and wait until every file is on the disk.

    Parameters
    ----------
    folder : Path
        Holds all other files of the recording.
    facts : mapping
        What the manifest says beside states and files.
    states : mapping of str to (facts, checksum of the file, or None: it is read for it)
    content : mapping
        Hashes of what the tables hold.
    """
    checksums = {state["file"]: checksum for state, checksum in states.values()}
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **facts,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "states": {name: state for name, (state, _) in states.items()},
        "content": content,
        "files": _describe_files(folder, checksums),
    }
    write_manifest(folder, manifest)
    for file in _files(folder):
        sync_file(folder / file)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write what the recording is known by: its fingerprint into the stamp of its row-major copies and,
    with all other facts, into the manifest.
    """
    manifest = {name: fact for name, fact in manifest.items() if name != "fingerprint"}
    manifest["fingerprint"] = fingerprint_of(manifest)
    if (folder / ROWS_FOLDER).is_dir():
        write_stamp(folder, manifest["fingerprint"])
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (folder / MANIFEST_FILE).write_text(text, encoding="utf-8")


def write_network(folder: Path, weights: Path | bytes, model: Mapping[str, Any]) -> None:
    """Put the network into the recording: its weights, and what is needed to build it again."""
    if isinstance(weights, bytes):
        (folder / WEIGHTS_FILE).write_bytes(weights)
    else:
        shutil.copyfile(weights, folder / WEIGHTS_FILE)
    (folder / MODEL_FILE).write_text(json.dumps(model, indent=1), encoding="utf-8")


def hash_of(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint_of(manifest: Mapping[str, Any]) -> str:
    """Hash of everything an analysis can see: not of when it was written or how tables are encoded."""
    files = manifest["files"]
    seen = {
        "name": manifest["name"],
        "states": {name: facts | files[facts["file"]] for name, facts in manifest["states"].items()},
        "annotations": manifest["annotations"],
        "content": manifest["content"],
        "network": [files[file] for file in (WEIGHTS_FILE, MODEL_FILE) if file in files],
    }
    return hash_of(json.dumps(seen, sort_keys=True))


def checksum_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _describe_files(folder: Path, checksums: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Size and checksum of each file; the row-major copies are derived and not among them."""
    found = {}
    for file in _files(folder):
        # A manifest there is of a writer that was killed after this step.
        if not file.startswith(f"{ROWS_FOLDER}/") and file != MANIFEST_FILE:
            path = folder / file
            checksum = checksums.get(file) or checksum_of(path)
            found[file] = {"bytes": path.stat().st_size, "sha256": checksum}
    return found


def _files(folder: Path) -> list[str]:
    """What belongs to the recording, sorted; a writer's notes of its progress do not."""
    files = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [file.as_posix() for file in files if file.parts[0] != PROGRESS_FOLDER]
