import numpy as np

import analytics
from data.studies.word_classes import ANNOTATION, CLASSES, annotate_word_classes


def test_tags_become_the_classes_of_the_study_once(tmp_path):
    tags = ["PRP", "NNPS", "MD", "JJ", "RB", "IN", "DT", None, "NN"]
    path = tmp_path / "made"
    analytics.write_recording(
        path,
        name="made",
        states={"h": np.zeros((len(tags), 2), dtype=np.float32)},
        tokens=[*"abcdefgh", "<unk>"],
        annotations={"tag": tags},
    )
    assert annotate_word_classes(path)
    classes = analytics.open_recording(path).annotations[ANNOTATION].astype(object)
    found = [None if value != value else value for value in classes]
    assert found == [*CLASSES, None, None, None]
    assert not annotate_word_classes(path)
