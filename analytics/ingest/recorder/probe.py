"""How a network wants its inputs, what it shows, and whether it runs in pieces: found by trying it.

It is run on a few positions of the corpus itself; its code is never read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from analytics.errors import AnalyticsError, ParameterError
from analytics.ingest.recorder.axes import find_axes, guess_axes
from analytics.ingest.recorder.network import MANY, Layout, Network, failure
from analytics.ingest.recorder.run import Run, find_scores, reason_of

__all__ = ["PROBE_STEPS", "Probe"]

PROBE_STEPS, PROBE_CUT = 12, 7
"""Steps, and the place where the probe is cut in two; with the streams three numbers that differ."""

MIXED_STEPS = 2
"""Steps after which streams that change each other have done so."""

FAR_STEPS, FAR_CUTS, FAR_REST = 453, (389, 97, 29), 64
"""A longer run and where it is cut: what reaches further back than the short probe shows there."""

FAR_VALUES = 1 << 23
"""Numbers that the longer run may give; with a vocabulary of 50,000 it has 167 steps."""

SAME_SHARE = {torch.float16: 2e-2, torch.bfloat16: 5e-2}
"""Largest difference of two runs that ought to be equal, as a share of the largest value."""


class Probe:
    """Tries a network, and leaves what it found in it.

    Parameters
    ----------
    network : Network
    batch_first : bool, optional
        Inputs have the shape (n_streams, n_steps, ...). Default: found out.
    time_axis : mapping of str to int
        The axis of steps in what a hooked module gives, by state.
    """

    def __init__(
        self, network: Network, *, batch_first: bool | None = None, time_axis: Mapping[str, int]
    ) -> None:
        self._network, self._time_axis = network, time_axis
        self._orders = [batch_first] if batch_first is not None else self._likely_orders()

    @property
    def network(self) -> Network:
        """The network that is tried."""
        return self._network

    def find(self, sample: Callable[[int, int], Tensor], *, longest: int = PROBE_STEPS) -> Run:
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
            if refusals and layout.n_streams != MANY:
                break
            self._network.layout = layout
            try:
                found = self._try(sample, failures)
            except AnalyticsError as error:  # with the axes the other way round it may fit
                refusals.append(error)
                continue
            except Exception as error:  # the network's own: anything may come out of it
                inputs = sample(PROBE_STEPS, max(layout.n_streams, 1))
                failures.append(failure(error, self._network.shaped(inputs)))
                continue
            if found is not None:
                n_steps = min(longest, _affordable(found))
                self._network.goes_on = self._network.goes_on and self._goes_on_far(sample, n_steps)
                return found
        if refusals:
            raise refusals[0]
        raise ParameterError(
            f"The network cannot be recorded on these inputs. {failures[0]} "
            "Say how to run it: call=lambda model, inputs: ..."
        )

    def find_batch_order(self, read: Callable[[bool], Any]) -> Any:
        """Find out, by running the first batch, whether its first axis is streams; `read` takes it apart."""
        failures: list[str] = []
        for order in self._orders:
            batch = read(order)
            n_streams, n_steps = batch.values.shape[:2]
            self._network.capture.begin()
            try:
                output = find_scores(self._network.called(batch.for_network(self._network)))
            except Exception as error:
                failures.append(f"It said: {reason_of(error)}.")
                continue
            if (wrong := self._network.misfit(n_steps, n_streams)) is not None:
                failures.append(wrong)
                continue
            self._guess_axes(output, n_steps=n_steps, n_streams=n_streams, batch_first=order)
            return batch
        raise ParameterError(f"The network cannot be recorded on these batches. {failures[0]}")

    def _guess_axes(self, output: Tensor | None, *, n_steps: int, n_streams: int, batch_first: bool) -> None:
        """Axes from one batch: there is no second length to compare with, so the usual order decides."""
        sizes = {"n_steps": n_steps, "n_streams": n_streams, "batch_first": batch_first}
        for state in self._network.choice.hooks:
            axes = guess_axes(self._network.capture.outputs(state), **sizes, named=self._time_axis.get(state))
            if axes is None:
                got = [tuple(value.shape) for value in self._network.capture.outputs(state)[:1]]
                raise ParameterError(
                    f"State '{state}' needs a module that gives a tensor with a value for each of the "
                    f"{n_steps} steps. Got {f'the shape {got[0]}' if got else 'none'}: record another module."
                )
            self._network.axes[state] = axes
        if output is not None:
            self._network.output_axes = guess_axes([output], **sizes, named=None)

    def _likely_orders(self) -> list[bool]:
        modules = (layer.module for layer in self._network.choice.layers)
        first = next((module for module in modules if isinstance(module, nn.RNNBase)), None)
        likely = True if first is None else first.batch_first
        return [likely, not likely]

    def _layouts(self) -> Iterator[Layout]:
        for n_streams in (MANY, 1):
            yield from (Layout(order, n_streams) for order in self._orders)
        yield Layout(False, 0)

    def _try(self, sample: Callable[[int, int], Tensor], failures: list[str]) -> Run | None:
        """Probe with one layout: None where the layers count steps differently."""
        n_streams = max(self._network.layout.n_streams, 1)
        whole = sample(PROBE_STEPS, n_streams)
        self._network.axes, self._network.output_axes = {}, None
        self._network.capture.begin()
        long_output = find_scores(self._network.called(self._network.shaped(whole)))
        long_hooks = {state: self._network.capture.outputs(state) for state in self._network.choice.hooks}
        if (wrong := self._network.misfit(PROBE_STEPS, n_streams)) is not None:
            failures.append(wrong)
            return None
        self._network.capture.begin()
        short_output = find_scores(self._network.called(self._network.shaped(whole[:PROBE_CUT])))
        self._find_axes(long_hooks, long_output, short_output, n_streams)
        # The first follows a shorter run and the second a long one: what is kept between calls shows.
        long = self._network.run_once(whole)
        for state, values in long.states.items():
            if values.isnan().any():
                raise ParameterError(
                    f"State '{state}' is not a number (NaN) within {PROBE_STEPS} steps. Look at "
                    "its weights and inputs: a training that diverged leaves such."
                )
        again, short = self._network.run_once(whole), self._network.run_once(whole[:PROBE_CUT])
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
        self._network.goes_on = self._goes_on(whole, long, short)
        return self._network.run_once(whole)

    def _mixes_streams(self, whole: Tensor, found: Run) -> bool:
        """Whether a stream in the middle gives something else by itself, as with the axes turned."""
        if not self._network.many_streams:
            return False
        middle = whole.shape[1] // 2
        try:
            lone = self._network.run_once(whole[:, middle : middle + 1])
        except Exception:  # a network that minds a single stream is run as it was
            return False
        # Of few steps: rounding differs with the number of streams, and grows from step to step.
        first = slice(0, MIXED_STEPS)
        return not self._same(lone.part(first), found.stream(middle).part(first))

    def _find_axes(
        self, long: Mapping[str, list[Tensor]], long_output: Tensor | None, short_output: Tensor | None,
        n_streams: int,
    ) -> None:  # fmt: skip
        sizes = {"n_steps": (PROBE_STEPS, PROBE_CUT), "n_streams": n_streams}
        for state in self._network.choice.hooks:
            what, named = f"State '{state}'", self._time_axis.get(state)
            axes = find_axes(
                long[state], self._network.capture.outputs(state), **sizes, what=what, named=named
            )
            if axes is None:
                got = [tuple(value.shape) for value in long[state][:1]]
                raise ParameterError(
                    f"{what} needs a module that gives a tensor with a value for each step. Over "
                    f"{PROBE_STEPS} steps it was called {len(long[state])} times"
                    f"{f' and gave the shape {got[0]}' if got else ''}: record another module."
                )
            self._network.axes[state] = axes
        if long_output is not None and short_output is not None:
            self._network.output_axes = find_axes(
                [long_output], [short_output], **sizes, what="The network's output"
            )

    def _goes_on(self, whole: Tensor, long: Run, short: Run) -> bool:
        """Whether two pieces one after the other give what the whole gives."""
        if long.output is not None and not long.has_steps:
            return False
        if not self._same(short, long.part(slice(0, PROBE_CUT))):
            return False
        try:
            self._network.run_once(whole[:PROBE_CUT])
            rest = self._network.run_once(whole[PROBE_CUT:], self._network.carried())
        except Exception:  # a network that minds a shorter piece is run whole
            return False
        return self._same(rest, long.part(slice(PROBE_CUT, None)))

    def _goes_on_far(self, sample: Callable[[int, int], Tensor], n_steps: int) -> bool:
        """The same over more steps: a convolution may look back further than the short probe is long."""
        if n_steps <= PROBE_STEPS:
            return True
        whole = sample(n_steps, 1)
        try:
            long = self._network.run_once(whole)
            for cut in [*(cut for cut in FAR_CUTS if cut < n_steps), n_steps // 2]:
                # Small differences grow in a chaotic network, which then agrees at an earlier cut.
                if self._same(self._network.run_once(whole[:cut]), long.part(slice(0, cut))):
                    rest = self._network.run_once(whole[cut : cut + FAR_REST], self._network.carried())
                    return self._same(rest, long.part(slice(cut, cut + FAR_REST)))
        except Exception:  # a network that minds a longer piece is run whole
            return False
        return False

    def _same(self, one: Run, other: Run) -> bool:
        """Whether two runs are equal but for rounding: the network's, even where gates are finer."""
        kinds = {parameter.dtype for parameter in self._network.model.parameters()}
        kinds |= {values.dtype for values in one.states.values()}
        kinds |= {one.output.dtype} if one.has_steps else set()
        return one.is_same(other, share=max(SAME_SHARE.get(kind, 1e-4) for kind in kinds))


def _affordable(found: Run) -> int:
    """Steps of a longer probe that need little memory, however wide the output."""
    parts = [*found.states.values(), *([found.output] if found.has_steps else [])]
    return min(FAR_STEPS, FAR_VALUES // max(1, sum(part.shape[-1] for part in parts)))
