"""Typed text, and edited words of a recording, read by the network that the recording ships."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.errors import ParameterError
from analytics.store.recording import Recording
from analytics.store.schema import MODEL_FILE
from dashboard.queries.sentences.entry import MAX_WORDS, Entry
from dashboard.queries.sentences.passage import Expected, Passage, gate_of

if TYPE_CHECKING:
    from analytics.live.network import LiveNetwork
    from analytics.live.sentence import LiveSentence

__all__ = ["Typing", "read_typed", "typed_passage", "typing_of"]


def read_typed(network: LiveNetwork, entry: Entry) -> LiveSentence:
    """Run a network over typed text; over edited words after what stands in front of them in the recording.

    A language model reads the word behind the edited ones too, so that what it expected there is known.
    """
    if entry.kind == "t":
        return network.run(entry.text)
    follows = _word_after(network, entry)
    tokens = network.tokenise(entry.text)
    if not follows or len(tokens) == MAX_WORDS:
        return network.run(tokens, after=entry.start)
    return _without_last(network.run(network.encode([*tokens.tokens, *follows]), after=entry.start))


def _word_after(network: LiveNetwork, entry: Entry) -> list[str]:
    """The word behind the range, in a list; none at a sequence's end, or where it would change the answer."""
    recording = network.recording
    is_end = entry.stop == recording.n_positions or entry.stop in recording.sequence_starts
    if is_end or network.task != "language model" or network.module.layers.bidirectional:
        return []
    return recording.token_texts(entry.stop, entry.stop + 1)


def _without_last(sentence: LiveSentence) -> LiveSentence:
    tokens, found = sentence.tokens, sentence.next_words
    return replace(
        sentence,
        tokens=replace(tokens, tokens=tokens.tokens[:-1], ids=tokens.ids[:-1], unknown=tokens.unknown[:-1]),
        states={name: values[:-1] for name, values in sentence.states.items()},
        next_words=replace(found, **{field.name: getattr(found, field.name)[:-1] for field in fields(found)}),
    )


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
        notes=_notes(tokens.unknown),
    )


@dataclass(frozen=True, slots=True)
class Typing:
    """How text becomes the tokens of a recording."""

    how: str
    """In words."""
    joint: str
    """What joins tokens to a text that is parted into the same tokens."""


def typing_of(recording: Recording) -> Typing:
    """Return how the recording's network reads text; the network itself need not be opened for that."""
    from analytics.live.tokens import Tokeniser

    tokeniser = Tokeniser(recording.vocabulary.tolist(), _facts(recording))
    return Typing(tokeniser.how, tokeniser.joint)


def _facts(recording: Recording) -> dict[str, Any]:
    """What goes with the network, or else what the recording says of it."""
    facts: Any = recording.manifest.get("model")
    if MODEL_FILE in recording.manifest["files"]:
        try:
            facts = json.loads((recording.path / MODEL_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            recording.check_unchanged()
    return facts if isinstance(facts, dict) else {}


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


def _notes(unknown: NDArray[np.bool_]) -> tuple[str, ...]:
    """What to say of unknown words."""
    n_unknown, n_words = int(unknown.sum()), len(unknown)
    if not n_unknown:
        return ()
    share = f"{n_unknown:,} of the {n_words:,}" if n_unknown < n_words else f"All {n_words:,}"
    what = f"{share} words {'is' if n_unknown == 1 else 'are'}" if n_words > 1 else "The only word is"
    each = "it" if n_unknown == 1 else "each"
    return (f"{what} unknown to the network, which reads <unk> for {each}.",)
