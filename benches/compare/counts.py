"""Measurements of malsync alone: counters, and syncs of lists of other lengths."""

import json
import time

from contestants import SYNC
from measure import Relay, run


def paced_sync(env, entries):
    """Runs a first full sync at one request per second, in ten pages. Returns its seconds and its requests."""
    url = env.create_database("postgresql")
    process = run(*env.malsync_command(url, -(-entries // 10), *SYNC, MAL_API_RATE_LIMIT="1"))
    return process.seconds, json.loads(process.output)["requests"]


def first_sync(env, user, kind, size):
    return run(*env.malsync_command(env.create_database(kind, user), size, *SYNC))


def wait_for_statistics(env):
    """Waits until every session of the last run has ended, because a session reports its statistics at its end."""
    while env.postgres.sql("SELECT 1 FROM pg_stat_activity WHERE datname = 'measured'"):
        time.sleep(0.01)


def statements(env, size):
    """Runs a first full sync. Returns the numbers of batches, statements and round trips."""
    relay = Relay(env.postgres.port)
    env.postgres.sql("SELECT pg_stat_statements_reset()")
    url = env.create_database("postgresql").replace(f":{env.postgres.port}/", f":{relay.port}/")
    fetched = json.loads(run(*env.malsync_command(url, size, *SYNC)).output)["anime_fetched"]
    wait_for_statistics(env)
    [[calls]] = env.postgres.sql(
        "SELECT sum(calls) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE datname = 'measured'"
    )
    return -(-fetched // size), int(calls), relay.round_trips


def per_batch(env, entries):
    """Returns the statements and round trips of one more batch: the difference between the same list in 20 and in 10 batches."""
    few, many = statements(env, -(-entries // 10)), statements(env, -(-entries // 20))
    batches, calls, round_trips = (more - less for less, more in zip(few, many))
    return calls / batches, round_trips / batches


def wal_per_row(env, size, edited=1000):
    """Returns the bytes of write-ahead log per entry that an incremental sync changes, change records included. The second
    of two syncs is measured, because in it no page is written for the first time since a checkpoint."""
    env.postgres.sql("CHECKPOINT")
    url = env.create_database("postgresql")
    run(*env.malsync_command(url, size, *SYNC))
    for _ in range(2):
        env.sim.call("POST", "users/alice/list/edit", {"count": edited})
        wait_for_statistics(env)
        [[before]] = env.postgres.sql("SELECT pg_current_wal_insert_lsn()")
        updated = json.loads(run(*env.malsync_command(url, size, *SYNC)).output)["user_lists_updated"]
        wait_for_statistics(env)
        [[written]] = env.postgres.sql(f"SELECT pg_current_wal_insert_lsn() - '{before}'")
    return int(written) / updated


def row_versions(env, size):
    """Returns the row versions that a full sync of an unchanged list writes, by table."""
    url = env.create_database("postgresql")
    run(*env.malsync_command(url, size, *SYNC))
    wait_for_statistics(env)
    query = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
    before = dict(env.postgres.sql(query, "measured"))
    run(*env.malsync_command(url, size, *SYNC, "--force-full"))
    wait_for_statistics(env)
    after = dict(env.postgres.sql(query, "measured"))
    written = {table: int(after[table]) - int(before[table]) for table in after}
    return {table: count for table, count in written.items() if count}
