"""How long our own queries and calls of Redis take, as the product counts them itself (PERF-07).

`python -m tests.bench.queries redis://… 30` asks Redis in a process of its own, for so many seconds, and prints the
milliseconds as a JSON list.
"""

import json
import sys
import time
from collections import Counter

import httpx
import redis
from prometheus_client.parser import text_string_to_metric_families

from simulator.stack import Stack

FAMILY = "supabase_query_duration_seconds"
PAUSE_SECONDS = 0.01
Buckets = Counter[float]  # how many queries took up to so many seconds


def counted(stack: Stack) -> Buckets:
    """What web and the bot have counted so far."""
    found: Buckets = Counter()
    for address in (
        f"{stack.web_url}/metrics",
        f"http://127.0.0.1:{stack.extra['BOT_METRICS_PORT']}/metrics",
    ):
        for family in text_string_to_metric_families(httpx.get(address, trust_env=False).text):
            for sample in family.samples if family.name == FAMILY else ():
                if sample.name == f"{FAMILY}_bucket":
                    found[float(sample.labels["le"])] += int(sample.value)
    return found


def since(before: Buckets, after: Buckets) -> Buckets:
    return Counter({edge: after[edge] - before[edge] for edge in after})


def percentile(buckets: Buckets, percent: float) -> float:
    """In milliseconds, evenly within a bucket, as Prometheus' histogram_quantile does."""
    edges = sorted(buckets)
    rank = buckets[edges[-1]] * percent / 100
    below, count = 0.0, 0
    for edge in edges:
        if buckets[edge] >= rank:
            inside = max(1, buckets[edge] - count)
            return (below + (min(edge, edges[-2]) - below) * (rank - count) / inside) * 1000
        below, count = edge, buckets[edge]
    raise ValueError("there are no buckets")


def ask_redis(url: str, seconds: float) -> list[float]:
    """The milliseconds of each call, such as counting a person's commands is."""
    taken, until = [], time.monotonic() + seconds
    with redis.Redis.from_url(url) as client:
        while time.monotonic() < until:
            started = time.perf_counter()
            client.incr("bench")
            taken.append((time.perf_counter() - started) * 1000)
            time.sleep(PAUSE_SECONDS)
        client.delete("bench")
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(ask_redis(sys.argv[1], float(sys.argv[2]))))
