"""State gradients against autograd, against planted memories, and where they are refused."""

from __future__ import annotations

import os
import threading

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

import analytics
from analytics.analyses.memory.state_gradients import most_groups, state_gradients
from analytics.errors import AnalyticsError, ParameterError, ShapeError, UnknownNameError
from tests.analytics.analyses.memory.literal import jacobians, literal_means, made_network
from tests.processes import start

STARTS = [0, 1, 7, 15]
DELAYS = (0, 1, 2, 4, 7)
NETWORKS = [
    ("rnn", {}),
    ("rnn", {"nonlinearity": "relu", "bias": False}),
    ("gru", {}),
    ("gru", {"bias": False}),
    ("lstm", {}),
    ("lstm", {"bias": False}),
]


def inputs(n=24, n_embedding=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n, n_embedding))


def states_of(kind, n_layers):
    kinds = ("hidden", "cell") if kind == "lstm" else ("hidden",)
    return [f"layer{layer}.{part}" for layer in range(n_layers) for part in kinds]


@pytest.mark.parametrize("n_layers", [1, 2, 3])
@pytest.mark.parametrize(("kind", "options"), NETWORKS)
def test_autograd_gives_the_same(kind, options, n_layers):
    network = made_network(kind, n_layers=n_layers, seed=n_layers, **options)
    embedded = inputs()
    states = states_of(kind, n_layers)
    for state in {states[0], *states[-2:]}:
        found = state_gradients(network, embedded, state=state, delays=DELAYS, sequence_starts=STARTS)
        mean, norm, count = literal_means(network, embedded, STARTS, state, DELAYS)
        scale = np.abs(mean).max(axis=(1, 2), keepdims=True)
        assert (np.abs(found.mean - mean) <= 1e-9 * scale).all()
        assert_allclose(found.mean_norm, norm, rtol=1e-9)
        assert_array_equal(found.count, count)
        assert_allclose(found.singular_values, np.linalg.svd(mean, compute_uv=False), rtol=1e-6, atol=1e-12)
        assert_allclose(found.unit_norm, np.linalg.norm(mean, axis=2), rtol=1e-9)
        assert found.dtype == "float64"


def test_groups_are_of_the_input_word_and_may_overlap():
    network, embedded = made_network("lstm", n_layers=2), inputs()
    random = np.random.default_rng(5)
    tags = np.array(["N", "V", None], dtype=object)[random.integers(0, 3, len(embedded))]
    is_long = random.random(len(embedded)) < 0.4
    groups = {
        "tag": tags,
        "long": is_long,
        ("set", "a"): is_long,
        "pandas": pd.Categorical(tags, categories=["V", "N"]),
    }
    options = {"state": "layer1.cell", "delays": DELAYS[:3], "sequence_starts": STARTS}
    found = state_gradients(network, embedded, groups=groups, **options)
    assert [(group.grouping, group.label) for group in found.groups] == [
        ("tag", "N"), ("tag", "V"), ("long", "long"), ("set", "a"), ("pandas", "V"), ("pandas", "N"),
    ]  # fmt: skip
    for group, member in [
        (found.group("tag", "N"), tags == "N"),
        (found.group("long", "long"), is_long),
        (found.group("set", "a"), is_long),
        (found.group("pandas", "V"), tags == "V"),
    ]:
        mean, norm, count = literal_means(network, embedded, STARTS, "layer1.cell", DELAYS[:3], member=member)
        assert_allclose(group.mean, mean, atol=1e-12)
        assert_allclose(group.mean_norm, norm, rtol=1e-9)
        assert_array_equal(group.count, count)
    alone = state_gradients(network, embedded, **options)
    assert_allclose(alone.mean, found.mean, atol=1e-15)


