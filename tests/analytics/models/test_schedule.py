import pytest

from analytics.errors import ParameterError
from analytics.models.schedule import LanguageSchedule, Schedule, learning_rate


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"epochs": 0}, r"epochs of a schedule must be at least 1\. Got 0"),
        ({"epochs": 1, "patience": 0}, "patience"),
        ({"epochs": 1, "learning_rate": 0.0}, r"learning_rate of a schedule must be above 0\. Got 0\.0"),
        ({"epochs": 1, "weight_decay": -0.1}, r"weight_decay of a schedule must be 0 or more\. Got -0\.1"),
        ({"epochs": 1, "n_steps": 0}, "n_steps"),
        ({"epochs": 1, "n_sampled": 0}, "n_sampled"),
    ],
)
def test_what_makes_no_sense_is_refused(options, sentence):
    with pytest.raises(ParameterError, match=sentence):
        LanguageSchedule(**options)


def test_how_long_a_training_lasts_is_no_part_of_what_it_is():
    assert Schedule(epochs=1, patience=1).identity == Schedule(epochs=9).identity
    assert Schedule(epochs=1, seed=1).identity != Schedule(epochs=1).identity
    assert LanguageSchedule(epochs=1, n_steps=9).identity != LanguageSchedule(epochs=1).identity


def test_the_rate_rises_then_falls():
    schedule = Schedule(epochs=3, learning_rate=0.5)
    rates = [learning_rate(schedule, progress=step / 100) for step in range(101)]
    assert max(rates) == rates[5] == 0.5
    assert rates[:6] == sorted(rates[:6])
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[-1] == pytest.approx(0.01)
