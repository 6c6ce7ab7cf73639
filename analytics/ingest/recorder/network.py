"""A network, watched: it is run on inputs of any layout, and what is seen comes in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from analytics.errors import AnalyticsError, ParameterError
from analytics.ingest.recorder.axes import Axes
from analytics.ingest.recorder.capture import Capture, Carried
from analytics.ingest.recorder.layers import Choice
from analytics.ingest.recorder.quiet import device_of
from analytics.ingest.recorder.run import Run, find_scores, reason_of

__all__ = ["MANY", "Arguments", "Layout", "Network", "failure"]

MANY = 3
"""Streams while a network is tried; afterwards any number may run side by side."""


class Arguments(tuple):
    """Several arguments of one call of a network."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How the network takes its inputs."""

    batch_first: bool
    n_streams: int
    """Most streams at once: MANY stands for any number, 1 for one, 0 for one without an axis."""


class Network:
    """A network, watched.

    Parameters
    ----------
    model : nn.Module
    choice : Choice
        Which states are recorded.
    capture : Capture
        Entered.
    call : callable, optional
        ``call(model, inputs)`` runs the network on a batch. Default: ``model(inputs)``.
    """

    def __init__(
        self, model: nn.Module, choice: Choice, capture: Capture, *,
        call: Callable[[nn.Module, Any], Any] | None = None,
    ) -> None:  # fmt: skip
        self.model, self.choice, self.capture = model, choice, capture
        self._call = call
        self.axes: dict[str, Axes] = {}
        """Of what each hooked module gives."""
        self.output_axes: Axes | None = None
        """Of the output; None: one output for a whole sequence."""
        self.layout = Layout(False, 1)
        self.goes_on = False
        """Whether a sequence may be run in pieces, the state handed on."""

    @property
    def many_streams(self) -> bool:
        """Whether several sequences may be run side by side."""
        return self.layout.n_streams > 1

    @property
    def batch_first(self) -> bool:
        """Whether inputs have the shape (n_streams, n_steps, ...)."""
        return self.layout.batch_first

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of one position's value of each hooked state."""
        return {state: axes.shape for state, axes in self.axes.items()}

    def run(self, inputs: Tensor, carried: Carried | None = None) -> Run:
        """Run on inputs of shape (n_steps, n_streams, ...).

        Raises
        ------
        ParameterError
            If the network fails; the sentence holds what it said.
        """
        try:
            return self.run_once(inputs, carried)
        except AnalyticsError:
            raise
        except Exception as error:  # the network's own: anything may come out of it
            raise ParameterError(f"The network failed. {failure(error, self.shaped(inputs))}") from error

    def carried(self, n_streams: int | None = None) -> Carried:
        """What is handed on after the last run, of the first `n_streams` streams."""
        return {path: tuple(_first(part, n_streams) for part in parts)
                for path, parts in self.capture.carried().items()}  # fmt: skip

    @property
    def has_call(self) -> bool:
        """Whether the caller runs the network himself."""
        return self._call is not None

    def run_as_given(self, inputs: Any, *, n_steps: int, n_streams: int, batch_first: bool) -> Run:
        """Run on a batch as it comes, of which the shape is known."""
        self.capture.begin()
        try:
            output = self.called(inputs)
        except Exception as error:
            raise ParameterError(f"The network failed on a batch and said: {reason_of(error)}.") from error
        self.layout = Layout(batch_first, n_streams)
        return self._seen(output, n_steps=n_steps, n_streams=n_streams)

    def run_once(self, inputs: Tensor, carried: Carried | None = None) -> Run:
        """The same, with the network's own exceptions."""
        self.capture.begin(carried)
        output = self.called(self.shaped(inputs))
        return self._seen(output, n_steps=inputs.shape[0], n_streams=inputs.shape[1])

    def misfit(self, n_steps: int, n_streams: int) -> str | None:
        """A sentence when a layer's states are not one for each step and stream."""
        seen = self.capture.layers()
        for name in {source.rpartition(".")[0] for source in self.choice.sources.values()}:
            if not seen[name].values:
                return f"{name} was not called. Leave it out with states=[...]."
            values = next(iter(seen[name].values.values()))
            if tuple(values.shape[:2]) == (2 * n_steps, n_streams):
                return (
                    f"{name} ran {2 * n_steps} steps where the inputs have {n_steps}: it is called twice. "
                    "Record two layers that share their weights, one for each reading."
                )
            if tuple(values.shape[:2]) != (n_steps, n_streams):
                return (
                    f"{name} ran {values.shape[0]} steps of {values.shape[1]} streams where the inputs have "
                    f"{n_steps} of {n_streams}. If it reads something else, leave it out with states=[...]."
                )
        return None

    def called(self, inputs: Any) -> Any:
        """What the network returns for inputs in its own layout."""
        if self._call is not None:
            return self._call(self.model, inputs)
        return self.model(*inputs) if isinstance(inputs, Arguments) else self.model(inputs)

    def shaped(self, inputs: Tensor) -> Tensor:
        """Inputs of shape (n_steps, n_streams, ...) as the network takes them."""
        if self.layout.n_streams == 0:
            inputs = inputs[:, 0]
        elif self.layout.batch_first:
            inputs = inputs.transpose(0, 1)
        return inputs.to(device_of(self.model)).contiguous()

    def _seen(self, output: Any, *, n_steps: int, n_streams: int) -> Run:
        seen = self.capture.layers()
        found_states = {state: part for layer in seen.values() for state, part in layer.values.items()}
        values = {state: found_states[source] for state, source in self.choice.sources.items()}
        arrange = {"n_streams": n_streams, "batch_first": self.layout.batch_first}
        for state, axes in self.axes.items():
            values[state] = axes.arrange(self.capture.outputs(state), **arrange)
        for state, part in values.items():
            if part.shape[0] != n_steps or part.shape[1] != n_streams:
                raise ParameterError(
                    f"State '{state}' has a value for each step and sequence: {n_steps} by {n_streams} in "
                    f"this batch. Got {part.shape[0]} by {part.shape[1]}."
                )
        found = find_scores(output)
        if found is not None:
            found = found.detach()
            has_steps = self.output_axes is not None
            found = self.output_axes.arrange([found], **arrange) if has_steps else found
        states = {state: values[state].detach().cpu() for state in self.choice.states}
        return Run(states, found, self.output_axes is not None, self._last_hidden(found_states))

    def _last_hidden(self, found: Mapping[str, Tensor]) -> Tensor | None:
        if not self.choice.layers:
            return None
        last = self.choice.layers[-1].name.removesuffix("_reverse")
        names = [f"{last}.hidden", f"{last}_reverse.hidden"]
        parts = [found[name] for name in names if name in found]
        return torch.cat(parts, dim=2) if parts else None


def _first(part: Tensor, n_streams: int | None) -> Tensor:
    """The first streams of a state: the last axis but one holds them."""
    return part if n_streams is None or part.ndim < 2 else part[..., :n_streams, :]


def failure(error: Exception, inputs: Tensor) -> str:
    """A sentence about what the network said of its inputs."""
    kind = str(inputs.dtype).removeprefix("torch.")
    return f"It was given {kind} of shape {tuple(inputs.shape)} and said: {reason_of(error)}."
