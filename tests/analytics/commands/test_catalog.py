import io
import json

import numpy as np
import pytest

from analytics.ingest.from_arrays import write_recording


def test_list_tells_what_is_there(run, folder):
    code, out, err = run("list", "--folder", folder)
    assert code == 0
    assert out.splitlines() == [
        "tiny: 3 positions in 1 sequence",
        "  states: layer0.cell",
        "  annotations: case",
    ]
    assert err == ""


def test_list_of_an_empty_folder_says_what_to_do(run, tmp_path):
    code, out, err = run("list", "--folder", tmp_path / "none")
    assert (code, out) == (0, "")
    assert "To make the demo: python -m analytics demo" in err


def test_list_names_folders_that_do_not_open(run, folder):
    (folder / "broken").mkdir()
    (folder / "broken" / "recording.json").write_text("{")
    code, out, err = run("list", "--folder", folder, "--json")
    assert code == 0
    assert [facts["name"] for facts in json.loads(out)] == ["tiny"]
    assert err.startswith("broken: ")


def test_machines_get_an_empty_list_too(run, tmp_path):
    _, out, _ = run("list", "--folder", tmp_path, "--json")
    assert json.loads(out) == []


def test_show_gives_machines_all_facts(run, folder):
    code, out, err = run("show", "tiny", "--folder", folder, "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert facts["path"] == str(folder / "tiny")
    assert (facts["n_positions"], facts["n_sequences"], facts["n_vocabulary"]) == (3, 1, 2)
    assert facts["states"] == {"layer0.cell": {"n_units": 2, "dtype": "float32"}}
    assert facts["annotations"] == {"case": {"kind": "categorical", "labels": ["x", "y"]}}
    assert facts["bytes"] == sum(
        file.stat().st_size
        for file in (folder / "tiny").rglob("*.parquet")
    )  # fmt: skip


def test_show_tells_people_the_same(run, tmp_path):
    write_recording(
        tmp_path / "many",
        name="Many labels",
        tokens=list("abcdefghij"),
        states={"layer0.hidden": np.zeros((10, 3))},
        annotations={
            "letter": list("abcdefghij"),
            "height": np.linspace(0, 1, 10),
            "long": ["x" * 24] * 9 + ["y" * 25],
        },
        description="Ten letters.",
        model={"title": "a network", "training": {"epochs": 3}},
    )
    code, out, _ = run("show", "many", "--folder", tmp_path)
    lines = out.splitlines()
    assert code == 0
    assert lines[:3] == [
        "many: Many labels",
        "  Ten letters.",
        "  10 positions in 1 sequence, 10 kinds of token",
    ]
    assert "  layer0.hidden: 3 units, float32" in lines
    assert "  letter: categorical: a, b, c, d, e, f, g, h, ... (10 labels)" in lines
    assert "  height: numeric" in lines
    assert f"  long: categorical: {'x' * 24}, {'y' * 24}..." in lines
    assert "model: title: a network" in lines


@pytest.mark.parametrize("name", ["tinny", "../tiny", "tiny/", "", "tiny tiny", "tïny", "."])
@pytest.mark.parametrize("command", ["show", "index"])
def test_a_name_that_is_not_there_is_one_sentence(run, folder, command, name):
    code, out, err = run(command, name, "--folder", folder)
    assert (code, out) == (1, "")
    assert err.startswith(f"There is no recording '{name}' in {folder}.")
    assert len(err.splitlines()) == 1


def test_index_writes_the_rows_again(run, folder):
    rows = folder / "tiny" / "rows" / "layer0.cell.npy"
    rows.unlink()
    code, out, _ = run("index", "tiny", "--folder", folder)
    assert code == 0
    assert out.strip() == str(folder / "tiny")
    assert np.load(rows).tolist() == np.eye(3, 2).tolist()


def test_remove_asks_and_then_removes(run, folder, monkeypatch):
    for answer, there in (("n\n", True), ("y\n", False)):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        code, out, err = run("remove", "tiny", "--folder", folder)
        assert (folder / "tiny").exists() == there
        assert f"Remove {folder / 'tiny'} (3 positions in 1 sequence)?" in err
        assert (code, out) == ((130, "") if there else (0, f"{folder / 'tiny'}\n"))


def test_remove_does_not_ask_when_told_so(run, folder):
    code, out, err = run("remove", "tiny", "--folder", folder, "--yes")
    assert (code, out, err) == (0, f"{folder / 'tiny'}\n", "")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["tinny", "..", "../other", "tiny/states", "", "."])
def test_remove_takes_names_of_recordings_only(run, folder, name):
    code, out, err = run("remove", name, "--folder", folder, "--yes")
    assert (code, out) == (1, "")
    assert err.startswith("There is no recording")
    assert (folder / "tiny" / "recording.json").exists()


def test_remove_leaves_folders_that_are_no_recordings(run, folder):
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").touch()
    code, _, err = run("remove", "notes", "--folder", folder, "--yes")
    assert code == 1
    assert "It is left as it is." in err
    assert (folder / "notes" / "mine.txt").exists()


def test_remove_takes_damaged_recordings_too(run, folder):
    (folder / "tiny" / "tokens.parquet").unlink()
    code, _, _ = run("remove", "tiny", "--folder", folder, "--yes")
    assert code == 0
    assert not (folder / "tiny").exists()
