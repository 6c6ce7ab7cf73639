"""The guided form: every Python snippet is run for real; the table makes sense."""

from __future__ import annotations

import ast
import itertools
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import analytics
from analytics.cli import cli
from dashboard.components.guide import guide_table, lines_for, settled
from dashboard.components.guide_table import QUESTIONS
from tests.lstmvis_projects import write_project

SENTENCES = ["the cat sat", "on the mat", "the mat sat", "a cat"]
WORDS = [word for sentence in SENTENCES for word in sentence.split()]
STARTS = [0, 3, 6, 9]
N_CLASSES = 2
MODULE = "blocks.0"
N_ROWS = 40
VOCABULARY = sorted({*WORDS, *"abcdefghijklmnopqrstuvwxyz", " ", "\\n", "<unk>"})
MY_NETS = f"""
import torch


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.read, self.lstm = torch.nn.Embedding({len(VOCABULARY)}, 6), torch.nn.LSTM(6, 5, batch_first=True)
        self.head = torch.nn.Linear(5, {len(VOCABULARY)})

    def forward(self, ids):
        return self.head(self.lstm(self.read(ids))[0])


def build():
    torch.manual_seed(0)
    return Network()
"""


def answers(**fixed: str) -> list[dict[str, str]]:
    """Every way to answer the form with these answers given, each settled case once."""
    asked = {question.name: [choice.value for choice in question.choices] or [""] for question in QUESTIONS}
    asked |= {name: [value] for name, value in fixed.items()}
    if "modules" not in fixed:
        asked["modules"] = ["", MODULE]
    cases = [dict(zip(asked, values, strict=True)) for values in itertools.product(*asked.values())]
    settled_cases = {tuple(settled(case).items()): None for case in cases}
    return [dict(case) for case in settled_cases]


def title(case: dict[str, str]) -> str:
    return "-".join(value for value in case.values() if value)


def network(case: dict[str, str], n_inputs: int) -> Any:
    """A small real network that does what the case says."""
    import torch

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.read = torch.nn.Linear(n_inputs, 6) if numbers else torch.nn.Embedding(n_inputs, 6)
            self.blocks = torch.nn.ModuleList([torch.nn.Linear(6, 6)])
            self.lstm = torch.nn.LSTM(6, 5, batch_first=True)
            self.head = torch.nn.Linear(5, N_CLASSES if case["predicts"] == "classes" else n_inputs)

        def forward(self, inputs):
            hidden, _ = self.lstm(self.blocks[0](self.read(inputs)))
            return hidden if case["predicts"] == "states" else self.head(hidden)

    numbers = case["input"] == "numbers"
    torch.manual_seed(0)
    return Network()


def given_names(case: dict[str, str]) -> dict[str, Any]:
    """What the form says a reader has: a value for each name in the lines."""
    import torch

    tokens = list("abcabdabcaac") if case["input"] == "characters" else list(WORDS)
    vocabulary = sorted(set(tokens))
    ids = torch.tensor([[0, 1, 2], [2, 1, 0], [1, 1, 1], [0, 2, 2]])
    n_positions = ids.numel() if case["input"] == "loader" else len(tokens)
    n_inputs = 2 if case["input"] == "numbers" else len(vocabulary)
    return {
        "model": network(case, n_inputs),
        "tokens": tokens,
        "vocabulary": vocabulary,
        "values": np.random.default_rng(0).normal(size=(len(tokens), 2)).astype(np.float32),
        "loader": torch.utils.data.DataLoader(_sequences(case, ids), batch_size=2),
        "starts": STARTS,
        "labels": [0, 1, 0, 1] if case["sequences"] == "many" else [1],
        "classes": ["dull", "bright"],
        "tags": [f"tag {place % 3}" for place in range(n_positions)],
        "hidden": np.random.default_rng(0).normal(size=(len(tokens), 4)).astype(np.float32),
    }


