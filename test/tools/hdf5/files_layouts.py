"""Files that try where values lie: all chunk indexes, layouts and formats, filters that are built in, group indexes, user blocks."""
import h5py
import numpy as np
from h5py import h5d, h5s, h5t

import low_level as low

side = 400
square = np.arange(side * side, dtype="i4").reshape(side, side)


def early(where, name, values, chunks):
    """Chunks that are all allocated when the dataset is made: the implicit index of new formats."""
    plist = low.creation(chunks)
    plist.set_alloc_time(h5d.ALLOC_TIME_EARLY)
    made = h5d.create(where.id, name.encode(), h5t.STD_I32LE, h5s.create_simple(values.shape), plist)
    made.write(h5s.ALL, h5s.ALL, values)


def latest():
    """Every chunk index of the new formats: 400 chunks, 2,500, 10,000."""
    with h5py.File("latest.h5", "w", libver="latest") as file:
        some = dict(data=square, chunks=(20, 20))
        file.create_dataset("single", data=square[:100, :100], chunks=(100, 100), compression="gzip")
        file.create_dataset("single_nofilt", data=square[:100, :100], chunks=(100, 100))
        early(file, "implicit", square, (20, 20))
        file.create_dataset("farray", compression="gzip", **some)
        file.create_dataset("farray_nofilt", **some)
        file.create_dataset("farray_big", data=square, chunks=(4, 4), compression="gzip", shuffle=True)
        file.create_dataset("earray", maxshape=(None, side), compression="gzip", **some)
        file.create_dataset("earray_nofilt", maxshape=(None, side), **some)
        file.create_dataset("earray_long", data=np.arange(50_000), chunks=(10,), maxshape=(None,), shuffle=True, compression="gzip")
        file.create_dataset("bt2", maxshape=(None, None), compression="gzip", **some)
        file.create_dataset("bt2_nofilt", data=square, chunks=(8, 8), maxshape=(None, None))
        file.create_dataset("compact", data=np.arange(10))
        low.dataset(file, "inside", h5t.STD_I16BE, np.arange(21, dtype="i2").reshape(7, 3), prepare=[lambda p: p.set_layout(h5d.COMPACT)])
        file.create_dataset("fletcher", fletcher32=True, **some)
        file.create_dataset("scaleoffset", scaleoffset=0, **some)
        file.create_dataset("lzf", compression="lzf", **some)
        sparse = file.create_dataset("sparse", shape=(side, side), chunks=(20, 20), dtype="f4", fillvalue=7, compression="gzip")
        sparse[40:60, 80:100] = 1
        # Chunks at the edges are stored as they are.
        edges = [low.leave_edges_plain, lambda plist: plist.set_deflate(4)]
        low.dataset(file, "edges", h5t.STD_I32LE, square[:105, :105], chunks=(30, 30), prepare=edges)
        low.dataset(file, "edges_growing", h5t.STD_I32LE, square[:105, :105], chunks=(30, 30), prepare=edges, maxshape=(h5s.UNLIMITED, 105))



def old():
    """The first format: B-trees of version 1, the deepest with three levels."""
    with h5py.File("old.h5", "w", libver="earliest") as file:
        file.create_dataset("bt1", data=square, chunks=(20, 20), compression="gzip", shuffle=True)
        file.create_dataset("bt1_nofilt", data=square, chunks=(8, 8))
        file.create_dataset("bt1_deep", data=np.arange(60_000), chunks=(10,))
        file.create_dataset("contig", data=square)
        file.create_dataset("be", data=square.astype(">i2"))
        cube = np.arange(40 * 30 * 20, dtype="f8").reshape(40, 30, 20)
        file.create_dataset("cube", data=cube, chunks=(7, 8, 9), compression="gzip")
        file.create_dataset("cube_contig", data=cube.astype(">f4"))


def deep():
    """So many chunks that indexes have pages: an extensible array of 140,000, a fixed array of 20,000, a B-tree of 20,000."""
    with h5py.File("deep.h5", "w", libver="latest") as file:
        for name, count, maxshape in [("earray", 140_000, (None,)), ("farray", 20_000, None)]:
            file.create_dataset(name, data=np.arange(count).astype("i2"), chunks=(1,), maxshape=maxshape)
        grid = np.arange(141 * 141, dtype="i2").reshape(141, 141)
        file.create_dataset("bt2", data=grid, chunks=(1, 1), maxshape=(None, None), compression="gzip")


