"""Files that try types of values: strings, compounds, references, numbers of every size, spaces and fill values."""
import h5py
import numpy as np
from h5py import h5d, h5t

import low_level as low

text = h5py.string_dtype()


def mixed(name, **options):
    """One of everything, as a scientist's file has it."""
    random = np.random.default_rng(1)
    with h5py.File(name, "w", **options) as file:
        file.create_dataset("vlstr", data=[f"string number {i} é" * (1 + i % 7) for i in range(5000)], dtype=text)
        file.create_dataset("vlstr_ck", data=[f"chunky {i}" for i in range(5000)], dtype=text, chunks=(500,))
        file.create_dataset("fixstr", data=np.array([b"abc", b"defgh"] * 50, dtype="S8"))
        record = np.zeros(1000, dtype=[("id", "i4"), ("pos", "f8", (3,)), ("name", "S10"), ("z", "c8")])
        record["id"] = np.arange(1000)
        record["pos"] = random.normal(size=(1000, 3))
        record["name"] = b"hello"
        record["z"] = record["id"] * (1 - 2j)
        file.create_dataset("compound", data=record)
        pairs = np.array([(i, f"s{i}") for i in range(100)], dtype=[("id", "i4"), ("s", text)])
        file.create_dataset("compound_vl", data=pairs)
        ragged = file.create_dataset("vlen", (300,), dtype=h5py.vlen_dtype(np.int32))
        for i in range(300):
            ragged[i] = np.arange(i % 50)
        colours = h5py.enum_dtype({"RED": 0, "GREEN": 1, "BLUE": 2}, basetype="i4")
        file.create_dataset("enum", data=np.array([0, 1, 2] * 30), dtype=colours)
        file.create_dataset("bool", data=np.array([True, False] * 30))
        file.create_dataset("f16", data=np.arange(10, dtype="f2"))
        file.create_dataset("i8", data=np.arange(10, dtype="i8"))
        file.create_dataset("cplx", data=np.arange(10) * (1 + 2j))
        file.create_dataset("scalar", data=3.5)
        file.create_dataset("scalarstr", data="hello")
        file.create_dataset("empty", data=h5py.Empty("f4"))
        file.create_dataset("opaque", data=np.array([b"ab", b"cd"], dtype="V2"))
        file.create_dataset("dt64", data=np.array(["2020-01-01"], dtype="M8[s]").astype(h5py.opaque_dtype("M8[s]")))
        group = file.create_group("grp")
        group["child"] = np.arange(5)
        refs = file.create_dataset("refs", (2,), dtype=h5py.ref_dtype)
        refs[0], refs[1] = group.ref, file["compound"].ref
        regions = file.create_dataset("regref", (1,), dtype=h5py.regionref_dtype)
        regions[0] = file["fixstr"].regionref[2:5]
        file["soft"] = h5py.SoftLink("/grp/child")
        file["broken"] = h5py.SoftLink("/nope")
        file["ext"] = h5py.ExternalLink("other.h5", "/x")
        file["named"] = np.dtype("f8")
        file.create_dataset("usenamed", data=np.arange(3.0), dtype=file["named"])
        file["named"].attrs["a"] = 1
        file["usenamed"].attrs.create("na", [1.0, 2.0], dtype=file["named"])
        for i in range(60):
            group.attrs[f"attr{i}"] = "v" * (i + 1)
        group.attrs["vl"] = ["a", "bb", "ccc"]


