"""The relay of several workers and hosts, on Redis Streams. Needs the extra `redis`.

Why it is as it is, what is kept where and what is lost when: docs/decisions/0011-redis-relay.md.
"""

from chatkit.relay.redis.relay import RedisRelay

__all__ = ["RedisRelay"]
