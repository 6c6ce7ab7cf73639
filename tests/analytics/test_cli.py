import subprocess
import sys

import click
import numpy as np
import pytest

from analytics.cli import COMMANDS, cli
from analytics.ingest.from_arrays import write_recording


@pytest.fixture
def command(monkeypatch):
    """Register a command that does what the test says."""

    def register(does):
        monkeypatch.setitem(cli.commands, "odd", click.Command("odd", callback=does))

    return register


@pytest.mark.parametrize("words", [[], *[[name] for name in sorted(cli.commands)]], ids=" ".join)
def test_every_command_explains_itself(run, words):
    code, out, _ = run(*words, "--help")
    assert code == 0
    assert "Usage:" in out
    described = [line for line in out.splitlines() if line.strip().startswith("--")]
    assert all(len(line.split()) > 2 for line in described)


def test_commands_are_registered_once_each():
    assert len({command.name for command in COMMANDS}) == len(COMMANDS) == len(cli.commands)


def test_help_needs_none_of_the_large_packages():
    large = ("torch", "pandas", "pyarrow", "numpy", "numba", "tqdm", "safetensors")
    program = (
        "import sys; from analytics.cli import cli; "
        "[command.get_help(cli.make_context('x', [name])) for name, command in cli.commands.items()]; "
        f"print([name for name in {large} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_listing_does_not_import_torch(tmp_path):
    write_recording(tmp_path / "tiny", name="tiny", tokens=["a"], states={"layer0.cell": np.eye(1)})
    program = (
        "import sys; from analytics.cli import cli; "
        f"cli(['list', '--folder', {str(tmp_path)!r}], standalone_mode=False); "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_the_package_runs_as_a_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "analytics", "index", "nothing", "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("There is no recording 'nothing'")


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path):
    write_recording(tmp_path / "tiny", name="tiny", tokens=["a"], states={"layer0.cell": np.eye(1)})
    listing = f"{sys.executable} -m analytics list --json --folder {tmp_path}"
    done = subprocess.run(f"({listing}; true) | true", shell=True, capture_output=True, text=True)
    assert done.stderr == ""


def test_a_command_chooses_its_exit_code(run, command):
    command(lambda: click.get_current_context().exit(3))
    assert run("odd") == (3, "", "")


def test_ctrl_c_has_the_exit_code_of_shells(run, command):
    def interrupted():
        raise KeyboardInterrupt

    command(interrupted)
    code, out, err = run("odd")
    assert (code, out) == (130, "")
    assert "Nothing half-written is left." in err


def test_a_file_that_cannot_be_used_is_one_sentence(run, command, tmp_path):
    command(lambda: (tmp_path / "there" / "not").read_text())
    code, out, err = run("odd")
    assert (code, out) == (1, "")
    assert err == f"{tmp_path / 'there' / 'not'} cannot be used: No such file or directory.\n"


def test_an_unknown_command_is_wrong_usage(run):
    code, out, err = run("shwo")
    assert (code, out) == (2, "")
    assert "No such command 'shwo'" in err