@pytest.mark.parametrize("positions", [50, 300, 1250])
def test_a_sample_counts_the_positions_it_says(positions):
    network, embedded = made_network("lstm", n_layers=2, n_units=3), inputs(1300)
    starts = [0, 3, 500, 501, 800]
    found = state_gradients(
        network, embedded, state="layer1.hidden", delays=[0, 3], sequence_starts=starts,
        positions=positions, seed=positions,
    )  # fmt: skip
    counts = np.zeros(len(embedded), bool)
    for first, after in found.spans:
        assert not counts[first:after].any()
        counts[first:after] = True
    assert counts.sum() == found.n_counted == positions == found.positions
    # Long sequences: compared with all positions counted one by one by the same code over other chains.
    parts = [
        state_gradients(network, embedded[first:after], state="layer1.hidden", delays=[0, 3],
                        sequence_starts=np.array([s for s in starts if first <= s < after]) - first)
        for first, after in zip(starts, [*starts[1:], 1300], strict=True)
    ]  # fmt: skip
    assert sum(part.count[1] for part in parts) == 1300 - 3 * len(starts) + 2
    again = state_gradients(
        network, embedded, state="layer1.hidden", delays=[0, 3], sequence_starts=starts,
        positions=positions, seed=positions,
    )  # fmt: skip
    assert_array_equal(again.mean, found.mean)
    assert_array_equal(again.largest_band, found.largest_band)


def test_a_sample_is_the_mean_over_its_own_positions():
    network, embedded = made_network("gru", n_units=4), inputs(90)
    starts = [0, 10, 40, 60]
    found = state_gradients(
        network, embedded, state="layer0.hidden", delays=DELAYS, sequence_starts=starts, positions=40, seed=2
    )
    counts = np.zeros(90, bool)
    for first, after in found.spans:
        counts[first:after] = True
    mean, norm, count = literal_means(network, embedded, starts, "layer0.hidden", DELAYS, counts=counts)
    assert_allclose(found.mean, mean, atol=1e-13)
    assert_allclose(found.mean_norm, norm, rtol=1e-9)
    assert_array_equal(found.count, count)


def test_many_chains_and_lanes_give_the_mean_over_everything():
    """4,000 positions are dealt to 8 chains of several lanes, which begin in the middle of sequences."""
    network, embedded = made_network("lstm", n_units=3), inputs(4000)
    starts = np.array([0, 1, 2, 700, 3990])
    every = state_gradients(network, embedded, delays=[0, 2, 9], sequence_starts=starts)
    assert every.n_blocks >= 16
    ends = [*starts[1:], 4000]
    totals, counts = np.zeros(every.mean.shape), np.zeros(3)
    for start_, end in zip(starts, ends, strict=True):
        # Each position's own short past is enough for its short delays, given the state before it.
        for begin in range(start_, end, 397):
            stop = min(end, begin + 397)
            piece = state_gradients(network, embedded[start_:stop], delays=[0])
            before = state_gradients(network, embedded[start_:begin], delays=[0]) if begin > start_ else None
            n_before = 0 if before is None else before.count[0]
            totals[0] += piece.mean[0] * piece.count[0] - (0 if before is None else before.mean[0] * n_before)
            counts[0] += piece.count[0] - n_before
    assert counts[0] == every.count[0] == 4000
    assert_array_equal(every.count, [4000, 4000 - 1 - 1 - 2 - 2 - 2, 4000 - 1 - 1 - 9 - 9 - 9])
    assert_allclose(every.mean[0], totals[0] / counts[0], atol=1e-12)


def test_a_linear_network_remembers_powers_of_its_weights():
    network = torch.nn.RNN(4, 4, nonlinearity="relu", bias=False).double()
    random = np.random.default_rng(1)
    carry, take = random.uniform(0.05, 0.3, (2, 4, 4))
    with torch.no_grad():
        network.weight_hh_l0.copy_(torch.tensor(carry))
        network.weight_ih_l0.copy_(torch.tensor(take))
    found = state_gradients(network, random.uniform(0.5, 1, (60, 4)), state="layer0.hidden", delays=range(12))
    for delay in range(12):
        expected = np.linalg.matrix_power(carry, delay) @ take
        assert_allclose(found.mean[delay], expected, rtol=1e-9)
        assert_allclose(found.mean_norm[delay], np.linalg.norm(expected), rtol=1e-9)
    # Every block is the same, so that the band has no width.
    assert_allclose(found.largest_band, np.repeat(found.largest[:, None], 2, axis=1), rtol=1e-9)


