"""`analytics.record` against a step-by-step computation, and against what networks of every make do."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import analytics
from analytics.errors import (
    NotARecordingError,
    ParameterError,
    RecordingWriteError,
    ShapeError,
    UnknownNameError,
)
from tests.step_by_step import layer_states

N_WORDS, EMBEDDING, UNITS, POSITIONS = 20, 5, 6, 150
WORDS = [chr(ord("a") + number) for number in range(N_WORDS)]
IDS = np.random.default_rng(0).integers(0, N_WORDS, POSITIONS)
STARTS = [0, 1, 4, 40, 47, 100]
NOT_CHECKED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
"""Sequences of 1, 3, 36, 7, 53 and 50 positions."""
CLASSES = ["bad", "good", "neither"]


class LanguageNetwork(nn.Module):
    """Embedding, recurrent layers, logits: as most people write it."""

    def __init__(self, kind=nn.LSTM, *, n_layers=1, batch_first=True, seed=0, **options):
        super().__init__()
        torch.manual_seed(seed)
        self.embedding = nn.Embedding(N_WORDS, EMBEDDING)
        self.layers = kind(EMBEDDING, UNITS, num_layers=n_layers, batch_first=batch_first, **options)
        width = options.get("proj_size", UNITS) * (2 if options.get("bidirectional") else 1)
        self.output = nn.Linear(width, N_WORDS)

    def forward(self, ids):
        return self.output(self.layers(self.embedding(ids))[0])


class Classifier(LanguageNetwork):
    """One answer for a whole sequence, from the last hidden state."""

    def __init__(self, kind=nn.LSTM, **options):
        super().__init__(kind, **options)
        self.output = nn.Linear(UNITS, len(CLASSES))

    def forward(self, ids):
        return self.output(self.layers(self.embedding(ids))[0][:, -1])


class CellByCell(nn.Module):
    """Cells in a loop of the network's own, time first."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.embedding = nn.Embedding(N_WORDS, EMBEDDING)
        self.first, self.second = nn.LSTMCell(EMBEDDING, UNITS), nn.GRUCell(UNITS, UNITS + 1)
        self.output = nn.Linear(UNITS + 1, N_WORDS)

    def forward(self, ids):
        hidden = cell = torch.zeros(ids.shape[1], UNITS)
        second, outputs = torch.zeros(ids.shape[1], UNITS + 1), []
        for step in ids:
            hidden, cell = self.first(self.embedding(step), (hidden, cell))
            second = self.second(hidden, second)
            outputs.append(second)
        return self.output(torch.stack(outputs))


class MinimalGru(nn.Module):
    """A cell that torch does not have: h = (1 - z) h + z c, with z and c of the input only."""

    def __init__(self, n_inputs, n_units):
        super().__init__()
        self.update, self.candidate = nn.Linear(n_inputs, n_units), nn.Linear(n_inputs, n_units)

    def forward(self, inputs):
        update, candidate = torch.sigmoid(self.update(inputs)), self.candidate(inputs)
        hidden, outputs = torch.zeros_like(candidate[:, 0]), []
        for step in range(inputs.shape[1]):
            hidden = (1 - update[:, step]) * hidden + update[:, step] * candidate[:, step]
            outputs.append(hidden)
        return torch.stack(outputs, dim=1)


class StateSpace(nn.Module):
    """A linear state-space layer whose state is a matrix: for each channel a vector that decays."""

    def __init__(self, n_channels, n_decays):
        super().__init__()
        self.decays = nn.Parameter(torch.linspace(0.1, 0.9, n_decays))
        self.channels = n_channels

    def forward(self, inputs):
        state, states = torch.zeros(len(inputs), self.channels, len(self.decays)), []
        for step in range(inputs.shape[1]):
            state = self.decays * state + inputs[:, step, :, None]
            states.append(state)
        return torch.stack(states, dim=1)


def record(tmp_path, model, tokens=IDS, /, **options):
    options.setdefault("progress", False)
    return analytics.record(model, tokens, tmp_path / "mine", **options)


def all_states(recording):
    return {name: recording.states(name).read(0, recording.n_positions) for name in recording.state_names}


def sequences(n_positions=POSITIONS, starts=STARTS):
    return itertools.pairwise([*starts, n_positions])