def filters():
    """What is built in, in unusual ways: chunks that skip filters, filters in other orders, one that nobody has."""
    with h5py.File("filters.h5", "w") as file:
        some = dict(data=square[:200, :200], chunks=(50, 50))
        file.create_dataset("shuffle", shuffle=True, **some)
        file.create_dataset("all", shuffle=True, compression=9, fletcher32=True, **some)
        file.create_dataset("szip", compression="szip", compression_opts=("nn", 16), **some)
        file.create_dataset("szip_ec", compression="szip", compression_opts=("ec", 8), **some)
        file.create_dataset("scale_float", data=square[:200, :200] / 8, chunks=(50, 50), scaleoffset=3)
        bits = low.integer_type(4, 18)
        low.dataset(file, "nbit", bits, square[:200, :200], chunks=(50, 50), prepare=[lambda plist: plist.set_filter(5, 0, ())])
        # Chunk (0, 0) skips deflate, chunk (0, 50) skips both.
        made = file.create_dataset("masked", shape=(100, 100), dtype="i4", chunks=(50, 50), shuffle=True, compression="gzip")
        made[:] = square[:100, :100]
        plain = np.ascontiguousarray(square[:50, :50])
        made.id.write_direct_chunk((0, 0), plain.view("u1").reshape(-1, 4).T.tobytes(), filter_mask=2)
        made.id.write_direct_chunk((0, 50), np.ascontiguousarray(square[:50, 50:100]).tobytes(), filter_mask=3)
        # Nobody has number 305; where all chunks skip it they can be read all the same.
        for name, mask in [("unknown", 0), ("skipped", 1)]:
            plist = low.creation((10,))
            plist.set_filter(305, h5py.h5z.FLAG_OPTIONAL, (1, 2, 3))
            made = h5py.Dataset(h5d.create(file.id, name.encode(), h5t.STD_I32LE, h5s.create_simple((20,)), plist))
            for start in (0, 10):
                made.id.write_direct_chunk((start,), np.arange(start, start + 10, dtype="i4").tobytes(), filter_mask=mask)


def user_blocks():
    for name, size, libver in [("userblock.h5", 1024, None), ("userblock_latest.h5", 512, "latest")]:
        with h5py.File(name, "w", userblock_size=size, libver=libver) as file:
            file.create_dataset("x", data=np.arange(100_000).reshape(100, 1000), chunks=(10, 100), compression="gzip")
            file.create_dataset("flat", data=np.arange(5000, dtype=">f4"))
            file.attrs["a"] = "b"
            for i in range(30):
                file.create_group(f"group {i}").attrs["i"] = i
        with open(name, "r+b") as file:
            file.write(b"what another program wrote".ljust(size, b"\n"))


def small_addresses():
    """Addresses and lengths of four bytes, and of two."""
    for name, size in [("offsets4.h5", 4), ("offsets2.h5", 2)]:
        with low.small_offsets(name, size) as file:
            count = 100 if size == 4 else 20
            file.create_dataset("chunked", data=np.arange(count * 10), chunks=(10,), compression="gzip")
            file.create_dataset("flat", data=np.arange(count, dtype="f4"))
            file.create_dataset("text", data=[f"text {i}" for i in range(count)], dtype=h5py.string_dtype())
            for i in range(count // 4):
                file.create_group(f"group/{i:03d}").attrs["text"] = f"number {i}"


def odd_names():
    """Names that need care, and groups with an index of links in either format."""
    names = ["a b", "100%", "%41", "?query=1&x", "#hash", "é", "日本語", "😀", "back\\slash", "quote\"'", "tab\tnew\nline", "long " + "x" * 900]
    names += ["__proto__", "constructor", "toString", "10", "9", "-1", "...", "Z", "a", "B", "{}", "*", "~", ".hidden"]
    for name, options in [("names.h5", {}), ("names_latest.h5", {"libver": "latest"}), ("names_order.h5", {"libver": "latest", "track_order": True})]:
        with h5py.File(name, "w", **options) as file:
            for i, key in enumerate(names):
                file[key] = np.int32(i)
                file.attrs[key] = i
            ordered = {"track_order": True} if "track_order" in options else {}
            many = file.create_group("many", **ordered)
            for i in range(300):
                many.create_group(f"member {(i * 7) % 300}")
            few = file.create_group("few", **ordered)
            for key in ["z", "y", "x"]:
                few[key] = np.float64(1.5)
                few.attrs[key] = key * 3


makers = [latest, old, deep, filters, user_blocks, small_addresses, odd_names]