def test_float32_is_near_and_asked_for_by_both():
    network, embedded = made_network("lstm", n_layers=2), inputs(200)
    exact = state_gradients(network, embedded, state="layer1.cell", delays=range(6))
    near = state_gradients(network.float(), embedded.astype(np.float32), state="layer1.cell", delays=range(6))
    assert (near.dtype, near.mean.dtype) == ("float32", np.float32)
    assert_allclose(near.largest, exact.largest, rtol=1e-4)
    mixed = state_gradients(network, embedded.astype(np.float32), delays=[0])
    assert mixed.dtype == "float32"
    assert state_gradients(network, embedded, delays=[0]).dtype == "float64"


def test_the_mean_is_never_longer_than_the_mean_of_norms():
    for seed in range(4):
        found = state_gradients(made_network("lstm", seed=seed), inputs(120, seed=seed), delays=range(8))
        assert (found.norm <= found.mean_norm * (1 + 1e-12)).all()
        assert (np.diff(found.singular_values, axis=1) <= 0).all()
        assert_allclose(found.share(found.singular_values.shape[1]), 1)
        low, high = found.largest_band.T
        assert (low <= found.largest).all()
        assert (found.largest <= high).all()


def test_the_band_is_that_of_resampled_blocks():
    """With one block a chain the band can be computed from outside: the same blocks, drawn by the same
    seed."""
    from analytics.analyses.memory.spectrum import N_REPLICATES

    network, embedded = made_network("gru", n_units=4, seed=2), inputs(160)
    # So long a delay makes one chain of one lane, of which each block is ten positions.
    found = state_gradients(network, embedded, state="layer0.hidden", delays=[0, 39], seed=11)
    borders = np.linspace(0, 160, found.n_blocks + 1)
    assert found.n_blocks == 16
    assert_array_equal(borders, np.round(borders))
    of_own_input = {
        t: one for t, s, one in jacobians(network, embedded, [0], "layer0.hidden", longest=0) if t == s
    }
    sums = []
    for block in range(16):
        counts = np.zeros(160, bool)
        counts[int(borders[block]) : int(borders[block + 1])] = True
        sums.append(sum(one for t, one in of_own_input.items() if counts[t]))
    left, _, right = np.linalg.svd(found.mean[0])
    shares = np.array([left[:, 0] @ one @ right[0] for one in sums])
    draws = np.random.default_rng(11).multinomial(16, np.full(16, 1 / 16), N_REPLICATES)
    expected = np.quantile(draws @ shares / (draws @ np.full(16, 10.0)), [0.025, 0.975])
    assert_allclose(found.largest_band[0], expected, rtol=1e-9)


def test_torch_cells_and_functions_are_differentiated_like_layers():
    for kind, cell in [("lstm", torch.nn.LSTMCell), ("gru", torch.nn.GRUCell), ("rnn", torch.nn.RNNCell)]:
        network, own = made_network(kind), cell(3, 5).double()
        own.load_state_dict({name[:-3]: value for name, value in network.state_dict().items()})
        for state in states_of(kind, 1):
            options = {"state": state, "delays": DELAYS, "sequence_starts": STARTS, "positions": 25}
            expected = state_gradients(network, inputs(), **options)
            assert_allclose(state_gradients(own, inputs(), **options).mean, expected.mean, atol=1e-12)
            assert_allclose(state_gradients(own, inputs(), **options).mean_norm, expected.mean_norm)


def test_a_function_of_named_states():
    torch.manual_seed(0)
    carry, take = torch.randn(4, 4).double() / 3, torch.randn(4, 3).double()

    def step(given, before):
        slow = 0.9 * before["slow"] + 0.1 * before["fast"]
        return {"fast": torch.tanh(carry @ before["fast"] + take @ given), "slow": slow}

    initial = {"fast": torch.zeros(4).double(), "slow": torch.zeros(4).double()}
    found = state_gradients(step, inputs(), state="slow", delays=range(4), initial=initial)
    assert_array_equal(found.mean[0], 0)
    assert_allclose(found.mean[1], 0.1 * np.mean(
        [take.numpy() * (1 - squared[:, None]) for squared in _squares(step, initial)], axis=0
    ), atol=1e-12)  # fmt: skip
    with pytest.raises(UnknownNameError, match="fast, slow"):
        state_gradients(step, inputs(), initial=initial)


