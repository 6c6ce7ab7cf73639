"""Sets of several axes are read in ranges as NumPy would reshape them; no link leads out of the file."""

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from analytics.errors import SourceFileError
from analytics.ingest.arrays.hdf5_arrays import Hdf5File


def written(path, values):
    with h5py.File(path, "w") as file:
        file["x"] = values
    return Hdf5File(path)


lengths = st.integers(1, 5)


@settings(max_examples=60, deadline=None)
@given(shape=st.tuples(lengths, lengths, lengths), data=st.data())
@pytest.mark.parametrize("blocks", [False, True])
def test_flattened_axes_are_read_in_any_range(tmp_path_factory, blocks, shape, data):
    values = np.arange(np.prod(shape)).reshape(shape)
    expected = values.transpose(1, 0, 2).reshape(-1) if blocks else values.reshape(-1, shape[2])
    start = data.draw(st.integers(0, len(expected) - 1))
    stop = data.draw(st.integers(start + 1, len(expected)))
    with written(tmp_path_factory.mktemp("h") / "x.h5", values) as file:
        rows = file.array("x").flattened(blocks=blocks)
        assert rows.shape == expected.shape
        assert_array_equal(rows.read(start, stop), expected[start:stop])


@pytest.mark.parametrize("texts", [["a", "bé"], np.array([b"a", b"b\xff"]), np.array(["a", "b"], dtype="S1")])
def test_texts_of_every_kind(tmp_path, texts):
    with written(tmp_path / "x.h5", texts) as file:
        found = file.array("x")
        assert found.is_text
        assert [type(text) for text in found.read(0, 2)] == [str, str]
        assert found.read(0, 2)[0] == "a"


def test_links_inside_the_file_are_followed(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["deep/x"] = [1, 2]
        file["soft"] = h5py.SoftLink("/deep")
        file["round"] = h5py.SoftLink("/round")
    with Hdf5File(tmp_path / "x.h5") as file:
        assert file.array("/soft/x").read(0, 2).tolist() == [1, 2]
        with pytest.raises(SourceFileError, match="no set 'round'"):
            file.array("round")
        with pytest.raises(SourceFileError, match="that is a group"):
            file.array("deep")


def test_what_lies_in_another_file_is_refused(tmp_path):
    with written(tmp_path / "secret.h5", [1, 2]):
        pass
    (tmp_path / "raw").write_bytes(bytes(16))
    layout = h5py.VirtualLayout(shape=(2,), dtype="i8")
    layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "x", shape=(2,))
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["link"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "/x")
        file["soft"] = h5py.SoftLink("/link")
        file.create_virtual_dataset("virtual", layout)
        file.create_dataset("raw", (2,), "i8", external=[(str(tmp_path / "raw"), 0, 16)])
    with Hdf5File(tmp_path / "x.h5") as file:
        for name in ("link", "soft", "virtual", "raw"):
            with pytest.raises(SourceFileError, match="in another file"):
                file.array(name)


def test_a_chunk_that_does_not_fit_memory_is_refused(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("x", (1 << 29, 2), "f4", chunks=(1 << 28, 2))
    with Hdf5File(tmp_path / "x.h5") as file, pytest.raises(SourceFileError, match="h5repack"):
        file.array("x")
