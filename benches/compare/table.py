"""The table: what was measured, against the floor and against what is aimed at."""

import datetime
import json
import os
import pathlib

from measure import median

CALLED = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


def show(asked, lists, cluster, measured, counted):
    """Prints the conditions, then the table."""
    table = Table(measured)
    table.others(asked.only)
    for kind in CALLED:
        for size in (1000, 100):
            table.syncs(kind, size)
        table.looks(kind)
    table.against_dlt(asked.only)
    table.counts(lists, counted)
    print("\n".join([conditions(asked, cluster), "", *table.lines]))


def conditions(asked, cluster):
    now = datetime.datetime.now(datetime.timezone.utc)
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor")
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    [[server]] = cluster.sql("SHOW server_version")
    return (
        f"{now:%Y-%m-%d %H:%M} UTC; {os.cpu_count()} cores ({model}), load {load}; PostgreSQL {server.split()[0]}; "
        f"{asked.entries:,} entries; medians of {asked.runs}, interleaved."
    )


class Table:
    def __init__(self, measured):
        self.measured = measured
        self.floor = {size: self.seconds(f"floor {size}") for size in (1000, 100)}
        self.lines = ["| what | seconds | of the floor | peak memory | target | |", "| --- | ---: | ---: | ---: | --- | --- |"]

    def seconds(self, name, step="first"):
        return median(self.measured[name, step])

    def row(self, what, value="", ratio="", memory="", target="", met=None):
        verdict = {None: "", True: "ok", False: "**missed**"}[met]
        self.lines.append(f"| {what} | {value} | {ratio} | {memory} | {target} | {verdict} |")

    def timed(self, what, name, step, size, target="", met=None):
        """A step's medians; the floor is that of the same page size."""
        seconds = self.seconds(name, step)
        memory = peak(self.measured[name, step])
        self.row(what, f"{seconds:.3f}", f"{seconds / self.floor[size]:.2f}", memory, target, met)

    def others(self, only):
        for size in (1000, 100):
            self.timed(f"floor: curl and psql, pages of {size}", f"floor {size}", "first", size)
        if only:
            return
        self.timed("dlt, first load", "dlt", "first", 1000)
        self.timed("… again, unchanged", "dlt", "again", 1000)
        self.timed("… of either: to start Python and import it", "dlt", "imports", 1000)
        self.timed("a query per row (SQLAlchemy), first sync", "old", "first", 100)
        self.timed("… again, unchanged", "old", "again", 100)

    def syncs(self, kind, size):
        """malsync: a first sync, a full one and an incremental one of the unchanged list."""
        name = f"{kind} {size}"
        seconds, floor = self.seconds(name), self.floor[size]
        if kind == "sqlite":
            target, met = "no slower than PostgreSQL", seconds <= self.seconds(f"postgresql {size}")
        else:
            times = {1000: 1, 100: 2}[size]
            target, met = f"{times}.0 of the floor", seconds <= times * floor
        self.timed(f"malsync, {CALLED[kind]}, {size} a page and batch: first full sync", name, "first", size, target, met)
        met = self.seconds(name, "again") <= floor / 2
        self.timed("… full sync, unchanged", name, "again", size, "0.5 of the floor", met)
        beyond = self.seconds(name, "incremental") - self.wire(size)
        requests = max(json.loads(ran.output)["requests"] for ran in self.measured[name, "incremental"])
        what = f"… incremental, unchanged: {requests} requests, {beyond * 1000:.0f} ms beyond them"
        self.timed(what, name, "incremental", size, "2 requests, 60 ms", requests == 2 and beyond <= 0.060)

    def wire(self, size):
        """What the requests of an incremental sync take by themselves: the median of their sums."""
        sums = sorted(sum(map(float, ran.output.split())) for ran in self.measured[f"wire {size}", "requests"])
        return sums[len(sums) // 2]

    def looks(self, kind):
        """malsync: what only looks at the database."""
        for step, what, limit in (("status", "status", 15), ("list", "list --limit 20", 50)):
            met = self.seconds(f"{kind} 1000", step) <= limit / 1000
            self.timed(f"malsync, {CALLED[kind]}: `{what}`", f"{kind} 1000", step, 1000, f"{limit} ms", met)

    def against_dlt(self, only):
        if only:
            return
        times = self.seconds("dlt") / self.seconds("postgresql 1000")
        self.row("malsync's first full sync is faster than dlt's first load", f"{times:.1f} ×", target="8 ×", met=times >= 8)

    def counts(self, lists, counted):
        """What was counted, paced, or of another length."""
        took, requests = counted["paced"]
        off = took / (requests - 1) - 1
        target = f"{requests - 1} s within 3 % ({off:+.1%})"
        what = f"malsync at 1 request a second, {requests} requests"
        self.row(what, f"{took:.2f}", target=target, met=abs(off) <= 0.03)
        for (kind, user, size), ran in counted["memory"].items():
            what = f"malsync, {CALLED[kind]}, {size} a page and batch: {lists[user]:,} entries"
            self.row(what, f"{ran.seconds:.3f}", memory=peak([ran]), target="40 MB", met=ran.megabytes <= 40)
        written = counted["written"]
        told = ", ".join(f"{count} in {table}" for table, count in sorted(written.items())) or "none"
        met = not written.keys() - {"sync_runs", "users"}
        self.row(f"row versions of an unchanged full sync: {told}", target="none in any other", met=met)
        calls, turns = counted["per batch"]
        self.row("statements a batch", f"{calls:.1f}")
        self.row("round trips a batch", f"{turns:.1f}")
        self.row("write-ahead log a changed entry", f"{counted['wal']:,.0f} B")


def peak(ran):
    megabytes = median(ran, "megabytes")
    return f"{'≤ ' if megabytes <= max(one.own for one in ran) else ''}{megabytes:.0f} MB"
