"""A network that a recording ships, run again over typed text and over edited words of the recording."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from analytics.errors import NetworkError, ParameterError, RangeError, UnknownNameError, nearest
from analytics.live.sentence import LiveSentence, NextWords
from analytics.live.tokens import LiveTokens, Tokeniser
from analytics.models.classifier import Classifier
from analytics.models.language_model import LanguageModel
from analytics.models.scores import token_scores
from analytics.models.stepping import Carried, Stepper
from analytics.store.recording import Recording

__all__ = ["LONGEST_READ", "LiveNetwork"]

LONGEST_READ = 5000
"""Positions read before edited words, within a second; further on the run begins from recorded states."""

KEPT_STATES = 32
"""States after what was read of the recording, kept: one place is edited again and again."""

_AT_START = "state at a sequence's start"


class LiveNetwork:
    """The network of a recording. Made by `analytics.open_network`; safe to share between threads.

    Attributes
    ----------
    recording : Recording
    facts : dict
        `model.json` of the recording.
    vocabulary : tuple of str
        Text of each id.
    task : {"language model", "classifier"}
    classes : tuple of str
        Of a classifier; else empty.
    module : LanguageModel or Classifier
        In evaluation mode, float32.
    state_names : tuple of str
        The recording's states that the network computes.
    how : str
        How typed text is cut into tokens, for a reader.
    """

    def __init__(
        self, recording: Recording, module: LanguageModel | Classifier, facts: Mapping[str, Any], /
    ) -> None:
        self.recording, self.module, self.facts = recording, module, dict(facts)
        self.vocabulary: tuple[str, ...] = tuple(recording.vocabulary.tolist())
        self.task = "classifier" if isinstance(module, Classifier) else "language model"
        self.classes: tuple[str, ...] = _classes(module, facts)
        self._tokeniser = Tokeniser(self.vocabulary, facts)
        self.how = self._tokeniser.how
        self._stepper = Stepper(module)
        self._units = self._stepper.units
        self.state_names = tuple(name for name in recording.state_names if name in self._units)
        self._read: OrderedDict[int, Carried] = OrderedDict()
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<LiveNetwork of '{self.recording.name}': a {self.task} that reads {self.how}>"

    def tokenise(self, text: str) -> LiveTokens:
        """Cut a text into tokens as the network's training text was; unknown words are marked, not replaced.

        Raises
        ------
        ParameterError
            If there is no token in the text, or more than 1,000.
        UnknownNameError
            If a token is unknown to a vocabulary without `<unk>`.
        """
        return self._tokeniser.tokenise(text)

    def encode(self, tokens: Sequence[str]) -> LiveTokens:
        """Look up tokens that are cut already, such as those of another recording. Raises as `tokenise`."""
        return self._tokeniser.encode(tokens)

    def run(
        self,
        tokens: LiveTokens | str,
        /,
        *,
        after: int | None = None,
        states: Iterable[str] | None = None,
        top_k: int = 5,
    ) -> LiveSentence:
        """Run the network over a text.

        Parameters
        ----------
        tokens : LiveTokens or str
            A str is tokenised first.
        after : int, optional
            A position of the recording: its sequence is read from the start up to (not including) it, then
            the tokens. Default: the tokens are a sequence of their own.
        states : iterable of str, optional
            Of `state_names`. Default: all of them.
        top_k : int, default=5
            Likeliest next words of a language model.

        Returns
        -------
        LiveSentence

        Raises
        ------
        ParameterError, UnknownNameError
            As `tokenise`; or if there is no such state.
        RangeError
            If `after` lies outside the recording.
        NetworkError
            If the network gives NaN, or `after` is further from the sequence's start than can be read.
        """
        given = self.tokenise(tokens) if isinstance(tokens, str) else tokens
        wanted = self._wanted(states)
        if top_k < 1:
            raise ParameterError(f"top_k must be at least 1. Got {top_k}.")
        with _alone():
            return self._sentence(given, wanted, after, top_k)

    def _sentence(
        self, given: LiveTokens, wanted: Sequence[str], after: int | None, top_k: int
    ) -> LiveSentence:
        first, lead = (None, np.empty(0, dtype=np.int64)) if after is None else self._before(after)
        ids = np.concatenate([lead, given.ids])
        steps = self._stepper.run(torch.from_numpy(ids)[:, None], first=first, wanted=wanted)
        found = {name: values[:, 0] for name, values in steps.states.items()}
        logits = steps.logits[:, 0]
        self._check_finite([*found.values(), logits], given, n_lead=len(lead))
        is_classifier = self.task == "classifier"
        own = logits[len(lead) :]
        return LiveSentence(
            tokens=given,
            states={name: _frozen(values[len(lead) :]) for name, values in found.items()},
            before_first={name: _state_before(values, len(lead)) for name, values in found.items()},
            is_start=not len(lead),
            next_words=None if is_classifier else _next_words(logits, ids, n_lead=len(lead), top_k=top_k),
            class_probabilities=_frozen(own.softmax(1)) if is_classifier else None,
            classes=self.classes,
        )

    def carried_to(self, position: int) -> Carried | None:
        """Return what the network holds of a position's sequence before it reads the position.

        Returns
        -------
        tuple of tensor of shape (n_layers, 1, n_units)
            Hidden state, and cell of an LSTM; None at the beginning.

        Raises
        ------
        RangeError
            If there is no such position.
        NetworkError
            If it is further from the sequence's start than can be read.
        """
        if not 0 <= position < self.recording.n_positions:
            raise RangeError(
                f"Positions of '{self.recording.name}' lie within [0, {self.recording.n_positions}). "
                f"Got {position}."
            )
        ids = self.recording.token_ids[self._start_of_reading(position) : position].astype(np.int64)
        with _alone():
            return self._carried(position, ids) if len(ids) else None

    def _wanted(self, states: Iterable[str] | None) -> list[str]:
        if states is None:
            return list(self.state_names)
        names = [states] if isinstance(states, str) else list(dict.fromkeys(states))
        for name in names:
            if name not in self.state_names:
                raise UnknownNameError(
                    f"The network of '{self.recording.name}' gives no state {name!r}."
                    f"{nearest(name, self.state_names)}"
                )
        return names

    def _before(self, after: int) -> tuple[Carried | None, NDArray[np.int64]]:
        """The state to go on from, and the ids that are run again so that what they gave is seen."""
        if not 0 <= after <= self.recording.n_positions:
            raise RangeError(
                f"Positions of '{self.recording.name}' lie within [0, {self.recording.n_positions}]. "
                f"Got {after}."
            )
        start = self._start_of_reading(after)
        ids = self.recording.token_ids[start:after].astype(np.int64)
        if not len(ids):
            return None, ids
        # Both need what came before as a whole: the backward direction, and a mean over all that was read.
        if self.module.layers.bidirectional or getattr(self.module.shape, "pooling", "last") == "mean":
            if len(ids) > LONGEST_READ:
                raise NetworkError(self._too_far(after, len(ids)))
            return None, ids
        return (self._carried(after - 1, ids[:-1]) if len(ids) > 1 else None), ids[-1:]

    def _start_of_reading(self, after: int) -> int:
        at_start = str((self.recording.manifest.get("model") or {}).get(_AT_START, "new"))
        if at_start.startswith("handed on"):
            return 0
        starts = self.recording.sequence_starts
        return int(starts[max(0, np.searchsorted(starts, after, side="right") - 1)])

    def _carried(self, position: int, ids: NDArray[np.int64]) -> Carried:
        """State after `ids`, which end before `position`."""
        with self._lock:
            if position in self._read:
                self._read.move_to_end(position)
                return self._read[position]
        found = (
            self._stepper.read(torch.tensor(ids)[:, None])
            if len(ids) <= LONGEST_READ
            else self._recorded(position, len(ids))
        )
        with self._lock:
            self._read[position] = found
            while len(self._read) > KEPT_STATES:
                self._read.popitem(last=False)
        return found

    def _recorded(self, position: int, n_read: int) -> Carried:
        """The recorded state one position before, which is as exact as it was stored."""
        layers = self.module.layers
        kinds = ("hidden", "cell") if layers.mode == "LSTM" else ("hidden",)
        names = [[f"layer{number}.{kind}" for number in range(layers.num_layers)] for kind in kinds]
        if not {name for part in names for name in part} <= set(self.state_names):
            raise NetworkError(self._too_far(position + 1, n_read))
        rows = [[self.recording.states(name).read(position - 1, position) for name in part] for part in names]
        return tuple(torch.from_numpy(np.stack(part).astype(np.float32)) for part in rows)

    def _too_far(self, after: int, n_read: int) -> str:
        return (
            f"Position {after:,} lies {n_read:,} positions behind the start of its sequence, and the network "
            f"reads at most {LONGEST_READ:,} again. Choose an earlier one, or record hidden and cell states "
            "of all layers."
        )

    def _check_finite(self, found: Sequence[torch.Tensor], tokens: LiveTokens, *, n_lead: int) -> None:
        for values in found:
            finite = torch.isfinite(values).all(dim=1)
            if not finite.all():
                place = max(0, int(finite.int().argmin()) - n_lead)
                raise NetworkError(
                    f"The network of '{self.recording.name}' gives NaN or infinity from word {place + 1} "
                    f"({tokens.tokens[place]!r}) on: its weights are too large. Train it again."
                )


@contextmanager
def _alone() -> Iterator[None]:
    """Without gradients, and on one thread: some words are too little to share, and two threads that wait for
    each other on a busy machine take many times as long. Torch keeps this number for each calling thread.
    """
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            yield
    finally:
        torch.set_num_threads(n_threads)


def _classes(module: LanguageModel | Classifier, facts: Mapping[str, Any]) -> tuple[str, ...]:
    if not isinstance(module, Classifier):
        return ()
    names = facts.get("classes") or range(module.shape.n_classes)
    return tuple(map(str, names))


def _next_words(logits: torch.Tensor, ids: NDArray[np.int64], *, n_lead: int, top_k: int) -> NextWords:
    targets = np.append(ids[1:], -1).astype(np.int32)
    low = max(0, n_lead - 1)
    found = token_scores(logits[low:], targets[low:], top_k=min(top_k, logits.shape[1]))
    logs, top, shares, entropy = (values[n_lead - low :] for values in found)
    before = found[0][:-1] if n_lead else np.append(np.float32(np.nan), logs[:-1])
    parts = {
        "ids": top, "probabilities": shares, "entropy": entropy, "targets": targets[n_lead:],
        "log_probability": logs, "word_log_probability": before,
    }  # fmt: skip
    return NextWords(**{name: _frozen(values) for name, values in parts.items()})


def _state_before(values: torch.Tensor, n_lead: int) -> NDArray[np.float32]:
    return _frozen(values[n_lead - 1] if n_lead else torch.zeros(values.shape[1]))


def _frozen(values: torch.Tensor | NDArray) -> NDArray:
    array = np.ascontiguousarray(values.numpy() if isinstance(values, torch.Tensor) else values)
    array.setflags(write=False)
    return array