KINDS = {
    "rnn": {"kind": nn.RNN},
    "rnn relu": {"kind": nn.RNN, "nonlinearity": "relu"},
    "gru": {"kind": nn.GRU},
    "lstm": {"kind": nn.LSTM},
    "lstm with projection": {"kind": nn.LSTM, "proj_size": 4},
    "lstm without bias": {"kind": nn.LSTM, "bias": False},
}


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize("bidirectional", [False, True], ids=["one way", "both ways"])
@pytest.mark.parametrize("batch_first", [False, True], ids=["time first", "batch first"])
@pytest.mark.parametrize("kind", KINDS)
def test_states_are_those_of_a_step_by_step_computation(tmp_path, kind, batch_first, bidirectional):
    model = LanguageNetwork(n_layers=2, batch_first=batch_first, bidirectional=bidirectional, **KINDS[kind])
    recorded = all_states(record(tmp_path, model, sequence_starts=STARTS))
    for start, stop in sequences():
        embedded = model.embedding.weight.detach().numpy()[IDS[start:stop]]
        wanted = layer_states(model.layers, embedded)
        assert set(wanted) == set(recorded)
        for name, values in wanted.items():
            assert_allclose(recorded[name][start:stop], values, atol=1e-6, rtol=0, err_msg=name)


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_hidden_states_are_the_networks_own_outputs(tmp_path, kind):
    model = LanguageNetwork(kind, n_layers=2)
    recorded = record(tmp_path, model, sequence_starts=STARTS).states("layer1.hidden")
    with torch.no_grad():
        for start, stop in sequences():
            own, _ = model.layers(model.embedding(torch.from_numpy(IDS[None, start:stop])))
            assert_allclose(recorded.read(start, stop), own[0].numpy(), atol=1e-6, rtol=0)


@pytest.mark.parametrize("most", [1, 7, 64, None])
def test_blocks_and_windows_do_not_change_what_is_recorded(tmp_path, most):
    model = LanguageNetwork(n_layers=2)
    whole = analytics.record(model, IDS, tmp_path / "whole", progress=False)
    cut = record(tmp_path, model, max_batch_positions=most)
    for name, values in all_states(whole).items():
        assert_allclose(all_states(cut)[name], values, atol=1e-6, rtol=0)
    assert_allclose(cut.log_probability, whole.log_probability, atol=1e-5)


@settings(max_examples=25, deadline=None, suppress_health_check=NOT_CHECKED)
@given(st.sets(st.integers(1, 59), max_size=12), st.integers(1, 80), st.booleans())
def test_any_sequences_in_any_blocks_are_as_if_run_alone(tmp_path_factory, borders, most, bidirectional):
    model = LanguageNetwork(nn.GRU, bidirectional=bidirectional)
    starts = [0, *sorted(borders)]
    recording = record(
        tmp_path_factory.mktemp("any"), model, IDS[:60], sequence_starts=starts, max_batch_positions=most
    )
    for start, stop in sequences(60, starts):
        wanted = layer_states(model.layers, model.embedding.weight.detach().numpy()[IDS[start:stop]])
        for name, values in wanted.items():
            assert_allclose(recording.states(name).read(start, stop), values, atol=1e-6, rtol=0)


def test_cells_in_a_loop_are_found_and_run_over_sequences_of_any_length(tmp_path):
    model = CellByCell()
    recording = record(tmp_path, model, sequence_starts=STARTS, max_batch_positions=30)
    with torch.no_grad():
        for start, stop in sequences():
            hidden = cell = torch.zeros(UNITS)
            second = torch.zeros(UNITS + 1)
            for position in range(start, stop):
                hidden, cell = model.first(model.embedding.weight[IDS[position]], (hidden, cell))
                second = model.second(hidden, second)
                seen = {"layer0.hidden": hidden, "layer0.cell": cell, "layer1.hidden": second}
                for name, values in seen.items():
                    got = recording.states(name).read(position, position + 1)[0]
                    assert_allclose(got, values.numpy(), atol=1e-6, rtol=0)
    gates = all_states(recording)
    assert_allclose(
        gates["layer0.output_gate"] * np.tanh(gates["layer0.cell"]), gates["layer0.hidden"], atol=1e-6
    )


@pytest.mark.parametrize("cell", [nn.RNNCell, nn.GRUCell, nn.LSTMCell])
def test_a_single_cell_reads_a_numeric_series(tmp_path, cell):
    torch.manual_seed(0)
    model, values = cell(3, UNITS), np.random.default_rng(1).normal(size=(40, 3))
    recording = record(
        tmp_path, model, values, sequence_starts=[0, 25], channels=["x", "y", "z"], time_step=0.5
    )
    state = None
    with torch.no_grad():
        for position in range(25):
            state = model(torch.from_numpy(values[position]).float(), state)
            hidden = state[0] if isinstance(state, tuple) else state
            got = recording.states("layer0.hidden").read(position, position + 1)[0]
            assert_allclose(got, hidden.numpy(), atol=1e-6, rtol=0)
    assert_allclose(recording.annotations["y"], values[:, 1], rtol=1e-6)
    assert recording.annotations["time"].tolist()[:3] == [0.0, 0.5, 1.0]
    assert recording.annotations["time"][25] == 0.0
    shown = [float(text) for text in recording.tokens]
    assert_allclose(shown, values[:, 0], atol=0.01)


