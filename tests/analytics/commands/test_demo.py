from analytics.derived.recording_memory import stored_memories
from analytics.ingest.writer import RecordingWriter
from analytics.store.recording import open_recording


def test_demo_makes_what_it_can_and_says_what_is_missing(run, tmp_path, short_demo):
    code, out, err = run("demo", "--folder", tmp_path)
    assert code == 0
    assert out.strip() == str(tmp_path / "parentheses")
    assert "The recording shakespeare is left out." in err
    assert "data/demo-requirements.txt" in err
    [remembered] = stored_memories(open_recording(tmp_path / "parentheses"))
    assert (remembered.parameters.state, remembered.n_counted) == ("layer1.cell", 20)


def test_demo_keeps_what_is_there(run, tmp_path, short_demo):
    run("demo", "--folder", tmp_path)
    before = (tmp_path / "parentheses" / "recording.json").stat().st_mtime_ns
    _, _, err = run("demo", "--folder", tmp_path)
    assert "is there already. To record it again: --rebuild" in err
    assert (tmp_path / "parentheses" / "recording.json").stat().st_mtime_ns == before
    _, out, _ = run("demo", "--folder", tmp_path, "--rebuild")
    assert out.strip() == str(tmp_path / "parentheses")
    assert (tmp_path / "parentheses" / "recording.json").stat().st_mtime_ns > before


def test_ctrl_c_while_recording_leaves_nothing(run, tmp_path, short_demo, monkeypatch):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(RecordingWriter, "append", interrupted)
    code, _, err = run("demo", "--folder", tmp_path)
    assert code == 130
    assert "Nothing half-written is left." in err
    assert list(tmp_path.iterdir()) == []
