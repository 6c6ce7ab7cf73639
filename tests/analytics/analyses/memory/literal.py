"""State gradients written down literally: autograd over each sequence, one mean after the other."""

from __future__ import annotations

import numpy as np
import torch

__all__ = ["jacobians", "literal_means", "made_network"]

KINDS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}


def made_network(kind, *, n_layers=1, n_inputs=3, n_units=5, seed=0, **options):
    """A network in float64 whose gates are neither open nor shut."""
    torch.manual_seed(seed)
    network = KINDS[kind](n_inputs, n_units, n_layers, **options).double()
    with torch.no_grad():
        for value in network.parameters():
            value.mul_(1.7)
    return network


def jacobians(network, embedded, starts, state, *, longest=None):
    """Yield position t, position s and d state[t] / d embedded[s] for every t >= s of each sequence.

    `longest`: no longer delays; then each Jacobian is taken by itself.
    """
    layer, kind = int(state[5]), state.partition(".")[2]

    def states(inputs):
        found, carried = [], None
        for value in inputs:
            _, carried = network(value[None, None], carried)
            hidden, cell = carried if isinstance(carried, tuple) else (carried, None)
            found.append((cell if kind == "cell" else hidden)[layer, 0])
        return torch.stack(found)

    for start, stop in zip(starts, [*starts[1:], len(embedded)], strict=True):
        inputs = torch.tensor(np.asarray(embedded[start:stop], dtype=np.float64))
        if longest is not None:
            yield from _one_by_one(network, inputs, start, longest)
            continue
        every = torch.autograd.functional.jacobian(states, inputs, vectorize=True).numpy()
        for t in range(stop - start):
            for s in range(t + 1):
                yield start + t, start + s, every[t, :, s]


def literal_means(network, embedded, starts, state, delays, *, counts=None, member=None):
    """Mean, mean norm and count by delay, over positions t of `counts` whose input word at s is a
    `member`."""
    found = {delay: [] for delay in delays}
    for t, s, jacobian in jacobians(network, embedded, starts, state):
        if t - s in found and (counts is None or counts[t]) and (member is None or member[s]):
            found[t - s].append(jacobian)
    means = np.stack([np.mean(found[delay], axis=0) for delay in delays])
    norms = np.array([np.mean([np.linalg.norm(one) for one in found[delay]]) for delay in delays])
    return means, norms, np.array([len(found[delay]) for delay in delays])


def _one_by_one(network, inputs, start, longest):
    """For the hidden state of one layer: the state before is a constant."""
    outputs, _ = network(inputs[:, None])
    before = torch.cat([torch.zeros_like(outputs[:1]), outputs[:-1]]).detach()
    assert longest == 0
    for t in range(len(inputs)):

        def state(value, t=t):
            return network(value[None, None], before[t][None])[0][0, 0]

        yield (
            start + t,
            start + t,
            torch.autograd.functional.jacobian(state, inputs[t], vectorize=True).numpy(),
        )