def test_the_state_is_handed_on_when_that_is_asked_for(tmp_path):
    model = LanguageNetwork(n_layers=2)
    recording = record(tmp_path, model, sequence_starts=STARTS, carry_state=True, max_batch_positions=13)
    wanted = layer_states(model.layers, model.embedding.weight.detach().numpy()[IDS])
    assert_allclose(recording.states("layer1.cell").read(0, POSITIONS), wanted["layer1.cell"], atol=1e-6)
    assert recording.sequence_starts.tolist() == STARTS
    facts = recording.manifest["model"]
    assert "handed on" in facts["state at a sequence's start"] and facts["n_embedding"] == EMBEDDING


def test_a_network_is_left_as_it_was(tmp_path):
    model = LanguageNetwork().train()
    model.embedding.eval()
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    torch.manual_seed(5), np.random.seed(5), random.seed(5)
    drawn = torch.get_rng_state().clone(), np.random.get_state()[1].copy(), random.getstate()
    record(tmp_path, model)
    assert model.training and not model.embedding.training
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in model.parameters())
    assert torch.equal(torch.get_rng_state(), drawn[0])
    assert (np.random.get_state()[1] == drawn[1]).all() and random.getstate() == drawn[2]
    assert "forward" not in model.layers.__dict__ and not model.layers._forward_hooks
    model(torch.from_numpy(IDS[None])).sum().backward()


def test_a_network_that_fails_half_way_is_left_as_it_was_too(tmp_path):
    model = LanguageNetwork().train()
    with pytest.raises(ParameterError, match=r"The network failed.*index out of range"):
        record(tmp_path, model, np.append(IDS, N_WORDS), vocabulary=[*WORDS, "one too many"])
    assert model.training and "forward" not in model.layers.__dict__
    assert list(tmp_path.iterdir()) == []


