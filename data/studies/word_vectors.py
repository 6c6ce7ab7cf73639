"""Word vectors of a recipe's training text, by word2vec (cbow) as gensim has it, for a frozen embedding.

    .venv/bin/pip install -r data/studies/requirements.txt
    .venv/bin/python -m data.studies.word_vectors data/recipes/memory-lstm-frozen.toml

The text is read exactly as the recipe's training reads it; words outside its vocabulary are `<unk>` here as
there, so every word has a vector. They are written to the recipe's `embedding_file`. All parameters are those
that gensim sets (window 5, 5 negative samples, learning rate 0.025, subsampling 0.001) but the number of
passes: from a text of 0.2 million words 5 passes learn nothing that tells singular from plural nouns (a
logistic regression is right for 0.71 of them, as is always saying singular), 15 passes do (0.79), 100 hardly
more (0.80). One thread and a seed: the same file again.
"""

from __future__ import annotations

from pathlib import Path

import click

from analytics.corpora.vocabulary import UNKNOWN
from analytics.errors import AnalyticsError, ParameterError
from analytics.ingest.training.file_training import read_training_text
from analytics.ingest.training.training_file import TrainingFile, read_training_file

N_PASSES = 15


def sentences(plan: TrainingFile) -> list[list[str]]:
    """Return the sequences of the training text, with `<unk>` for words outside the vocabulary."""
    text = read_training_text(plan)
    known = set(text.vocabulary)
    tokens = [token if token in known else UNKNOWN for token in text.training.tokens]
    return [tokens[sequence] for sequence in text.training.sequences()]


def write_vectors(plan: TrainingFile, *, n_passes: int, seed: int) -> Path:
    """Train the vectors and write them; returns the file."""
    from gensim.models import Word2Vec

    if plan.embedding_file is None:
        raise ParameterError(f"The recipe {plan.name} names no embedding_file to write.")
    trained = Word2Vec(
        sentences(plan),
        vector_size=plan.shape["n_embedding"],
        min_count=1,
        epochs=n_passes,
        workers=1,
        seed=seed,
    )
    file = Path(plan.embedding_file)
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".partial")
    trained.wv.save_word2vec_format(str(aside), binary=False)
    aside.replace(file)
    return file


@click.command()
@click.argument("recipe", type=click.Path(exists=True, dir_okay=False))
@click.option("--passes", default=N_PASSES, show_default=True, help="How often the text is read.")
@click.option("--seed", default=1, show_default=True)
def main(recipe: str, passes: int, seed: int) -> None:
    """Write the word vectors that RECIPE starts from."""
    try:
        click.echo(str(write_vectors(read_training_file(recipe), n_passes=passes, seed=seed)))
    except AnalyticsError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
