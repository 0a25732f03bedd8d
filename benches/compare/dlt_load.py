"""Loads a list with the Python library dlt, with which the benchmark compares malsync.

It uses dlt as its documentation suggests: the REST source with paging, merged into PostgreSQL by MAL's id.

    dlt_load.py DATABASE_URL API TOKEN PAGE_SIZE FOLDER    (environment: FIELDS, the requested fields)
"""

import os
import sys

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt
from dlt.sources.rest_api import rest_api_source


def main(url, api, token, size, folder):
    # dlt treats braces as placeholders.
    fields = os.environ["FIELDS"].replace("{", "{{").replace("}", "}}")
    source = rest_api_source(
        {
            "client": {
                "base_url": api,
                "auth": {"type": "bearer", "token": token},
                "paginator": {"type": "json_link", "next_url_path": "paging.next"},
            },
            "resources": [
                {
                    "name": "animelist",
                    "endpoint": {
                        "path": "users/@me/animelist",
                        "params": {"fields": fields, "nsfw": "true", "sort": "anime_title", "limit": int(size)},
                        "data_selector": "data",
                    },
                    "primary_key": "node__id",
                    "write_disposition": "merge",
                }
            ],
        }
    )
    # dlt requires a password; the server does not.
    server = dlt.destinations.postgres(url.replace("@", ":none@"))
    pipeline = dlt.pipeline("malsync_compare", folder, destination=server, dataset_name="mal")
    pipeline.run(source)


if __name__ == "__main__":
    main(*sys.argv[1:])
