"""The verification as a piece of work: what its result is remembered by, and what it returns."""

from __future__ import annotations

import json
import os

import pytest

from analytics.errors import UnknownNameError
from analytics.ingest.verifying.job import verification_job
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.verification import VerificationQueries
from tests.recordings import small_recording


@pytest.fixture
def queries(tmp_path):
    return VerificationQueries(RecordingQueries(tmp_path))


def test_the_same_files_the_same_key(queries, tmp_path):
    small_recording(tmp_path / "a")
    small_recording(tmp_path / "b")
    assert queries.work("a") == queries.work("a")
    assert queries.work("a").key != queries.work("b").key


def test_files_that_were_touched_are_verified_anew(queries, tmp_path):
    recording = small_recording(tmp_path / "a")
    before = queries.work("a").key
    os.utime(recording.path / "tokens.parquet", ns=(1, 1))
    touched = queries.work("a").key
    assert touched != before
    small_recording(tmp_path / "a", overwrite=True, n_positions=60)
    assert queries.work("a").key not in (before, touched)


def test_an_unknown_recording_is_refused(queries):
    with pytest.raises(UnknownNameError):
        queries.work("nowhere")


def test_it_tells_how_far_it_is_and_returns_plain_values(queries, tmp_path):
    recording = small_recording(tmp_path / "a")
    told = []
    found = verification_job(queries.work("a").arguments, lambda *parts: told.append(parts))
    assert found["fingerprint"] == recording.fingerprint
    assert {check["passed"] for check in found["checks"]} <= {True, None}
    assert json.loads(json.dumps(found)) == found
    done = [part[0] for part in told]
    assert done == sorted(done) and told[-1][0] == told[-1][1] and told[-1][2].endswith("MB read")


def test_what_is_wrong_is_found(queries, tmp_path):
    recording = small_recording(tmp_path / "a")
    file = recording.path / "states" / "layer0.cell.parquet"
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    found = verification_job(queries.work("a").arguments, lambda *parts: None)
    wrong = [check for check in found["checks"] if check["passed"] is False]
    assert any(check["part"] == "states/layer0.cell.parquet" for check in wrong)
    assert all(check["sentence"] for check in found["checks"])
