import json
from pathlib import Path

from analytics.commands.options import print_result, say


def test_machines_get_json_without_nan(capsys):
    facts = {"path": Path("data"), "values": (1.5, float("nan"), float("inf")), 3: "שלום\n"}
    print_result(facts, as_json=True, lines=["never shown"])
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"path": "data", "values": [1.5, None, None], "3": "שלום\n"}


def test_people_get_lines_and_remarks_do_not_mix_with_them(capsys):
    print_result({}, as_json=False, lines=iter(["one", "two"]))
    say("by the way")
    assert capsys.readouterr() == ("one\ntwo\n", "by the way\n")
