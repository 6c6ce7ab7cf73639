"""LSTMVis projects for tests, written as its documentation tells: lstm.yml, HDF5 files, dictionaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

WORDS = ["<s>", "<unk>", "</s>", "the", "cat", "sat"]
"""Ids count from 1, as its converter numbers them."""

TAGS = ["DET", "NOUN", "VERB", "X"]

SIMPLE = """
name: children books  # project name
description: children book texts from the Gutenberg project # little description

files: # assign files to reference name
  states: states.hdf5 # HDF5 files have to end with .h5 or .hdf5 !!!
  train: train.hdf5 # word ids of training set
  words: train.dict # dict files have to end with .dict !!

word_sequence: # defines the word sequence
  file: train # HDF5 file
  path: word_ids # path to table in HDF5
  dict_file: words # dictionary to map IDs from HDF5 to words

states: # section to define which states of your model you want to look at
  file: states # HDF5 files containing the state for each position
  types: [
        {type: state, layer: 1, path: states1}, # type={state, output}, layer=[1..x], path = HDF5 path
        {type: state, layer: 2, path: states2},
        {type: output, layer: 2, path: output2}
  ]
"""

FULL = """
name: everything
files: {states: states.hdf5, train: train.hdf5, words: train.dict, more: more/states.h5, pos: pos.h5,
        pos_dict: pos.dict, mood: mood.h5, top: topk.hdf5, embed: embeddings.h5}
word_sequence: {file: train, path: word_ids, dict_file: words}
word_embedding: {file: embed, path: weights}
states:
  file: states
  types:
    - {type: state, layer: 1, path: states1}
    - {file: more, type: state, layer: 2, path: deep/states2, unsigned: true}
    - {type: output, layer: 2, path: output2, transform: none}
meta:
  part_of_speech:
    file: pos
    path: pos
    dict: pos_dict
    vis: {type: discrete, range: dict}
  depth: {file: mood, path: depth, vis: {type: discrete, range: 0...10}}
  crazy_measure: {file: mood, path: mood, vis: {type: scalar, range: [0, 1]}}
  frequency: {file: mood, path: frequency, index: word_sequence, vis: {type: scalar}}
  usual_tag:
    {file: pos, path: by_word, index: word_sequence, dict: pos_dict, vis: {type: discrete, range: dict}}
  top_k: {type: wordvec, file: top, path: preds, weights_path: scores, dict: words, vis: {type: wordvec}}
etc: {regex_search: true}
"""


def dictionary(texts: dict[int, str] | list[str]) -> str:
    """The lines of a dict file."""
    pairs = texts.items() if isinstance(texts, dict) else enumerate(texts, start=1)
    return "".join(f"{text} {number}\n" for number, text in pairs)


def write_sets(path: Path, **sets: Any) -> None:
    """An HDF5 file; `__` in a name stands for `/`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, values in sets.items():
            file[name.replace("__", "/")] = values


def write_project(folder: Path, *, n: int = 40, yml: str = SIMPLE, seed: int = 0) -> dict[str, np.ndarray]:
    """Write a project that has all files of both texts above; return its arrays."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {
        "word_ids": random.integers(1, len(WORDS) + 1, n),
        "states1": random.normal(size=(n, 3)).astype(np.float32),
        "states2": random.random((n, 4)).astype(np.float32),
        "output2": random.uniform(-1, 1, (n, 4)).astype(np.float32),
        "pos": random.integers(1, len(TAGS) + 1, n),
        "depth": random.integers(0, 10, n),
        "mood": random.random(n),
        "by_word": np.concatenate([[0], random.integers(1, len(TAGS) + 1, len(WORDS))]),
        "frequency": random.random(len(WORDS) + 1),
        "embedding": random.normal(size=(len(WORDS), 2)).astype(np.float32),
        "scores": np.log(random.dirichlet(np.ones(3), n)).astype(np.float32),
    }
    arrays["preds"] = np.array([random.permutation(len(WORDS))[:3] + 1 for _ in range(n)], dtype=np.float32)
    (folder / "lstm.yml").write_text(yml)
    (folder / "train.dict").write_text(dictionary(WORDS))
    (folder / "pos.dict").write_text(dictionary(TAGS))
    write_sets(folder / "train.hdf5", word_ids=arrays["word_ids"])
    write_sets(folder / "states.hdf5", **{name: arrays[name] for name in ("states1", "states2", "output2")})
    write_sets(folder / "more" / "states.h5", deep__states2=arrays["states2"])
    write_sets(folder / "pos.h5", pos=arrays["pos"], by_word=arrays["by_word"])
    write_sets(folder / "mood.h5", **{name: arrays[name] for name in ("depth", "mood", "frequency")})
    write_sets(folder / "topk.hdf5", preds=arrays["preds"], scores=arrays["scores"])
    write_sets(folder / "embeddings.h5", weights=arrays["embedding"])
    return arrays