def floats(name, **options):
    """Floating-point numbers of every size and order, as datasets and as more attributes than an object header takes in new formats."""
    edge = np.array([0, -0.0, 1, -2.5, 0.1, 65504, 6e-8, 1e-40, 3.4e38, np.inf, -np.inf, np.nan])
    with np.errstate(over="ignore"), h5py.File(name, "w", **options) as file:
        kinds = {"f2": low.half(), "f2_be": low.half(True), "bf16": low.brain(), "bf16_be": low.brain(True)}
        kinds |= {"f4": h5t.IEEE_F32LE, "f4_be": h5t.IEEE_F32BE, "f8": h5t.IEEE_F64LE, "f8_be": h5t.IEEE_F64BE}
        kinds |= {"x87": low.extended(), "quad": low.quad(), "quad_be": low.quad(True)}
        for key, kind in kinds.items():
            values = edge.astype("f2").astype("f8") if key.startswith("f2") else edge.astype("f4") if key.startswith("bf") else edge
            low.dataset(file, key, kind, values)
            low.dataset(file, f"{key}_chunked", kind, np.tile(values, (20, 3)), chunks=(7, 8), prepare=[lambda p: p.set_deflate(1)])
            low.dataset(file, f"{key}_scalar", kind, np.float64(-1.5))
            low.attribute(file, key, kind, values[:4])
            low.attribute(file, f"{key} of one", kind, np.float64(0.75))
        fine = (np.arange(40, dtype="longdouble") - 20) / np.longdouble(3)
        file.create_dataset("x87_fine", data=fine)
        low.dataset(file, "quad_fine", low.quad(), fine)


