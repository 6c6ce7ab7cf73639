import re
import shlex
import subprocess
import sys
from pathlib import Path

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


def all_commands(
    group: click.Group = cli, before: tuple[str, ...] = ()
) -> dict[tuple[str, ...], click.Command]:
    """Every command by the words that call it, groups too."""
    found: dict[tuple[str, ...], click.Command] = {before: group}
    for name, command in group.commands.items():
        words = (*before, name)
        found |= all_commands(command, words) if isinstance(command, click.Group) else {words: command}
    return found


@pytest.mark.parametrize("words", sorted(all_commands()), ids=lambda words: " ".join(words) or "all")
def test_every_command_explains_itself(run, words):
    code, out, _ = run(*words, "--help")
    assert code == 0
    assert "Usage:" in out
    command = all_commands()[words]
    assert command.get_short_help_str()
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not (option.help or "").strip()] == []


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


def readme() -> str:
    return (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def command_lines() -> list[str]:
    """Every line of the README that calls us, without what comes before."""
    return re.findall(r"(?:^|`)(?:\.venv/bin/)?python -m analytics ([^`\n&|]+)", readme(), flags=re.MULTILINE)


def test_the_readme_lists_every_command():
    table = readme().partition("| `python -m analytics` |")[2].partition("\n\n")[0]
    listed = re.findall(r"^\| `(\w+)` \| \S", table, flags=re.MULTILINE)
    assert sorted(listed) == sorted(cli.commands)


def test_the_readme_shows_several_commands():
    assert len({line.split()[0] for line in command_lines()}) >= 6


@pytest.mark.parametrize("line", command_lines())
def test_command_lines_of_the_readme_are_right_usage(line, tmp_path, monkeypatch):
    words = shlex.split(line)
    command: click.Command = cli
    monkeypatch.chdir(tmp_path)
    for word in words:
        if not word.startswith("-") and isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
    for word in words:
        # What an option or an argument wants to exist.
        if not word.startswith("-"):
            (tmp_path / word).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / word).touch()
    context = command.make_context(str(command.name), words)
    assert context.params is not None
