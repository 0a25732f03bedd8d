"""Checks the Scoop and winget manifests by the rules of their documentation.

Usage: python check_windows_manifests.py MANIFESTS_FOLDER
"""

import json
import pathlib
import re
import sys

import yaml

SCOOP_KEYS = {"version", "description", "homepage", "license", "architecture", "bin", "checkver", "autoupdate"}
WINGET_KEYS = {
    "version": {"PackageIdentifier", "PackageVersion", "DefaultLocale", "ManifestType", "ManifestVersion"},
    "defaultLocale": {
        "PackageIdentifier", "PackageVersion", "PackageLocale", "Publisher", "PackageName", "PackageUrl", "License",
        "ShortDescription", "ManifestType", "ManifestVersion",
    },
    "installer": {"PackageIdentifier", "PackageVersion", "Installers", "ManifestType", "ManifestVersion"},
}
SHA256 = re.compile(r"[0-9a-f]{64}")

problems = []


def demand(condition, problem):
    if not condition:
        problems.append(problem)


def check_scoop(file):
    manifest = json.loads(file.read_text())
    demand(set(manifest) == SCOOP_KEYS, f"scoop: keys are {sorted(manifest)}")
    download = manifest["architecture"]["64bit"]
    demand(SHA256.fullmatch(download["hash"]), "scoop: hash is no SHA-256")
    demand(f'-{manifest["version"]}-' in download["url"], "scoop: the URL does not have the version")
    demand("$version" in manifest["autoupdate"]["architecture"]["64bit"]["url"], "scoop: autoupdate has no $version")
    re.compile(manifest["checkver"]["regex"])


def check_winget(folder):
    manifests = {}
    for file in sorted(folder.glob("*.yaml")):
        manifest = yaml.safe_load(file.read_text())
        manifests[manifest["ManifestType"]] = manifest
        demand(file.name.startswith(manifest["PackageIdentifier"] + "."), f"winget: the name of {file.name}")
    demand(set(manifests) == set(WINGET_KEYS), f"winget: types are {sorted(manifests)}")
    for kind, manifest in manifests.items():
        demand(set(manifest) == WINGET_KEYS[kind], f"winget: keys of {kind} are {sorted(manifest)}")
        demand("." in manifest["PackageIdentifier"], "winget: the identifier has no dot")
        demand(isinstance(manifest["PackageVersion"], str), "winget: the version is a number")
    installer = manifests["installer"]["Installers"][0]
    demand(isinstance(installer["InstallerSha256"], str) and SHA256.fullmatch(installer["InstallerSha256"]), "winget: hash")
    demand(len(manifests["defaultLocale"]["ShortDescription"]) <= 256, "winget: the description is too long")


manifests = pathlib.Path(sys.argv[1])
check_scoop(manifests / "scoop/malsync.json")
check_winget(manifests / "winget")
sys.exit("\n".join(problems) or 0)
