"""Values of HDF5 as canonical bytes (README.md), with how HDF5 is asked for them so that nothing is lost on the way."""
import hashlib
import struct

import h5py
import numpy as np
from h5py import h5t

special_nan = {4: b"\0\0\xc0\x7f", 8: b"\0\0\0\0\0\0\xf8\x7f"}
shown_bytes = 64


def is_bool(kind):
    """h5py's own boolean: an enumeration of one byte, FALSE and TRUE."""
    if kind.get_class() != h5t.ENUM or kind.get_size() != 1 or kind.get_nmembers() != 2:
        return False
    return {kind.get_member_name(i): kind.get_member_value(i) for i in range(2)} == {b"FALSE": 0, b"TRUE": 1}


def is_complex(kind):
    """A record of two equal floats `r` and `i`."""
    if kind.get_class() != h5t.COMPOUND or kind.get_nmembers() != 2:
        return False
    first, second = kind.get_member_type(0), kind.get_member_type(1)
    names = [kind.get_member_name(0), kind.get_member_name(1)]
    return names == [b"r", b"i"] and first.get_class() == h5t.FLOAT and first.equal(second)


def order_of(kind):
    return ">" if kind.get_size() > 1 and kind.get_order() == h5t.ORDER_BE else "<"


def stored(kind):
    """As it is stored, byte by byte."""
    return kind, np.dtype(f"V{kind.get_size()}")


def memory(kind):
    """How values of a type are read: HDF5's type in memory, numpy's for the same bytes, and the form of the values (README.md)."""
    group, size = kind.get_class(), kind.get_size()
    if group == h5t.INTEGER:
        if size > 8:
            return *stored(kind), {"big": "i" if kind.get_sign() else "u", "bytes": size, "order": order_of(kind)}
        form = f"{'i' if kind.get_sign() else 'u'}{next(n for n in (1, 2, 4, 8) if n >= size)}"
        return h5t.py_create(np.dtype(form)), np.dtype(form), form
    if group == h5t.FLOAT:
        form = "f4" if size <= 4 else "f8"
        dtype = np.dtype("g" if size > 8 else form)
        return h5t.py_create(dtype), dtype, form
    if group == h5t.COMPLEX:
        wide = kind.get_size() > 8
        return h5t.COMPLEX_IEEE_F64LE if wide else h5t.COMPLEX_IEEE_F32LE, np.dtype("c16" if wide else "c8"), "f8*2" if wide else "f4*2"
    if group in (h5t.BITFIELD, h5t.ENUM):
        base = kind.get_super() if group == h5t.ENUM else None
        form = f"{'i' if base and base.get_sign() else 'u'}{size}"
        return kind, np.dtype(order_of(base or kind) + form), "bool" if is_bool(kind) else form
    if group == h5t.STRING and kind.is_variable_str():
        return h5t.PYTHON_OBJECT, h5py.string_dtype(), "text"
    if group == h5t.STRING:
        return *stored(kind), {"fixed": kind.get_strpad() == h5t.STR_SPACEPAD}
    if group == h5t.REFERENCE:
        return h5t.PYTHON_OBJECT, h5py.ref_dtype if kind.equal(h5t.STD_REF_OBJ) else h5py.regionref_dtype, "reference"
    if group == h5t.VLEN:
        base = kind.get_super()
        _, dtype, form = memory(base)
        # h5py hands out big-endian numbers of lists as if they were little-endian.
        swapped = base.get_class() in (h5t.INTEGER, h5t.FLOAT) and order_of(base) == ">"
        return h5t.PYTHON_OBJECT, h5py.vlen_dtype(dtype if isinstance(form, str) else base.dtype), {"list": form, "swapped": swapped}
    if group == h5t.ARRAY:
        inner, dtype, form = memory(kind.get_super())
        dims = kind.get_array_dims()
        return h5t.array_create(inner, dims), np.dtype((dtype, dims)), {"array": form, "count": int(np.prod(dims))}
    if group == h5t.COMPOUND:
        return memory_record(kind)
    return *stored(kind), "opaque"


