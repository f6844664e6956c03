"""What h5py shows only by its low level: types of unusual size, files of unusual layout, datasets of either."""
import ctypes
import glob
import os

import h5py
import numpy as np
from h5py import h5d, h5f, h5p, h5s, h5t


def float_type(size, sign, exponent, mantissa, bias, big_endian=False, implied=True):
    """A floating-point type; positions of sign, exponent (position, bits) and mantissa (position, bits) count from bit 0."""
    made = h5t.IEEE_F64LE.copy()
    if size >= 8:
        made.set_size(size)
        made.set_precision(sign + 1)
    made.set_fields(sign, *exponent, *mantissa)
    if size < 8:
        made.set_precision(sign + 1)
        made.set_size(size)
    made.set_ebias(bias)
    made.set_norm(h5t.NORM_IMPLIED if implied else h5t.NORM_NONE)
    made.set_order(h5t.ORDER_BE if big_endian else h5t.ORDER_LE)
    return made


def creation(chunks=None):
    """How a dataset is made, without the time at which it is."""
    plist = h5p.create(h5p.DATASET_CREATE)
    plist.set_obj_track_times(False)
    if chunks:
        plist.set_chunk(chunks)
    return plist


def leave_edges_plain(plist):
    """Chunks that reach beyond the extent are not filtered; h5py has no way to ask for it, the library that it brings has."""
    around = os.path.dirname(os.path.dirname(h5py.__file__))
    patterns = ["h5py.libs/libhdf5-*.so*", "h5py/.dylibs/libhdf5.*.dylib"]
    (path,) = [path for pattern in patterns for path in glob.glob(os.path.join(around, pattern))]
    library = ctypes.CDLL(path)
    library.H5Pset_chunk_opts.argtypes = [ctypes.c_int64, ctypes.c_uint]
    assert library.H5Pset_chunk_opts(plist.id, 2) >= 0


def half(big_endian=False):
    return (h5t.IEEE_F16BE if big_endian else h5t.IEEE_F16LE).copy()


def brain(big_endian=False):
    """bfloat16: the upper half of a float32."""
    return float_type(2, 15, (7, 8), (0, 7), 127, big_endian)


def quad(big_endian=False):
    """IEEE 754 binary128."""
    return float_type(16, 127, (112, 15), (0, 112), 16383, big_endian)


def extended():
    """The 80 bits of x87 in 16 bytes, as C's long double has them on Linux."""
    return h5t.NATIVE_LDOUBLE.copy()


def integer_type(size, precision=None, offset=0, signed=True, big_endian=False):
    made = (h5t.STD_I64LE if signed else h5t.STD_U64LE).copy()
    bits = precision or size * 8
    if size > 8:
        made.set_size(size)
    made.set_precision(bits)
    made.set_offset(0)
    made.set_size(size)
    made.set_offset(offset)
    made.set_order(h5t.ORDER_BE if big_endian else h5t.ORDER_LE)
    return made


def memory_type(values):
    """What HDF5 is told of values that it shall convert; it does not make its own complex numbers of h5py's records."""
    dtype = np.asarray(values).dtype
    return h5t.COMPLEX_IEEE_F64LE if dtype.kind == "c" else h5t.py_create(dtype)


def dataset(where, name, file_type, values, chunks=None, raw=False, **options):
    """Makes a dataset of a type that numpy does not know.

    `values` are converted by HDF5; `raw`: they are bytes that are stored as they are, one row an element, and `shape` says how they lie.
    """
    shape = options.pop("shape", None)
    shape = np.shape(values) if shape is None else shape
    plist = creation(chunks)
    for step in options.pop("prepare", ()):
        step(plist)
    maxshape = options.pop("maxshape", shape)
    assert not options, options
    space = h5s.create_simple(shape, maxshape) if shape else h5s.create(h5s.SCALAR)
    made = h5d.create(where.id, name.encode(), file_type, space, plist)
    made.write(h5s.ALL, h5s.ALL, np.ascontiguousarray(values), mtype=file_type if raw else memory_type(values))
    return h5py.Dataset(made)


def attribute(where, name, file_type, values):
    """An attribute of a type that numpy does not know; HDF5 converts the values."""
    values = np.asarray(values)
    space = h5s.create_simple(values.shape) if values.shape else h5s.create(h5s.SCALAR)
    made = h5py.h5a.create(where.id, name.encode(), file_type, space)
    made.write(values, mtype=memory_type(values))


def small_offsets(name, size):
    """A new file whose addresses and lengths take `size` bytes."""
    plist = h5p.create(h5p.FILE_CREATE)
    plist.set_sizes(size, size)
    return h5py.File(h5f.create(name.encode(), h5f.ACC_TRUNC, fcpl=plist))