def _squares(step, initial):
    """Squared activations before each position but the last."""
    state, found = initial, []
    for value in torch.tensor(inputs())[:-1]:
        state = step(value, state)
        found.append(state["fast"].numpy() ** 2)
    return found


class _WithoutForward(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(value):
        return value * 2

    @staticmethod
    def setup_context(context, inputs, output):
        pass

    @staticmethod
    def backward(context, gradient):
        return gradient * 2


def test_a_function_without_forward_formula_is_differentiated_backward():
    def step(given, before):
        return _WithoutForward.apply(0.25 * before + given)

    found = state_gradients(
        step, inputs(), state="layer0.hidden", delays=range(3), initial=torch.zeros(3).double()
    )
    assert_allclose(found.mean, [np.eye(3) * 2, np.eye(3), np.eye(3) / 2], atol=1e-12)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"state": "layer1.cell"}, UnknownNameError, "layer0.hidden, layer0.cell"),
        ({"state": "layer0.forget_gate"}, UnknownNameError, "states are layer0.hidden, layer0.cell"),
        ({"delays": [40, 24]}, ParameterError, "longest sequence has 24 positions, so delays reach 23"),
        ({"delays": []}, ParameterError, "one or more different"),
        ({"delays": [1, 1]}, ParameterError, "different"),
        ({"delays": [-1]}, ParameterError, "at least 0"),
        ({"positions": 0}, ParameterError, "positions must be at least 1"),
        ({"sequence_starts": [1, 2]}, ShapeError, "begin with 0"),
        ({"groups": {"tag": ["a"]}}, ShapeError, "one value for each of the 24"),
        ({"groups": {"tag": (np.full(24, 3), ["a"])}}, ShapeError, "between -1 and 0"),
        ({"groups": {"a": [True] * 24, ("a", "a"): [True] * 24}}, ParameterError, "'a: a' twice"),
        ({"network": torch.nn.LSTM(3, 4, bidirectional=True)}, ParameterError, "both directions"),
        ({"network": torch.nn.LSTM(3, 4, proj_size=2)}, ParameterError, "proj_size=2"),
        ({"network": torch.nn.LSTM(5, 4)}, ShapeError, "inputs of 5 numbers. Got embedded inputs of 3"),
        ({"network": "lstm"}, ParameterError, "or a step function. Got str"),
        ({"network": lambda given, before: before}, ParameterError, "as `initial`"),
        ({"embedded": np.ones(3)}, ShapeError, "n_positions, n_embedding"),
        ({"device": "abacus"}, ParameterError, "abacus"),
    ],
)
def test_what_does_not_fit_is_refused(change, error, sentence):
    given = {"network": made_network("lstm"), "embedded": inputs()} | change
    with pytest.raises(error, match=sentence):
        state_gradients(given.pop("network"), given.pop("embedded"), **given)


def test_delays_beyond_some_sequences_are_nan():
    network = made_network("lstm")
    found = state_gradients(network, inputs(), delays=[0, 8, 9, 30], sequence_starts=STARTS)
    assert_array_equal(found.count, [24, 1, 0, 0])
    assert np.isfinite(found.largest[:2]).all()
    assert np.isnan(found.mean[2:]).all()
    assert np.isnan(found.singular_values[2:]).all()
    assert np.isnan(found.mean_norm[2:]).all()
    assert np.isnan(found.largest_band[1:]).all()


def test_an_input_that_is_not_finite_is_named():
    embedded = inputs()
    embedded[17] = np.nan
    with pytest.raises(ShapeError, match="NaN or infinity at position 17"):
        state_gradients(made_network("lstm"), embedded)


def test_gradients_that_grow_without_bound_are_named():
    network = torch.nn.RNN(3, 3, nonlinearity="relu", bias=False)
    with torch.no_grad():
        network.weight_hh_l0.fill_(1e20)
        network.weight_ih_l0.fill_(1.0)
    with pytest.raises(ShapeError, match="at position 2 by the input 2 positions before is not finite"):
        state_gradients(network, np.ones((20, 3), np.float32), state="layer0.hidden")


