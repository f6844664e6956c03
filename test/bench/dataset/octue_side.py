"""Octue's own SDK as a side of the comparison, see peer.mjs: one JSON request a line on stdin, one JSON answer a line on stdout.

Only the work itself is timed, and the requests in it are counted. Credentials are made up: finding some costs nothing here. What opens and
filters is asked in the same words as of anyfile, and tells the same of what it found.
"""
import hashlib
import importlib.metadata
import json
import logging
import os
import sys
import time
import warnings

import google.auth
from google.auth.credentials import AnonymousCredentials

google.auth.default = lambda *_, **__: (AnonymousCredentials(), "test")
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import requests.adapters
from octue.resources.dataset import Dataset
from octue.utils import metadata as octue_files

sent = 0
send = requests.adapters.HTTPAdapter.send


def counted(*args, **kwargs):
    global sent
    # Threads may lose one now and then, which no time depends on.
    sent += 1
    return send(*args, **kwargs)


requests.adapters.HTTPAdapter.send = counted


def timed(work):
    global sent
    sent = 0
    start = time.perf_counter()
    result = work()
    return {"seconds": time.perf_counter() - start, "requests": sent}, result


def digest(texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def line(datafile):
    labels = ",".join(sorted(str(label) for label in datafile.labels))
    about = datafile.name, datafile.id, datafile.tags["n"], datafile.tags["group"], labels, datafile.timestamp.isoformat(), datafile.size_bytes
    return " ".join(str(item) for item in about)


def cloud(endpoint):
    os.environ["STORAGE_EMULATOR_HOST"] = endpoint


opened = None


def hello():
    names = "octue", "google-cloud-storage"
    return {"versions": {"Python": sys.version.split()[0], **{name: importlib.metadata.version(name) for name in names}}}


def open_dataset(path, options):
    global opened
    cloud(options["endpoint"])
    told, opened = timed(lambda: Dataset(path=path))
    return {**told, "count": len(opened.files), "digest": digest(sorted(line(datafile) for datafile in opened.files))}


def upload(folder, path, options):
    cloud(options["endpoint"])
    dataset = Dataset(path=folder)
    return timed(lambda: dataset.upload(path))[0]


def download(folder, path, options):
    cloud(options["endpoint"])
    dataset = Dataset(path=path)
    return timed(lambda: dataset.download(folder))[0]


def filter_opened(criteria, times, count):
    def work():
        for _ in range(times):
            last = opened.files.filter(**criteria)
        return last

    told, found = timed(work)
    names = sorted(datafile.name for datafile in found)
    return {"seconds": told["seconds"] / times, "requests": told["requests"], "count": len(names), "digest": digest(names)}


commands = {"hello": hello, "open": open_dataset, "upload": upload, "download": download, "filter": filter_opened}

# What a library prints must not get between the answers.
answers, sys.stdout = sys.stdout, sys.stderr
for text in sys.stdin:
    request = json.loads(text)
    octue_files.cached_local_metadata_files.clear()
    try:
        answer = commands[request.pop("do")](**request)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=answers, flush=True)
