"""Octue's own SDK behind a pipe: one JSON request a line on stdin, one JSON answer a line on stdout, until stdin ends.

A request is {"do": name, ...arguments}, an answer {"ok": result} or {"error": class, "message": text}. Metadata travel as texts of typed JSON,
so that nothing is lost between two JSON readers. STORAGE_EMULATOR_HOST says where gs:// is. Every request begins with an empty cache of
`.octue` files, as a new process would: the SDK never looks at a file a second time.
"""
import base64
import datetime
import json
import os
import sys
import unicodedata

import google.auth
import google.auth.exceptions
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.cloud import storage
from google.oauth2 import service_account
from octue.definitions import LOCAL_SDK_VERSION
from octue.resources.datafile import Datafile
from octue.resources.dataset import Dataset
from octue.resources.label import LabelSet
from octue.resources.manifest import Manifest
from octue.utils import metadata as octue_files
from octue.utils.decoders import OctueJSONDecoder
from octue.utils.encoders import OctueJSONEncoder


class Signer(service_account.Credentials):
    """A service account that signs URLs with a key of this process and asks nobody for a token."""

    def before_request(self, request, method, url, headers):
        pass

    def refresh(self, request):
        # The SDK takes this for a machine outside of Google's and signs with the key.
        raise google.auth.exceptions.RefreshError("no token here")


def signer():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    about = {"client_email": "peer@test.invalid", "token_uri": "http://127.0.0.1:9/", "private_key": key.private_bytes(*kinds).decode()}
    return Signer.from_service_account_info(about)


credentials = signer() if os.environ.get("STORAGE_EMULATOR_HOST") else None
google.auth.default = lambda *_, **__: (credentials, "test")


# ---------------------------------------------------------------- values


def dumps(value):
    return json.dumps(value, cls=OctueJSONEncoder)


def stored(text):
    """A value as the SDK reads it."""
    return json.loads(text, cls=OctueJSONDecoder)


def made(text):
    """A value as a program makes it: zones are datetime.timezone, not what dateutil makes of their text."""

    def hook(value):
        if value.get("_type") == "set":
            return set(value["items"])
        if value.get("_type") == "datetime":
            return datetime.datetime.fromisoformat(value["value"])
        return value

    return json.loads(text, object_hook=hook)


class SortedSet(set):
    """A set whose repr does not depend on the process."""

    def __repr__(self):
        return "{" + ", ".join(repr(item) for item in sorted(self)) + "}" if self else "set()"


class SortedLabels(LabelSet):
    def __iter__(self):
        return iter(sorted(set.__iter__(self)))


SortedLabels.__name__ = "LabelSet"


def in_order(value):
    """The value with all its sets sorted."""
    if isinstance(value, set):
        return SortedSet(value)
    if isinstance(value, list):
        return [in_order(item) for item in value]
    if isinstance(value, dict):
        return {key: in_order(item) for key, item in value.items()}
    return value


def preimage(datafile):
    """What the SDK hashes of the metadata."""
    own = datafile.metadata(include_id=False, include_sdk_version=False, use_octue_namespace=False)
    return str(sorted(own.items()))


def hashes_of(text):
    """The record written again, its hash in this process, the text and hash with sorted sets, and both after it was stored and read."""
    given = made(text)
    new = lambda record: Datafile(path="a", ignore_stored_metadata=True, **record)
    answer = {"text": dumps(given), "indented": json.dumps(given, cls=OctueJSONEncoder, indent=4), "hash": new(given).metadata_hash_value}
    ordered = new({**given, "tags": in_order(given["tags"])})
    ordered._labels = SortedLabels(given["labels"])
    answer.update(sorted_repr=preimage(ordered), sorted_hash=ordered.metadata_hash_value)
    again = stored(answer["text"])
    answer.update(stored_text=dumps(again), stored_hash=new(again).metadata_hash_value)
    return answer


def about():
    return {"octue": LOCAL_SDK_VERSION, "unicode": unicodedata.unidata_version}


def hashes(texts):
    return [hashes_of(text) for text in texts]


# ---------------------------------------------------------------- datafiles


def with_bytes(path):
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


def show(datafile, content=False):
    """All that the SDK says of a datafile."""
    about = {
        "id": datafile.id,
        "name": datafile.name,
        "extension": datafile.extension,
        "cloud_path": datafile.cloud_path,
        "timestamp": dumps(datafile.timestamp),
        "tags": dumps(datafile.tags),
        "labels": dumps(datafile.labels),
        "hash": datafile.hash_value,
        "cloud_hash": datafile.cloud_hash_value,
        "size": datafile.size_bytes,
        "metadata_hash": datafile.metadata_hash_value,
        "preimage": preimage(datafile),
    }
    return {**about, "content": with_bytes(datafile.local_path)} if content else about


