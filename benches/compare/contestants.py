"""The contestants. Each starts with a database as `malsync login` leaves it (tables, one user, no entry) and runs its steps in
order. Only the steps are timed."""

import os
import shutil
from dataclasses import dataclass
from typing import Callable
from urllib.parse import urlencode

from measure import run
from servers import HERE, free_port

LIST = "user_anime_lists"
SYNC = ["sync", "--json", "--no-progress"]

# The fields that malsync, the floor and dlt request for every entry.
FIELDS = (HERE.parent / "fields.txt").read_text().strip()


@dataclass
class Contestant:
    name: str
    create_database: Callable  # creates a new database, returns its URL
    steps: dict  # name of a step -> function from that URL to a command and its environment
    entries_table: str = ""  # the PostgreSQL table with one row per entry, if there is one


class MalsyncEnv:
    """A home folder for malsync, and for each kind of database and user a template in which the user is logged in."""

    def __init__(self, binary, sim, postgres, folder):
        self.binary, self.sim, self.postgres, self.folder = binary, sim, postgres, folder
        self.bare_environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "FIELDS": FIELDS}
        self.environment = self.bare_environment | {
            "MAL_CLIENT_ID": "00112233445566778899aabbccddeeff",
            "MAL_API_URL": sim.api,
            "MAL_AUTH_URL": sim.auth,
            "MAL_API_RATE_LIMIT": "100000",
            "MAL_REDIRECT_URI": f"http://localhost:{free_port()}/auth/callback",
            "MALSYNC_TOKEN_STORE": "database",
            "SYNC_MIN_INTERVAL": "0s",
            "BROWSER": "curl --silent --location --output /dev/null",
        }
        self.templates = set()

    def create_database(self, kind, user="alice"):
        """Returns the URL of a new database in which the user is logged in and has no entry."""
        template = f"logged_in_{user}"
        if kind == "postgresql":
            if (kind, user) not in self.templates:
                self.postgres.sql(f"CREATE DATABASE {template}")
                self.log_in(self.postgres.url(template), user)
            url = self.postgres.copy(template, "measured")
        else:
            file, copy = self.folder / f"{template}.db", self.folder / "measured.db"
            if (kind, user) not in self.templates:
                self.log_in(f"sqlite://{file}", user)
            for old_file in self.folder.glob("measured.db*"):
                old_file.unlink()
            shutil.copy(file, copy)
            url = f"sqlite://{copy}"
        self.templates.add((kind, user))
        return url

    def log_in(self, url, user):
        self.sim.call("POST", "consent", {"auto": True, "user": user})
        run([self.binary, "login", "--quiet"], self.environment | {"DATABASE_URL": url})

    def malsync_command(self, url, size, *arguments, **environment):
        sizes = {"DATABASE_URL": url, "MAL_PAGE_SIZE": str(size), "SYNC_BATCH_SIZE": str(size)}
        return [self.binary, *arguments], self.environment | sizes | environment


def floor(env, size, entries):
    token = env.sim.token()
    command = [HERE / "floor.sh"]
    step = lambda url: ([*command, url, env.sim.api, token, str(size), str(entries)], env.bare_environment)
    return Contestant(f"floor {size}", lambda: env.create_database("postgresql"), {"first": step}, LIST)


def query_per_row(env, interpreter, size):
    token = env.sim.token()
    step = lambda url: ([interpreter, HERE / "query_per_row.py", url, env.sim.api, token, str(size)], env.bare_environment)
    return Contestant("query per row", lambda: env.create_database("postgresql"), {"first": step, "again": step}, LIST)


def dlt(env, interpreter, size):
    token = env.sim.token()
    state = env.folder / "dlt"
    environment = env.bare_environment | {"DLT_DATA_DIR": str(state)}

    def create_database():
        shutil.rmtree(state, ignore_errors=True)
        return env.create_database("postgresql")

    step = lambda url: ([interpreter, HERE / "dlt_load.py", url, env.sim.api, token, str(size), state], environment)
    imports = lambda url: ([interpreter, "-c", "import dlt_load"], environment | {"PYTHONPATH": str(HERE)})
    return Contestant("dlt", create_database, {"first": step, "again": step, "imports": imports}, "mal.animelist")


def malsync(env, kind, size):
    steps = {
        "first": lambda url: env.malsync_command(url, size, *SYNC),
        "again": lambda url: env.malsync_command(url, size, *SYNC, "--force-full"),
        "incremental": lambda url: env.malsync_command(url, size, *SYNC),
        "status": lambda url: env.malsync_command(url, size, "status"),
        "list": lambda url: env.malsync_command(url, size, "list", "--limit", "20"),
    }
    return Contestant(f"{kind} {size}", lambda: env.create_database(kind), steps, LIST if kind == "postgresql" else "")


def wire(env, size):
    """The two requests of an incremental sync, sent by curl on one connection, which prints the time of each."""
    list_query = urlencode({"fields": FIELDS, "nsfw": "true", "sort": "list_updated_at", "limit": size, "offset": 0})
    addresses = [f"{env.sim.api}/users/@me?fields=anime_statistics", f"{env.sim.api}/users/@me/animelist?{list_query}"]
    bearer = f"Authorization: Bearer {env.sim.token()}"
    outputs = ["-o", os.devnull] * len(addresses)
    command = ["curl", "--silent", "--fail", "-H", bearer, "-w", r"%{time_total}\n", *outputs, *addresses]
    return Contestant(f"wire {size}", lambda: None, {"requests": lambda _: (command, env.bare_environment)})