def integers():
    """Integers of every size, order and sign, some with fewer bits than bytes, enumerations and bits."""
    with h5py.File("integers.h5", "w") as file:
        for size in (1, 2, 4, 8):
            for kind in "iu":
                info = np.iinfo(f"{kind}{size}")
                values = np.array([info.min, info.max, 0, 1, info.max // 3], dtype=f"{kind}{size}")
                for order in "<>":
                    key = f"{kind}{size}{'_be' if order == '>' else ''}"
                    file.create_dataset(key, data=values.astype(f"{order}{kind}{size}"))
                    file.create_dataset(f"{key}_chunked", data=np.tile(values, (9, 5)).astype(f"{order}{kind}{size}"), chunks=(4, 6), shuffle=True)
                    file.attrs.create(key, values, dtype=f"{order}{kind}{size}")
                    file.attrs.create(f"{key} of one", values[1], dtype=f"{order}{kind}{size}")
        few = np.array([-2048, 2047, -1, 0, 5], dtype="i4")
        low.dataset(file, "bits12", low.integer_type(2, 12), few)
        low.dataset(file, "bits12_be", low.integer_type(4, 12, 7, big_endian=True), few)
        low.dataset(file, "bits12_unsigned", low.integer_type(2, 12, 4, signed=False), np.array([0, 1, 4095], dtype="u4"))
        low.dataset(file, "bytes3", low.integer_type(3), np.array([-(2**23), 2**23 - 1, -1, 7], dtype="i4"))
        low.dataset(file, "bytes3_be", low.integer_type(3, signed=False, big_endian=True), np.array([0, 2**24 - 1, 7], dtype="u4"))
        low.dataset(file, "bytes6", low.integer_type(6), np.array([-(2**47), 2**47 - 1, -1, 7], dtype="i8"))
        many = b"".join(n.to_bytes(16, "little", signed=True) for n in (-(2**127), 2**127 - 1, -1, 2**80))
        low.dataset(file, "bytes16", low.integer_type(16), np.frombuffer(many, "V16"), raw=True, shape=(4,))
        for key, base in [("enum", "i4"), ("enum_be", ">i2"), ("enum64", "i8"), ("enum64_unsigned", "u8"), ("enum8", "i1")]:
            info = np.iinfo(base)
            # h5py takes no name for more than a signed number of 8 bytes; values may be more.
            names = {"LEAST": int(info.min), "MOST": min(int(info.max), 2**63 - 1), "ONE": 1}
            kind = h5py.enum_dtype(names, basetype=base)
            file.create_dataset(key, data=np.array([*names.values(), info.max, 5], dtype=base), dtype=kind)
            file.attrs.create(key, np.array(list(names.values()), dtype=base), dtype=kind)
            file.attrs.create(f"{key} of one", info.max, dtype=kind)
        file.create_dataset("bool", data=np.array([[True, False], [False, True]]))
        file.create_dataset("bool_scalar", data=np.bool_(True))
        file.attrs["yes"], file.attrs["no"] = True, False
        for key, kind in [("bits8", h5t.STD_B8LE), ("bits32", h5t.STD_B32LE), ("bits16_be", h5t.STD_B16BE)]:
            stored = np.arange(6 * kind.get_size(), dtype="u1").view(f"V{kind.get_size()}")
            low.dataset(file, key, kind, stored, raw=True)


def compounds():
    """Records: nested, padded, of mixed byte order, with members of every kind and with names that need care."""
    count = 12
    with h5py.File("compound.h5", "w") as file:
        inner = np.dtype([("x", ">f4"), ("y", "<f4")])
        kinds = {
            "little": [("a", "<i2"), ("b", "<f8"), ("c", "<u8")],
            "big": [("a", ">i2"), ("b", ">f8"), ("c", ">u8")],
            "mixed": [("a", ">i2"), ("b", "<f8"), ("c", ">u4"), ("d", "u1")],
            "nested": [("id", "<i8"), ("at", inner), ("path", inner, (3,)), ("deep", [("deeper", [("deepest", ">i4"), ("s", "S3")])])],
            "arrays": [("m", "<f4", (2, 3)), ("n", ">i2", (4,)), ("s", "S5", (2,)), ("one", "u1", (1,))],
            "names": [("10", "i4"), ("9", "i4"), ("__proto__", "f4"), ("constructor", "i2"), ("a b", "u1"), ("é", "f8"), ("length", "i1")],
            "single": [("only", "f4")],
            "halves": [("h", "<f2"), ("g", ">f2"), ("x", "g"), ("c", "<c16"), ("flag", "?")],
        }
        random = np.random.default_rng(2)
        for key, kind in kinds.items():
            values = np.frombuffer(random.integers(0, 100, count * np.dtype(kind).itemsize, dtype="u1").tobytes(), dtype=kind).copy()
            if key == "halves":
                values["x"] = np.arange(count) / 3
                values["flag"] = np.arange(count) % 2 == 1
            file.create_dataset(key, data=values)
            file.create_dataset(f"{key}_chunked", data=np.resize(values, (5, 12)), chunks=(2, 5), compression="gzip")
            file.attrs[key] = values[:2]
            file.create_dataset(f"{key}_scalar", data=values[3])
        padded = np.zeros(count, dtype=np.dtype({"names": ["a", "b"], "formats": ["u1", "<f8"], "offsets": [3, 16], "itemsize": 40}))
        padded["a"], padded["b"] = np.arange(count), np.arange(count) * 1.5
        file.create_dataset("padded", data=padded)
        colour = h5py.enum_dtype({"RED": 1, "GREEN": 2}, basetype=">i2")
        rich = [("s", text), ("v", h5py.vlen_dtype("<i4")), ("e", colour), ("r", h5py.ref_dtype), ("o", "V3"), ("t", text, (2,))]
        rows = np.empty(count, dtype=rich)
        for i in range(count):
            rows[i] = (f"text {i} é" * i, np.arange(i, dtype="i4"), i % 3, file["little"].ref if i % 2 else h5py.Reference(), b"\1\2\3", ["p", "q" * i])
        file.create_dataset("rich", data=rows)
        file.create_dataset("rich_chunked", data=np.resize(rows, (4, 6)), chunks=(3, 2))
        file.attrs["rich"] = rows[1:3]
        # Two floats r and i are a complex number, other names or kinds are not.
        for key, kind in {"c8": "<c8", "c16": "<c16", "c8_be": ">c8", "c16_be": ">c16"}.items():
            numbers = (np.arange(24) * (1 - 2j)).reshape(4, 6).astype(kind)
            file.create_dataset(key, data=numbers)
            file.create_dataset(f"{key}_chunked", data=numbers, chunks=(3, 4), shuffle=True)
            file.create_dataset(f"{key}_scalar", data=numbers[1, 1])
            file.attrs[key] = numbers[0]
            file.attrs[f"{key} of one"] = numbers[0, 1]
        file.create_dataset("not_complex", data=np.ones(3, dtype=[("re", "f4"), ("im", "f4")]))
        file.create_dataset("not_even", data=np.ones(3, dtype=[("r", "f4"), ("i", "f8")]))


def complex_numbers():
    """Complex numbers of the class that HDF5 2.0 brought."""
    numbers = (np.arange(24) * (1 - 2j) / 4).reshape(4, 6)
    with h5py.File("complex.h5", "w", libver="latest") as file:
        for size in (16, 32, 64):
            for order in ("LE", "BE"):
                kind = getattr(h5t, f"COMPLEX_IEEE_F{size}{order}")
                name = f"c{size // 4}{order.lower()}"
                low.dataset(file, name, kind, numbers)
                low.dataset(file, f"{name}_chunked", kind, numbers, chunks=(3, 4), prepare=[lambda plist: plist.set_deflate(1)])
                low.dataset(file, f"{name}_scalar", kind, numbers[1, 1])
                low.attribute(file, name, kind, numbers[0])
                low.attribute(file, f"{name} of one", kind, numbers[0, 1])


def strings():
    """Strings of every padding and character set, of any length, and in one another."""
    with h5py.File("strings.h5", "w") as file:
        words = [b"", b"a", b"hello", "é".encode(), "日本".encode(), b"full8888", b"\xff\xfe", b"in\0side"]
        stored = np.array(words, dtype="S8")
        for key, pad in [("nullterm", h5t.STR_NULLTERM), ("nullpad", h5t.STR_NULLPAD), ("spacepad", h5t.STR_SPACEPAD)]:
            for encoding in (h5t.CSET_ASCII, h5t.CSET_UTF8):
                kind = h5t.C_S1.copy()
                kind.set_size(8)
                kind.set_strpad(pad)
                kind.set_cset(encoding)
                name = f"{key}{'_utf8' if encoding else ''}"
                filled = np.array([word.ljust(8) for word in words], dtype="S8") if pad == h5t.STR_SPACEPAD else stored
                low.dataset(file, name, kind, filled.view("V8"), raw=True)
                low.dataset(file, f"{name}_chunked", kind, np.resize(filled, (5, 8)).view("V8"), chunks=(2, 3), raw=True)
                low.dataset(file, f"{name}_scalar", kind, filled[2:3].view("V8").reshape(()), raw=True)
        file.create_dataset("vlen", data=["", "a", "hello", "é", "日本語 😀", "x" * 5000], dtype=text)
        file.create_dataset("vlen_2d", data=[[f"{i},{j}" * j for j in range(9)] for i in range(7)], dtype=text, chunks=(3, 4))
        file.create_dataset("vlen_ascii", data=[b"plain", b"\xff\xfe"], dtype=h5py.string_dtype("ascii"))
        file.create_dataset("vlen_unwritten", shape=(3,), dtype=text)
        file.create_dataset("vlen_scalar", data="one")
        lists = file.create_dataset("lists", (3,), dtype=h5py.vlen_dtype(text))
        lists[0], lists[2] = np.array(["a", "b"], dtype=object), np.array(["x" * 100], dtype=object)
        for key, kind in {"f8": "<f8", "i2_be": ">i2", "c16": "<c16"}.items():
            ragged = file.create_dataset(f"vlen_{key}", (4, 3), dtype=h5py.vlen_dtype(np.dtype(kind)), chunks=(2, 2))
            for i in range(12):
                ragged[divmod(i, 3)] = np.arange(i).astype(kind)
        file.attrs["text"], file.attrs["bytes"], file.attrs["nothing"] = "é text", np.bytes_(b"fixed"), ""
        file.attrs["texts"] = ["one", "two", ""]
        file.attrs["fixed"] = np.array([b"ab", b"c"], dtype="S4")
        file.attrs["long"] = "long " * 3000


def references():
    """References to objects and regions, those of nothing, in arrays, attributes, records and lists."""
    with h5py.File("refs.h5", "w") as file:
        data = file.create_dataset("target/data", data=np.arange(60).reshape(6, 10))
        group, kind = file["target"], None
        file["target/kind"] = np.dtype("i4")
        kind = file["target/kind"]
        objects = file.create_dataset("objects", (2, 3), dtype=h5py.ref_dtype)
        objects[0, 0], objects[0, 1], objects[1, 0], objects[1, 2] = group.ref, data.ref, kind.ref, file.ref
        regions = file.create_dataset("regions", (5,), dtype=h5py.regionref_dtype)
        regions[0], regions[1] = data.regionref[1:3, 2:8], data.regionref[::2, ::3]
        regions[2], regions[3] = data.regionref[[1, 4], :], data.regionref[...]
        data.attrs["back"], data.attrs["region"] = objects.ref, data.regionref[0, 0]
        data.attrs.create("list", np.array([group.ref, data.ref], dtype=h5py.ref_dtype))
        lists = file.create_dataset("lists", (3,), dtype=h5py.vlen_dtype(h5py.ref_dtype))
        lists[0], lists[2] = np.array([group.ref], dtype=h5py.ref_dtype), np.array([data.ref, kind.ref], dtype=h5py.ref_dtype)
        file.create_dataset("unwritten", (3,), dtype=h5py.ref_dtype)
        for i in range(12):
            file.attrs[f"ref {i}"] = data.ref


def spaces(name, **options):
    """Spaces of no, one and many dimensions, values that were never written, and attributes of all sizes."""
    with h5py.File(name, "w", **options) as file:
        for key, kind in {"f4": "f4", "i8": "i8", "text": text, "S3": "S3"}.items():
            file.create_dataset(f"null_{key}", data=h5py.Empty(kind))
            file.attrs[f"null_{key}"] = h5py.Empty(kind)
        for shape in [(0,), (0, 3), (3, 0, 2), (1,), (1, 1, 1)]:
            file.create_dataset("shape" + "x".join(map(str, shape)), data=np.ones(shape, dtype="f8"))
        file.create_dataset("zero_chunked", shape=(0, 4), maxshape=(None, 4), chunks=(2, 4), dtype="i4")
        file.create_dataset("rank7", data=np.arange(2 * 3 * 2 * 3 * 2 * 3 * 2, dtype="i2").reshape(2, 3, 2, 3, 2, 3, 2))
        file.create_dataset("rank7_chunked", data=np.arange(2592, dtype="i4").reshape(2, 3, 4, 3, 2, 3, 6), chunks=(1, 2, 3, 2, 2, 2, 4))
        file.create_dataset("rank32", data=np.arange(4, dtype="i4").reshape((2,) + (1,) * 30 + (2,)))
        for key, kind, fill in [("f8", "f8", -1.5), ("be", ">i4", 77), ("text", "S4", b"none"), ("bool", "?", True), ("c16", "c16", 1 - 1j)]:
            file.create_dataset(f"fill_{key}", shape=(6, 5), dtype=kind, fillvalue=fill)
            part = file.create_dataset(f"fill_{key}_chunked", shape=(60, 50), dtype=kind, fillvalue=fill, chunks=(7, 9), compression="gzip")
            part[20:25, 30:33] = np.zeros((), dtype=kind)
        pair = np.dtype([("a", "<i4"), ("b", ">f4")])
        file.create_dataset("fill_record", shape=(9,), dtype=pair, fillvalue=np.array((5, 2.5), dtype=pair), chunks=(4,))
        file.create_dataset("unwritten", shape=(7,), dtype="f4")
        file.create_dataset("unwritten_chunked", shape=(7, 7), dtype="i2", chunks=(3, 3))
        resized = file.create_dataset("resized", data=np.arange(100), maxshape=(None,), chunks=(8,), compression="gzip")
        resized.resize((30,))
        resized.resize((64,))
        early = [lambda plist: plist.set_fill_time(h5d.FILL_TIME_NEVER), lambda plist: plist.set_alloc_time(h5d.ALLOC_TIME_EARLY)]
        low.dataset(file, "early", h5t.STD_I32LE, np.arange(11, dtype="i4"), prepare=early)
        file.attrs["matrix"] = np.arange(12.0).reshape(3, 4)
        file.attrs["big"] = np.arange(7000, dtype="f8")
        file.attrs["empty list"] = np.zeros((0,), dtype="f4")
        if options:
            file.attrs["huge"] = np.arange(30_000, dtype="f8")
        for i in range(40):
            file.attrs[f"number {i}"] = i / 4


makers = [
    lambda: mixed("types.h5"),
    lambda: mixed("types_latest.h5", libver="latest"),
    lambda: floats("floats.h5"),
    lambda: floats("floats_latest.h5", libver="latest"),
    integers,
    compounds,
    complex_numbers,
    strings,
    references,
    lambda: spaces("spaces.h5"),
    lambda: spaces("spaces_latest.h5", libver="latest"),
]