class TestWaysIn:
    """How people write and call their networks."""

    def test_a_state_made_of_zeros_in_the_forward(self, tmp_path):
        class Zeros(LanguageNetwork):
            def forward(self, ids, state=None):
                if state is None:
                    state = tuple(torch.zeros(1, len(ids), UNITS) for _ in range(2))
                output, state = self.layers(self.embedding(ids), state)
                return self.output(output), state

        model = Zeros()
        recording = record(tmp_path, model, max_batch_positions=11)
        wanted = layer_states(model.layers, model.embedding.weight.detach().numpy()[IDS])
        assert_allclose(recording.states("layer0.cell").read(0, POSITIONS), wanted["layer0.cell"], atol=1e-6)
        assert recording.log_probability is not None

    def test_a_learnt_first_state_is_used_at_the_start_only(self, tmp_path):
        class Learnt(LanguageNetwork):
            def __init__(self):
                super().__init__(nn.GRU)
                self.first = nn.Parameter(torch.full((1, 1, UNITS), 0.7))

            def forward(self, ids):
                return self.output(self.layers(self.embedding(ids), self.first.repeat(1, len(ids), 1))[0])

        model = Learnt()
        recording = record(tmp_path, model, max_batch_positions=11)
        with torch.no_grad():
            own, _ = model.layers(model.embedding(torch.from_numpy(IDS[None])), model.first)
        assert_allclose(recording.states("layer0.hidden").read(0, POSITIONS), own[0], atol=1e-6)

    def test_ids_batch_first_although_the_layer_is_time_first(self, tmp_path):
        class Turned(LanguageNetwork):
            def forward(self, ids):
                return super().forward(ids.T).transpose(0, 1)

        model = Turned(batch_first=False)
        recording = record(tmp_path, model, sequence_starts=STARTS)
        first = layer_states(model.layers, model.embedding.weight.detach().numpy()[IDS[47:100]])
        assert_allclose(recording.states("layer0.cell").read(47, 100), first["layer0.cell"], atol=1e-6)

    def test_one_sequence_at_a_time_without_an_axis_for_it(self, tmp_path):
        class Alone(LanguageNetwork):
            def forward(self, ids):
                embedded = self.embedding(ids).view(len(ids), 1, -1)
                return self.output(self.layers(embedded, torch.zeros(1, 1, UNITS))[0].view(len(ids), -1))

        model = Alone(nn.GRU, batch_first=False)
        recording = record(tmp_path, model, sequence_starts=STARTS)
        for start, stop in sequences():
            wanted = layer_states(model.layers, model.embedding.weight.detach().numpy()[IDS[start:stop]])
            got = recording.states("layer0.update_gate").read(start, stop)
            assert_allclose(got, wanted["layer0.update_gate"], atol=1e-6)

    def test_packed_inside_the_network(self, tmp_path):
        class Packing(LanguageNetwork):
            def forward(self, ids):
                lengths = torch.full((len(ids),), ids.shape[1])
                packed = nn.utils.rnn.pack_padded_sequence(self.embedding(ids), lengths, batch_first=True)
                return self.output(
                    nn.utils.rnn.pad_packed_sequence(self.layers(packed)[0], batch_first=True)[0]
                )

        model = Packing(bidirectional=True)
        recording = record(tmp_path, model, sequence_starts=STARTS)
        wanted = layer_states(model.layers, model.embedding.weight.detach().numpy()[IDS[4:40]])
        for name, values in wanted.items():
            assert_allclose(recording.states(name).read(4, 40), values, atol=1e-6)

    def test_a_function_that_calls_the_network(self, tmp_path):
        class Strange(LanguageNetwork):
            def forward(self, ids, temperature):
                return super().forward(ids) / temperature

        with pytest.raises(ParameterError, match=r"temperature.*call="):
            record(tmp_path, Strange())
        recording = record(tmp_path, Strange(), call=lambda model, ids: model(ids, 2.0))
        assert recording.log_probability is not None

    @pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch's own, while it compiles
    def test_compiled_networks_are_recorded_as_they_are_written(self, tmp_path):
        plain = LanguageNetwork()
        compiled = record(tmp_path, torch.compile(plain))
        wanted = layer_states(plain.layers, plain.embedding.weight.detach().numpy()[IDS])
        assert_allclose(compiled.states("layer0.cell").read(0, POSITIONS), wanted["layer0.cell"], atol=1e-6)

    @pytest.mark.parametrize(
        ("half", "stored", "atol"), [("half", "float16", 4e-3), ("bfloat16", "float32", 3e-2)]
    )
    def test_networks_in_half_precision(self, tmp_path, half, stored, atol):
        model = getattr(LanguageNetwork(), half)()
        recording = record(tmp_path, model)
        assert recording.states("layer0.cell").dtype == stored
        states = all_states(recording)
        again = states["layer0.output_gate"].astype(float) * np.tanh(states["layer0.cell"].astype(float))
        assert_allclose(again, states["layer0.hidden"], atol=atol)

    @pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
    def test_a_scripted_network_is_refused_with_a_way_out(self, tmp_path):
        scripted = torch.jit.script(nn.Sequential(nn.Embedding(3, 3), nn.Linear(3, 3)))
        with pytest.raises(ParameterError, match="scripted network keeps its layers out of reach"):
            record(tmp_path, scripted)

    def test_a_network_that_keeps_its_state_between_calls_is_refused(self, tmp_path):
        class Keeping(LanguageNetwork):
            kept = None

            def forward(self, ids):
                output, self.kept = self.layers(self.embedding(ids), self.kept)
                return output

        with pytest.raises(ParameterError, match="something else the second time"):
            record(tmp_path, Keeping(nn.GRU))


