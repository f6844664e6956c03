"""What h5py says of a file: every object, link, attribute and value, as README.md says it. `python oracle.py FILE` prints it."""
import hashlib
import json
import os
import sys

import h5py
import numpy as np
from h5py import h5d, h5o, h5s, h5t

import canonical
import dtype_text

whole_bytes = 300 * 2**20
block_bytes = 16 * 2**20
slice_elements = 250_000
slice_chunks = 4000


def read_space(kind, space, read):
    """Reads an attribute or a dataset through one of its own read functions; None for an empty space."""
    kind_class = space.get_simple_extent_type()
    if kind_class == h5s.NULL:
        return None
    made, dtype, form = canonical.memory(kind)
    shape = space.get_simple_extent_dims()
    values = np.zeros(shape + dtype.shape, dtype=dtype.base) if dtype.subdtype else np.zeros(shape, dtype=dtype)
    read(values, made)
    return values


def form_of(kind):
    return canonical.public_form(canonical.memory(kind)[2])


def shape_of(space):
    return None if space.get_simple_extent_type() == h5s.NULL else list(space.get_simple_extent_dims())


def attributes(item):
    said = {}
    for i in range(h5py.h5a.get_num_attrs(item.id)):
        one = h5py.h5a.open(item.id, index=i)
        kind, space = one.get_type(), one.get_space()
        values = read_space(kind, space, lambda out, made, one=one: one.read(out, made))
        entry = {"dtype": dtype_text.dtype_of(kind), "form": form_of(kind), "shape": shape_of(space)}
        if values is not None:
            entry["values"] = canonical.digest(canonical.canonical(item.file, values, canonical.memory(kind)[2]))
        said[one.name.decode()] = entry
    return dict(sorted(said.items()))


def slices_of(shape, chunks):
    """A block of each dimension's middle, and a few elements far apart."""
    elements, some = (max(1, int(count ** (1 / len(shape)) + 1e-9)) for count in (slice_elements, slice_chunks))
    block, strided = [], []
    for n, chunk in zip(shape, chunks or shape):
        most = min(elements, some * chunk) if chunk else elements
        start = n * 3 // 10
        block.append([start, min(max(start + 1, n * 6 // 10), start + most, n), 1])
        strided.append([min(1, n), max(min(2, n), n - 1), max(1, n // 7)])
    return [block, strided]


def read_slice(item, ranges):
    kind = item.id.get_type()
    made, dtype, form = canonical.memory(kind)
    counts = tuple(len(range(*one)) for one in ranges)
    values = np.zeros(counts + dtype.shape, dtype=dtype.base) if dtype.subdtype else np.zeros(counts, dtype=dtype)
    if values.size:
        space = item.id.get_space()
        space.select_hyperslab(tuple(one[0] for one in ranges), counts, tuple(one[2] for one in ranges))
        item.id.read(h5s.create_simple(counts), space, values, made)
    return list(counts), canonical.digest(canonical.canonical(item.file, values, form))


def values_of(item, size):
    """The digest of all values; of large ones block by block."""
    kind = item.id.get_type()
    if size <= block_bytes:
        values = read_space(kind, item.id.get_space(), lambda out, made: item.id.read(h5s.ALL, h5s.ALL, out, made))
        return canonical.digest(canonical.canonical(item.file, values, canonical.memory(kind)[2]))
    state, total = hashlib.sha256(), 0
    rows = max(1, block_bytes // (size // item.shape[0]))
    for start in range(0, item.shape[0], rows):
        content = np.ascontiguousarray(item[start : start + rows]).tobytes()
        state.update(content)
        total += len(content)
    return f"sha256:{total}:{state.hexdigest()}"


def dataset(item):
    kind, space, plist = item.id.get_type(), item.id.get_space(), item.id.get_create_plist()
    shape = shape_of(space)
    filters = [plist.get_filter(i) for i in range(plist.get_nfilters())]
    said = {
        "kind": "dataset",
        "dtype": dtype_text.dtype_of(kind),
        "form": form_of(kind),
        "shape": shape,
        "maxShape": None if shape is None else [None if n == h5s.UNLIMITED else n for n in space.get_simple_extent_dims(True)],
        "chunks": list(plist.get_chunk()) if plist.get_layout() == h5d.CHUNKED else None,
        "filters": [{"id": number, "values": list(values)} for number, _, values, _ in filters],
        "attrs": attributes(item),
    }
    if shape is None:
        return said
    try:
        size = int(np.prod(shape, dtype=object)) * kind.get_size()
        if size <= whole_bytes:
            said["values"] = values_of(item, size)
        said["slices"] = []
        for ranges in slices_of(shape, said["chunks"]) if shape else []:
            counts, values = read_slice(item, ranges)
            said["slices"].append({"ranges": ranges, "shape": counts, "values": values})
    except OSError as error:
        said["fails"] = str(error)[:200]
        said.pop("slices", None)
    return said


def entry(item):
    if isinstance(item, h5py.Dataset):
        return dataset(item)
    if isinstance(item, h5py.Datatype):
        return {"kind": "datatype", "dtype": dtype_text.dtype_of(item.id), "attrs": attributes(item)}
    return {"kind": "group", "keys": sorted(item.keys()), "attrs": attributes(item)}


def follow(group, name):
    try:
        return group[name]
    except (KeyError, OSError, RuntimeError):
        return None


def walk(group, path, said, seen):
    for name in sorted(group.keys()):
        link = group.get(name, getlink=True)
        here = f"{path}/{name}"
        if isinstance(link, (h5py.SoftLink, h5py.ExternalLink)):
            found = follow(group, name)
            outside = isinstance(link, h5py.ExternalLink)
            said[here] = {"link": "external" if outside else "soft", "target": link.path, "is": None if found is None else entry(found)}
            if outside:
                said[here]["file"] = link.filename
            continue
        item = group[name]
        info = h5o.get_info(item.id)
        address = info.fileno, info.addr
        if address in seen:
            said[here] = {"same": seen[address]}
            continue
        seen[address] = here
        said[here] = entry(item)
        if isinstance(item, h5py.Group):
            walk(item, here, said, seen)


def describe(name):
    """Everything of a file, objects by path; each is told once, under the first of its paths."""
    with h5py.File(name, "r") as file:
        info = h5o.get_info(file["/"].id)
        said = {"/": entry(file["/"])}
        walk(file, "", said, {(info.fileno, info.addr): "/"})
        return {"file": name, "sizeBytes": os.path.getsize(name), "objects": said}


if __name__ == "__main__":
    for asked in sys.argv[1:]:
        os.chdir(os.path.dirname(os.path.abspath(asked)))
        print(json.dumps(describe(os.path.basename(asked))))
