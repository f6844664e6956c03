"""The short text of a type, as `dtype` of a dataset says it."""
from h5py import h5t

import canonical

plain_floats = {(2, 5, 10): "f2", (4, 8, 23): "f4", (8, 11, 52): "f8"}


def sign_of(kind):
    return "|" if kind.get_size() == 1 else canonical.order_of(kind)


def float_text(kind):
    size = kind.get_size()
    _, _, exponent, _, mantissa = kind.get_fields()
    if (size, exponent, mantissa) in plain_floats:
        return f"{canonical.order_of(kind)}f{size}"
    name = "bfloat16" if (size, exponent, mantissa) == (2, 8, 7) else f"float{size * 8}"
    return f"{canonical.order_of(kind).replace('<', '')}{name}"


def dtype_of(kind):
    group, size = kind.get_class(), kind.get_size()
    if group == h5t.INTEGER:
        return f"{sign_of(kind)}{'i' if kind.get_sign() else 'u'}{size}"
    if group == h5t.BITFIELD:
        return f"{sign_of(kind)}u{size}"
    if group == h5t.FLOAT:
        return float_text(kind)
    if group == h5t.COMPLEX or canonical.is_complex(kind):
        part = kind.get_super() if group == h5t.COMPLEX else kind.get_member_type(0)
        return f"{canonical.order_of(part)}c{size}"
    if group == h5t.STRING:
        return "string" if kind.is_variable_str() else f"S{size}"
    if group == h5t.VLEN:
        return f"vlen<{dtype_of(kind.get_super()).lstrip('<|')}>"
    if group == h5t.ARRAY:
        return f"({','.join(map(str, kind.get_array_dims()))}){dtype_of(kind.get_super())}"
    if group == h5t.ENUM:
        return "bool" if canonical.is_bool(kind) else "enum"
    if group == h5t.REFERENCE:
        return "reference" if kind.equal(h5t.STD_REF_OBJ) else "region-reference"
    return {h5t.COMPOUND: "compound", h5t.OPAQUE: f"V{size}"}[group]
