"""Makes samples.ts: small HDF5 files, and what h5py says of where their chunks and types are. `python samples.py > samples.ts`"""
import base64
import ctypes
import gzip
import json
import tempfile

import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t

# What h5py has no words for.
library = ctypes.CDLL(next(line.split()[-1] for line in open("/proc/self/maps") if "libhdf5-" in line))
for name, count in dict(nindexes=1, index=3).items():
    getattr(library, f"H5Pset_shared_mesg_{name}").argtypes = [ctypes.c_int64, *[ctypes.c_uint] * count]
for name in ["H5Pset_istore_k", "H5Pset_deflate"]:
    getattr(library, name).argtypes = [ctypes.c_int64, ctypes.c_uint]


def chunks(file):
    """Every index, each with what it has when it is large; hardly anything is written, so that the file stays small."""
    some = np.arange(100, dtype="u1").reshape(10, 10)
    file.create_dataset("single", data=some, chunks=(10, 10))
    file.create_dataset("single filtered", data=some, chunks=(10, 10), compression="gzip")
    plist = h5p.create(h5p.DATASET_CREATE)
    plist.set_chunk((3, 4))
    plist.set_alloc_time(h5d.ALLOC_TIME_EARLY)
    h5d.create(file.id, b"implicit", h5t.STD_U8LE, h5s.create_simple((10, 10)), plist).write(h5s.ALL, h5s.ALL, some)
    file.create_dataset("fixed array", data=some, chunks=(3, 4))
    file.create_dataset("fixed array filtered", data=some, chunks=(3, 4), shuffle=True, fletcher32=True)
    paged = file.create_dataset("fixed array of pages", shape=(3, 1500), dtype="u1", chunks=(1, 1))
    for row, column in [(0, 0), (0, 1023), (1, 1499), (2, 1499)]:
        paged[row, column] = 1
    growing = file.create_dataset("extensible array", shape=(3, 50), dtype="u1", chunks=(2, 1), maxshape=(4, None))
    for column in [0, 1, 2, 30, 49]:
        growing[:, column] = 1
    long = file.create_dataset("extensible array of pages", shape=(140_000,), dtype="u1", chunks=(1,), maxshape=(None,), shuffle=True)
    for at in [0, 3, 4, 19, 20, 243, 244, 600, 131_075, 131_076, 132_099, 132_100, 139_999]:
        long[at] = 1
    for name, options in [("tree 2", {}), ("tree 2 filtered", dict(shuffle=True))]:
        grid = file.create_dataset(name, shape=(16, 16), dtype="u1", chunks=(1, 1), maxshape=(None, None), **options)
        grid[:, ::2] = 1
    file.create_dataset("never written", shape=(10, 10), dtype="u1", chunks=(3, 3), maxshape=(None, None))
    file.create_dataset("flat", data=some)
    file.create_dataset("none", data=h5py.Empty("f4"))


def tree_1(file):
    grid = file.create_dataset("tree 1", shape=(20, 20), dtype="u1", chunks=(2, 1), compression="gzip")
    grid[:, ::2] = 1
    file.create_dataset("flat", data=np.arange(12, dtype=">f4").reshape(3, 4), fillvalue=7)
    file["type"] = np.dtype(">i2")
    typed = file.create_dataset("of a type", data=np.arange(5), dtype=file["type"])
    typed.attrs.create("of a type", 7, dtype=file["type"])
    typed.attrs["plain"] = np.float32(1)
    for i in range(40):
        file.create_group(f"group/{i:02d}")


def attributes(file):
    """Groups and attributes that are kept in heaps, one of the attributes alone, and types that are kept apart."""
    file["type"] = np.dtype(">i2")
    many = file.create_group("many")
    for i in range(60):
        many[f"link {i}"] = h5py.SoftLink("/" + "x" * 20)
        many.attrs[f"attribute {i}"] = np.arange(i, dtype=["<f4", ">i8", "u1"][i % 3])
    many.attrs.create("of a type", np.arange(4), dtype=file["type"])
    many.attrs["large"] = np.zeros(9000, "<u2")
    few = file.create_group("few")
    few.attrs["text"] = "é"
    few.attrs.create("of a type", 7, dtype=file["type"])
    file.create_dataset("of a type", data=np.arange(5), dtype=file["type"], fillvalue=3)


