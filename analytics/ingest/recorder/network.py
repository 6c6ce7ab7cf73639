"""A network made ready for recording: how it wants its inputs, what it shows, whether it runs in pieces.

All of this is found by running it on a few positions of the corpus itself, never by reading its code. While
it is being recorded the network is in evaluation mode and without gradients; afterwards its mode, its device
and the random state are as before.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, is_dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from analytics.errors import AnalyticsError, ParameterError
from analytics.ingest.recorder.axes import Axes, find_axes, guess_axes
from analytics.ingest.recorder.capture import Capture, Carried
from analytics.ingest.recorder.layers import Choice

__all__ = ["Arguments", "Network", "Run", "as_device", "quiet"]

PROBE_STEPS, PROBE_CUT, PROBE_STREAMS = 12, 7, 3
"""Steps, the place where the probe is cut in two, and streams: three numbers that cannot be mistaken."""

MIXED_STEPS = 2
"""Steps after which streams that change each other have done so."""

FAR_STEPS, FAR_CUTS, FAR_REST = 453, (389, 97, 29), 64
"""A longer run and where it is cut: what reaches further back than the short probe shows there."""

FAR_VALUES = 1 << 23
"""Numbers that the longer run may give; with a vocabulary of 50,000 it has 167 steps."""

SAME_SHARE = {torch.float16: 2e-2, torch.bfloat16: 5e-2}
"""Largest difference of two runs that ought to be equal, as a share of the largest value."""


class Arguments(tuple):
    """Several arguments of one call of a network."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What was seen in one run."""

    states: dict[str, Tensor]
    """Each (n_steps, n_streams, n_units), on the CPU, in the network's precision."""
    output: Tensor | None
    """(n_steps, n_streams, n_outputs), or (n_streams, n_outputs): one for a whole sequence."""
    has_steps: bool
    """Whether the output has an axis of steps."""

    @property
    def n_steps(self) -> int:
        """Steps of the run."""
        return len(next(iter(self.states.values())))


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the network takes its inputs."""

    batch_first: bool
    n_streams: int
    """Most streams at once: PROBE_STREAMS stands for any number, 1 for one, 0 for one without an axis."""


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
    batch_first : bool, optional
        Inputs have the shape (n_streams, n_steps, ...). Default: found out.
    time_axis : mapping of str to int
        The axis of steps in what a hooked module gives, by state.
    """

    def __init__(
        self, model: nn.Module, choice: Choice, capture: Capture, *,
        call: Callable[[nn.Module, Any], Any] | None, batch_first: bool | None, time_axis: Mapping[str, int],
    ) -> None:  # fmt: skip
        self.model, self._choice, self._capture = model, choice, capture
        self._layers, self._hooks = choice.layers, list(choice.hooks)
        self._call, self._time_axis = call, time_axis
        self._axes: dict[str, Axes] = {}
        self._output_axes: Axes | None = None
        self._layout = _Layout(bool(batch_first), 1)
        self._orders = [batch_first] if batch_first is not None else self._likely_orders()
        self.goes_on = False
        """Whether a sequence may be run in pieces, the state handed on."""

    @property
    def many_streams(self) -> bool:
        """Whether several sequences may be run side by side."""
        return self._layout.n_streams > 1

    @property
    def batch_first(self) -> bool:
        """Whether inputs have the shape (n_streams, n_steps, ...)."""
        return self._layout.batch_first

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of one position's value of each hooked state."""
        return {state: axes.shape for state, axes in self._axes.items()}

    def probe(self, sample: Callable[[int, int], Tensor], *, longest: int = PROBE_STEPS) -> Run:
        """Find everything out.

        Parameters
        ----------
        sample : callable
            ``sample(n_steps, n_streams)`` gives inputs of shape (n_steps, n_streams, ...).
        longest : int
            Steps of the longest sequence.

        Raises
        ------
        ParameterError
            If the network cannot be run on such inputs, or its states are not one for each step.
        """
        failures: list[str] = []
        refusals: list[AnalyticsError] = []
        for layout in self._layouts():
            if refusals and layout.n_streams != PROBE_STREAMS:
                break
            self._layout = layout
            try:
                found = self._try(sample, failures)
            except AnalyticsError as error:  # with the axes the other way round it may fit
                refusals.append(error)
                continue
            except Exception as error:  # the network's own: anything may come out of it
                failures.append(_failure(error, self._shaped(sample(PROBE_STEPS, max(layout.n_streams, 1)))))
                continue
            if found is not None:
                self.goes_on = self.goes_on and self._goes_on_far(sample, min(longest, _affordable(found)))
                return found
        if refusals:
            raise refusals[0]
        raise ParameterError(
            f"The network cannot be recorded on these inputs. {failures[0]} "
            "Say how to run it: call=lambda model, inputs: ..."
        )

    def run(self, inputs: Tensor, carried: Carried | None = None) -> Run:
        """Run on inputs of shape (n_steps, n_streams, ...).

        Raises
        ------
        ParameterError
            If the network fails; the sentence holds what it said.
        """
        try:
            return self._run(inputs, carried)
        except AnalyticsError:
            raise
        except Exception as error:  # the network's own: anything may come out of it
            raise ParameterError(f"The network failed. {_failure(error, self._shaped(inputs))}") from error

    def carried(self, n_streams: int | None = None) -> Carried:
        """What is handed on after the last run, of the first `n_streams` streams."""
        return {path: tuple(_first(part, n_streams) for part in parts)
                for path, parts in self._capture.carried().items()}  # fmt: skip

    def layer_hidden(self) -> list[Tensor]:
        """Hidden states of the last layer in the last run, one tensor for each direction."""
        if not self._layers:
            return []
        last = self._layers[-1].name.removesuffix("_reverse")
        seen = self._capture.layers()
        found = [
            seen[name].values.get(f"{name}.hidden") for name in (last, f"{last}_reverse") if name in seen
        ]
        return [values for values in found if values is not None]

    @property
    def has_call(self) -> bool:
        """Whether the caller runs the network himself."""
        return self._call is not None

    def try_batch_order(self, read: Callable[[bool], Any]) -> Any:
        """Find out, by running the first batch, whether its first axis is streams; `read` takes it apart."""
        failures: list[str] = []
        for order in self._orders:
            batch = read(order)
            n_streams, n_steps = batch.values.shape[:2]
            self._capture.begin()
            try:
                output = _tensor(self._called(batch.for_network(self)))
            except Exception as error:
                failures.append(f"It said: {_reason(error)}.")
                continue
            if (wrong := self._misfit(n_steps, n_streams)) is not None:
                failures.append(wrong)
                continue
            self._guess_axes(output, n_steps=n_steps, n_streams=n_streams, batch_first=order)
            return batch
        raise ParameterError(f"The network cannot be recorded on these batches. {failures[0]}")

    def _guess_axes(self, output: Tensor | None, *, n_steps: int, n_streams: int, batch_first: bool) -> None:
        """Axes from one batch: there is no second length to compare with, so the usual order decides."""
        sizes = {"n_steps": n_steps, "n_streams": n_streams, "batch_first": batch_first}
        for state in self._hooks:
            axes = guess_axes(self._capture.outputs(state), **sizes, named=self._time_axis.get(state))
            if axes is None:
                got = [tuple(value.shape) for value in self._capture.outputs(state)[:1]]
                raise ParameterError(
                    f"State '{state}' needs a module that gives a tensor with a value for each of the "
                    f"{n_steps} "
                    f"steps. Got {f'the shape {got[0]}' if got else 'none'}: record another module."
                )
            self._axes[state] = axes
        if output is not None:
            self._output_axes = guess_axes([output], **sizes, named=None)

    def run_as_given(self, inputs: Any, *, n_steps: int, n_streams: int, batch_first: bool) -> Run:
        """Run on a batch as it comes, of which the shape is known."""
        self._capture.begin()
        try:
            output = self._called(inputs)
        except Exception as error:
            raise ParameterError(f"The network failed on a batch and said: {_reason(error)}.") from error
        self._layout = _Layout(batch_first, n_streams)
        return self._seen(output, n_steps=n_steps, n_streams=n_streams)

    def _run(self, inputs: Tensor, carried: Carried | None = None) -> Run:
        self._capture.begin(carried)
        output = self._called(self._shaped(inputs))
        return self._seen(output, n_steps=inputs.shape[0], n_streams=inputs.shape[1])

    def _likely_orders(self) -> list[bool]:
        first = next((layer.module for layer in self._layers if isinstance(layer.module, nn.RNNBase)), None)
        likely = True if first is None else first.batch_first
        return [likely, not likely]

    def _layouts(self) -> Iterator[_Layout]:
        for n_streams in (PROBE_STREAMS, 1):
            yield from (_Layout(order, n_streams) for order in self._orders)
        yield _Layout(False, 0)

    def _try(self, sample: Callable[[int, int], Tensor], failures: list[str]) -> Run | None:
        """Probe with one layout: None where the layers count steps differently."""
        n_streams = max(self._layout.n_streams, 1)
        whole = sample(PROBE_STEPS, n_streams)
        self._axes, self._output_axes = {}, None
        self._capture.begin()
        long_output = _tensor(self._called(self._shaped(whole)))
        long_hooks = {state: self._capture.outputs(state) for state in self._hooks}
        if (wrong := self._misfit(PROBE_STEPS, n_streams)) is not None:
            failures.append(wrong)
            return None
        self._capture.begin()
        short_output = _tensor(self._called(self._shaped(whole[:PROBE_CUT])))
        self._find_axes(long_hooks, long_output, short_output, n_streams)
        # The first follows a shorter run and the second a long one: what is kept between calls shows.
        long = self._run(whole)
        for state, values in long.states.items():
            if values.isnan().any():
                raise ParameterError(
                    f"State '{state}' is not a number (NaN) within {PROBE_STEPS} steps. Look at "
                    "its weights and inputs: a training that diverged leaves such."
                )
        _draw_once()  # nor may it draw the same numbers the second time
        again, short = self._run(whole), self._run(whole[:PROBE_CUT])
        if not self._same(long, again):
            raise ParameterError(
                "A network gives the same for the same inputs. This one gave something else the second time: "
                "it keeps a state between calls or draws at random. Pass call=, which resets it first."
            )
        if self._mixes_streams(whole, long):
            failures.append(
                "Sequences side by side change each other's states, with either axis taken for the sequences."
            )
            return None
        self.goes_on = self._goes_on(whole, long, short)
        return self._run(whole)

    def _mixes_streams(self, whole: Tensor, found: Run) -> bool:
        """Whether a stream in the middle gives something else by itself, as with the axes turned."""
        if not self.many_streams:
            return False
        middle = whole.shape[1] // 2
        try:
            lone = self._run(whole[:, middle : middle + 1])
        except Exception:  # a network that minds a single stream is run as it was
            return False
        # Of few steps: rounding differs with the number of streams, and grows from step to step.
        first = slice(0, MIXED_STEPS)
        return not self._same(_part(lone, first), _part(_stream(found, middle), first))

    def _find_axes(
        self, long: Mapping[str, list[Tensor]], long_output: Tensor | None, short_output: Tensor | None,
        n_streams: int,
    ) -> None:  # fmt: skip
        sizes = {"n_steps": (PROBE_STEPS, PROBE_CUT), "n_streams": n_streams}
        for state in self._hooks:
            what, named = f"State '{state}'", self._time_axis.get(state)
            axes = find_axes(long[state], self._capture.outputs(state), **sizes, what=what, named=named)
            if axes is None:
                got = [tuple(value.shape) for value in long[state][:1]]
                raise ParameterError(
                    f"{what} needs a module that gives a tensor with a value for each step. Over "
                    f"{PROBE_STEPS} steps it was called {len(long[state])} times"
                    f"{f' and gave the shape {got[0]}' if got else ''}: record another module."
                )
            self._axes[state] = axes
        if long_output is not None and short_output is not None:
            self._output_axes = find_axes([long_output], [short_output], **sizes, what="The network's output")

    def _goes_on(self, whole: Tensor, long: Run, short: Run) -> bool:
        """Whether two pieces one after the other give what the whole gives."""
        if long.output is not None and not long.has_steps:
            return False
        if not self._same(short, _part(long, slice(0, PROBE_CUT))):
            return False
        try:
            self._run(whole[:PROBE_CUT])
            rest = self._run(whole[PROBE_CUT:], self.carried())
        except Exception:  # a network that minds a shorter piece is run whole
            return False
        return self._same(rest, _part(long, slice(PROBE_CUT, None)))

    def _goes_on_far(self, sample: Callable[[int, int], Tensor], n_steps: int) -> bool:
        """The same over more steps: a convolution may look back further than the short probe is long."""
        if n_steps <= PROBE_STEPS:
            return True
        whole = sample(n_steps, 1)
        try:
            long = self._run(whole)
            for cut in [*(cut for cut in FAR_CUTS if cut < n_steps), n_steps // 2]:
                # Small differences grow in a chaotic network, which then agrees at an earlier cut.
                if self._same(self._run(whole[:cut]), _part(long, slice(0, cut))):
                    rest = self._run(whole[cut : cut + FAR_REST], self.carried())
                    return self._same(rest, _part(long, slice(cut, cut + FAR_REST)))
        except Exception:  # a network that minds a longer piece is run whole
            return False
        return False

    def _same(self, one: Run, other: Run) -> bool:
        """Whether two runs are equal but for rounding: the network's, even where gates are finer."""
        pairs = [(one.states[state], other.states[state]) for state in one.states]
        if one.has_steps:
            pairs.append((one.output, other.output))
        kinds = {parameter.dtype for parameter in self.model.parameters()} | {part.dtype for part, _ in pairs}
        share = max(SAME_SHARE.get(kind, 1e-4) for kind in kinds)
        return all(_close(*pair, share) for pair in pairs)

    def _misfit(self, n_steps: int, n_streams: int) -> str | None:
        """A sentence when a layer's states are not one for each step and stream."""
        seen = self._capture.layers()
        for name in {source.rpartition(".")[0] for source in self._choice.sources.values()}:
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

    def _called(self, inputs: Any) -> Any:
        with quiet():
            if self._call is not None:
                return self._call(self.model, inputs)
            return self.model(*inputs) if isinstance(inputs, Arguments) else self.model(inputs)

    def _shaped(self, inputs: Tensor) -> Tensor:
        """Inputs of shape (n_steps, n_streams, ...) as the network takes them."""
        if self._layout.n_streams == 0:
            inputs = inputs[:, 0]
        elif self._layout.batch_first:
            inputs = inputs.transpose(0, 1)
        return inputs.to(_device_of(self.model)).contiguous()

    def _seen(self, output: Any, *, n_steps: int, n_streams: int) -> Run:
        seen = self._capture.layers()
        found_states = {state: part for layer in seen.values() for state, part in layer.values.items()}
        values = {state: found_states[source] for state, source in self._choice.sources.items()}
        arrange = {"n_streams": n_streams, "batch_first": self._layout.batch_first}
        for state, axes in self._axes.items():
            values[state] = axes.arrange(self._capture.outputs(state), **arrange)
        for state, part in values.items():
            if part.shape[0] != n_steps or part.shape[1] != n_streams:
                raise ParameterError(
                    f"State '{state}' has a value for each step and sequence: {n_steps} by {n_streams} in "
                    "this "
                    f"batch. Got {part.shape[0]} by {part.shape[1]}."
                )
        found = _tensor(output)
        if found is not None:
            found = found.detach()
            has_steps = self._output_axes is not None
            found = self._output_axes.arrange([found], **arrange) if has_steps else found
        states = {state: values[state].detach().cpu() for state in self._choice.states}
        return Run(states, found, self._output_axes is not None)


@contextmanager
def as_device(model: nn.Module, device: str) -> Iterator[None]:
    """Put the network on a device for a while: `auto` takes a GPU where there is one."""
    before = _device_of(model)
    if device == "auto":
        device = "cuda" if before.type == "cpu" and torch.cuda.is_available() else str(before)
    try:
        model.to(device)
    except (RuntimeError, AssertionError) as error:
        raise ParameterError(f"The network cannot be put on device {device!r}: {error}") from None
    try:
        yield
    finally:
        model.to(before)


@contextmanager
def quiet() -> Iterator[None]:
    """Run a network without a trace: no gradients, and all random states as before."""
    python, numpy = random.getstate(), np.random.get_state()
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        stack.enter_context(torch.random.fork_rng(devices=range(torch.cuda.device_count())))
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)


