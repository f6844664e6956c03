"""Small files that tests damage bit by bit, and files with one field that says something absurd."""
import h5py
import numpy as np


def victims():
    """A bit of everything in as few bytes as may be: what is flipped in them should matter."""
    for name, options in [("victim.h5", {}), ("victim_latest.h5", {"libver": "latest"})]:
        with h5py.File(name, "w", **options) as file:
            file.create_dataset("chunked", data=np.arange(64, dtype="i4").reshape(8, 8), chunks=(4, 4), compression="gzip", shuffle=True)
            file.create_dataset("growing", data=np.arange(30, dtype="i2"), chunks=(5,), maxshape=(None,), fletcher32=True)
            file.create_dataset("grid", data=np.arange(36, dtype="f4").reshape(6, 6), chunks=(3, 3), maxshape=(None, None))
            file.create_dataset("flat", data=np.arange(20, dtype=">f8"))
            file.create_dataset("text", data=["a", "bb", "ccc"], dtype=h5py.string_dtype())
            file.create_dataset("lists", (3,), dtype=h5py.vlen_dtype("i4"))[1] = [1, 2, 3]
            kind = np.dtype([("id", "i4"), ("s", h5py.string_dtype()), ("p", "f4", (2,))])
            file.create_dataset("records", data=np.array([(1, "one", (1, 2)), (2, "two", (3, 4))], dtype=kind))
            file.create_dataset("refs", data=np.array([file.ref, file["flat"].ref], dtype=h5py.ref_dtype))
            file.create_dataset("enum", data=np.array([0, 1], dtype="i1"), dtype=h5py.enum_dtype({"A": 0, "B": 1}, basetype="i1"))
            group = file.create_group("group")
            for i in range(12):
                group.attrs[f"a{i}"] = f"value {i}" if i % 2 else np.float16(i)
                group.create_group(f"g{i}")
            file["soft"] = h5py.SoftLink("/group/g1")
            file["outside"] = h5py.ExternalLink("sibling.h5", "/x")


def patched(name, base, *changes):
    """A copy with pieces replaced; each must be there."""
    with open(base, "rb") as file:
        content = file.read()
    for old, new in changes:
        assert len(old) == len(new) and old in content, (name, old)
        content = content.replace(old, new)
    with open(name, "wb") as file:
        file.write(content)


def number(n, size=8):
    return n.to_bytes(size, "little")


def absurd():
    """Sizes and counts that nobody can mean. The numbers to replace are ones that occur nowhere else."""
    shape, chunk, text = 7_654_321, 123_457, 54_321
    with h5py.File("absurd_base.h5", "w") as file:
        file.create_dataset("flat", shape=(shape,), dtype="u1", fillvalue=3)
        file.create_dataset("chunked", shape=(shape,), dtype="u1", chunks=(chunk,), fillvalue=3)[: chunk * 2] = 1
        file.create_dataset("packed", shape=(shape,), dtype="u1", chunks=(chunk,), compression="gzip")[: chunk * 2] = 1
        file.create_dataset("text", data=np.array([b"x"], dtype=f"S{text}"))
        file.create_dataset("strings", data=["a string of the heap"], dtype=h5py.string_dtype())
        file.create_dataset("lists", (1,), dtype=h5py.vlen_dtype("i4"))[0] = np.arange(33)
        file.attrs["list"] = np.arange(1234, dtype="i2")
        for i in range(20):
            file.create_group(f"group/{i}")
    base = "absurd_base.h5"
    huge = number(2**62)
    patched("absurd_shape.h5", base, (number(shape), huge))
    patched("absurd_shape_all.h5", base, (number(shape), number(2**64 - 2)))
    patched("absurd_chunk.h5", base, (number(chunk, 4), number(2**32 - 1, 4)))
    patched("absurd_chunk_one.h5", base, (number(chunk, 4), number(1, 4)), (number(shape), number(2**40)))
    patched("absurd_chunk_zero.h5", base, (number(chunk, 4), number(0, 4)))
    patched("absurd_text.h5", base, (number(text, 4), number(2**31 - 1, 4)))
    patched("absurd_list.h5", base, (number(1234), number(2**40)))
    patched("absurd_vlen.h5", base, (number(33, 4), number(2**31 - 1, 4)))
    patched("absurd_heap.h5", base, (b"GCOL\1\0\0\0" + number(4096), b"GCOL\1\0\0\0" + number(2**60)))
    patched("absurd_tree.h5", base, (b"TREE\0\0", b"TREE\0\x7f"), (b"TREE\1\0", b"TREE\1\x7f"))
    patched("absurd_entries.h5", base, (b"TREE\1\0\2\0", b"TREE\1\0\xff\xff"), (b"SNOD\1\0\7\0", b"SNOD\1\0\xff\xff"))
    patched("absurd_address.h5", base, (b"TREE\1\0\2\0" + b"\xff" * 8, b"TREE\1\0\2\0" + number(2**63 - 8)))
    with open(base, "rb") as file:
        content = file.read()
    end = number(len(content))
    patched("absurd_end.h5", base, (end, number(2**60)))
    with open("absurd_nothing.h5", "wb"):
        pass
    with open("absurd_head.h5", "wb") as file:
        file.write(b"\x89HDF\r\n\x1a\n")
    with open("absurd_versions.h5", "wb") as file:
        file.write(content[:8] + b"\xfe" + content[9:])
    with open("absurd_zeros.h5", "wb") as file:
        file.write(content[:200] + bytes(len(content) - 200))
    with open("absurd_text.txt", "w", encoding="utf-8") as file:
        file.write("no HDF5 at all\n" * 500)


makers = [victims, absurd]