class TestOtherModules:
    """Modules that are not torch's recurrent layers, by name."""

    def test_a_minimal_gru(self, tmp_path):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Embedding(N_WORDS, EMBEDDING), MinimalGru(EMBEDDING, UNITS))
        with pytest.raises(
            ParameterError, match=r"no torch RNN, GRU or LSTM.*states=.*it has: 0, 1, 1.update"
        ):
            record(tmp_path, model)
        recording = record(tmp_path, model, sequence_starts=STARTS, states={"layer0.hidden": "1"})
        with torch.no_grad():
            for start, stop in sequences():
                own = model(torch.from_numpy(IDS[None, start:stop]))[0]
                assert_allclose(recording.states("layer0.hidden").read(start, stop), own, atol=1e-6)

    def test_a_matrix_state_keeps_its_shape(self, tmp_path):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Embedding(N_WORDS, 3), StateSpace(3, 4))
        recording = record(tmp_path, model, sequence_starts=STARTS, states={"memory": "1"})
        assert recording.states("memory").unit_shape == (3, 4)
        with torch.no_grad():
            own = model(torch.from_numpy(IDS[None, 4:40]))[0]
        assert_allclose(recording.states("memory").read(4, 40), own.reshape(36, 12), atol=1e-6)

    def test_a_small_transformer(self, tmp_path):
        torch.manual_seed(0)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        model = nn.Sequential(
            nn.Embedding(N_WORDS, 8), nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        )
        states = {"layer0.residual": "1.layers.0", "layer1.residual": "1.layers.1"}
        recording = record(tmp_path, model, sequence_starts=STARTS, states=states)
        with torch.no_grad():
            for start, stop in sequences():
                own = model.eval()(torch.from_numpy(IDS[None, start:stop]))[0]
                assert_allclose(recording.states("layer1.residual").read(start, stop), own, atol=1e-5)

    def test_steps_last_as_in_a_convolution_beside_a_layer_of_torch(self, tmp_path):
        class Sensor(nn.Module):
            def __init__(self):
                super().__init__()
                self.filter, self.layers = nn.Conv1d(2, 4, 3, padding=1), nn.GRU(4, UNITS, batch_first=True)
                self.output = nn.Linear(UNITS, 1)

            def forward(self, values):
                filtered = self.filter(values.transpose(1, 2)).transpose(1, 2)
                return self.output(self.layers(filtered)[0])

        torch.manual_seed(0)
        model, values = Sensor(), np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
        states = {"filter": "filter", "memory": "layer0.hidden"}
        recording = record(tmp_path, model, values, sequence_starts=[0, 13], states=states)
        with torch.no_grad():
            own = model.filter(torch.from_numpy(values[None, 13:]).transpose(1, 2))[0].T
            output = model(torch.from_numpy(values[None, 13:]))[0, :, 0]
        assert_allclose(recording.states("filter").read(13, 60), own, atol=1e-6)
        assert_allclose(recording.annotations["output"][13:], output, atol=1e-6)

    def test_a_module_without_a_value_for_each_step_is_refused(self, tmp_path):
        class Pooled(nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding, self.pooled = nn.Embedding(N_WORDS, 4), nn.Identity()

            def forward(self, ids):
                return self.pooled(self.embedding(ids).mean(dim=1))

        with pytest.raises(
            ParameterError, match=r"'mean' needs a module that gives a tensor with a value for each"
        ):
            record(tmp_path, Pooled(), states={"mean": "pooled"})

    def test_unknown_states_and_modules(self, tmp_path):
        with pytest.raises(UnknownNameError, match=r"'layer0.cel'.*Did you mean 'layer0.cell'"):
            record(tmp_path, LanguageNetwork(), states=["layer0.cel"])
        with pytest.raises(UnknownNameError, match=r"'outpt'.*Did you mean 'output'"):
            record(tmp_path, LanguageNetwork(), states={"mine": "outpt"})
        with pytest.raises(ParameterError, match="at least one state"):
            record(tmp_path, LanguageNetwork(), states=[])


class TestSteps:
    """A function of one step."""

    WEIGHTS = np.random.default_rng(2).normal(size=(UNITS, UNITS)) * 0.3
    VECTORS = np.random.default_rng(3).normal(size=(N_WORDS, UNITS))

    def step(self, state, token_id):
        gate = 1 / (1 + np.exp(-self.VECTORS[token_id]))
        return {"hidden": gate * np.tanh(self.WEIGHTS @ state["hidden"]), "gate": gate}

    def test_states_are_what_the_function_returns(self, tmp_path):
        first = {"hidden": np.ones(UNITS)}
        recording = record(tmp_path, self.step, sequence_starts=STARTS, initial_state=first, vocabulary=WORDS)
        for start, stop in sequences():
            state = first
            for position in range(start, stop):
                state = self.step(state, IDS[position])
                for name in ("hidden", "gate"):
                    got = recording.states(name).read(position, position + 1)[0]
                    assert_allclose(got, state[name], atol=1e-6)
        assert recording.tokens[0] == WORDS[IDS[0]]

    def test_a_function_that_reuses_its_array(self, tmp_path):
        state = np.zeros(3)

        def count(given, _):
            given += 1
            return given

        recording = record(tmp_path, count, [0, 0, 0], initial_state=lambda: state)
        assert recording.states("layer0.hidden").read(0, 3)[:, 0].tolist() == [1, 2, 3]

    def test_pairs_get_the_names_given(self, tmp_path):
        recording = record(
            tmp_path, lambda state, value: (state[0] + value, state[1] * 2), np.ones((4, 2)),
            initial_state=(np.zeros(2), np.ones(3)), states=["layer0.hidden", "layer0.cell"],
        )  # fmt: skip
        assert recording.states("layer0.hidden").read(0, 4)[:, 0].tolist() == [1, 2, 3, 4]
        assert recording.states("layer0.cell").read(0, 4)[:, 0].tolist() == [2, 4, 8, 16]

    def test_needs_a_first_state(self, tmp_path):
        with pytest.raises(ParameterError, match="pass initial_state="):
            record(tmp_path, self.step)


class TestPredictions:
    """What the network says beside its states."""

    def test_next_tokens_of_a_language_model(self, tmp_path):
        model = LanguageNetwork()
        recording = record(tmp_path, model, sequence_starts=STARTS, vocabulary=WORDS, top_k=3)
        for start, stop in sequences():
            with torch.no_grad():
                logs = model(torch.from_numpy(IDS[None, start:stop]))[0].double().log_softmax(1).numpy()
            assert recording.targets[start:stop].tolist() == [*IDS[start + 1 : stop].tolist(), -1]
            chosen = logs[np.arange(stop - start - 1), IDS[start + 1 : stop]]
            assert_allclose(recording.log_probability[start : stop - 1], chosen, atol=1e-5)
            assert np.isnan(recording.log_probability[stop - 1])
            entropy = -(np.exp(logs) * logs).sum(axis=1)
            assert_allclose(recording.annotations["entropy"][start:stop], entropy, atol=1e-5)
            ids, shares = recording.predictions.read(start, stop)
            assert (ids == np.argsort(-logs, axis=1)[:, :3]).all()
            assert_allclose(shares, np.exp(np.sort(logs)[:, :-4:-1]), atol=1e-6)

    def test_probabilities_and_their_logarithms_are_taken_for_what_they_are(self, tmp_path):
        class Soft(LanguageNetwork):
            how = staticmethod(torch.softmax)

            def forward(self, ids):
                return type(self).how(super().forward(ids), dim=-1)

        class LogSoft(Soft):
            how = staticmethod(torch.log_softmax)

        wanted = record(tmp_path / "logits", LanguageNetwork()).log_probability[:-1]
        for number, network in enumerate((Soft, LogSoft)):
            got = record(tmp_path / str(number), network()).log_probability[:-1]
            assert_allclose(got, wanted, atol=1e-5)

    def test_a_head_of_the_callers(self, tmp_path):
        class NoHead(LanguageNetwork):
            def forward(self, ids):
                return self.layers(self.embedding(ids))

        model = NoHead()
        assert record(tmp_path / "without", model).log_probability is None
        with_head = record(tmp_path / "with", model, head=model.output)
        assert_allclose(
            with_head.log_probability[:-1],
            record(tmp_path, LanguageNetwork()).log_probability[:-1],
            atol=1e-6,
        )
        with pytest.raises(ParameterError, match="It accepted neither"):
            record(tmp_path / "wrong", model, head=nn.Linear(UNITS + 1, 2))

    def test_classes_at_every_step_although_the_network_answers_at_the_end(self, tmp_path):
        model, labels = Classifier(), [0, 1, 2, 0, 1, 2]
        recording = record(tmp_path, model, sequence_starts=STARTS, labels=labels, classes=CLASSES)
        shown = recording.annotations
        for (start, stop), label in zip(sequences(), labels, strict=True):
            assert set(shown["label"][start:stop]) == {CLASSES[label]}
            for position in range(start, stop):
                with torch.no_grad():
                    shares = model(torch.from_numpy(IDS[None, start : position + 1]))[0].softmax(0).numpy()
                assert_allclose([shown[f"P({text})"][position] for text in CLASSES], shares, atol=1e-5)
                assert shown["predicted class"][position] == CLASSES[shares.argmax()]

    def test_one_answer_for_a_sequence_read_both_ways(self, tmp_path):
        class Both(Classifier):
            def forward(self, ids):
                last = self.layers(self.embedding(ids))[1]
                return self.output(last[0] + last[1])

        model = Both(nn.GRU, bidirectional=True)
        labels = ["good", "bad", "good", "bad", "neither", "good"]
        recording = record(tmp_path, model, sequence_starts=STARTS, labels=labels)
        with torch.no_grad():
            shares = model(torch.from_numpy(IDS[None, 4:40]))[0].softmax(0).numpy()
        assert_allclose(recording.annotations["P(good)"][4:40], shares[CLASSES.index("good")], atol=1e-5)
        assert recording.annotations["label"].cat.categories.tolist() == CLASSES

    def test_without_texts_ids_are_shown_as_numbers_and_all_the_network_knows_are_counted(self, tmp_path):
        recording = record(tmp_path, LanguageNetwork(), [0, 3, 1])
        assert recording.tokens.tolist() == ["0", "3", "1"] and len(recording.vocabulary) == N_WORDS
        assert recording.log_probability is not None


class TestBatches:
    """What a DataLoader gives."""

    def test_batches_of_ids(self, tmp_path):
        model, loader = (
            LanguageNetwork(),
            DataLoader(TensorDataset(torch.from_numpy(IDS).view(15, 10)), batch_size=4),
        )
        recording = record(tmp_path, model, loader, vocabulary=WORDS)
        whole = analytics.record(
            model, IDS.reshape(15, 10), tmp_path / "whole", vocabulary=WORDS, progress=False
        )
        assert recording.token_ids.tolist() == whole.token_ids.tolist() == IDS.tolist()
        assert recording.sequence_starts.tolist() == whole.sequence_starts.tolist()
        for name, values in all_states(whole).items():
            assert_allclose(all_states(recording)[name], values, atol=1e-6)
        assert_allclose(recording.log_probability, whole.log_probability, atol=1e-5)

    @pytest.mark.parametrize("how", ["lengths", "pad id", "packed", "mapping"])
    def test_padding_is_dropped(self, tmp_path, how):
        class Ragged(LanguageNetwork):
            def forward(self, ids):
                if isinstance(ids, nn.utils.rnn.PackedSequence):
                    return self.layers(ids._replace(data=self.embedding(ids.data)))
                return super().forward(ids)

        parts = [IDS[:7] % 19 + 1, IDS[7:10] % 19 + 1, IDS[10:15] % 19 + 1]
        lengths = torch.tensor([len(part) for part in parts])
        padded = nn.utils.rnn.pad_sequence([torch.from_numpy(part) for part in parts], batch_first=True)
        batch = {
            "lengths": (padded, lengths),
            "pad id": padded,
            "packed": nn.utils.rnn.pack_padded_sequence(
                padded, lengths, batch_first=True, enforce_sorted=False
            ),
            "mapping": {"input_ids": padded, "attention_mask": (padded > 0).long()},
        }[how]
        model = Ragged()
        recording = record(
            tmp_path, model, iter([batch]), vocabulary=WORDS, pad_id=0 if how == "pad id" else None
        )
        assert recording.token_ids.tolist() == np.concatenate(parts).tolist()
        assert recording.sequence_starts.tolist() == [0, 7, 10]
        for start, part in zip((0, 7, 10), parts, strict=True):
            wanted = layer_states(model.layers, model.embedding.weight.detach().numpy()[part])
            got = recording.states("layer0.cell").read(start, start + len(part))
            assert_allclose(got, wanted["layer0.cell"], atol=1e-6)

    def test_labels_come_with_the_batches(self, tmp_path):
        labels = torch.arange(15) % 3
        loader = DataLoader(TensorDataset(torch.from_numpy(IDS).view(15, 10), labels), batch_size=4)
        recording = record(tmp_path, Classifier(), loader, vocabulary=WORDS, classes=CLASSES)
        assert recording.annotations["label"].tolist() == np.repeat(np.array(CLASSES)[labels], 10).tolist()

    def test_series_come_with_numbers_as_their_tokens(self, tmp_path):
        values = np.random.default_rng(0).normal(size=(6, 8, 3)).astype(np.float32)
        loader = DataLoader(TensorDataset(torch.from_numpy(values)), batch_size=4)
        recording = record(tmp_path, nn.GRU(3, UNITS, batch_first=True), loader)
        shown = np.array([float(text) for text in recording.tokens])
        assert_allclose(shown, values[:, :, 0].reshape(-1), rtol=0.06)

    def test_refusals(self, tmp_path):
        ids = torch.from_numpy(IDS).view(15, 10)
        with pytest.raises(ParameterError, match="need vocabulary="):
            record(tmp_path, LanguageNetwork(), iter([ids]))
        with pytest.raises(ParameterError, match="at least one batch"):
            record(tmp_path, LanguageNetwork(), iter([]), vocabulary=WORDS)
        with pytest.raises(ShapeError, match=r"A batch is a tensor of ids.*Got str"):
            record(tmp_path, LanguageNetwork(), iter(["no"]), vocabulary=WORDS)
        with pytest.raises(ParameterError, match="vocabulary of 3 tokens"):
            record(tmp_path, LanguageNetwork(), iter([ids]), vocabulary=WORDS[:3])
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("tokens", "options", "error", "sentence"),
    [
        ([], {}, ShapeError, "at least one position"),
        ("some text", {}, ParameterError, "split it into words"),
        (["a", "b"], {}, ParameterError, "pass vocabulary="),
        (["a", "?"], {"vocabulary": WORDS}, ParameterError, "'\\?' at position 1 is not in the vocabulary"),
        ([0, 25], {"vocabulary": WORDS}, ParameterError, "vocabulary of 20 tokens. Got 25 at position 1"),
        ([0, 25], {}, ParameterError, "embedding has 20 rows, and the ids go up to 25"),
        ([0, -1], {}, ParameterError, "Got -1 at position 1"),
        ([[0, 1], []], {}, ShapeError, "Sequence 1 is empty"),
        ([[0, 1], [2]], {"sequence_starts": [0]}, ParameterError, "say themselves where sequences start"),
        ([0, 1], {"sequence_starts": [1]}, ShapeError, "must begin with 0"),
        ([0, 1], {"inputs": np.zeros((3, 2))}, ShapeError, "one row of numbers for each of the 2 tokens"),
        ([0, 1], {"annotations": {"x": [1]}}, ShapeError, "'x' has one value for each of the 2 positions"),
        ([0, 1], {"annotations": {"entropy": [1, 2]}}, ParameterError, "is made while recording"),
        ([0, 1], {"targets": [1]}, ShapeError, "one id for each of the 2 positions"),
        ([0, 1], {"targets": "last"}, ParameterError, "targets is 'next'"),
        ([0, 1], {"labels": [0, 1, 0]}, ParameterError, "20 classes"),
        ([0, 1], {"initial_state": np.zeros(6)}, ParameterError, "is for a function of one step"),
        ([0, 1], {"pad_id": 0}, ParameterError, "belongs to batches"),
        (iter([IDS]), {"time_step": 0.5}, ParameterError, "time_step= belongs to tokens"),
        (iter([IDS]), {"targets": IDS}, ParameterError, "targets= belongs to tokens"),
        ([0, 1], {"device": "abacus"}, ParameterError, "cannot be put on device 'abacus'"),
        ([0, 1], {"max_batch_positions": 0}, ParameterError, "at least 1"),
        ([0.5, np.nan], {}, ShapeError, "finite numbers. Got .* at position 1"),
        (np.zeros((2, 2, 2, 2)), {}, ShapeError, r"Got \(2, 2, 2, 2\)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_sentence_and_leaves_nothing(tmp_path, tokens, options, error, sentence):
    with pytest.raises(error, match=sentence):
        record(tmp_path, LanguageNetwork(), tokens, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_layer_alone_cannot_read_ids(tmp_path):
    with pytest.raises(ParameterError, match="reads vectors, not ids: pass inputs="):
        record(tmp_path, nn.LSTM(3, 4))
    recording = record(tmp_path, nn.LSTM(3, 4), IDS, inputs=np.ones((POSITIONS, 3)))
    assert recording.states("layer0.cell").shape == (POSITIONS, 4)


def test_a_recording_that_is_there_is_not_touched(tmp_path):
    record(tmp_path, LanguageNetwork())
    with pytest.raises(RecordingWriteError, match="already something"):
        record(tmp_path, LanguageNetwork())
    assert record(tmp_path, LanguageNetwork(seed=1), overwrite=True).n_positions == POSITIONS


KILLED = """
    import os, signal, sys
    import numpy as np, torch
    import analytics
    from analytics.ingest.recorder import writing
    from tests.analytics.ingest.test_record import LanguageNetwork

    writing.MARK_SECONDS = 0
    torch.set_num_threads(1)
    ids = np.random.default_rng(0).integers(0, 20, 40_000)

    class Counting(LanguageNetwork):
        n_left = int(sys.argv[2])
        def forward(self, ids):
            Counting.n_left -= 1
            if Counting.n_left == 0:
                os.kill(os.getpid(), getattr(signal, sys.argv[3]))
            return super().forward(ids)

    analytics.record(Counting(), ids, sys.argv[1], progress=False, max_batch_positions=1000, resume=True)
"""


@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_a_recording_that_was_cut_off_goes_on_where_it_stopped(tmp_path, how):
    path, script = tmp_path / "mine", textwrap.dedent(KILLED)
    # Ctrl-C is ignored in some background jobs; the script must hear it all the same.
    script = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n" + script
    done = subprocess.run(
        [sys.executable, "-c", script, path, "36", how], capture_output=True, env=os.environ
    )
    assert done.returncode != 0 and not path.exists(), done.stderr.decode()[-500:]
    with pytest.raises(NotARecordingError):
        analytics.open_recording(path)
    ids = np.random.default_rng(0).integers(0, 20, 40_000)
    n_calls = Counting.n_calls = 0
    resumed = analytics.record(Counting(), ids, path, progress=False, max_batch_positions=1000, resume=True)
    assert Counting.n_calls - n_calls < 35, "it began anew"
    whole = analytics.record(
        Counting(), ids, tmp_path / "whole", name="mine", progress=False, max_batch_positions=1000
    )
    assert resumed.fingerprint == whole.fingerprint
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".partial")] == []


class Counting(LanguageNetwork):
    """Counts how often it is run."""

    n_calls = 0

    def forward(self, ids):
        Counting.n_calls += 1
        return super().forward(ids)
