"""The contestants. Each begins with a database as `malsync login` leaves it (the tables made, one user, no entry), and takes its
steps in order; only the steps are timed."""

import os
import shutil
from dataclasses import dataclass
from typing import Callable
from urllib.parse import urlencode

from measure import run
from servers import HERE, free_port

LIST = "user_anime_lists"
SYNC = ["sync", "--json", "--no-progress"]

# What malsync asks of every entry, and so do the floor and dlt.
FIELDS = (HERE.parent / "fields.txt").read_text().strip()


@dataclass
class Contestant:
    name: str
    fresh: Callable  # makes a new database; answers its URL
    steps: dict  # what a step is called -> from that URL, a command and its environment
    rows: str = ""  # the table that holds a row for each entry then, where SQL can be asked


class World:
    """A home for malsync, and one database a kind and user in which it is logged in."""

    def __init__(self, binary, sim, cluster, folder):
        self.binary, self.sim, self.cluster, self.folder = binary, sim, cluster, folder
        self.clean = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "FIELDS": FIELDS}
        self.base = self.clean | {
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

    def database(self, kind, user="alice"):
        """The URL of a new database in which the user is logged in and has no entry."""
        template = f"logged_in_{user}"
        if kind == "postgresql":
            if (kind, user) not in self.templates:
                self.cluster.sql(f"CREATE DATABASE {template}")
                self.log_in(self.cluster.url(template), user)
            url = self.cluster.copy(template, "measured")
        else:
            file, copy = self.folder / f"{template}.db", self.folder / "measured.db"
            if (kind, user) not in self.templates:
                self.log_in(f"sqlite://{file}", user)
            for rest in self.folder.glob("measured.db*"):
                rest.unlink()
            shutil.copy(file, copy)
            url = f"sqlite://{copy}"
        self.templates.add((kind, user))
        return url

    def log_in(self, url, user):
        self.sim.call("POST", "consent", {"auto": True, "user": user})
        run([self.binary, "login", "--quiet"], self.base | {"DATABASE_URL": url})

    def malsync(self, url, size, *arguments, **environment):
        sizes = {"DATABASE_URL": url, "MAL_PAGE_SIZE": str(size), "SYNC_BATCH_SIZE": str(size)}
        return [self.binary, *arguments], self.base | sizes | environment


def floor(world, size, entries):
    token = world.sim.token()
    command = [HERE / "floor.sh"]
    step = lambda url: ([*command, url, world.sim.api, token, str(size), str(entries)], world.clean)
    return Contestant(f"floor {size}", lambda: world.database("postgresql"), {"first": step}, LIST)


def old_kind(world, interpreter, size):
    token = world.sim.token()
    step = lambda url: ([interpreter, HERE / "old_kind.py", url, world.sim.api, token, str(size)], world.clean)
    return Contestant("old", lambda: world.database("postgresql"), {"first": step, "again": step}, LIST)


def dlt(world, interpreter, size):
    token = world.sim.token()
    state = world.folder / "dlt"
    environment = world.clean | {"DLT_DATA_DIR": str(state)}

    def fresh():
        shutil.rmtree(state, ignore_errors=True)
        return world.database("postgresql")

    step = lambda url: ([interpreter, HERE / "dlt_load.py", url, world.sim.api, token, str(size), state], environment)
    imports = lambda url: ([interpreter, "-c", "import dlt_load"], environment | {"PYTHONPATH": str(HERE)})
    return Contestant("dlt", fresh, {"first": step, "again": step, "imports": imports}, "mal.animelist")


def malsync(world, kind, size):
    steps = {
        "first": lambda url: world.malsync(url, size, *SYNC),
        "again": lambda url: world.malsync(url, size, *SYNC, "--force-full"),
        "incremental": lambda url: world.malsync(url, size, *SYNC),
        "status": lambda url: world.malsync(url, size, "status"),
        "list": lambda url: world.malsync(url, size, "list", "--limit", "20"),
    }
    return Contestant(f"{kind} {size}", lambda: world.database(kind), steps, LIST if kind == "postgresql" else "")


def wire(world, size):
    """The two requests of an incremental sync, by curl on one connection; it prints how long each took."""
    list_query = urlencode({"fields": FIELDS, "nsfw": "true", "sort": "list_updated_at", "limit": size, "offset": 0})
    addresses = [f"{world.sim.api}/users/@me?fields=anime_statistics", f"{world.sim.api}/users/@me/animelist?{list_query}"]
    bearer = f"Authorization: Bearer {world.sim.token()}"
    outputs = ["-o", os.devnull] * len(addresses)
    command = ["curl", "--silent", "--fail", "-H", bearer, "-w", r"%{time_total}\n", *outputs, *addresses]
    return Contestant(f"wire {size}", lambda: None, {"requests": lambda _: (command, world.clean)})
