"""The table: measurements beside the floor and the targets."""

import datetime
import json
import os
import pathlib

from measure import median

KIND_LABELS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


def print_table(options, lists, postgres, measured, counted):
    """Prints the conditions, then the table."""
    table = Table(measured)
    table.competitors(options.only)
    for kind in KIND_LABELS:
        for size in (1000, 100):
            table.syncs(kind, size)
        table.reads(kind)
    table.against_dlt(options.only)
    table.counts(lists, counted)
    print("\n".join([conditions(options, postgres), "", *table.lines]))


def conditions(options, postgres):
    now = datetime.datetime.now(datetime.timezone.utc)
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor")
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    [[server]] = postgres.sql("SHOW server_version")
    return (
        f"{now:%Y-%m-%d %H:%M} UTC; {os.cpu_count()} cores ({model}), load {load}; PostgreSQL {server.split()[0]}; "
        f"{options.entries:,} entries; medians of {options.runs}, interleaved."
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
        """Adds the medians of a step, beside the floor with the same page size."""
        seconds = self.seconds(name, step)
        memory = peak_memory(self.measured[name, step])
        self.row(what, f"{seconds:.3f}", f"{seconds / self.floor[size]:.2f}", memory, target, met)

    def competitors(self, only):
        for size in (1000, 100):
            self.timed(f"floor: curl and psql, pages of {size}", f"floor {size}", "first", size)
        if only:
            return
        self.timed("dlt, first load", "dlt", "first", 1000)
        self.timed("… again, unchanged", "dlt", "again", 1000)
        self.timed("… of both times: to start Python and import dlt", "dlt", "imports", 1000)
        self.timed("a query per row (SQLAlchemy), first sync", "query per row", "first", 100)
        self.timed("… again, unchanged", "query per row", "again", 100)

    def syncs(self, kind, size):
        """Adds a first sync, and a full and an incremental one of the unchanged list."""
        name = f"{kind} {size}"
        seconds, floor = self.seconds(name), self.floor[size]
        if kind == "sqlite":
            target, met = "no slower than PostgreSQL", seconds <= self.seconds(f"postgresql {size}")
        else:
            times = {1000: 1, 100: 2}[size]
            target, met = f"{times}.0 of the floor", seconds <= times * floor
        self.timed(f"malsync, {KIND_LABELS[kind]}, {size} a page and batch: first full sync", name, "first", size, target, met)
        met = self.seconds(name, "again") <= floor / 2
        self.timed("… full sync, unchanged", name, "again", size, "0.5 of the floor", met)
        beyond = self.seconds(name, "incremental") - self.request_time(size)
        requests = max(json.loads(run.output)["requests"] for run in self.measured[name, "incremental"])
        what = f"… incremental, unchanged: {requests} requests, {beyond * 1000:.0f} ms beyond them"
        self.timed(what, name, "incremental", size, "2 requests, 60 ms", requests == 2 and beyond <= 0.060)

    def request_time(self, size):
        """Returns the time of the requests of an incremental sync alone: the median of their sums."""
        sums = sorted(sum(map(float, run.output.split())) for run in self.measured[f"wire {size}", "requests"])
        return sums[len(sums) // 2]

    def reads(self, kind):
        """Adds the commands that only read the database."""
        for step, what, limit in (("status", "status", 15), ("list", "list --limit 20", 50)):
            met = self.seconds(f"{kind} 1000", step) <= limit / 1000
            self.timed(f"malsync, {KIND_LABELS[kind]}: `{what}`", f"{kind} 1000", step, 1000, f"{limit} ms", met)

    def against_dlt(self, only):
        if only:
            return
        times = self.seconds("dlt") / self.seconds("postgresql 1000")
        self.row("malsync's first full sync is faster than dlt's first load", f"{times:.1f} ×", target="8 ×", met=times >= 8)

    def counts(self, lists, counted):
        """Adds counters, the paced sync and lists of other lengths."""
        seconds, requests = counted["paced"]
        deviation = seconds / (requests - 1) - 1
        target = f"{requests - 1} s within 3 % ({deviation:+.1%})"
        what = f"malsync at 1 request a second, {requests} requests"
        self.row(what, f"{seconds:.2f}", target=target, met=abs(deviation) <= 0.03)
        for (kind, user, size), process in counted["memory"].items():
            what = f"malsync, {KIND_LABELS[kind]}, {size} a page and batch: {lists[user]:,} entries"
            self.row(what, f"{process.seconds:.3f}", memory=peak_memory([process]), target="40 MB", met=process.megabytes <= 40)
        written = counted["written"]
        tables = ", ".join(f"{count} in {table}" for table, count in sorted(written.items())) or "none"
        met = not written.keys() - {"sync_runs", "users"}
        self.row(f"row versions of an unchanged full sync: {tables}", target="none in any other", met=met)
        calls, round_trips = counted["per batch"]
        self.row("statements a batch", f"{calls:.1f}")
        self.row("round trips a batch", f"{round_trips:.1f}")
        self.row("write-ahead log a changed entry", f"{counted['wal']:,.0f} B")


def peak_memory(runs):
    megabytes = median(runs, "megabytes")
    return f"{'≤ ' if megabytes <= max(run.initial_megabytes for run in runs) else ''}{megabytes:.0f} MB"
