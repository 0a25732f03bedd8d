"""Measures processes: wall clock time and peak memory as the kernel counts them, and round trips to a server, which a relay
in between counts."""

import contextlib
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass


@dataclass
class ProcessRun:
    seconds: float
    megabytes: float
    initial_megabytes: float  # memory of this program: the kernel counts it in the peak of each process that it starts
    output: str


def run(command, env):
    """Runs a command. The memory is that of its largest process."""
    initial_megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=tempfile.gettempdir())
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            sys.exit(f"{command[0]} {command[1]}: exit {process.returncode}\n{err.read()[-4000:]}")
        return ProcessRun(seconds, usage.ru_maxrss / 1024, initial_megabytes, out.read())


def median(runs, field="seconds"):
    return statistics.median(getattr(run, field) for run in runs)


class Relay:
    """Forwards every connection to a server and counts round trips: how often the client sends after the server did."""

    def __init__(self, port):
        self.round_trips, self.server, self.listener = 0, port, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.server))
            last = {"sender": server}
            for source, target in ((client, server), (server, client)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.forward, args=(source, target, client, last), daemon=True).start()

    def forward(self, source, target, client, last):
        while data := source.recv(1 << 20):
            if source is client and last["sender"] is not client:
                self.round_trips += 1
            last["sender"] = source
            target.sendall(data)
        # Shut down only the sending side: the other thread still reads from this socket.
        with contextlib.suppress(OSError):  # the other side may be gone already
            target.shutdown(socket.SHUT_WR)
