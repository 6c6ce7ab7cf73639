import json

import pytest

from tests.recordings import small_recording


@pytest.fixture
def folder(tmp_path):
    for name in ("good", "bad"):
        small_recording(tmp_path / name)
    file = tmp_path / "bad" / "states" / "layer0.cell.parquet"
    content = bytearray(file.read_bytes())
    content[60] ^= 1
    file.write_bytes(bytes(content))
    return tmp_path


def test_a_sound_recording(run, folder):
    code, out, _ = run("verify", "good", "--folder", folder)
    assert code == 0
    assert out.startswith("good: sound (")
    assert "open   model.safetensors" in out
    assert "right" not in out
    code, out, _ = run("verify", "good", "--folder", folder, "--all")
    assert code == 0
    assert "  right  tokens.parquet, values: " in out


def test_several_of_which_one_is_damaged(run, folder):
    code, out, _ = run("verify", "good", "bad", "--folder", folder)
    assert code == 1
    assert "good: sound" in out
    assert "  WRONG  states/layer0.cell.parquet, size and checksum: " in out
    assert "  WRONG  rows/layer0.cell.npy, equality: The value " in out
    code, out, _ = run("verify", "bad", "good", "--folder", folder, "--json")
    assert code == 1
    first, second = json.loads(out)
    assert (first["name"], first["is_sound"], second["is_sound"]) == ("bad", False, True)
    wrong = [check["part"] for check in first["checks"] if check["passed"] is False]
    assert wrong == ["states/layer0.cell.parquet", "rows/layer0.cell.npy"]


def test_a_missing_file_is_a_finding_and_not_an_error(run, folder):
    (folder / "good" / "tokens.parquet").unlink()
    code, out, _ = run("verify", "good", "--folder", folder)
    assert code == 1
    assert "WRONG  tokens.parquet" in out
    assert "is missing" in out


@pytest.mark.parametrize(
    ("names", "code", "sentence"),
    [
        ([], 2, "Missing argument"),
        (["god"], 1, "There is no recording 'god' in "),
        (["../x"], 1, "is named with letters, digits"),
        (["empty"], 1, "holds no finished recording"),
    ],
)
def test_what_is_refused(run, folder, names, code, sentence):
    (folder / "empty").mkdir()
    got, out, err = run("verify", *names, "--folder", folder)
    assert (got, out) == (code, "")
    assert sentence in err
