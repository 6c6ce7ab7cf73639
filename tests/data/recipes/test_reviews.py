"""The command that fetches reviews and parts them, over a small archive built like the package's."""

import io
import subprocess
import sys
import tarfile
from pathlib import Path
from runpy import run_path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "data" / "recipes" / "reviews.py"
REVIEWS = run_path(str(SCRIPT))
FOR = [f"{number}\t{1 + number % 3}\tGood  film {number}." for number in range(30)]
AGAINST = [f"x_{number}\t-{1 + number % 3}.25\tBad\x85film {number}." for number in range(20)]
NEITHER = ["n1\t0.45\tA film.", "n2\t-0.49\tA film as well."]


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


@pytest.fixture
def archive(tmp_path):
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as files:
        for name, lines in zip(REVIEWS["SOURCES"], ([*FOR, *NEITHER], AGAINST), strict=True):
            add(files, f"hutto_ICWSM_2014/{name}", "\ufeff".encode() + "\r\n".join(lines).encode())
    path = tmp_path / f"{REVIEWS['PACKAGE']}.tar.gz"
    with tarfile.open(path, "w:gz") as files:
        add(files, REVIEWS["INNER"], inner.getvalue())
    return path


def test_reviews_that_say_neither_are_left_out_and_white_space_is_one_space(archive):
    reviews = list(REVIEWS["read_reviews"](archive))
    assert [review[0] for review in reviews] == [line.split("\t")[0] for line in (*FOR, *AGAINST)]
    assert reviews[0] == ("0", 1.0, "Good film 0.")
    assert reviews[-1] == ("x_19", -2.25, "Bad film 19.")


def test_as_many_of_each_class_are_held_out_and_nothing_is_lost_or_twice(archive):
    reviews = list(REVIEWS["read_reviews"](archive))
    training, held_out = REVIEWS["part_reviews"](reviews, n_held_out=5)
    assert sum(rating > 0 for _, rating, _ in held_out) == sum(rating < 0 for _, rating, _ in held_out) == 5
    assert sorted(training + held_out) == sorted(reviews)
    assert training == [review for review in reviews if review in training]
    assert len({review[0] for review in held_out}) == 10


def test_files_that_are_there_stay_as_they_are(tmp_path):
    for name in REVIEWS["FILES"]:
        (tmp_path / name).write_text("mine")
    REVIEWS["main"](tmp_path)
    assert [(tmp_path / name).read_text() for name in REVIEWS["FILES"]] == ["mine", "mine"]


@pytest.mark.parametrize("change", ["other", "cut", "spoilt"])
def test_another_archive_is_refused_in_a_sentence(archive, tmp_path, change):
    content = archive.read_bytes()
    spoilt = content[:60] + bytes(255 - byte for byte in content[60:120]) + content[120:]
    archive.write_bytes({"other": b"not found", "cut": content[:150], "spoilt": spoilt}[change])
    with pytest.raises(SystemExit, match=r"is not the source of vaderSentiment-3\.3\.2 .*Remove it"):
        REVIEWS["main"](tmp_path)
    assert not any((tmp_path / name).exists() for name in REVIEWS["FILES"])


def test_without_a_package_index_one_sentence_says_what_to_do(tmp_path):
    environment = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_CONFIG_FILE": "/dev/null",
    }
    program = "import runpy, pathlib, sys; runpy.run_path(sys.argv[1])['main'](pathlib.Path(sys.argv[2]))"
    found = subprocess.run(
        [sys.executable, "-c", program, str(SCRIPT), str(tmp_path / "corpora")],
        env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert found.returncode == 1
    assert found.stderr.strip().splitlines()[-1] == (
        "The source of vaderSentiment 3.3.2 could not be fetched, so there are no reviews to learn from. "
        f"Fetch vaderSentiment-3.3.2.tar.gz elsewhere, put it into {tmp_path / 'corpora'}, and give the "
        "command again."
    )
    assert "Traceback" not in found.stderr
