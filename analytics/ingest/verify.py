"""Is a recording what its manifest says? Every file, column and value is read once, in blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from analytics.errors import DamagedRecordingError
from analytics.ingest.verifying.network import check_network
from analytics.ingest.verifying.states import check_states
from analytics.ingest.verifying.table_content import content_of
from analytics.ingest.verifying.tables import check_tables
from analytics.ingest.verifying.verification import Check, Findings, Verification
from analytics.ingest.writing.completion import fingerprint_of
from analytics.store.files import OpenFolder
from analytics.store.manifest import read_manifest
from analytics.store.schema import MANIFEST_FILE

__all__ = ["verify"]

_PIECE_BYTES = 8 << 20


def verify(path: str | Path, *, progress: Callable[[int, int], None] | None = None) -> Verification:
    """Check a recording against its manifest, its tables against each other, its states against its weights.

    Looked at are sizes and SHA-256 sums of all files; rows, columns and types of all tables; token ids,
    sequences, targets, log-probabilities and predictions; labels and numbers of annotations; every value of
    every state: finite, within the range of its gate, equal to its row-major copy; and, where the recording
    ships the weights of a language model or classifier of this project, the states at the beginning of up to
    five sequences, computed once more step by step.

    Parameters
    ----------
    path : path
        The recording's folder.
    progress : callable, optional
        Called with the bytes read and all bytes. What it raises ends the verification.

    Returns
    -------
    Verification
        What was found; nothing found is raised as an error.

    Raises
    ------
    NotARecordingError, FormatVersionError
        If there is no recording, or a newer version of the format wrote it.
    RecordingChangedError
        If it was replaced while it was read.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from analytics.ingest.from_arrays import write_recording
    >>> path = Path(tempfile.mkdtemp()) / "tiny"
    >>> _ = write_recording(path, name="tiny", tokens=["a", "b"], states={"layer0.cell": np.zeros((2, 2))})
    >>> verify(path).is_sound
    True
    >>> table = path / "vocabulary.parquet"
    >>> _ = table.write_bytes(table.read_bytes().replace(b"PAR1", b"PAR2"))
    >>> [problem.part for problem in verify(path).problems][0]
    'vocabulary.parquet'
    """
    folder = OpenFolder(Path(path))
    try:
        manifest = read_manifest(folder)
    except DamagedRecordingError as error:
        return Verification("", (Check(MANIFEST_FILE, "content", False, str(error)),))
    sizes = manifest.sizes
    n_bytes = sum(sizes.values()) + sum(sizes[state.file] for state in manifest.states.values())
    findings = Findings(folder, manifest, progress, n_bytes=max(1, n_bytes))
    for file in sizes:
        with findings.guarded(file, "size and checksum"):
            _check_file(findings, file)
    check_tables(findings)
    with findings.guarded(MANIFEST_FILE, "fingerprint"):
        _check_fingerprint(findings)
    check_states(findings)
    check_network(findings)
    findings.advance(findings.n_bytes)
    return Verification(manifest.fingerprint, tuple(findings.checks))


def _check_file(findings: Findings, file: str) -> None:
    entry = findings.manifest.facts["files"][file]
    opened = findings.folder.open(file)
    if opened.size != entry["bytes"]:
        wrong = f"{file} has {opened.size:,} bytes where the manifest states {entry['bytes']:,}."
        findings.add(file, "size and checksum", wrong, "")
        findings.advance(int(entry["bytes"]))
        return
    found = hashlib.sha256()
    for offset in range(0, opened.size, _PIECE_BYTES):
        piece = opened.read(_PIECE_BYTES, offset)
        found.update(piece)
        findings.advance(len(piece))
    wrong = None
    if found.hexdigest() != entry["sha256"]:
        wrong = (
            f"{file} has the SHA-256 sum {found.hexdigest()[:12]}... where the manifest states "
            f"{str(entry['sha256'])[:12]}...: it was changed or damaged."
        )
    findings.add(
        file, "size and checksum", wrong, f"{opened.size:,} bytes with the SHA-256 sum they should have."
    )


def _check_fingerprint(findings: Findings) -> None:
    """The content of the tables, and with it the fingerprint, computed once more."""
    facts = findings.manifest.facts
    content = content_of(findings.folder, facts)
    stated = facts.get("content")
    if _fingerprint(facts, content) != findings.manifest.fingerprint:
        content = _with_either_nan(content, content_of(findings.folder, facts, nan=-np.nan), facts)
    if stated is not None:
        _compare_content(findings, stated, content)
    found = _fingerprint(facts, content)
    wrong = None
    if found != findings.manifest.fingerprint:
        wrong = (
            f"The fingerprint is {findings.manifest.fingerprint[:12]}... where the content has "
            f"{found[:12]}...: name, states, tables or network are not those that were recorded."
        )
    findings.add(MANIFEST_FILE, "fingerprint", wrong, "The fingerprint is that of the content.")


def _fingerprint(facts: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    return fingerprint_of({**facts, "annotations": facts.get("annotations", {}), "content": content})


def _with_either_nan(content: dict, other: dict, facts: Mapping[str, Any]) -> dict:
    """Of two hashes of a column, with NaN of either sign, the one that was recorded."""
    if facts.get("content") is None:
        return other if _fingerprint(facts, other) == facts["fingerprint"] else content
    stated = facts["content"]["tables"]
    tables = {
        file: {
            name: other["tables"][file][name]
            if other["tables"][file][name] == stated.get(file, {}).get(name)
            else column_hash
            for name, column_hash in columns.items()
        }
        for file, columns in content["tables"].items()
    }
    return {**content, "tables": tables}


def _compare_content(findings: Findings, stated: dict, found: dict) -> None:
    for file, columns in found["tables"].items():
        there = stated["tables"].get(file, {})
        differing = [name for name, column_hash in columns.items() if there.get(name) != column_hash]
        differing += [name for name in there if name not in columns]
        wrong = (
            f"The column '{differing[0]}' of {file} holds other values than were recorded."
            if differing
            else None
        )
        findings.add(file, "content", wrong, f"{len(columns)} columns hold the values that were recorded.")
    wrong = None
    if stated["vocabulary"] != found["vocabulary"]:
        wrong = "vocabulary.parquet holds other texts than were recorded."
    findings.add("vocabulary.parquet", "content", wrong, "The texts are those that were recorded.")
