"""Files that name other files and other places: links, values outside, virtual datasets."""
import os

import h5py
import numpy as np
from h5py import h5s


def siblings():
    """What others name: beside them, and in a folder below."""
    os.makedirs("below", exist_ok=True)
    with h5py.File("sibling.h5", "w") as file:
        file.create_dataset("x", data=np.arange(20.0).reshape(4, 5), chunks=(2, 5), compression="gzip")
        file.create_dataset("group/inside", data=["one", "two"], dtype=h5py.string_dtype())
        file["group"].attrs["note"] = "in another file"
        file["onwards"] = h5py.ExternalLink("below/deeper.h5", "/y")
        file["back"] = h5py.ExternalLink("links.h5", "/data")
    with h5py.File("below/deeper.h5", "w") as file:
        file["y"] = np.arange(7, dtype=">i2")


def links():
    """Links of all kinds, whole, broken and forbidden."""
    with h5py.File("links.h5", "w") as file:
        file["data"] = np.arange(6)
        file["data"].attrs["units"] = "m"
        group = file.create_group("group")
        group["inside"] = np.arange(3.0)
        file["hard"] = file["data"]
        group["hard"] = file["data"]
        for name, target in {
            "soft": "/data", "relative": "group/inside", "to_group": "/group", "chain": "/soft", "through": "/to_group/inside",
            "dot": "./group/./inside", "broken": "/nothing", "broken_below": "/group/nothing/more",
        }.items():
            file[name] = h5py.SoftLink(target)
        group["up"] = h5py.SoftLink("/data")
        group["beside"] = h5py.SoftLink("inside")
        for name, (other, target) in {
            "ext": ("sibling.h5", "/x"), "ext_group": ("sibling.h5", "/group"), "ext_root": ("sibling.h5", "/"), "ext_chain": ("sibling.h5", "onwards"),
            "ext_below": ("below/deeper.h5", "y"), "ext_back": ("sibling.h5", "/back"), "ext_no_file": ("missing.h5", "/x"),
            "ext_no_object": ("sibling.h5", "/missing"), "ext_not_hdf5": ("extraw.bin", "/x"),
        }.items():
            file[name] = h5py.ExternalLink(other, target)


def twins():
    """Two files whose texts lie at the same places, and each of which links into the other: whose text is it?"""
    for name, other in [("twin_a.h5", "twin_b.h5"), ("twin_b.h5", "twin_a.h5")]:
        with h5py.File(name, "w") as file:
            file.create_dataset("text", data=[f"{i} of {name}" for i in range(5)], dtype=h5py.string_dtype())
            file["text"].attrs["whose"] = f"of {name}"
            pairs = np.array([(i, f"pair {i} of {name}") for i in range(3)], dtype=[("i", "i4"), ("s", h5py.string_dtype())])
            file.create_dataset("group/pairs", data=pairs, chunks=(2,))
            file["group"].attrs["whose"] = f"group of {name}"
            file.create_dataset("group/refs", data=np.array([file["text"].ref, file["group"].ref], dtype=h5py.ref_dtype))
            for key in ["text", "group", "group/pairs", "group/refs"]:
                file[f"other {key.replace('/', ' ')}"] = h5py.ExternalLink(other, key)


def forbidden():
    """Links and values that lie outside of the file's own folder: nobody may follow them."""
    with h5py.File("forbidden.h5", "w") as file:
        file["data"] = np.arange(3)
        for name, other in {
            "up": "../sibling.h5", "up_and_down": "below/../../sibling.h5", "absolute": "/etc/passwd", "url": "http://127.0.0.1:9/x.h5",
            "scheme": "file:///etc/passwd", "backslash": "..\\sibling.h5", "encoded": "%2e%2e/sibling.h5", "drive": "C:\\x.h5",
            "query": "sibling.h5?x=1", "empty_part": "below//deeper.h5",
        }.items():
            file[name] = h5py.ExternalLink(other, "/x")
        for name, other in {"raw_up": "../secret.bin", "raw_absolute": "/etc/passwd"}.items():
            file.create_dataset(name, shape=(4,), dtype="u1", external=[(other, 0, 4)])
        layout = h5py.VirtualLayout(shape=(4,), dtype="f8")
        layout[:] = h5py.VirtualSource("../sibling.h5", "x", shape=(4,))
        file.create_virtual_dataset("virtual_up", layout, fillvalue=-1)


def loops():
    """Links that lead back to themselves."""
    with h5py.File("loops.h5", "w") as file:
        file["data"] = np.arange(3)
        group = file.create_group("group")
        group["again"] = group
        group["root"] = file["/"]
        file["self"] = h5py.SoftLink("/self")
        file["a"], file["b"] = h5py.SoftLink("/b"), h5py.SoftLink("/a")
        file["deeper"] = h5py.SoftLink("/deeper/deeper")
        file["ext_self"] = h5py.ExternalLink("loops.h5", "/ext_self")
        file["ext_other"] = h5py.ExternalLink("loops_other.h5", "/back")
    with h5py.File("loops_other.h5", "w") as file:
        file["back"] = h5py.ExternalLink("loops.h5", "/ext_other")


def outside():
    """Values in other files: one, several, with holes; missing ones."""
    np.arange(100, dtype="<i4").tofile("outside.bin")
    np.arange(50, dtype=">f8").tofile("below/outside.bin")
    with h5py.File("external.h5", "w") as file:
        file.create_dataset("one", shape=(10, 10), dtype="<i4", external=[("outside.bin", 0, 400)])
        file.create_dataset("offset", shape=(20,), dtype="<i4", external=[("outside.bin", 40, 80)])
        file.create_dataset("below", shape=(50,), dtype=">f8", external=[("below/outside.bin", 0, 400)])
        file.create_dataset("several", shape=(30,), dtype="<i4", external=[("outside.bin", 0, 40), ("outside.bin", 200, 40), ("outside.bin", 360, 40)])
        file.create_dataset("missing", shape=(5,), dtype="<i4", external=[("missing.bin", 0, 20)])


def virtual(name, **options):
    """Datasets that are put together from others, in the file itself and beside it."""
    with h5py.File(name, "w", **options) as file:
        file["part"] = np.arange(12, dtype="i4").reshape(3, 4)
        layout = h5py.VirtualLayout(shape=(6, 4), dtype="i4")
        layout[:3] = layout[3:] = h5py.VirtualSource(".", "part", shape=(3, 4))
        file.create_virtual_dataset("same", layout)
        layout = h5py.VirtualLayout(shape=(8, 5), dtype="f8")
        layout[:4] = h5py.VirtualSource("sibling.h5", "x", shape=(4, 5))
        layout[4:] = h5py.VirtualSource("missing.h5", "x", shape=(4, 5))
        file.create_virtual_dataset("beside", layout, fillvalue=-9)
        layout = h5py.VirtualLayout(shape=(4, 4), dtype="f8")
        layout[::2, :] = h5py.VirtualSource("sibling.h5", "x", shape=(4, 5))[1:3, :4]
        file.create_virtual_dataset("strided", layout, fillvalue=0.5)


makers = [siblings, links, twins, forbidden, loops, outside, lambda: virtual("virtual.h5"), lambda: virtual("virtual_latest.h5", libver="latest")]