def _device_of(model: nn.Module) -> torch.device:
    parameter = next(model.parameters(), None)
    return torch.device("cpu") if parameter is None else parameter.device


def _tensor(output: Any) -> Tensor | None:
    """The tensor among what a network returns: what is called logits, else the first, however deep."""
    if isinstance(output, Tensor):
        return output if output.is_floating_point() else None
    if is_dataclass(output) or (hasattr(output, "logits") and not isinstance(output, Mapping)):
        output = vars(output) if hasattr(output, "__dict__") else {"logits": output.logits}
    if isinstance(output, Mapping):
        output = [output["logits"]] if "logits" in output else list(output.values())
    if isinstance(output, tuple | list):
        return next((found for part in output if (found := _tensor(part)) is not None), None)
    return None


def _first(part: Tensor, n_streams: int | None) -> Tensor:
    """The first streams of a state: the last axis but one holds them."""
    return part if n_streams is None or part.ndim < 2 else part[..., :n_streams, :]


def _part(run: Run, steps: slice) -> Run:
    states = {state: values[steps] for state, values in run.states.items()}
    return Run(states, run.output[steps] if run.has_steps else run.output, run.has_steps)


def _affordable(found: Run) -> int:
    """Steps of a longer probe that need little memory, however wide the output."""
    parts = [*found.states.values(), *([found.output] if found.has_steps else [])]
    return min(FAR_STEPS, FAR_VALUES // max(1, sum(part.shape[-1] for part in parts)))


def _stream(run: Run, number: int) -> Run:
    here = slice(number, number + 1)
    states = {state: values[:, here] for state, values in run.states.items()}
    return Run(states, run.output[:, here] if run.has_steps else run.output, run.has_steps)


def _draw_once() -> None:
    """Take a number from every generator a network may use; they are set back when all is done."""
    torch.rand(1), random.random(), np.random.random()


def _close(one: Tensor, other: Tensor, share: float) -> bool:
    if one.shape != other.shape:
        return False
    largest = float(other.abs().max().float()) if other.numel() else 0.0
    allowed = share * max(largest, 1e-3)
    return bool(((one.float() - other.float()).abs() <= allowed).all())


def _failure(error: Exception, inputs: Tensor) -> str:
    kind = str(inputs.dtype).removeprefix("torch.")
    return f"It was given {kind} of shape {tuple(inputs.shape)} and said: {_reason(error)}."


def _reason(error: Exception) -> str:
    """The first line of what a network says."""
    return str(error).partition("\n")[0].rstrip(".") or type(error).__name__