def test_too_many_groups_for_memory_are_refused(monkeypatch):
    monkeypatch.setattr("analytics.analyses.memory.state_gradients.MAX_SUM_BYTES", 30 * 5 * 3 * 8 * 4)
    assert most_groups(n_units=5, n_embedding=3, n_delays=30, itemsize=8) == 3
    groups = {"word": [str(number % 4) for number in range(24)]}
    with pytest.raises(ParameterError, match=r"3 groups in one pass.* Got 4"):
        state_gradients(made_network("lstm"), inputs(), groups=groups)


def test_the_network_stays_as_it_is():
    network = made_network("lstm", n_layers=2, dropout=0.5).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    once, twice = (state_gradients(network, inputs(), state="layer1.cell") for _ in range(2))
    assert_array_equal(once.mean, twice.mean)
    assert network.training
    assert all(value.grad is None for value in network.parameters())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_threads_are_as_many_as_before():
    before = torch.get_num_threads()
    state_gradients(made_network("gru"), inputs(), state="layer0.hidden")
    assert torch.get_num_threads() == before


def test_progress_rises_to_the_end_and_can_end_the_work():
    seen = []
    state_gradients(
        made_network("gru"), inputs(), state="layer0.hidden", progress=lambda *at: seen.append(at)
    )
    assert seen[0] == (0, 24)
    assert seen[-1] == (24, 24)
    assert seen == sorted(seen)

    class EnoughError(Exception):
        pass

    def stop(done, total):
        if done > 100:
            raise EnoughError

    with pytest.raises(EnoughError):
        state_gradients(made_network("lstm", n_units=40), inputs(4000), progress=stop)


def same(one, other):
    assert_allclose(one.mean, other.mean, atol=1e-13)
    assert_allclose(one.largest_band, other.largest_band, rtol=1e-9)
    assert_allclose(one.mean_norm, other.mean_norm, rtol=1e-12)
    assert_array_equal(one.count, other.count)


