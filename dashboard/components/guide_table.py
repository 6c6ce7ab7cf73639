"""The one table from which the guided form writes its lines: questions, calls, and what each name stands for.

The browser composes the lines from it (assets/guide.js) and so does `components/guide.py`; tests hold the two
equal and run every Python snippet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "CALLS",
    "COMMANDS",
    "NAMES",
    "QUESTIONS",
    "SOURCES",
    "Argument",
    "Call",
    "Choice",
    "Name",
    "Question",
    "When",
]

When = Mapping[str, tuple[str, ...]]
"""The answers under which something is shown, by question; `*` is any text at all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that can be clicked."""

    value: str
    text: str
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the form; without choices the answer is typed."""

    name: str
    """Its name in the address."""
    text: str
    choices: tuple[Choice, ...] = ()
    default: str = ""
    hint: str = ""
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Argument:
    """Text of an argument. {path}, {name}, {source}, {file}, {modules} become literals of what was typed."""

    text: str
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function, or a command."""

    function: str
    arguments: tuple[Argument, ...]
    when: When


@dataclass(frozen=True, slots=True)
class Name:
    """What a name in the lines stands for."""

    name: str
    meaning: str
    when: When


TORCH, TRAINED, LSTMVIS, ARRAYS, MEMORY, TABLE = "torch", "trained", "lstmvis", "arrays", "memory", "table"
WORDS, CHARACTERS, NUMBERS, LOADER = "words", "characters", "numbers", "loader"
ONE, MANY = "one", "many"
NEXT, CLASSES, STATES = "next", "classes", "states"
NO, OWN, COMPUTED = "no", "own", "computed"
TEXT, CONLLU, DOCUMENTS, PYTHON = "text", "conllu", "documents", "python"

OF_TORCH: When = {"own": (TORCH,)}
TOKENS: When = {"own": (TORCH,), "input": (WORDS, CHARACTERS)}
IDS: When = {"own": (TORCH,), "input": (WORDS, CHARACTERS, LOADER)}
FILES: When = {"own": (LSTMVIS, ARRAYS, TABLE)}
IN_PYTHON: When = {"own": (TORCH, LSTMVIS, ARRAYS, MEMORY, TABLE)}
TEXT_FILE: When = {
    "own": (TORCH,),
    "input": (WORDS, CHARACTERS),
    "predicts": (NEXT,),
    "modules": ("",),
}
"""What the command line can do with a network of one's own."""

QUESTIONS = (
    Question(
        "own",
        "What do you have?",
        (
            Choice(TORCH, "a torch network in Python"),
            Choice(TRAINED, "a network trained here"),
            Choice(LSTMVIS, "an LSTMVis project"),
            Choice(ARRAYS, "NumPy, safetensors or HDF5 files"),
            Choice(MEMORY, "arrays in Python"),
            Choice(TABLE, "a Parquet or CSV table"),
        ),
        default=TORCH,
    ),
    Question(
        "input",
        "What goes in?",
        (
            Choice(WORDS, "words"),
            Choice(CHARACTERS, "characters"),
            Choice(NUMBERS, "numbers over time"),
            Choice(LOADER, "batches of a DataLoader"),
        ),
        default=WORDS,
        when=OF_TORCH,
    ),
    Question(
        "sequences",
        "How does it run?",
        (Choice(ONE, "one stream"), Choice(MANY, "many sequences, state reset at each")),
        default=ONE,
        when={"own": (TORCH, MEMORY), "input": (WORDS, CHARACTERS, NUMBERS)},
    ),
    Question(
        "predicts",
        "What does it predict?",
        (
            Choice(NEXT, "the next token", when={"input": (WORDS, CHARACTERS, LOADER)}),
            Choice(CLASSES, "a class of each sequence"),
            Choice(STATES, "nothing: record states only"),
        ),
        default=NEXT,
        when=OF_TORCH,
    ),
    Question(
        "modules",
        "Modules of your own",
        hint="as in blocks.3, norm; empty: every recurrent layer",
        when=OF_TORCH,
    ),
    Question("source", "Where is it?", hint="a file or a folder", when={"own": (TRAINED, *FILES["own"])}),
    Question(
        "reads",
        "What shall it read?",
        (
            Choice(TEXT, "plain text"),
            Choice(CONLLU, "a CoNLL-U treebank"),
            Choice(DOCUMENTS, "labelled documents"),
            Choice(PYTHON, "Python source"),
        ),
        default=TEXT,
        when={"own": (TRAINED,)},
    ),
    Question("file", "Which file?", hint="the text to read", when={"own": (TRAINED,)}),
    Question(
        "annotations",
        "Labels for each position?",
        (
            Choice(NO, "no"),
            Choice(OWN, "your own: parts of speech, speakers, ..."),
            Choice(COMPUTED, "computed from the tokens"),
        ),
        default=NO,
    ),
    Question("name", "Its name here", default="mine", hint="letters, digits, _ . -"),
)

