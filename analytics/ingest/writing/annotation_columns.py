"""Annotations on their way to disk: labels become codes, numbers are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ParameterError, ShapeError
from analytics.store.schema import ANNOTATION_KINDS

__all__ = ["AnnotationColumn", "annotation_columns", "kind_of"]

_NO_LABEL = -1
_YES_NO = ("no", "yes")


class AnnotationColumn:
    """One annotation: one value per position.

    Parameters
    ----------
    name : str
    kind : {"categorical", "numeric", "integer"}, or list of str
        A list is the labels of a categorical annotation, in the order to show them, and no other label is
        allowed. Without a list, labels are in order of their first appearance.
    """

    def __init__(self, name: str, kind: str | Sequence[str]) -> None:
        self.name = name
        self._closed = not isinstance(kind, str)
        self.labels: list[str] = [_label(label, name) for label in kind] if self._closed else []
        self._codes = {label: code for code, label in enumerate(self.labels)}
        if len(self._codes) < len(self.labels):
            raise ParameterError(f"Annotation '{name}' names a label twice. Got {self.labels!r:.200}.")
        self.kind = "categorical" if self._closed else kind
        if self.kind not in ANNOTATION_KINDS:
            raise ParameterError(
                f"Annotation '{name}' is 'categorical', 'numeric' or 'integer', or a list of its labels. "
                f"Got {kind!r}."
            )

    @property
    def field(self) -> pa.Field:
        """The column in the file."""
        if self.kind == "categorical":
            return pa.field(self.name, pa.dictionary(pa.int32(), pa.string()))
        if self.kind == "numeric":
            return pa.field(self.name, pa.float32())
        return pa.field(self.name, pa.int32(), nullable=False)

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of it."""
        if self.kind == "categorical":
            return {"kind": self.kind, "labels": self.labels}
        return {"kind": self.kind}

    def encode(self, values: Any, *, n_positions: int) -> NDArray:
        """Return codes or numbers, or refuse the values. A missing label is None, a missing number NaN."""
        if not hasattr(values, "__len__"):
            values = list(values)
        if len(values) != n_positions:
            raise ShapeError(
                f"Annotation '{self.name}' has one value per position: {n_positions} here. Got {len(values)}."
            )
        if self.kind == "categorical":
            return self._encode_labels(values)
        return self._encode_integers(values) if self.kind == "integer" else self._encode_numbers(values)

    def as_arrow(self, values: NDArray) -> pa.Array:
        """Codes or numbers, as `encode` gives them, as the file holds them."""
        if self.kind == "categorical":
            codes = pa.array(values, pa.int32(), mask=values < 0)
            return pa.DictionaryArray.from_arrays(codes, pa.array(self.labels, pa.string()))
        missing = np.isnan(values) if self.kind == "numeric" else None
        return pa.array(values, self.field.type, mask=missing)

    def forget(self, n_labels: int) -> None:
        """Keep the first labels only: the others came with a block that was refused."""
        for label in self.labels[n_labels:]:
            del self._codes[label]
        del self.labels[n_labels:]

    def _encode_labels(self, values: Iterable) -> NDArray[np.int32]:
        codes, found = pd.factorize(np.array(_labels_of(values), dtype=object), use_na_sentinel=True)
        places = np.array([self._code(_label(label, self.name)) for label in found] + [_NO_LABEL], np.int32)
        return places[codes]

    def _code(self, label: str) -> int:
        if label not in self._codes:
            if self._closed:
                raise ParameterError(
                    f"Annotation '{self.name}' has the labels {', '.join(self.labels)[:200]}. Got {label!r}."
                )
            self._codes[label] = len(self.labels)
            self.labels.append(label)
        return self._codes[label]

    def _encode_numbers(self, values: ArrayLike) -> NDArray[np.float32]:
        with np.errstate(over="ignore"):
            numbers = self._as_numbers(values).astype(np.float32)
        numbers[np.isnan(numbers)] = np.nan  # of the many NaNs always the same, for the content's hash
        if np.isinf(numbers).any():
            raise ShapeError(
                f"Annotation '{self.name}' has an infinite value at position {np.isinf(numbers).argmax()} "
                "of this block. Use NaN where there is none."
            )
        return numbers

    def _encode_integers(self, values: ArrayLike) -> NDArray[np.int32]:
        numbers = self._as_numbers(values)
        whole = numbers.astype(np.int32) if np.isfinite(numbers).all() else np.zeros(len(numbers), np.int32)
        if (whole != numbers).any():
            wrong = numbers[(whole != numbers).argmax()]
            raise ShapeError(
                f"Annotation '{self.name}' holds whole numbers of 32 bits. Got {wrong}: make it 'numeric'."
            )
        return whole

    def _as_numbers(self, values: ArrayLike) -> NDArray:
        if isinstance(getattr(values, "dtype", None), pd.api.extensions.ExtensionDtype):
            values = _with_nan(values)
        try:
            numbers = np.asarray(values)
            return numbers if np.issubdtype(numbers.dtype, np.integer) else numbers.astype(np.float64)
        except (TypeError, ValueError):
            raise ShapeError(
                f"Annotation '{self.name}' is {self.kind}, and holds something else: make it 'categorical'."
            ) from None


def annotation_columns(kinds: Mapping[str, str | Sequence[str]]) -> dict[str, AnnotationColumn]:
    """A column for each annotation."""
    for name in kinds:
        if not isinstance(name, str) or not name.strip():
            raise ParameterError(f"An annotation's name is a text. Got {name!r}.")
    return {name: AnnotationColumn(name, kind) for name, kind in kinds.items()}


def kind_of(values: Any) -> str | list[str]:
    """The kind of an annotation by its values: a pandas Categorical keeps its labels in their order.

    Examples
    --------
    >>> kind_of([0.5, 1.5]), kind_of([1, 2]), kind_of(["noun", None]), kind_of([True, False])
    ('numeric', 'integer', 'categorical', ['no', 'yes'])
    """
    if isinstance(getattr(values, "dtype", None), pd.CategoricalDtype):
        return [str(label) for label in values.dtype.categories]
    if getattr(values, "ndim", 1) != 1:
        raise ShapeError(f"An annotation has one value for each position. Got shape {tuple(values.shape)}.")
    column = pd.Series(values)
    dtype = column.dtype if len(column) else np.dtype(object)
    if pd.api.types.is_bool_dtype(dtype):
        return list(_YES_NO)
    if pd.api.types.is_integer_dtype(dtype):
        return "numeric" if column.hasnans else "integer"
    return "numeric" if pd.api.types.is_float_dtype(dtype) else "categorical"


def _with_nan(values: Any) -> Any:
    """Values of a pandas dtype as floats, where some are missing."""
    try:
        missing = pd.isna(values).any()
        return values.to_numpy(dtype=np.float64, na_value=np.nan) if missing else values
    except (TypeError, ValueError):
        return values


def _labels_of(values: Iterable) -> list:
    if isinstance(values, pd.Series):
        values = values.array
    return [_YES_NO[bool(value)] if isinstance(value, bool | np.bool_) else value for value in values]


def _label(label: Any, name: str) -> str:
    try:
        str(label).encode()
    except UnicodeEncodeError:
        raise ParameterError(
            f"Annotation '{name}' has a label that is not valid Unicode: {label!r}."
        ) from None
    return str(label)
