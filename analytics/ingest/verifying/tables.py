"""The tables of a recording: their rows, columns and types, and whether what they say fits together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.corpora.vocabulary import ids_of_texts
from analytics.ingest.verifying.table_content import (
    FOREIGN_LABEL,
    annotation_blocks,
    read_vocabulary,
    table_blocks,
)
from analytics.ingest.verifying.verification import Findings
from analytics.ingest.writing.annotation_columns import annotation_columns
from analytics.store.schema import (
    ANNOTATIONS_FILE,
    NO_TARGET,
    PREDICTIONS_FILE,
    SEQUENCES_FILE,
    TABLE_ROWS_PER_GROUP,
    TOKENS_FILE,
    VOCABULARY_FILE,
    predictions_schema,
    sequences_schema,
    tokens_schema,
    vocabulary_schema,
)

__all__ = ["check_tables"]

PROBABILITY_ROUNDING = 1e-3
"""As the writer allows: probabilities are computed in float32 or less."""

Block = Mapping[str, NDArray]


def check_tables(findings: Findings) -> None:
    """Add checks of all tables."""
    facts = findings.manifest.facts
    n_positions, top_k = findings.manifest.n_positions, int((facts.get("predictions") or {}).get("top_k", 0))
    annotations = facts.get("annotations", {})
    schemas = {
        VOCABULARY_FILE: (vocabulary_schema(), int(facts["n_vocabulary"]), _check_vocabulary),
        SEQUENCES_FILE: (sequences_schema(), findings.manifest.n_sequences, _check_sequences),
        TOKENS_FILE: (tokens_schema(), n_positions, _check_tokens),
    }
    with findings.guarded(ANNOTATIONS_FILE, "rows and columns"):
        kinds = {name: fact.get("labels", fact["kind"]) for name, fact in annotations.items()}
        fields = [column.field for column in annotation_columns(kinds).values()]
        if fields:
            schemas[ANNOTATIONS_FILE] = pa.schema(fields), n_positions, _check_annotations
    if top_k:
        schemas[PREDICTIONS_FILE] = predictions_schema(top_k), n_positions, _check_predictions
    for file, (schema, n_rows, check) in schemas.items():
        with findings.guarded(file, "rows and columns"):
            if _check_shape(findings, file, schema, n_rows):
                with findings.guarded(file, "values"):
                    check(findings)


def _check_shape(findings: Findings, file: str, schema: pa.Schema, n_rows: int) -> bool:
    """Rows, columns and types, and no null where none may be."""
    with findings.folder.parquet(file) as opened:
        wrong = _wrong_shape(opened, file, schema, n_rows)
        nullable = [column.name for column in schema if not column.nullable]
        start = 0
        batches = (
            opened.iter_batches(TABLE_ROWS_PER_GROUP, columns=nullable, use_threads=False)
            if wrong is None
            else ()
        )
        for batch in batches:
            for name in nullable:
                if batch.column(name).null_count and wrong is None:
                    position = start + int(np.argmax(batch.column(name).is_null().to_numpy(False)))
                    wrong = (
                        f"The column '{name}' of {file} has no value at row {position}, where one belongs."
                    )
            start += len(batch)
    right = f"{n_rows:,} rows of {len(schema)} columns, of the types they should have."
    findings.add(file, "rows and columns", wrong, right)
    return wrong is None


def _wrong_shape(opened: Any, file: str, schema: pa.Schema, n_rows: int) -> str | None:
    if opened.metadata.num_rows != n_rows:
        return f"{file} has {opened.metadata.num_rows:,} rows where the manifest states {n_rows:,}."
    found = opened.schema_arrow
    for column in schema:
        if column.name not in found.names:
            return f"{file} has no column '{column.name}'."
        kind = found.field(column.name).type
        # Other software stores labels as plain texts.
        if kind != column.type and not (pa.types.is_dictionary(column.type) and _is_text(kind)):
            return f"The column '{column.name}' of {file} is of type {kind} where {column.type} belongs."
    extra = [name for name in found.names if name not in schema.names]
    return f"{file} has the column '{extra[0]}', of which the manifest does not know." if extra else None


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _check_vocabulary(findings: Findings) -> None:
    def rules(block: Block, start: int) -> Iterator[tuple[NDArray, str, str]]:
        ids = block["token_id"]
        yield ids != np.arange(start, start + len(ids)), "token_id", "rises from 0 by one"

    _scan(findings, VOCABULARY_FILE, "token ids", ["token_id"], rules)


def _check_sequences(findings: Findings) -> None:
    n_positions, n_sequences = findings.manifest.n_positions, findings.manifest.n_sequences
    with findings.folder.parquet(SEQUENCES_FILE) as opened:
        table = opened.read(use_threads=False)
    numbers, starts, lengths = (table.column(name).to_numpy() for name in sequences_schema().names)
    after = np.append(starts[1:], n_positions)
    wrong = None
    for bad, name, rule in (
        (numbers != np.arange(n_sequences), "sequence", "rises from 0 by one"),
        (np.append(starts[:1] != 0, np.diff(starts) <= 0), "start", "begins with 0 and rises"),
        (starts >= n_positions, "start", f"stays below the {n_positions:,} positions"),
        (lengths != after - starts, "n_positions", "reaches to the next start"),
    ):
        if bad.any() and wrong is None:
            wrong = _sentence(SEQUENCES_FILE, name, rule, int(bad.argmax()), "sequence")
    findings.add(SEQUENCES_FILE, "borders", wrong, f"{n_sequences:,} sequences cover all positions once.")


def _check_tokens(findings: Findings) -> None:
    facts = findings.manifest.facts
    n_vocabulary = int(facts["n_vocabulary"])
    vocabulary = read_vocabulary(findings.folder)
    # Two ids may have one text: compare by the first id of each text.
    first = ids_of_texts(vocabulary)
    same_text = np.array([first[text] for text in vocabulary])
    with findings.folder.parquet(SEQUENCES_FILE) as opened:
        starts = opened.read(columns=["start"], use_threads=False).column("start").to_numpy()

    def rules(block: Block, start: int) -> Iterator[tuple[NDArray, str, str]]:
        ids, targets, logs = block["token_id"], block["target"], block["log_probability"]
        positions = np.arange(start, start + len(ids))
        outside = (ids < 0) | (ids >= n_vocabulary)
        yield outside, "token_id", f"lies within the vocabulary of {n_vocabulary:,} tokens"
        known = same_text[np.clip(ids, 0, len(same_text) - 1)]
        yield block["token"] != known, "token", "is the text of its token_id"
        number = np.searchsorted(starts, positions, side="right") - 1
        yield block["sequence"] != number, "sequence", f"is as {SEQUENCES_FILE} has it"
        bad = (targets < NO_TARGET) | (targets >= n_vocabulary)
        yield bad, "target", f"lies within the vocabulary of {n_vocabulary:,} tokens"
        yield logs > PROBABILITY_ROUNDING, "log_probability", "is 0 or less"
        yield np.isinf(logs), "log_probability", "is finite"
        if not facts.get("has_targets"):
            yield targets != NO_TARGET, "target", "holds nothing, as the manifest says"
        if not facts.get("has_log_probability"):
            yield ~np.isnan(logs), "log_probability", "holds nothing, as the manifest says"

    columns = tokens_schema().names
    _scan(findings, TOKENS_FILE, "values", columns, rules, labels={"token": list(first)}, codes=first)


def _check_annotations(findings: Findings) -> None:
    facts = findings.manifest.facts["annotations"]
    wrong: dict[str, str] = {}
    start = 0
    for block in annotation_blocks(findings.folder, facts):
        for name, fact in facts.items():
            values = block[name]
            if fact["kind"] == "categorical":
                bad, rule = values == FOREIGN_LABEL, "holds only labels that the manifest lists"
            else:
                bad, rule = np.isinf(values), "is finite"
            if bad.any() and name not in wrong:
                wrong[name] = _sentence(ANNOTATIONS_FILE, name, rule, start + int(bad.argmax()))
        start += len(next(iter(block.values())))
    for name, fact in facts.items():
        findings.add(ANNOTATIONS_FILE, f"'{name}'", wrong.get(name), f"{fact['kind']}, as the manifest says.")


def _check_predictions(findings: Findings) -> None:
    facts = findings.manifest.facts
    n_vocabulary, top_k = int(facts["n_vocabulary"]), int(facts["predictions"]["top_k"])
    ids = [f"id_{rank}" for rank in range(1, top_k + 1)]
    probabilities = [f"probability_{rank}" for rank in range(1, top_k + 1)]

    def rules(block: Block, start: int) -> Iterator[tuple[NDArray, str, str]]:
        for name in ids:
            bad = (block[name] < 0) | (block[name] >= n_vocabulary)
            yield bad, name, f"lies within the vocabulary of {n_vocabulary:,} tokens"
        for name in probabilities:
            inside = (block[name] >= 0) & (block[name] <= 1 + PROBABILITY_ROUNDING)
            yield ~inside, name, "lies in [0, 1]"
        for before, name in pairwise(probabilities):
            yield block[name] > block[before] + 1e-6, name, f"is at most {before}: the likeliest comes first"
        total = np.sum([block[name] for name in probabilities], axis=0)
        yield (
            total > 1 + 10 * PROBABILITY_ROUNDING,
            probabilities[-1],
            "makes a sum of at most 1 with the others",
        )

    _scan(findings, PREDICTIONS_FILE, "values", ids + probabilities, rules)
    if facts.get("has_log_probability"):
        _check_agreement(findings, ids, probabilities)


def _check_agreement(findings: Findings, ids: list[str], probabilities: list[str]) -> None:
    """Where the target is among the predictions, its probability stands in two places."""
    wrong, start, n_compared = None, 0, 0
    pairs = zip(
        table_blocks(findings.folder, PREDICTIONS_FILE, ids + probabilities),
        table_blocks(findings.folder, TOKENS_FILE, ["target", "log_probability"]),
        strict=False,
    )
    for predicted, token in pairs:
        for one, other in zip(ids, probabilities, strict=True):
            hit = (predicted[one] == token["target"]) & ~np.isnan(token["log_probability"])
            expected = np.exp(token["log_probability"], where=hit, out=np.zeros(len(hit), np.float32))
            bad = hit & (np.abs(expected - predicted[other]) > PROBABILITY_ROUNDING)
            n_compared += int(hit.sum())
            if bad.any() and wrong is None:
                position = start + int(bad.argmax())
                wrong = (
                    f"At position {position} the target has the probability {predicted[other][bad][0]:.6f} "
                    f"in {PREDICTIONS_FILE}, {expected[bad][0]:.6f} by log_probability in {TOKENS_FILE}."
                )
        start += len(token["target"])
    right = f"Equal in all {n_compared:,} positions whose target is among the predictions."
    findings.add(PREDICTIONS_FILE, "agreement with log_probability", wrong, right)


def _scan(
    findings: Findings,
    file: str,
    what: str,
    columns: list[str],
    rules: Callable[[Block, int], Any],
    *,
    labels: Mapping[str, list[str]] | None = None,
    codes: Mapping[str, int] | None = None,
) -> None:
    """Look for the first row of each rule that breaks it; the rule that is broken first is told."""
    wrong: dict[tuple[str, str], int] = {}
    start = 0
    places = None if codes is None else np.array([*codes.values(), NO_TARGET, FOREIGN_LABEL])
    for block in table_blocks(findings.folder, file, columns, labels=labels):
        if places is not None:
            block["token"] = places[block["token"]]
        for bad, name, rule in rules(block, start):
            if bad.any():
                wrong.setdefault((name, rule), start + int(bad.argmax()))
        start += len(block[columns[0]])
    sentences = [_sentence(file, name, rule, position) for (name, rule), position in wrong.items()]
    findings.add(file, what, " ".join(sentences) or None, f"What {', '.join(columns)} hold fits together.")


def _sentence(file: str, column: str, rule: str, row: int, of: str = "position") -> str:
    of = "token id" if file.startswith("vocabulary") else of
    return f"The column '{column}' of {file} {rule}; it does not at {of} {row}."
