"""The table: what was measured, against the floor and against what is aimed at."""

import datetime
import json
import os
import pathlib
import subprocess

from measure import median, own_megabytes


def show(asked, lists, cluster, measured, counted):
    """Prints the conditions, then the table."""
    print("\n".join([*conditions(asked, cluster), "", *rows(asked, lists, measured, counted)]))


def conditions(asked, cluster):
    now = datetime.datetime.now(datetime.timezone.utc)
    model = [line.partition(":")[2].strip() for line in text("/proc/cpuinfo").splitlines() if line.startswith("model name")]
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    [[server]] = cluster.sql("SHOW server_version")
    return [
        f"{now:%Y-%m-%d %H:%M} UTC; {len(model) or os.cpu_count()} cores ({(model or ['unknown'])[0]}), load {load}; "
        f"PostgreSQL {server.split()[0]}; {asked.entries} entries; medians of {asked.runs}, interleaved."
    ]


def text(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def rows(asked, lists, measured, counted):
    seconds = lambda name, step="first": median(measured[name, step])
    floors = {size: seconds(f"floor {size}") for size in (1000, 100)}
    lines = ["| what | seconds | of the floor | peak memory | target | |", "| --- | ---: | ---: | ---: | --- | --- |"]

    def timed(what, name, step="first", size=1000, target="", met=None):
        ran = measured[name, step]
        ratio = f"{median(ran) / floors[size]:.2f}"
        lines.append(line(what, f"{median(ran):.3f}", ratio, memory(median(ran, "megabytes")), target, met))

    def counted_row(what, value, target="", met=None, megabytes=""):
        lines.append(line(what, value, "", megabytes, target, met))

    for size in (1000, 100):
        timed(f"floor: curl and psql, pages of {size}", f"floor {size}", size=size)
    if not asked.only:
        timed("dlt, first load", "dlt")
        timed("dlt, again, unchanged", "dlt", "again")
        timed("dlt, of that to start and import", "dlt", "imports")
        timed("query per row (SQLAlchemy), first sync", "old", size=100)
        timed("query per row (SQLAlchemy), again, unchanged", "old", "again", size=100)
    for kind, called in (("postgresql", "PostgreSQL"), ("sqlite", "SQLite")):
        for size in (1000, 100):
            name = f"{kind} {size}"
            took = seconds(name)
            if kind == "sqlite":
                target, met = "no slower than PostgreSQL", took <= seconds(f"postgresql {size}")
            elif size == 1000:
                target, met = "1.0 of the floor", took <= floors[size]
            else:
                target, met = "2.0 of the floor", took <= 2 * floors[size]
            timed(f"malsync, {called}, {size} a page and batch, first full sync", name, "first", size, target, met)
            again = seconds(name, "again")
            timed("… full sync, unchanged", name, "again", size, "0.5 of the floor", again <= floors[size] / 2)
            wire = sorted(sum(map(float, ran.output.split())) for ran in measured[f"wire {size}", "requests"])
            beyond = seconds(name, "incremental") - wire[len(wire) // 2]
            requests = max(json.loads(ran.output)["requests"] for ran in measured[name, "incremental"])
            what = f"… incremental, unchanged: {requests} requests, {beyond * 1000:.0f} ms beyond them"
            timed(what, name, "incremental", size, "2 requests and 60 ms", requests == 2 and beyond <= 0.060)
        for step, limit in (("status", 15), ("list", 25)):
            called_so = "`list --limit 20`" if step == "list" else "`status`"
            timed(f"{called_so}, {called}", f"{kind} 1000", step, 1000, f"{limit} ms", seconds(f"{kind} 1000", step) <= limit / 1000)
    if not asked.only:
        times = seconds("dlt") / seconds("postgresql 1000")
        counted_row("malsync's first full sync (1000) is faster than dlt's", f"{times:.1f} ×", "8 ×", times >= 8)
    took, requests = counted["paced"]
    off = took / (requests - 1) - 1
    counted_row(f"paced at 1 request a second, {requests} requests", f"{took:.2f}", f"{requests - 1} s within 3 % ({off:+.1%})", abs(off) <= 0.03)
    for (kind, user, size), megabytes in counted["memory"].items():
        called = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[kind]
        what = f"first full sync of {lists[user]:,} entries, {called}, {size}"
        counted_row(what, "", "40 MB", megabytes <= 40, memory(megabytes))
    outside = {table: count for table, count in counted["written"].items() if table not in ("sync_runs", "users")}
    told = ", ".join(f"{table} {count}" for table, count in counted["written"].items()) or "none"
    counted_row(f"row versions of an unchanged full sync: {told}", "", "0 outside sync_runs and users", not outside)
    calls, turns = counted["per batch"]
    counted_row("a batch more: statements, round trips", f"{calls:.1f}, {turns:.1f}")
    counted_row("write-ahead log a changed entry (incremental)", f"{counted['wal']:.0f} B")
    return lines


def line(what, value, ratio, megabytes, target, met):
    verdict = {None: "", True: "ok", False: "missed"}[met]
    return f"| {what} | {value} | {ratio} | {megabytes} | {target} | {verdict} |"


def memory(megabytes):
    # A process is told to have had what this program had when it began it.
    return f"{'≤ ' if megabytes <= own_megabytes() else ''}{megabytes:.0f} MB"
