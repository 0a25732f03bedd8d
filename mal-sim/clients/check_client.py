"""Runs one client and compares what it read and wrote with what the simulator has.

Usage: check_client.py NAME COMMAND...

The command prints one JSON object as its last line: `user`, `entries` (`[id, status, score, watched episodes]` of each),
`asks_for_gray` (false if the client cannot ask for gray entries, which MAL hides unless a request has `nsfw=true`) and
`written`: the `id` of one entry, and the `values` that the client wrote.
"""

import json
import os
import subprocess
import sys
import urllib.request

ENTRIES = 1200


def call_control(path, method="GET"):
    request = urllib.request.Request(os.environ["MAL_SIM_CONTROL"] + path, method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def dump_list():
    return {entry["id"]: entry for entry in call_control("/users/alice/list")}


def find_differences(before, result, after, log):
    """Yields a sentence for everything that is not as it must be."""
    if len(before) != ENTRIES:
        yield f"the list has {len(before)} entries"
    if result["user"] != "alice":
        yield f"the user is {result['user']}"
    visible = [entry for entry in before.values() if result["asks_for_gray"] or not entry["is_gray"]]
    expected = {(e["id"], e["status"], e["score"], e["num_episodes_watched"]) for e in visible}
    read = [tuple(entry) for entry in result["entries"]]
    if len(read) != len(expected) or set(read) != expected:
        difference = sorted(set(read) ^ expected)
        yield f"{len(read)} entries were read, {len(expected)} expected; different: {difference[:5]}"

    written_id, values = result["written"]["id"], result["written"]["values"]
    for anime_id in before.keys() | after.keys():
        old, new = before.get(anime_id), after.get(anime_id)
        if anime_id == written_id:
            old = {**old, **values, "updated_at": new["updated_at"]}
            if new["updated_at"] == before[anime_id]["updated_at"]:
                yield "updated_at did not move"
        if old != new:
            yield f"entry {anime_id} is {new} instead of {old}"
    if not any(before[written_id][key] != value for key, value in values.items()):
        yield "the client wrote what was there already"

    # `mal_status` is what MAL itself answered. `status` is what the client got, even from a fault rule.
    writes = [request for request in log if request["path"].endswith("/my_list_status")]
    if [(request["method"] in ("PATCH", "PUT"), request["mal_status"]) for request in writes] != [(True, 200)]:
        yield f"one write was expected: {writes}"
    if not any(request["form"].get("grant_type") == "authorization_code" for request in log):
        yield "the client did not log in"
    for request in log:
        if request["status"] >= 400:
            yield f"{request['method']} {request['path']}?{request['query']} was answered with {request['status']}"


def main():
    name, command = sys.argv[1], sys.argv[2:]
    before = dump_list()
    call_control("/log", "DELETE")
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=300)
    if ran.returncode != 0:
        sys.exit(f"{name}: exit code {ran.returncode}")
    result = json.loads(ran.stdout.strip().splitlines()[-1])
    log = call_control("/log")
    differences = list(find_differences(before, result, dump_list(), log))
    if differences:
        sys.exit("\n".join(f"{name}: {difference}" for difference in differences))
    print(f"{name}: logged in, read {len(result['entries'])} entries and wrote one with {len(log)} requests")


main()
