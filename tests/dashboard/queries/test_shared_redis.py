"""Answers in a real Redis: shared, bounded, sealed, one computation, and without it everything goes on."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import redis

from dashboard.queries import shared_redis
from dashboard.queries.cache import AnswerCache
from dashboard.queries.sealed import seal
from dashboard.queries.shared_redis import NAMES, SIZES, USED, RedisAnswers
from tests.redis_server import redis_server

SECONDS = 90


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """On a machine that stands still for a moment Redis would be taken for one that does not answer."""
    monkeypatch.setattr(shared_redis, "PATIENCE_S", 60)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    # A short path: the name of a socket is limited.
    with redis_server(tmp_path_factory.mktemp("r")) as (url, _):
        yield url


@pytest.fixture
def client(url):
    with redis.Redis.from_url(url) as client:
        client.flushall()
        yield client


@pytest.fixture
def cache(url, client, tmp_path):
    return lambda: AnswerCache(tmp_path, disk_megabytes=1, memory_megabytes=1, key=b"ours", url=url)


def fail():
    raise AssertionError("computed again")


def test_another_host_finds_it(cache, client, tmp_path):
    cache().answer("counts", "f", {}, lambda: np.arange(3))
    assert cache().answer("counts", "f", {}, fail).tolist() == [0, 1, 2]
    assert list((tmp_path / "answers").iterdir()) == []


def test_it_stays_within_its_size_and_what_was_used_last_stays(cache, client):
    cache().answer("first", "f", {}, lambda: "kept")
    for index in range(30):
        cache().answer("states", "f", {"index": index}, lambda: np.zeros(12_500))  # 0.1 MB each
        cache().answer("first", "f", {}, fail)
        assert cache().shared.n_bytes() <= 1_000_000
    names = client.keys(NAMES + "*")
    assert sum(client.strlen(name) for name in names) == cache().shared.n_bytes() > 700_000
    assert client.zcard(USED) == client.hlen(SIZES) == len(names)


def test_the_same_question_at_once_is_computed_once(cache):
    caches, computed = [cache() for _ in range(6)], []

    def compute():
        computed.append(1)
        time.sleep(0.3)
        return 7

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(lambda each: each.answer("counts", "f", {}, compute), caches)) == {7}
    assert len(computed) == 1


def test_a_long_computation_keeps_its_lock_and_a_dead_one_loses_it(url, client, monkeypatch):
    # Renewed after three seconds; a machine that stands still for six more is not told from a dead one.
    monkeypatch.setattr(shared_redis, "LEASE_S", 9.0)
    answers, entered = RedisAnswers(url, max_bytes=1000), threading.Event()

    def enter():
        with RedisAnswers(url, max_bytes=1000).turn("k"):
            entered.set()

    waiting = threading.Thread(target=enter)
    with answers.turn("k"):
        waiting.start()
        ends, least_ms = time.monotonic() + SECONDS, 9000
        while (left_ms := client.pttl(shared_redis.LOCKS + "k")) <= least_ms:
            least_ms = left_ms
            assert time.monotonic() < ends, "the lock was not renewed"
            time.sleep(0.05)
        assert not entered.is_set()
    assert entered.wait(SECONDS)
    waiting.join()
    client.set(shared_redis.LOCKS + "k", "of the dead", px=600)
    enter()


def test_what_another_sealed_is_no_answer(cache, client):
    cache().answer("counts", "f", {}, lambda: 1)
    (name,) = client.keys(NAMES + "*")
    client.set(name, seal(name.decode().removeprefix(NAMES), 666, key=b"theirs"))
    assert cache().answer("counts", "f", {}, lambda: 2) == 2


def test_it_may_be_emptied_at_any_time(cache, client):
    cache().answer("counts", "f", {}, lambda: 1)
    client.flushall()
    assert cache().answer("counts", "f", {}, lambda: 2) == 2
    assert cache().answer("counts", "f", {}, fail) == 2


def test_without_redis_everything_is_computed_and_it_is_found_again(tmp_path_factory, tmp_path, monkeypatch):
    monkeypatch.setattr(shared_redis, "TRY_AGAIN_S", 0.0)
    folder = tmp_path_factory.mktemp("s")
    with redis_server(folder) as (url, process):
        sizes = {"disk_megabytes": 1, "memory_megabytes": 1}
        cache = AnswerCache(tmp_path, **sizes, url=url)
        assert cache.answer("counts", "f", {}, lambda: 1) == 1 and cache.shared.problem() == ""
        process.kill()
        process.wait()
        assert cache.answer("counts", "g", {}, lambda: 2) == 2
        assert cache.shared.problem() == "The cache does not answer."
        (folder / "redis.sock").unlink()
        with redis_server(folder):
            assert cache.answer("counts", "h", {}, lambda: 3) == 3
            assert AnswerCache(tmp_path, **sizes, url=url).answer("counts", "h", {}, fail) == 3
