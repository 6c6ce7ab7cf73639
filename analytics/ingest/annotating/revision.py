"""A recording with other annotations, made beside it and put in its place in one step.

Everything but the annotations and the manifest is the same file under a second name (a hard link), so that it
costs no space and hardly any time; where the file system has no such links, it is copied. Readers keep what
they have open. Revisions of one recording wait for each other: each begins with what the last one left.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from analytics.errors import (
    DamagedRecordingError,
    NotARecordingError,
    RecordingChangedError,
    RecordingWriteError,
)
from analytics.ingest.verifying.table_content import FOREIGN_LABEL, annotation_blocks, content_of
from analytics.ingest.writing.annotation_columns import AnnotationColumn, annotation_columns
from analytics.ingest.writing.completion import checksum_of, write_manifest
from analytics.ingest.writing.staging import StagedFolder, sync_file
from analytics.store.files import OpenFolder
from analytics.store.manifest import Manifest, check_files, read_manifest
from analytics.store.schema import (
    ANNOTATIONS_FILE,
    MANIFEST_FILE,
    MEMORY_FOLDER,
    PARTIAL_PREFIX,
    ROWS_FOLDER,
    STAMP_FILE,
    TABLE_ROWS_PER_GROUP,
)

__all__ = ["Revision", "revised"]


@dataclass(slots=True)
class Revision:
    """What is to change in a recording, while no other revision of it is made."""

    folder: OpenFolder
    manifest: Manifest
    kept: list[str]
    """Annotations of the recording that stay, in their order."""
    added: dict[str, tuple[AnnotationColumn, NDArray]]
    """Codes or numbers of the others, each of shape (n_positions,)."""


@contextmanager
def revised(path: Path) -> Iterator[Revision]:
    """Change the annotations of a recording to what the `Revision` says at the end of the block.

    Raises
    ------
    RecordingError
        If the recording does not open, was replaced meanwhile, or cannot be written; it is then as it was.
    """
    # A name that is a symbolic link keeps pointing where it does.
    target = Path(os.path.realpath(path))
    with _alone(target):
        folder = OpenFolder(target)
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        revision = Revision(folder, manifest, kept=list(manifest.facts.get("annotations", {})), added={})
        yield revision
        try:
            _put_in_place(revision, target)
        except OSError as error:
            raise _write_error(target, error) from error
        except RecordingWriteError as error:
            if isinstance(error.__cause__, OSError):
                raise _write_error(target, error.__cause__) from error
            raise


def _put_in_place(revision: Revision, target: Path) -> None:
    staged = StagedFolder(target, overwrite=True)
    try:
        _write(revision, staged.path)
        if not revision.folder.is_current(revision.manifest.stamp):
            raise RecordingChangedError(
                f"The recording {target} was replaced while its annotations were written, and is left as it "
                "is now. Annotate it again."
            )
        staged.publish()
    except BaseException:
        staged.discard()
        raise


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Wait until no other revision of this recording is made; the lock falls when its process dies."""
    while True:
        try:
            descriptor = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            raise NotARecordingError(f"There is no folder {target}.") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # The revision waited for has put another folder in the place of the one that is locked.
            if _is_at(descriptor, target):
                yield
                return
        finally:
            os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except OSError:
        return False


def _write(revision: Revision, to: Path) -> None:
    facts = revision.manifest.facts
    _share_files(revision, to)
    content = facts.get("content") or content_of(revision.folder, facts)
    tables = {file: hashes for file, hashes in content["tables"].items() if file != ANNOTATIONS_FILE}
    files = {file: entry for file, entry in facts["files"].items() if file != ANNOTATIONS_FILE}
    described = _described(revision)
    if described:
        tables[ANNOTATIONS_FILE] = _write_annotations(revision, to / ANNOTATIONS_FILE)
        sync_file(to / ANNOTATIONS_FILE)
        n_bytes = (to / ANNOTATIONS_FILE).stat().st_size
        files[ANNOTATIONS_FILE] = {"bytes": n_bytes, "sha256": checksum_of(to / ANNOTATIONS_FILE)}
    write_manifest(
        to,
        facts
        | {
            "annotations": described,
            "content": {**content, "tables": tables},
            "files": dict(sorted(files.items())),
        },
    )
    sync_file(to / MANIFEST_FILE)


def _described(revision: Revision) -> dict[str, Any]:
    """What the manifest says of each annotation."""
    before = revision.manifest.facts.get("annotations", {})
    return {name: before[name] for name in revision.kept} | {
        name: column.facts for name, (column, _) in revision.added.items()
    }


