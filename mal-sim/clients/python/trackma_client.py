"""Trackma: its engine logs in, downloads the list and sends one change of score."""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

from trackma import messenger, utils
from trackma.engine import Engine
from trackma.lib.libmal import libmal


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def log_in_with_browser(url):
    """Plays the browser. Returns the code of the redirect."""
    url = url.replace("https://myanimelist.net/v1/oauth2", os.environ["MAL_SIM_AUTH"])
    try:
        urllib.request.build_opener(NoRedirect).open(url)
    except urllib.error.HTTPError as response:
        redirect = urllib.parse.urlsplit(response.headers["location"])
        return urllib.parse.parse_qs(redirect.query)["code"][0]
    sys.exit("the login was not redirected")


def print_message(classname, kind, text):
    if kind != messenger.TYPE_DEBUG:
        print(f"{classname}: {text}", file=sys.stderr)


def main():
    # The addresses are attributes of the class. The package has no option for them.
    libmal.auth_url = os.environ["MAL_SIM_AUTH"] + "/token"
    libmal.query_url = os.environ["MAL_SIM_API"]
    # No download of files from elsewhere, no search for video files and players.
    utils.config_defaults.update(redirections_time=0, tracker_enabled=False, library_autoscan=False, use_hooks=False)

    verifier = utils.oauth_generate_pkce()
    code = log_in_with_browser(utils.available_libs["mal"][3] % verifier)
    account = {"username": "simulated", "password": code, "api": "mal", "extra": {"code_verifier": verifier}}
    engine = Engine(account, print_message if "-v" in sys.argv else None)
    engine.start()
    shows = engine.get_list()
    entries = [[show["id"], show["my_status"], show["my_score"], show["my_progress"]] for show in shows]
    show = next(show for show in shows if show["my_score"] == 0)
    engine.set_score(show["id"], 9)
    engine.list_upload()
    result = {
        "user": engine.get_userconfig("username"),
        "entries": entries,
        "asks_for_gray": True,  # requests NSFW entries too: see check_client.py
        "written": {"id": show["id"], "values": {"score": 9}},
    }
    engine.unload()
    print(json.dumps(result))


main()
