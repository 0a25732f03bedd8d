#!/usr/bin/env python3
"""Leaves one architecture in an OCI layout, for tools that know no index inside the index.

Usage: packaging/select_platform.py LAYOUT_FOLDER ARCHITECTURE
"""

import json
import pathlib
import sys

if len(sys.argv) != 3:
    sys.exit(__doc__.strip())
layout, architecture = pathlib.Path(sys.argv[1]), sys.argv[2]
outer = json.loads((layout / "index.json").read_text())
name = outer["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]
digest = outer["manifests"][0]["digest"].split(":")[1]
inner = json.loads((layout / "blobs/sha256" / digest).read_text())
[manifest] = [entry for entry in inner["manifests"] if entry["platform"]["architecture"] == architecture]
manifest["annotations"] = {"org.opencontainers.image.ref.name": name}
(layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