@pytest.mark.parametrize("n_kept", [1, 5, 11, 15])
def test_work_goes_on_from_its_last_mark(tmp_path, n_kept, monkeypatch):
    network, embedded = made_network("lstm", n_layers=2, n_units=4), inputs(1200)
    tags = np.random.default_rng(0).integers(0, 3, 1200).astype(str)
    options = {
        "state": "layer1.cell", "delays": range(9), "sequence_starts": [0, 5, 300, 700],
        "groups": {"tag": tags}, "positions": 1000,
    }  # fmt: skip
    whole = state_gradients(network, embedded, **options)
    from analytics.analyses.memory.blocks import BlockFolder

    class CutError(Exception):
        pass

    put, n_put, turn = BlockFolder.put, [], threading.Lock()

    def cut_off(self, *given):
        # Several threads put: two that both find room would keep one mark too many.
        with turn:
            if len(n_put) == n_kept:
                raise CutError
            n_put.append(given[:2])
        put(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(BlockFolder, "put", cut_off)
        with pytest.raises(CutError):
            state_gradients(network, embedded, checkpoint=tmp_path / "marks", **options)
    assert len(list((tmp_path / "marks").glob("*-count.npy"))) == n_kept
    seen = []
    went_on = state_gradients(
        network, embedded, checkpoint=tmp_path / "marks", progress=lambda *at: seen.append(at), **options
    )
    same(went_on, whole)
    assert seen[0][0] > 0
    assert not (tmp_path / "marks").exists()


def test_a_killed_run_goes_on(tmp_path):
    process = start(
        """
        import sys, numpy as np
        from analytics.analyses.memory.state_gradients import state_gradients
        from tests.analytics.analyses.memory.literal import made_network
        from tests.held_memory import stop_at_mark

        stop_at_mark(2)
        network = made_network("lstm", n_layers=2, n_units=64)
        embedded = np.random.default_rng(0).normal(size=(1500, 3))
        state_gradients(network, embedded, state="layer1.cell", checkpoint=sys.argv[1])
        """,
        tmp_path / "marks",
    )
    process.kill()
    process.communicate()
    assert len(list((tmp_path / "marks").glob("*-count.npy"))) == 2
    network = made_network("lstm", n_layers=2, n_units=64)
    embedded = np.random.default_rng(0).normal(size=(1500, 3))
    seen = []
    found = state_gradients(
        network, embedded, state="layer1.cell", checkpoint=tmp_path / "marks",
        progress=lambda *at: seen.append(at),
    )  # fmt: skip
    assert 0 < seen[0][0] < 1500
    same(found, state_gradients(network, embedded, state="layer1.cell"))


def test_marks_of_another_computation_are_refused(tmp_path, monkeypatch):
    from analytics.analyses.memory.blocks import BlockFolder

    network = made_network("gru")
    options = {"state": "layer0.hidden", "checkpoint": tmp_path / "marks"}
    with monkeypatch.context() as patch:
        patch.setattr(BlockFolder, "clear", lambda self: None)
        state_gradients(network, inputs(), **options)
    for other in (
        {"network": made_network("gru", seed=1)},
        {"embedded": inputs(seed=1)},
        {"delays": range(3)},
        {"positions": 20},
        {"groups": {"a": [True] * 24}},
    ):
        given = {"network": network, "embedded": inputs()} | other
        with pytest.raises(ParameterError, match="another computation"):
            state_gradients(given.pop("network"), given.pop("embedded"), **given, **options)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ParameterError, match="holds other files"):
        state_gradients(network, inputs(), state="layer0.hidden", checkpoint=tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_a_full_disk_is_one_sentence(small_disk):
    with pytest.raises(AnalyticsError, match=r"could not be written to .*: No space left on device"):
        state_gradients(
            made_network("lstm", n_units=100, n_inputs=20), inputs(400, 20), checkpoint=small_disk / "marks"
        )
    assert not [name for name in os.listdir(small_disk / "marks") if name.startswith(".partial")]


def test_large_sums_lie_in_files_that_are_deleted(tmp_path, monkeypatch):
    network = made_network("lstm")
    expected = state_gradients(network, inputs())
    monkeypatch.setattr("analytics.analyses.memory.state_gradients.KEPT_IN_MEMORY_BYTES", 10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    same(state_gradients(network, inputs(), delays=range(30)), expected)
    assert list(tmp_path.iterdir()) == []


def test_it_is_public():
    assert analytics.state_gradients is state_gradients
    assert isinstance(state_gradients(made_network("lstm"), inputs()), analytics.StateGradients)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_what_runs_on_a_gpu_gives_the_same(kind, monkeypatch):
    """Its operations, on the processor: only the place of the tensors differs."""
    from analytics.analyses.memory import opening

    network, embedded = made_network(kind, n_layers=2), inputs(700)
    tags = np.random.default_rng(0).integers(0, 3, 700).astype(str)
    options = {
        "state": "layer1.hidden", "delays": [0, 5, 2], "sequence_starts": [0, 3, 90, 400],
        "groups": {"tag": tags}, "positions": 500,
    }  # fmt: skip
    expected = state_gradients(network, embedded, **options)

    class Elsewhere:
        """A place that is not the processor, to the code that asks."""

        type = "elsewhere"

    monkeypatch.setattr(opening, "_device", lambda device: Elsewhere)
    monkeypatch.setattr(opening, "_moved", lambda layer, dtype, place: layer)
    monkeypatch.setattr(opening, "_to", lambda values, place: torch.from_numpy(values))
    monkeypatch.setattr(opening, "GPU_LANES", 64)
    found = state_gradients(network, embedded, **options)
    same(found, expected)
    for one, other in zip(found.groups, expected.groups, strict=True):
        same(one, other)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_gives_the_same():
    network, embedded = made_network("lstm", n_layers=2), inputs(700)
    options = {"state": "layer1.cell", "delays": range(9), "groups": {"a": np.arange(700) % 3 == 0}}
    on_gpu = state_gradients(network, embedded, device="cuda", **options)
    same(on_gpu, state_gradients(network, embedded, device="cpu", **options))
