"""Answers of several hosts, in Redis: bounded in bytes, and each computed by one process at a time.

Where Redis does not answer, everything is computed where it is asked for, and Redis is asked again later.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["RedisAnswers"]

NAMES = "stateroom:answer:"
LOCKS = "stateroom:lock:"
USED, SIZES, TOTAL = "stateroom:used", "stateroom:sizes", "stateroom:bytes"
LEASE_S = 10
"""A process that computes renews its lock more often than this; one that died does not."""
WAIT_S = 100
PATIENCE_S = 2
TRY_AGAIN_S = 5

KEEP = """
local key, size, max = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4])
redis.call('SET', KEYS[1], ARGV[5])
local before = tonumber(redis.call('HGET', KEYS[3], key) or '0')
redis.call('HSET', KEYS[3], key, size)
redis.call('ZADD', KEYS[2], ARGV[3], key)
local total = redis.call('INCRBY', KEYS[4], size - before)
while total > max do
    local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
    if not oldest then break end
    total = redis.call('DECRBY', KEYS[4], tonumber(redis.call('HGET', KEYS[3], oldest) or '0'))
    redis.call('HDEL', KEYS[3], oldest)
    redis.call('DEL', ARGV[6] .. oldest)
end
return total
"""
"""Keep an answer and remove those used longest ago until all fit, as one step."""

log = logging.getLogger(__name__)


class RedisAnswers:
    """Sealed answers by key. Nothing is connected before the first question."""

    def __init__(self, url: str, *, max_bytes: int) -> None:
        import redis

        self._errors = (redis.RedisError, OSError)
        self._max_bytes = max_bytes
        self._client = redis.Redis.from_url(
            url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, max_connections=256
        )
        self._keep = self._client.register_script(KEEP)
        self._silent_until = 0.0

    def get(self, key: str) -> bytes | None:
        """Return an answer, None where there is none or Redis does not answer."""

        def ask() -> bytes | None:
            with self._client.pipeline(transaction=False) as both:
                both.get(NAMES + key)
                both.zadd(USED, {key: time.time()}, xx=True)
                return both.execute()[0]

        return self._asked(ask)

    def put(self, key: str, sealed: bytes) -> None:
        """Keep an answer, if it fits."""
        if len(sealed) <= self._max_bytes:
            arguments = [key, len(sealed), time.time(), self._max_bytes, sealed, NAMES]
            self._asked(lambda: self._keep([NAMES + key, USED, SIZES, TOTAL], arguments))

    @contextmanager
    def turn(self, key: str) -> Iterator[None]:
        """Wait until no other process computes this answer, and keep others waiting meanwhile."""
        lock = self._client.lock(
            LOCKS + key, timeout=LEASE_S, sleep=0.02, blocking_timeout=WAIT_S, thread_local=False
        )
        if not self._asked(lock.acquire):
            yield
            return
        ended = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(lock, ended), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            with contextlib.suppress(*self._errors):
                lock.release()

    def n_bytes(self) -> int:
        """Return what all answers take."""
        return int(self._asked(lambda: self._client.get(TOTAL)) or 0)

    def problem(self) -> str:
        """Return a sentence where Redis does not answer; empty where all is well."""
        try:
            self._client.ping()
        except self._errors:
            return "The cache does not answer."
        return ""

    def _renew(self, lock: Any, ended: threading.Event) -> None:
        while not ended.wait(LEASE_S / 3):
            with contextlib.suppress(*self._errors):
                lock.reacquire()

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """Ask Redis, unless it has just failed to answer."""
        if time.monotonic() < self._silent_until:
            return None
        try:
            return ask()
        except self._errors as error:
            self._silent_until = time.monotonic() + TRY_AGAIN_S
            log.warning("Redis does not answer (%s); answers are computed anew.", type(error).__name__)
            return None
