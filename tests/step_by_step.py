"""An oracle: RNN, GRU and LSTM layers one step at a time in float64, from the documented formulas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import nn

__all__ = ["layer_states"]


def layer_states(module: nn.RNNBase, inputs: NDArray) -> dict[str, NDArray]:
    """Every state of every layer over one sequence (n_steps, n_inputs), by the name it is recorded under."""
    found: dict[str, NDArray] = {}
    given = inputs.astype(np.float64)
    for number in range(module.num_layers):
        outputs = []
        for reverse in (False, True) if module.bidirectional else (False,):
            name = f"layer{number}{'_reverse' if reverse else ''}"
            states = _direction(
                module, f"_l{number}{'_reverse' if reverse else ''}", given[::-1] if reverse else given
            )
            states = {kind: values[::-1] if reverse else values for kind, values in states.items()}
            found |= {f"{name}.{kind}": values for kind, values in states.items()}
            outputs.append(states["hidden"])
        given = np.concatenate(outputs, axis=1)
    return found


def _direction(module: nn.RNNBase, ending: str, inputs: NDArray) -> dict[str, NDArray]:
    def of(name: str) -> NDArray:
        return getattr(module, name + ending).detach().double().numpy()

    n_units = module.hidden_size
    hidden, cell = np.zeros(getattr(module, "proj_size", 0) or n_units), np.zeros(n_units)
    biases = (of("bias_ih"), of("bias_hh")) if module.bias else (0.0, 0.0)
    steps = []
    for given in inputs:
        from_input = of("weight_ih") @ given + biases[0]
        from_hidden = of("weight_hh") @ hidden + biases[1]
        if isinstance(module, nn.LSTM):
            i, f, g, o = np.split(from_input + from_hidden, 4)
            i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
            cell = f * cell + i * g
            hidden = o * np.tanh(cell)
            hidden = of("weight_hr") @ hidden if module.proj_size else hidden
            steps.append(
                {"hidden": hidden, "cell": cell, "input_gate": i, "forget_gate": f, "candidate_gate": g,
                 "output_gate": o}
            )  # fmt: skip
        elif isinstance(module, nn.GRU):
            parts = zip(np.split(from_input, 3), np.split(from_hidden, 3), strict=True)
            (ri, rh), (zi, zh), (ni, nh) = parts
            r, z = _sigmoid(ri + rh), _sigmoid(zi + zh)
            n = np.tanh(ni + r * nh)
            hidden = (1 - z) * n + z * hidden
            steps.append({"hidden": hidden, "reset_gate": r, "update_gate": z, "candidate_gate": n})
        else:
            total = from_input + from_hidden
            hidden = np.tanh(total) if module.nonlinearity == "tanh" else np.maximum(total, 0)
            steps.append({"hidden": hidden})
    return {kind: np.stack([step[kind] for step in steps]) for kind in steps[0]}


def _sigmoid(values: NDArray) -> NDArray:
    return 1 / (1 + np.exp(-values))