def _sequences(case: dict[str, str], ids: Any) -> Any:
    import torch

    if case["predicts"] != "classes":
        return ids
    return torch.utils.data.TensorDataset(ids, torch.tensor([0, 1, 0, 1]))


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder to run lines in, as a reader does in that of Stateroom."""
    (tmp_path / "data" / "recordings").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(case: dict[str, str], names: dict[str, Any]) -> analytics.Recording:
    lines = lines_for(case).python
    for function in re.findall(r"analytics\.(\w+)\(", lines):
        if function not in analytics.__all__:
            pytest.skip(f"analytics.{function} is not there")
    exec(compile(lines, "<lines>", "exec"), names)
    return analytics.open_recording(Path("data") / "recordings" / case["name"])


TORCH_CASES = [
    case
    for case in answers(own="torch")
    # What is computed afterwards does not depend on the rest: one way through the form is enough.
    if case["annotations"] != "computed" or (case["predicts"] == "states" and not case["modules"])
]


@pytest.mark.parametrize("case", TORCH_CASES, ids=title)
def test_lines_for_a_torch_network_record_it(case, folder):
    names = given_names(case)
    recording = run(case, names)
    expected = (MODULE,) if case["modules"] else ("layer0.hidden", "layer0.cell")
    assert set(expected) <= set(recording.state_names)
    assert recording.n_sequences == (4 if case["sequences"] == "many" or case["input"] == "loader" else 1)
    assert (recording.predictions is not None) == (case["predicts"] == "next")
    columns = set(recording.annotations.columns)
    assert ("part of speech" in columns) == (case["annotations"] == "own")
    assert ("token length" in columns) == (case["annotations"] == "computed")
    assert ("P(bright)" in columns) == (case["predicts"] == "classes")


@pytest.mark.parametrize("case", answers(own="memory"), ids=title)
def test_lines_for_arrays_in_python_write_them(case, folder):
    recording = run(case, given_names(case | {"input": "words", "predicts": "states"}))
    assert recording.tokens.tolist() == WORDS
    assert recording.n_sequences == (4 if case["sequences"] == "many" else 1)
    assert ("part of speech" in recording.annotations.columns) == (case["annotations"] == "own")


@pytest.mark.parametrize(
    "case", answers(own="lstmvis") + answers(own="arrays") + answers(own="table"), ids=title
)
def test_lines_for_files_import_them(case, folder):
    make_files(folder)
    recording = run(case, {"tags": [f"tag {place % 3}" for place in range(N_ROWS)]})
    assert recording.n_positions == N_ROWS
    assert ("part of speech" in recording.annotations.columns) == (case["annotations"] == "own")


COMMAND_CASES = [
    case
    for case in answers(modules="")
    if lines_for(case).command and case["own"] != "trained" and case["annotations"] != "own"
]


@pytest.mark.parametrize("case", COMMAND_CASES, ids=title)
def test_commands_record_and_import_for_real(case, folder, monkeypatch):
    make_files(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "mynets", raising=False)
    # Here and not in a process of its own: loading torch for each case would take most of a minute.
    for command in lines_for(case).command.splitlines():
        words = shlex.split(command)
        assert words[:3] == ["python", "-m", "analytics"]
        cli(words[3:], standalone_mode=False)
    recording = analytics.open_recording(folder / "data" / "recordings" / "mine")
    assert recording.n_sequences == (2 if case["sequences"] == "many" else 1)
    assert ("token length" in recording.annotations.columns) == (case["annotations"] == "computed")


@pytest.mark.parametrize("case", answers(own="trained"), ids=title)
def test_commands_for_a_trained_network_are_ones_that_there_are(case):
    for command in lines_for(case).command.splitlines():
        python, _, package, name, *words = shlex.split(command)
        assert (python, package) == ("python", "analytics")
        options = {option for parameter in cli.commands[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


def make_files(folder: Path) -> None:
    """Files at the places that the lines name as long as no other is typed."""
    random = np.random.default_rng(0)
    tokens = [WORDS[place % len(WORDS)] for place in range(N_ROWS)]
    hidden = random.normal(size=(N_ROWS, 3)).astype(np.float32)
    np.savez(folder / "states.npz", hidden=hidden, tokens=np.array(tokens))
    table = {"token": tokens} | {f"layer0.hidden_{unit}": hidden[:, unit] for unit in range(3)}
    pd.DataFrame(table).to_parquet(folder / "states.parquet")
    write_project(folder / "path" / "to" / "project", n=N_ROWS)
    pd.DataFrame({"token": tokens, "part of speech": "x"}).to_csv(folder / "tags.csv", index=False)
    (folder / "book.txt").write_text("the cat sat\non the mat\n")
    (folder / "vocabulary.txt").write_text("\n".join(VOCABULARY) + "\n")
    (folder / "mynets.py").write_text(MY_NETS)


def test_every_name_in_the_lines_is_explained():
    for case in answers():
        lines = lines_for(case)
        tree = ast.walk(ast.parse(lines.python))
        used = {node.id for node in tree if isinstance(node, ast.Name)} - {"analytics"}
        files = {"mynets:build", "vocabulary.txt", "tags.csv"}
        used |= {word for word in shlex.split(lines.command) if word in files}
        explained = [name for name, _ in lines.names]
        assert used == set(explained), case
        assert len(explained) == len(set(explained)), case


def test_lines_are_few_and_fit_the_page():
    for case in answers():
        lines = lines_for(case).python.splitlines()
        assert max(map(len, lines), default=0) <= 88
        assert len(lines) <= 14
    assert len(lines_for({}).python.splitlines()) == 3


def test_every_case_has_lines_or_a_command():
    for case in answers():
        lines = lines_for(case)
        assert lines.python or lines.command, case


def test_typed_text_becomes_a_literal_whatever_it_is():
    name = "a \"b\"\\\n{path} $(rm -rf ~) 'c' שלום"
    lines = lines_for({"own": "lstmvis", "name": name, "source": name})
    (call,) = [node for node in ast.walk(ast.parse(lines.python)) if isinstance(node, ast.Call)]
    assert [ast.literal_eval(argument) for argument in call.args] == [name, f"data/recordings/{name}"]


def test_an_answer_that_is_none_of_the_choices_becomes_the_first_that_fits():
    assert settled({"own": "nonsense"})["own"] == "torch"
    assert settled({"own": "torch", "input": "numbers", "predicts": "next"})["predicts"] == "classes"


def test_the_table_travels_to_the_browser():
    table = guide_table()
    assert json.loads(json.dumps(table)) == table
    assert [question["name"] for question in table["questions"]] == [question.name for question in QUESTIONS]