CALLS = (
    Call(
        "analytics.record",
        (
            Argument("model"),
            Argument("tokens", TOKENS),
            Argument("values", {"input": (NUMBERS,)}),
            Argument("loader", {"input": (LOADER,)}),
            Argument("{path}"),
            Argument("vocabulary=vocabulary", IDS),
            Argument("sequence_starts=starts", {"sequences": (MANY,), "input": (WORDS, CHARACTERS, NUMBERS)}),
            Argument("states={modules}", {"modules": ("*",)}),
            Argument("labels=labels", {"predicts": (CLASSES,), "input": (WORDS, CHARACTERS, NUMBERS)}),
            Argument("classes=classes", {"predicts": (CLASSES,)}),
            Argument("targets=None", {"predicts": (STATES,)}),
            Argument(
                'annotations={"part of speech": tags}',
                {"annotations": (OWN,), "input": (WORDS, CHARACTERS, NUMBERS)},
            ),
        ),
        OF_TORCH,
    ),
    Call("analytics.import_lstmvis", (Argument("{source}"), Argument("{path}")), {"own": (LSTMVIS,)}),
    Call("analytics.import_arrays", (Argument("{source}"), Argument("{path}")), {"own": (ARRAYS,)}),
    Call(
        "analytics.import_table",
        (Argument("{source}"), Argument("{path}"), Argument('token="token"')),
        {"own": (TABLE,)},
    ),
    Call(
        "analytics.write_recording",
        (
            Argument("{path}"),
            Argument("name={name}"),
            Argument("tokens=tokens"),
            Argument('states={"layer0.hidden": hidden}'),
            Argument("sequence_starts=starts", {"sequences": (MANY,)}),
            Argument('annotations={"part of speech": tags}', {"annotations": (OWN,)}),
        ),
        {"own": (MEMORY,)},
    ),
    Call(
        "analytics.annotate",
        (Argument("{path}"), Argument('{"part of speech": tags}')),
        {**FILES, "annotations": (OWN,)},
    ),
    Call(
        "analytics.annotate",
        (Argument("{path}"), Argument('{"part of speech": tags}')),
        {"own": (TORCH,), "input": (LOADER,), "annotations": (OWN,)},
    ),
    Call(
        "analytics.annotate",
        (Argument("{path}"), Argument('["bracket depth", "token length"]')),
        {**IN_PYTHON, "annotations": (COMPUTED,)},
    ),
)

