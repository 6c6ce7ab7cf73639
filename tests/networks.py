"""A recording made as a user would: a small torch LSTM over a text, through the public function."""

from __future__ import annotations

from pathlib import Path

import torch

import analytics
from analytics.store.recording import Recording

LINE = (
    "the queen of the land said : the little prince is in the house . "
    "a king & a <unk> sat on the <b>mat</b> , the queen of the sea saw שלום and 🙂 \t there \n"
)
LINES, LINES_PER_SCENE, UNITS = 60, 5, 24
TAGS = {
    "the": "DET",
    "a": "DET",
    "queen": "NOUN",
    "king": "NOUN",
    "prince": "NOUN",
    "of": "PREP",
    "in": "PREP",
}


def words_of_the_plays() -> list[str]:
    """The text, a token a word; white space, markup, right-to-left text and emoji are tokens too."""
    line = [word for word in LINE.replace("\t", " \t ").split(" ") if word]
    return line * LINES


def lstm_recording(path: Path, *, name: str = "plays") -> Recording:
    """Write cell and hidden states of an LSTM with fixed random weights, with annotations and predictions."""
    tokens = words_of_the_plays()
    vocabulary = sorted(set(tokens))
    ids = torch.tensor([vocabulary.index(token) for token in tokens])
    hidden, cell, logits = _run(ids, len(vocabulary))
    targets = torch.cat([ids[1:], torch.tensor([-1])])
    log_probability = logits.log_softmax(1)
    chosen = log_probability.gather(1, targets.clamp(min=0)[:, None])[:, 0]
    chosen[-1] = float("nan")
    top = log_probability.exp().topk(5)
    scene = len(tokens) // LINES * LINES_PER_SCENE
    return analytics.write_recording(
        path,
        name=name,
        tokens=ids.numpy(),
        vocabulary=vocabulary,
        states={"layer0.hidden": hidden.numpy(), "layer0.cell": cell.numpy()},
        sequence_starts=list(range(0, len(tokens), scene)),
        sequence_name="scene",
        targets=targets.numpy(),
        log_probability=chosen.numpy(),
        predictions=(top.indices.numpy(), top.values.numpy()),
        annotations={
            "part_of_speech": [TAGS.get(token, "OTHER") for token in tokens],
            "letters": [float(len(token)) for token in tokens],
        },
        description="A small LSTM with random weights over a few repeated lines.",
        model={"kind": "LSTM", "layers": 1, "units": UNITS},
        corpus={"source": "written for the tests"},
        opening_view={
            "state": "layer0.cell", "from": "1", "to": "3", "threshold": "0.05",
            "tracks": "part_of_speech", "title": "queen of",
        },
    )  # fmt: skip


def _run(ids: torch.Tensor, n_words: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Hidden and cell state after each token, shape (n_positions, UNITS), and the next token's logits."""
    torch.manual_seed(0)
    embed, cell = torch.nn.Embedding(n_words, 16), torch.nn.LSTMCell(16, UNITS)
    output = torch.nn.Linear(UNITS, n_words)
    h, c = torch.zeros(UNITS), torch.zeros(UNITS)
    hidden, cells = [], []
    with torch.no_grad():
        for embedded in embed(ids):
            h, c = cell(embedded, (h, c))
            hidden.append(h)
            cells.append(c)
        return torch.stack(hidden), torch.stack(cells), output(torch.stack(hidden))
