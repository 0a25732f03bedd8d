"""What is counted rather than timed, and what takes a list of another length: all of malsync alone."""

import json
import time

from contestants import SYNC
from measure import Relay, run


def paced(world, entries):
    """A first full sync at one request a second, in ten pages: how long it took, and its requests."""
    url = world.database("postgresql")
    ran = run(*world.malsync(url, -(-entries // 10), *SYNC, MAL_API_RATE_LIMIT="1"))
    return ran.seconds, json.loads(ran.output)["requests"]


def first_sync(world, user, kind, size):
    return run(*world.malsync(world.database(kind, user), size, *SYNC))


def settle(world):
    """Waits until every session of the last run has ended, and with it its share of the statistics is told."""
    while world.cluster.sql("SELECT 1 FROM pg_stat_activity WHERE datname = 'measured'"):
        time.sleep(0.01)


def statements(world, size):
    """Of a first full sync: its batches, the statements that the server carried out, and the round trips."""
    relay = Relay(world.cluster.port)
    world.cluster.sql("SELECT pg_stat_statements_reset()")
    url = world.database("postgresql").replace(f":{world.cluster.port}/", f":{relay.port}/")
    fetched = json.loads(run(*world.malsync(url, size, *SYNC)).output)["anime_fetched"]
    settle(world)
    [[calls]] = world.cluster.sql(
        "SELECT sum(calls) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE datname = 'measured'"
    )
    return -(-fetched // size), int(calls), relay.turns


def per_batch(world, entries):
    """Statements and round trips that one more batch of the same list costs: the list in 10 batches and in 20."""
    few, many = statements(world, -(-entries // 10)), statements(world, -(-entries // 20))
    batches, calls, turns = (more - less for less, more in zip(few, many))
    return calls / batches, turns / batches


def wal_per_row(world, size, edited=1000):
    """Bytes of write-ahead log for each entry that an incremental sync changes, everything that it notes about it included.
    The second time counts, when no page is written for the first time since a checkpoint."""
    world.cluster.sql("CHECKPOINT")
    url = world.database("postgresql")
    run(*world.malsync(url, size, *SYNC))
    for _ in range(2):
        world.sim.call("POST", "users/alice/list/edit", {"count": edited})
        settle(world)
        [[before]] = world.cluster.sql("SELECT pg_current_wal_insert_lsn()")
        updated = json.loads(run(*world.malsync(url, size, *SYNC)).output)["user_lists_updated"]
        settle(world)
        [[written]] = world.cluster.sql(f"SELECT pg_current_wal_insert_lsn() - '{before}'")
    return int(written) / updated


def row_versions(world, size):
    """Row versions that a full sync of an unchanged list writes, by table."""
    url = world.database("postgresql")
    run(*world.malsync(url, size, *SYNC))
    settle(world)
    query = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
    before = dict(world.cluster.sql(query, "measured"))
    run(*world.malsync(url, size, *SYNC, "--force-full"))
    settle(world)
    after = dict(world.cluster.sql(query, "measured"))
    written = {table: int(after[table]) - int(before[table]) for table in after}
    return {table: count for table, count in written.items() if count}