def _share_files(revision: Revision, to: Path) -> None:
    """Give every file that stays a second name in the new folder."""
    source = revision.folder.path
    shutil.copymode(source, to)
    left_out = {ANNOTATIONS_FILE, MANIFEST_FILE, STAMP_FILE}
    for place, folders, files in os.walk(source):
        inside = Path(place).relative_to(source)
        if inside.parts[:1] == (ROWS_FOLDER,) and not _rows_are_ours(revision):
            continue
        # Results are of the recording as it was.
        if inside.parts[:1] == (MEMORY_FOLDER,):
            continue
        (to / inside).mkdir(exist_ok=True)
        folders[:] = [name for name in folders if not (inside / name).name.startswith(PARTIAL_PREFIX)]
        for name in files:
            if (inside / name).as_posix() not in left_out and not name.startswith(PARTIAL_PREFIX):
                _share(Path(place) / name, to / inside / name)


def _rows_are_ours(revision: Revision) -> bool:
    """Whether the row-major copies belong to this recording: others are not carried over."""
    if revision.folder.stamp(STAMP_FILE) is None:
        return False
    try:
        stamp = revision.folder.read_json(STAMP_FILE)
    except DamagedRecordingError:
        return False
    return isinstance(stamp, dict) and stamp.get("fingerprint") == revision.manifest.fingerprint


def _share(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
        if not target.is_symlink():
            sync_file(target)


def _write_annotations(revision: Revision, path: Path) -> dict[str, str]:
    """Write the table in row groups; return the hash of each column's values."""
    before = revision.manifest.facts.get("annotations", {})
    kinds = {name: before[name].get("labels", before[name]["kind"]) for name in revision.kept}
    columns = annotation_columns(kinds) | {name: column for name, (column, _) in revision.added.items()}
    schema = pa.schema([column.field for column in columns.values()])
    hashes = {name: hashlib.sha256() for name in columns}
    with path.open("wb") as stream:
        writer = pq.ParquetWriter(stream, schema, compression="zstd")
        try:
            for block in _blocks(revision):
                arrays = []
                for name, column in columns.items():
                    hashes[name].update(np.ascontiguousarray(block[name]).data)
                    arrays.append(column.as_arrow(block[name]))
                writer.write_table(
                    pa.Table.from_arrays(arrays, schema=schema), row_group_size=TABLE_ROWS_PER_GROUP
                )
            writer.close()
        finally:
            writer.is_open = False  # or, after a failure, its finalizer would write the footer
    return {name: column_hash.hexdigest() for name, column_hash in hashes.items()}


def _blocks(revision: Revision) -> Iterator[Mapping[str, NDArray]]:
    """Codes and numbers of all annotations, a row group at a time."""
    facts, n_positions = revision.manifest.facts, revision.manifest.n_positions
    kept = {name: facts["annotations"][name] for name in revision.kept}
    old = _row_groups(annotation_blocks(revision.folder, kept), n_positions) if kept else None
    for start in range(0, n_positions, TABLE_ROWS_PER_GROUP):
        stop = min(start + TABLE_ROWS_PER_GROUP, n_positions)
        block = {} if old is None else next(old, {})
        for name in kept:
            if name not in block or len(block[name]) != stop - start or (block[name] == FOREIGN_LABEL).any():
                raise revision.folder.failure(
                    ANNOTATIONS_FILE, f"does not hold what the manifest says of '{name}'"
                )
        yield block | {name: values[start:stop] for name, (_, values) in revision.added.items()}


def _row_groups(blocks: Iterator[dict[str, NDArray]], n_positions: int) -> Iterator[dict[str, NDArray]]:
    """Blocks of any length put together to row groups of one length, the last one shorter."""
    waiting: dict[str, NDArray] = {}
    n_done = 0
    for block in blocks:
        waiting = {
            name: np.concatenate([waiting[name], values]) if waiting else values
            for name, values in block.items()
        }
        n_waiting = len(next(iter(waiting.values())))
        while n_waiting >= min(TABLE_ROWS_PER_GROUP, n_positions - n_done) > 0:
            n_rows = min(TABLE_ROWS_PER_GROUP, n_positions - n_done)
            yield {name: values[:n_rows] for name, values in waiting.items()}
            waiting = {name: values[n_rows:] for name, values in waiting.items()}
            n_done, n_waiting = n_done + n_rows, n_waiting - n_rows


def _write_error(target: Path, error: OSError) -> RecordingWriteError:
    return RecordingWriteError(
        f"The annotations of {target} could not be written: {error.strerror or error}. The recording is as "
        "it was; free some space, or change the permissions of its folder and the one above."
    )
