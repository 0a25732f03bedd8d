"""What the contestants need: the built binaries, a simulator, a PostgreSQL server, a Python environment. Servers live in
temporary folders and end with their `with` block; the Python environment is in the cache folder."""

import contextlib
import glob
import hashlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def exit_missing(what):
    sys.exit(f"needs: {what}")


def report(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


def build_binaries(binary):
    """Builds and returns the release binaries: malsync (unless one is given) and mal-sim."""
    if not shutil.which("cargo"):
        exit_missing("cargo (a Rust toolchain, https://rustup.rs)")
    packages = ["-p", "mal-sim"] if binary else ["-p", "malsync", "-p", "mal-sim"]
    report("cargo build --release")
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", *packages], cwd=ROOT, check=True)
    folder = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release"
    return pathlib.Path(binary).resolve() if binary else folder / "malsync", folder / "mal-sim"


def prepare_python():
    """Returns an interpreter with the packages of requirements.txt. Creates its environment once, in the cache folder."""
    wanted = (HERE / "requirements.txt").read_bytes() + sys.version.encode()
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "malsync-compare"
    folder = cache / hashlib.sha256(wanted).hexdigest()[:12]
    interpreter = folder / "bin/python"
    if not (folder / "complete").exists():
        report(f"installing dlt and SQLAlchemy into {folder}")
        for command in (
            [sys.executable, "-m", "venv", "--clear", folder],
            [interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", HERE / "requirements.txt"],
        ):
            if subprocess.run(command).returncode:
                exit_missing("Python's venv and pip, and a package index to install requirements.txt from (or --only malsync)")
        (folder / "complete").touch()
    return interpreter


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Simulator:
    """The simulator of MAL, with these users and the lengths of their lists."""

    def __init__(self, process, api, auth, control):
        self.process, self.api, self.auth, self.control = process, api, auth, control

    @classmethod
    @contextlib.contextmanager
    def running(cls, program, lists):
        process = subprocess.Popen([program, "--auto-consent", "--entries", "0"], stdout=subprocess.PIPE, text=True)
        try:
            words = process.stdout.readline().split()
            sim = cls(process, words[3], words[5], words[7])
            for name, entries in lists.items():
                if name != "alice":
                    sim.call("POST", "users", {"name": name, "entries": entries})
                sim.call("PUT", f"users/{name}/list", {"entries": entries})
            yield sim
        finally:
            process.terminate()
            process.wait()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.control}/{path}", data, method=method)
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def token(self, user="alice"):
        return self.call("POST", "tokens", {"user": user})["access_token"]


class PostgresServer:
    """A PostgreSQL server with default settings (fsync on) and pg_stat_statements."""

    def __init__(self, port):
        self.port = port

    @classmethod
    @contextlib.contextmanager
    def running(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="malsync-compare-pg-"))
        # PostgreSQL refuses to run as root.
        account = {}
        if os.geteuid() == 0:
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            owner = names.get("postgres") or names.get("nobody") or exit_missing("an account postgres or nobody, as root")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        account |= {"cwd": folder, "env": {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}, "stdin": subprocess.DEVNULL}
        data, port = folder / "data", free_port()
        made = ["--no-sync", "--no-instructions", "-A", "trust", "-E", "UTF8", "-U", "postgres", "-D", data]
        log = open(folder / "log", "w")
        server = None
        try:
            subprocess.run([find_program("initdb"), *made], check=True, stdout=subprocess.DEVNULL, **account)
            settings = ["listen_addresses=127.0.0.1", "shared_preload_libraries=pg_stat_statements"]
            options = [part for setting in settings for part in ("-c", setting)]
            server = subprocess.Popen(
                [find_program("postgres"), "-D", data, "-k", folder, "-p", str(port), *options], stderr=log, **account
            )
            postgres = cls(port)
            deadline = time.monotonic() + 60
            while subprocess.run([find_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode:
                if server.poll() is not None or time.monotonic() > deadline:
                    sys.exit("the PostgreSQL server did not start:\n" + (folder / "log").read_text())
                time.sleep(0.05)
            try:
                postgres.sql("CREATE EXTENSION pg_stat_statements")
            except subprocess.CalledProcessError:
                exit_missing("PostgreSQL's contrib modules (pg_stat_statements; Debian: postgresql)")
            yield postgres
        finally:
            if server:
                server.send_signal(signal.SIGINT)
                server.wait()
            log.close()
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, database):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def sql(self, statement, database="postgres"):
        """Executes a statement. Returns a list of columns for each row."""
        psql = [find_program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, self.url(database)]
        quiet = os.environ | {"PGOPTIONS": "-c client_min_messages=warning"}
        text = subprocess.run(psql, check=True, stdout=subprocess.PIPE, text=True, env=quiet).stdout
        return [line.split("|") for line in text.splitlines()]

    def copy(self, template, name):
        """Creates a copy of a database, and replaces an earlier one of this name. Returns its URL."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)


def find_program(name):
    """Returns the path of a PostgreSQL program, in PATH or the newest in Debian's folders."""
    debian = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)
    return shutil.which(name) or (debian or [None])[0] or exit_missing(f"PostgreSQL's {name} (Debian: postgresql)")
