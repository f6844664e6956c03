"""h5py over fsspec as a side of the comparison, see ../dataset/peer.mjs: one JSON request a line on stdin, one JSON answer a line on stdout.

Without a cache the file is one of this machine: what h5py reads there is what all sides are to have read.
"""
import hashlib
import importlib.metadata
import json
import sys
import time

import fsspec
import h5py

web = fsspec.filesystem("http")
# 5 MiB is what fsspec takes by itself
caches = {"readahead": {"cache_type": "readahead", "block_size": 5 * 2**20}, "blockcache": {"cache_type": "blockcache", "block_size": 2**20}}


def walk(file):
    lines = []

    def visit(name, item):
        shape = ",".join(map(str, item.shape)) if isinstance(item, h5py.Dataset) else ""
        lines.append(f"/{name} {shape} {len(dict(item.attrs))}")

    file.visititems(visit)
    return lines


does = {
    "keys": lambda file, job: list(file[job["path"]].keys()),
    "attribute": lambda file, job: file[job["path"]].attrs[job["attribute"]],
    "slice": lambda file, job: file[job["path"]][tuple(slice(*some) for some in job["ranges"])],
    "walk": lambda file, _: walk(file),
}


def digest(found):
    if isinstance(found, list):
        found = "\n".join(sorted(found))
    return hashlib.sha256(found.encode() if isinstance(found, str) else found.tobytes()).hexdigest()


def act(job):
    cache = caches.get(job.get("cache"))
    start = time.perf_counter()
    source = web.open(job["url"], "rb", **cache) if cache else job["url"]
    file = h5py.File(source, "r")
    opened = time.perf_counter()
    found = does[job["does"]](file, job)
    end = time.perf_counter()
    file.close()
    if cache:
        source.close()
    return {"ms": (end - start) * 1000, "openMs": (opened - start) * 1000, "digest": digest(found)}


def hello(_):
    names = "h5py", "fsspec", "aiohttp"
    return {"versions": {"Python": sys.version.split()[0], **{name: importlib.metadata.version(name) for name in names}}}


commands = {"hello": hello, "act": act}

for text in sys.stdin:
    asked = json.loads(text)
    try:
        answer = commands[asked["do"]](asked)
    except Exception as error:  # told to whoever asked
        answer = {"error": repr(error)[:1000]}
    print(json.dumps(answer), flush=True)