COMMANDS = (
    Call(
        "python -m analytics record",
        (
            Argument("--model mynets:build"),
            Argument("--text {file}"),
            Argument("--by word", {"input": (WORDS,)}),
            Argument("--by char", {"input": (CHARACTERS,)}),
            Argument("--vocabulary vocabulary.txt"),
            Argument("--sequences file", {"sequences": (ONE,)}),
            Argument("--sequences line", {"sequences": (MANY,)}),
            Argument("--name {name}"),
        ),
        TEXT_FILE,
    ),
    Call(
        "python -m analytics record",
        (
            Argument("--network {source}"),
            Argument("--text {file}", {"reads": (TEXT,)}),
            Argument("--conllu {file}", {"reads": (CONLLU,)}),
            Argument("--documents {file}", {"reads": (DOCUMENTS,)}),
            Argument("--python {file}", {"reads": (PYTHON,)}),
            Argument("--name {name}"),
        ),
        {"own": (TRAINED,)},
    ),
    Call(
        "python -m analytics import lstmvis",
        (Argument("{source}"), Argument("--name {name}")),
        {"own": (LSTMVIS,)},
    ),
    Call(
        "python -m analytics import arrays",
        (Argument("{source}"), Argument("--name {name}")),
        {"own": (ARRAYS,)},
    ),
    Call(
        "python -m analytics import table",
        (Argument("{source}"), Argument("--name {name}")),
        {"own": (TABLE,)},
    ),
)

_ANNOTATED = (
    Argument("{name}"),
    Argument("--from tags.csv", {"annotations": (OWN,)}),
    Argument("--with 'bracket depth' --with 'token length'", {"annotations": (COMPUTED,)}),
)
_LATER: When = {"annotations": (OWN, COMPUTED)}
COMMANDS += (
    Call("python -m analytics annotate", _ANNOTATED, {**TEXT_FILE, **_LATER}),
    Call("python -m analytics annotate", _ANNOTATED, {"own": (TRAINED, *FILES["own"]), **_LATER}),
)

SOURCES: Mapping[str, str] = {
    TRAINED: "data/networks/mine",
    LSTMVIS: "path/to/project",
    ARRAYS: "states.npz",
    TABLE: "states.parquet",
    TEXT: "book.txt",
    CONLLU: "dev.conllu",
    DOCUMENTS: "reviews.tsv",
    PYTHON: "stdlib:json/*.py",
}
"""What stands in the lines as long as no place was typed."""

NAMES = (
    Name("model", "your trained torch.nn.Module; it is run without gradients and left as it was", OF_TORCH),
    Name("tokens", "list of str: the text in reading order, one entry for each position", TOKENS),
    Name(
        "values",
        "array of shape (n_positions, n_channels): what is fed in at each step",
        {"own": (TORCH,), "input": (NUMBERS,)},
    ),
    Name(
        "loader",
        "DataLoader, or any iterable, of batches of token ids in corpus order",
        {"own": (TORCH,), "input": (LOADER,), "predicts": (NEXT, STATES)},
    ),
    Name(
        "loader",
        "DataLoader, or any iterable, of batches (ids, labels) in corpus order",
        {"own": (TORCH,), "input": (LOADER,), "predicts": (CLASSES,)},
    ),
    Name("vocabulary", "list of str: the text of each token id, in the order of the embedding", IDS),
    Name("tokens", "list of str, one for each row of the states", {"own": (MEMORY,)}),
    Name(
        "hidden",
        "array of shape (n_positions, n_units): what the units held after each token; as many as you like",
        {"own": (MEMORY,)},
    ),
    Name("starts", "position of the first token of each sequence, [0, 12, 31, ...]", {"sequences": (MANY,)}),
    Name(
        "labels",
        "class of each sequence, 0, 1, ...",
        {"predicts": (CLASSES,), "input": (WORDS, CHARACTERS, NUMBERS)},
    ),
    Name("classes", "list of str: the name of each class", {"predicts": (CLASSES,)}),
    Name("mynets:build", "in mynets.py, a function build() that returns the network", TEXT_FILE),
    Name("vocabulary.txt", "the text of each token id, one a line, in the order of the embedding", TEXT_FILE),
    Name("tags.csv", "a column token, and one for each annotation", {**TEXT_FILE, "annotations": (OWN,)}),
    Name(
        "tags.csv",
        "a column token, and one for each annotation",
        {"own": (TRAINED, *FILES["own"]), "annotations": (OWN,)},
    ),
    Name("tags", "a label for each position; numbers work too", {**IN_PYTHON, "annotations": (OWN,)}),
)
