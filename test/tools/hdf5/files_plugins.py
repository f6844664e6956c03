"""Files whose filters are plugins, or whose values are not numpy's."""
import h5py
import hdf5plugin
import numpy as np

values = (np.arange(40_000) % 977).astype("i4").reshape(200, 200)


def plugins():
    """One dataset a filter; the type of each is one that its filter takes."""
    packed = {
        "lzf": {"compression": "lzf"},
        "zstd": hdf5plugin.Zstd(),
        "blosc": hdf5plugin.Blosc(),
        "blosc2": hdf5plugin.Blosc2(),
        "lz4": hdf5plugin.LZ4(),
        "bz2": hdf5plugin.BZip2(),
        "bshuf": hdf5plugin.Bitshuffle(),
        "zfp": hdf5plugin.Zfp(reversible=True),
        "szip": {"compression": "szip"},
        "nbit": {},
        "scale": {"scaleoffset": 2},
        "fl": {"fletcher32": True},
    }
    with h5py.File("plug.h5", "w") as file:
        for name, how in packed.items():
            file.create_dataset(name, data=values.astype("f4") if name == "zfp" else values, chunks=(50, 50), **how)
        file.create_dataset("bf16ish", data=values.astype("f2"))
        file.create_dataset("ld", data=values[:3].astype("longdouble"))
        file.create_dataset("vds_src", data=np.arange(10))
        layout = h5py.VirtualLayout(shape=(20,), dtype="i8")
        layout[:10] = layout[10:] = h5py.VirtualSource(".", "vds_src", shape=(10,))
        file.create_virtual_dataset("vds", layout)
        outside = file.create_dataset("ext", shape=(10,), dtype="i4", external=[("extraw.bin", 0, 40)])
        outside[:] = np.arange(10) * 3


def packed_sources():
    """Virtual datasets whose sources are packed by a filter, which they do not say."""
    with h5py.File("packed_source.h5", "w") as file:
        file.create_dataset("source", data=values.astype("f4"), chunks=(50, 50), **hdf5plugin.BZip2())
    with h5py.File("virtual_packed.h5", "w") as file:
        layout = h5py.VirtualLayout(shape=(400, 200), dtype="f4")
        layout[:200] = h5py.VirtualSource("packed_source.h5", "source", shape=(200, 200))
        layout[200:] = h5py.VirtualSource("nowhere.h5", "source", shape=(200, 200))
        file.create_virtual_dataset("outside", layout, fillvalue=-1)
        again = h5py.VirtualLayout(shape=(100, 200), dtype="f4")
        again[:] = h5py.VirtualSource(".", "outside", shape=(400, 200))[150:250]
        file.create_virtual_dataset("again", again)


makers = [plugins, packed_sources]
