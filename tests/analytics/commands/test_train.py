def test_wrong_usage_has_exit_code_two(run):
    code, _, err = run("train", "chess")
    assert code == 2
    assert "'chess'" in err