def unusual(file):
    """Messages that objects share, nodes of other sizes, a group whose heap is packed."""
    file["type"] = np.dtype([("number", "i4"), ("and another", "f8")])
    for i in range(3):
        made = file.create_dataset(f"set {i}", data=np.zeros(9, file["type"].dtype), chunks=(2,), fillvalue=np.array((3, 4.5), file["type"].dtype))
        made.attrs["text"] = "the same text for all of them"
        for k in range(12):
            made.attrs[f"attribute {k}"] = np.arange(30, dtype="<i4")
    plist = h5p.create(h5p.GROUP_CREATE)
    library.H5Pset_deflate(plist.id, 9)
    packed = h5py.Group(h5py.h5g.create(file.id, b"packed", gcpl=plist))
    for i in range(60):
        packed[f"link {i}"] = h5py.SoftLink("/somewhere else")


def unusual_file(name):
    plist = h5p.create(h5p.FILE_CREATE)
    library.H5Pset_shared_mesg_nindexes(plist.id, 2)
    library.H5Pset_shared_mesg_index(plist.id, 0, 0x82A, 20)
    library.H5Pset_shared_mesg_index(plist.id, 1, 0x1000, 20)
    library.H5Pset_istore_k(plist.id, 5)
    # A tree of chunks of the first version, and all else of the newest that have one.
    access = h5p.create(h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_V18, h5py.h5f.LIBVER_V18)
    return h5py.File(h5py.h5f.create(name.encode(), h5py.h5f.ACC_TRUNC, plist, access))


def table(dataset):
    said = [dataset.id.get_chunk_info(i) for i in range(dataset.id.get_num_chunks())]
    rows = [[[at // chunk for at, chunk in zip(one.chunk_offset, dataset.chunks)], one.byte_offset, one.size, one.filter_mask] for one in said]
    if dataset.maxshape[0] is not None and None in dataset.maxshape:
        # The library numbers chunks along the dimension that grows, but tells their numbers as if the last one were that.
        down = -(-dataset.maxshape[0] // dataset.chunks[0])
        rows = [[[index[1] % down, index[1] // down], *rest] for index, *rest in rows]
    return sorted(rows)


def sample(fill, make=None, **options):
    with tempfile.NamedTemporaryFile(suffix=".h5") as place:
        with make(place.name) if make else h5py.File(place.name, "w", **options) as file:
            fill(file)
        with h5py.File(place.name) as file:
            addresses = {"/": h5py.h5o.get_info(file.id).addr}
            file.visititems(lambda name, thing: addresses.update({name: h5py.h5o.get_info(thing.id).addr}))
            tables = {name: table(file[name]) for name in addresses if isinstance(file[name], h5py.Dataset) and file[name].chunks}
        return open(place.name, "rb").read(), {"addresses": addresses, "tables": tables}


def packed(data):
    text = base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()
    lines = ",\n".join(f"      '{text[at : at + 130]}'" for at in range(0, len(text), 130))
    return f"[\n{lines},\n    ].join('')"


if __name__ == "__main__":
    made = {
        "chunks": sample(chunks, libver="latest"),
        "tree1": sample(tree_1, libver="earliest", userblock_size=512),
        "attributes": sample(attributes, libver="latest"),
        "unusual": sample(unusual, unusual_file),
    }
    print("/**\n * Small HDF5 files, and what h5py says of them, each packed by gzip and in base64. Made by samples.py.\n *\n * @module\n */\n")
    print("/** By name. */")
    print("export const samples: Record<%s, { file: string; said: string }> = {" % " | ".join(f"'{name}'" for name in made))
    for name, (file, said) in made.items():
        print(f"  {name}: {{\n    file: {packed(file)},\n    said: {packed(json.dumps(said).encode())},\n  }},")
    print("};")
