"""Typed text, and edited words of a recording, read by the network that the recording ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.errors import ParameterError
from analytics.store.recording import Recording
from dashboard.queries.sentences_entry import Entry
from dashboard.queries.sentences_passage import Expected, Passage, gate_of

if TYPE_CHECKING:
    from analytics.live.network import LiveNetwork
    from analytics.live.sentence import LiveSentence
    from analytics.live.tokens import Tokeniser

__all__ = ["how_it_is_read", "joint_of", "read_typed", "typed_passage"]


def read_typed(network: LiveNetwork, entry: Entry) -> LiveSentence:
    """Run a network over typed text; over edited words after what stands in front of them."""
    return network.run(entry.text, after=entry.start if entry.kind == "e" else None)


def typed_passage(network: LiveNetwork, sentence: LiveSentence, state: str) -> Passage:
    """Return what a network made of typed text, in one of its states."""
    if state not in sentence.states:
        raise ParameterError(
            f"{state} of {network.recording.name} is no state that its network gives, so typed text is "
            f"not read in it. Choose one of {', '.join(network.state_names)}."
        )
    gate = gate_of(state, tuple(sentence.states))
    tokens = sentence.tokens
    return Passage(
        tokens=tokens.tokens,
        ids=tokens.ids,
        unknown=tokens.unknown,
        states=sentence.states[state],
        before=sentence.before_first[state],
        starts=np.zeros(int(sentence.is_start), dtype=np.int64),
        gate=None if gate is None else sentence.states[gate],
        expected=_expected(network, sentence),
        how=tokens.how,
    )


def how_it_is_read(recording: Recording) -> str:
    """Return how typed text is parted into words."""
    return _tokeniser(recording).how


def joint_of(recording: Recording) -> str:
    """Return what joins tokens to a text that is parted into the same tokens."""
    return _tokeniser(recording).joint


def _tokeniser(recording: Recording) -> Tokeniser:
    from analytics.live.tokens import Tokeniser

    facts = recording.manifest.get("model")
    return Tokeniser(recording.vocabulary.tolist(), facts if isinstance(facts, dict) else {})


def _expected(network: LiveNetwork, sentence: LiveSentence) -> Expected:
    found = sentence.next_words
    if found is None:
        return Expected(class_probabilities=sentence.class_probabilities, classes=sentence.classes)
    before = float(found.word_log_probability[0])
    return Expected(
        targets=tuple(None if word < 0 else network.vocabulary[word] for word in found.targets.tolist()),
        log_probability=found.log_probability,
        before=before if np.isfinite(before) else None,
        entropy=found.entropy,
        top_ids=found.ids.astype(np.int64),
        top_probabilities=found.probabilities,
    )