def memory_record(kind):
    members = []
    for i in range(kind.get_nmembers()):
        members.append((kind.get_member_name(i), *memory(kind.get_member_type(i))))
    offsets, total = [], 0
    for _, _, dtype, _ in members:
        # Pointers must lie where the processor wants them.
        total = -(-total // 16) * 16
        offsets.append(total)
        total += dtype.itemsize
    total = max(-(-total // 16) * 16, 16)
    made = h5t.create(h5t.COMPOUND, total)
    for (name, inner, _, _), offset in zip(members, offsets):
        made.insert(name, offset, inner)
    names = [name.decode() for name, *_ in members]
    dtype = np.dtype({"names": names, "formats": [dtype for _, _, dtype, _ in members], "offsets": offsets, "itemsize": total})
    forms = [form for *_, form in members]
    return made, dtype, f"{forms[0]}*2" if is_complex(kind) else {"record": [list(pair) for pair in zip(names, forms)]}


def words(content):
    """Bytes of a string, with their number before them."""
    return struct.pack("<I", len(content)) + content


def text_of(content):
    return content.decode("utf-8", "replace").encode()


def target_of(file, reference):
    """The object that a reference names, with the digest of the region's values where it is one; nothing for one of nothing."""
    if not reference:
        return b""
    found = file[reference]
    if not isinstance(reference, h5py.RegionReference):
        return found.name.encode()
    form = memory(found.id.get_type())[2]
    return f"{found.name} {digest(canonical(file, np.asarray(found[reference]), form))}".encode()


def numbers(values, form):
    wanted = np.dtype("<" + ("i1" if form == "bool" else form))
    with np.errstate(over="ignore"):
        values = np.ascontiguousarray(values.reshape(-1).astype(wanted))
    if wanted.kind == "f" and np.isnan(values).any():
        values[np.isnan(values)] = np.frombuffer(special_nan[wanted.itemsize], wanted)[0]
    return values.tobytes(), wanted.itemsize


def pieces(file, values, form):
    """The canonical bytes of each element of an array of one dimension."""
    if isinstance(form, dict):
        if "record" in form:
            columns = [pieces(file, values[name], inner) for name, inner in form["record"]]
            return [b"".join(row) for row in zip(*columns)]
        if "array" in form:
            count = form["count"]
            flat = pieces(file, values.reshape(-1), form["array"])
            return [b"".join(flat[i : i + count]) for i in range(0, len(flat), count)]
        if "list" in form:
            lists = [np.zeros(0) if v is None else v.byteswap() if form["swapped"] else v for v in values]
            return [struct.pack("<I", len(v)) + b"".join(pieces(file, v, form["list"]) if len(v) else []) for v in lists]
        if "fixed" in form:
            cut = [value.tobytes().split(b"\0")[0] for value in values]
            return [words(text_of(value.rstrip(b" ") if form["fixed"] else value)) for value in cut]
        order = "big" if form["order"] == ">" else "little"
        signed = form["big"] == "i"
        return [int.from_bytes(v.tobytes(), order, signed=signed).to_bytes(16, "little", signed=signed) for v in values]
    if form == "text":
        return [words(text_of(v if isinstance(v, bytes) else (v or "").encode("utf-8", "surrogateescape"))) for v in values]
    if form == "reference":
        return [words(target_of(file, value)) for value in values]
    if form == "opaque":
        return [words(value.tobytes()) for value in values]
    if form.endswith("*2"):
        # those of the class complex, and those in lists, are numpy's own
        parts = [values.real, values.imag] if values.dtype.kind == "c" else [values["r"], values["i"]]
        real, imaginary = (numbers(part, form[:2])[0] for part in parts)
        size = int(form[1])
        return [real[i : i + size] + imaginary[i : i + size] for i in range(0, len(real), size)]
    content, size = numbers(values, form)
    return [content[i : i + size] for i in range(0, len(content), size)]


def canonical(file, values, form):
    """The canonical bytes of an array of any shape."""
    while isinstance(form, dict) and "array" in form:
        form = form["array"]
    flat = values.reshape(-1)
    if form == "bool" or isinstance(form, str) and form[1:].isdigit():
        return numbers(flat, form)[0]
    return b"".join(pieces(file, flat, form))


def digest(content):
    """How the oracle says canonical bytes: as they are where they are few."""
    if len(content) <= shown_bytes:
        return f"hex:{content.hex()}"
    return f"sha256:{len(content)}:{hashlib.sha256(content).hexdigest()}"


def public_form(form):
    """The form as JavaScript needs to know it: how strings are padded and numbers stored has been dealt with."""
    if isinstance(form, str):
        return form
    if "fixed" in form:
        return "text"
    if "big" in form:
        return "big"
    if "record" in form:
        return {"record": [[name, public_form(inner)] for name, inner in form["record"]]}
    if "list" in form:
        return {"list": public_form(form["list"])}
    return {**form, "array": public_form(form["array"])}
