"""Answers with Python's own json, repr, datetime and isprintable. Reads one JSON request on stdin, writes one JSON answer."""
import base64
import json
import os
import random
import struct
import sys
import time
import unicodedata
from datetime import datetime, timedelta, timezone

table = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
    table.append(n)


def digest(text):
    crc = 0xFFFFFFFF
    for byte in text.encode():
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return base64.b64encode((crc ^ 0xFFFFFFFF).to_bytes(4, "big")).decode()


class Sorted(set):
    """A set whose repr does not depend on the process."""

    name = ""

    def __repr__(self):
        items = "{" + ", ".join(repr(item) for item in sorted(self)) + "}"
        return f"{self.name}({items if self else ''})" if self.name else items if self else "set()"


class Labels(Sorted):
    name = "LabelSet"


def decode(value):
    if value.get("_type") == "set":
        return Sorted(value["items"])
    if value.get("_type") == "datetime":
        return datetime.fromisoformat(value["value"])
    return value


def encode(value):
    if isinstance(value, set):
        return {"_type": "set", "items": sorted(value)}
    if isinstance(value, datetime):
        return {"_type": "datetime", "value": value.isoformat()}
    raise TypeError(type(value))


def answer(text):
    """What is stored again, on one line and indented, what is hashed, and the hash."""
    record = json.loads(text, object_hook=decode)
    pairs = [("labels", Labels(record["labels"])), ("tags", record["tags"]), ("timestamp", record["timestamp"])]
    shown = repr(pairs)
    stored = json.dumps(record, default=encode)
    return {"text": stored, "indented": json.dumps(record, default=encode, indent=4), "repr": shown, "hash": digest(shown)}


def refusal(text):
    """None when the text is JSON, else where it is not."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return [error.lineno, error.colno, error.pos]
    return None


def moment(rng):
    zones = [None, timezone.utc, timezone(timedelta(minutes=rng.randrange(-1439, 1440)))]
    zones.append(timezone(timedelta(seconds=rng.randrange(-86399, 86400), microseconds=rng.choice([0, 0, 1, 999999]))))
    naive = datetime(1, 1, 1) + timedelta(seconds=rng.randrange(0, 315537897600), microseconds=rng.choice([0, 0, 5, rng.randrange(10**6)]))
    return naive.replace(tzinfo=rng.choice(zones))


def text_of(rng):
    ranges = [(0x20, 0x7F), (0, 0x20), (0x7F, 0x250), (0x250, 0x3100), (0xD800, 0xE000), (0x1F000, 0x1FA00), (0, 0x110000)]
    return "".join(chr(rng.randrange(*rng.choice(ranges))) for _ in range(rng.randrange(12)))


def number(rng):
    kinds = [lambda: rng.randrange(-10, 10), lambda: float(rng.randrange(-10, 10)), lambda: rng.getrandbits(200) - 2**199]
    kinds.append(lambda: struct.unpack("d", rng.getrandbits(64).to_bytes(8, "little"))[0])
    kinds.append(lambda: round(rng.uniform(-1000, 1000), rng.randrange(6)))
    kinds.append(lambda: rng.choice([2**53 - 1, 2**53, 2**53 + 1, -(2**53), 1e16, 1e15, 1e22, 1e21, 1e-4, 1e-5, -0.0, float("inf"), 5e-324]))
    return rng.choice(kinds)()


def value(rng, depth):
    kinds = [lambda: None, lambda: rng.random() < 0.5, lambda: number(rng), lambda: text_of(rng), lambda: moment(rng)]
    if depth:
        kinds.append(lambda: [value(rng, depth - 1) for _ in range(rng.randrange(4))])
        kinds.append(lambda: {rng.choice([text_of(rng), str(rng.randrange(20))]): value(rng, depth - 1) for _ in range(rng.randrange(5))})
        kinds.append(lambda: Sorted(rng.sample([rng.randrange(50), 0.5, 7.0, True, 2**60, 1e300], rng.randrange(6))))
        kinds.append(lambda: Sorted(text_of(rng) for _ in range(rng.randrange(4))))
    return rng.choice(kinds)()


def metadata(rng):
    """A random record."""
    tags = {f"{rng.choice('ab019')}{rng.choice(['', '_x', '7'])}": value(rng, 3) for _ in range(rng.randrange(5))}
    labels = Sorted(f"l{rng.randrange(30)}" for _ in range(rng.randrange(4)))
    return {"timestamp": rng.choice([None, moment(rng)]), "tags": tags, "labels": labels}


def printable():
    """Where printability changes, from U+0080 on."""
    changes, before = [], True
    for code in range(0x80, 0x110000):
        if chr(code).isprintable() != before:
            before = not before
            changes.append(code)
    return changes


def clocks(request):
    """Posix seconds to naive times and naive times to posix seconds, in one zone."""
    os.environ["TZ"] = request["zone"]
    time.tzset()
    naive = [datetime.fromtimestamp(seconds).isoformat() for seconds in request["seconds"]]
    posix = [[datetime.fromisoformat(text).replace(fold=fold).timestamp() for fold in (0, 1)] for text in request["naive"]]
    return {"naive": naive, "posix": posix}


request = json.load(sys.stdin)
rng = random.Random(request["seed"])
made = [json.dumps(metadata(rng), default=encode) for _ in range(request["make"])]
json.dump(
    {
        "unicode": unicodedata.unidata_version,
        "version": list(sys.version_info[:2]),
        "answers": [answer(text) for text in request["texts"]],
        "made": [{"given": text, **answer(text)} for text in made],
        "refusals": [refusal(text) for text in request["malformed"]],
        "floats": [[json.dumps(struct.unpack("<d", bytes.fromhex(text))[0]), repr(struct.unpack("<d", bytes.fromhex(text))[0])] for text in request["floats"]],
        "printable": printable(),
        "clocks": [clocks(each) for each in request["clocks"]],
    },
    sys.stdout,
)
