"""How a process is measured: wall clock and peak memory by the kernel's own account, and the turns of a conversation with a
server, counted by a relay that stands between."""

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
class Ran:
    seconds: float
    megabytes: float
    own: float  # what this program had: the kernel lets every process begin with that
    output: str


def run(command, env):
    """Runs a command to its end. Its memory is that of its largest process."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
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
        return Ran(seconds, usage.ru_maxrss / 1024, own, out.read())


def median(ran, of="seconds"):
    return statistics.median(getattr(one, of) for one in ran)


class Relay:
    """Passes every connection on to a server and counts the round trips: how often the client speaks after the server did."""

    def __init__(self, port):
        self.turns, self.server, self.listener = 0, port, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.server))
            last = {"spoke": server}
            for source, target in ((client, server), (server, client)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.carry, args=(source, target, client, last), daemon=True).start()

    def carry(self, source, target, client, last):
        while piece := source.recv(1 << 20):
            if source is client and last["spoke"] is not client:
                self.turns += 1
            last["spoke"] = source
            target.sendall(piece)
        # Nothing more comes from here; closed, it would stay open for the thread that reads from it.
        with contextlib.suppress(OSError):  # the other side may be gone already
            target.shutdown(socket.SHUT_WR)