def set_all(resource, record):
    for name, value in record.items():
        setattr(resource, name, value)


def write_datafile(path, content, record="{}", id=None, cloud_path=None):
    """Writes content (base64) and metadata in one block; then, with a cloud path, uploads both."""
    datafile = Datafile(path=path, id=id, **made(record))
    with datafile.open("wb") as file:
        file.write(base64.b64decode(content))
    if cloud_path:
        datafile.upload(cloud_path)
    return show(datafile)


def read_datafile(path, content=False):
    return show(Datafile(path=path), content)


def change_datafile(path, record, seconds=None):
    """Sets metadata on what is stored and stores them. A timestamp may be given in seconds, too."""
    datafile = Datafile(path=path)
    set_all(datafile, made(record))
    if seconds is not None:
        datafile.timestamp = seconds
    datafile.update_metadata()
    return show(datafile)


def append_datafile(path, content):
    datafile = Datafile(path=path)
    with datafile.open("ab") as file:
        file.write(base64.b64decode(content))
    return show(Datafile(path=path), content=True)


def serialise_datafile(path):
    datafile = Datafile(path=path)
    datafile.download() if datafile.exists_in_cloud else None
    return datafile.serialise()


def deserialise_datafile(text):
    return show(Datafile.deserialise(text, from_string=True))


# ---------------------------------------------------------------- datasets and manifests


def show_dataset(dataset, content=False):
    files = [show(datafile, content) for datafile in dataset.files]
    return {
        "id": dataset.id,
        "name": dataset.name,
        "path": dataset.path,
        "tags": dumps(dataset.tags),
        "labels": sorted(str(label) for label in dataset.labels),
        "hash": dataset.hash_value,
        "metadata_hash": dataset.metadata_hash_value,
        "files": sorted(files, key=lambda each: (each["name"], each["id"])),
    }


def save_dataset(path, record="{}", id=None, cloud_path=None):
    """Sets metadata on a folder or prefix and stores them; then, with a cloud path, uploads it all."""
    dataset = Dataset(path=path, id=id)
    set_all(dataset, made(record))
    dataset.update_metadata()
    if cloud_path:
        dataset.upload(cloud_path)
    return show_dataset(dataset)


def read_dataset(path, recursive=True, content=False):
    return show_dataset(Dataset(path=path, recursive=recursive), content)


def download_dataset(path, folder):
    return Dataset(path=path).download(folder)


def sign_dataset(path):
    return Dataset(path=path).generate_signed_url()


def serialise_dataset(path):
    return Dataset(path=path).serialise()


def deserialise_dataset(text):
    return show_dataset(Dataset.deserialise(text, from_string=True))


def show_manifest(manifest):
    return {
        "id": manifest.id,
        "name": manifest.name,
        "hash": manifest.hash_value,
        "metadata_hash": manifest.metadata_hash_value,
        "in_cloud": manifest.all_datasets_are_in_cloud,
        "text": manifest.serialise(),
        "datasets": {key: show_dataset(dataset) for key, dataset in manifest.datasets.items()},
    }


def make_manifest(datasets, id=None, name=None, cloud_path=None, signed=False):
    """Of paths, or of {"path", "files"} for a dataset made of its files."""
    whole = {key: Dataset(**given) if isinstance(given, dict) else given for key, given in datasets.items()}
    manifest = Manifest(datasets=whole, id=id, name=name)
    if signed:
        manifest.use_signed_urls_for_datasets()
    if cloud_path:
        manifest.to_cloud(cloud_path)
    return show_manifest(manifest)


def read_manifest(path=None, text=None):
    return show_manifest(Manifest.from_cloud(path) if path else Manifest.deserialise(text, from_string=True))


def read_object(path):
    """An object as it is stored: its bytes as text and its custom metadata, undecoded."""
    bucket, key = path.removeprefix("gs://").split("/", 1)
    blob = storage.Client(project="test", credentials=credentials).bucket(bucket).get_blob(key)
    return {"text": blob.download_as_bytes().decode(), "type": blob.content_type, "metadata": blob.metadata}


commands = [about, hashes, write_datafile, read_datafile, change_datafile, append_datafile, serialise_datafile, deserialise_datafile]
commands += [save_dataset, read_dataset, download_dataset, sign_dataset, serialise_dataset, deserialise_dataset, make_manifest, read_manifest, read_object]
by_name = {command.__name__: command for command in commands}

# What a library prints must not get between the answers.
answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    request = json.loads(line)
    octue_files.cached_local_metadata_files.clear()
    try:
        answer = {"ok": by_name[request.pop("do")](**request)}
    except Exception as error:
        answer = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps(answer), file=answers, flush=True)
