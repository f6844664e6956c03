"""Files of the sizes that measurements are about: 100 to 200 MB, 2,000 groups, and 8 GB of which nearly nothing is stored."""
import h5py
import numpy as np


def contiguous():
    rows, columns, step = 5000, 10_000, 500
    with h5py.File("contig.h5", "w") as file:
        data = file.create_dataset("data", shape=(rows, columns), dtype="f4")
        for start in range(0, rows, step):
            data[start : start + step] = np.arange(start * columns, (start + step) * columns, dtype="f4").reshape(step, columns)
        data.attrs["units"] = "counts"
        file.attrs["title"] = "contig"


def image(name, **options):
    """Noise that packs a little, in 8,836 chunks, three groups deep."""
    random = np.random.default_rng(0)
    with h5py.File(name, "w", **options) as file:
        detector = file.create_group("entry").create_group("instrument").create_group("detector")
        detector.attrs["name"], detector.attrs["gain"], detector.attrs["vec"] = "det", 2.5, np.arange(10)
        data = detector.create_dataset("img", shape=(6000, 6000), dtype="f4", chunks=(64, 64), compression="gzip", compression_opts=1)
        for start in range(0, 6000, 640):
            data[start : start + 640] = random.standard_normal((min(640, 6000 - start), 6000), dtype="f4")
        data.attrs["units"] = "counts"
        file["t"] = np.arange(100)
        file.attrs["title"] = "chunked"


def indexes():
    """The same noise under each index of the new formats, 900 chunks each."""
    noise = np.random.default_rng(3).standard_normal((1920, 1920), dtype="f4")
    with h5py.File("indexes.h5", "w", libver="latest") as file:
        for name, maxshape in [("farray", None), ("earray", (None, 1920)), ("bt2", (None, None))]:
            group = file.create_group(name)
            group.attrs["name"] = "det"
            group.create_dataset("img", data=noise, chunks=(64, 64), maxshape=maxshape, compression="gzip", compression_opts=1)


def groups(name, **options):
    random = np.random.default_rng(0)
    with h5py.File(name, "w", **options) as file:
        for i in range(2000):
            group = file.create_group(f"g{i:04d}")
            group.attrs["idx"], group.attrs["name"], group.attrs["pos"] = i, f"group {i}", np.array([i, i + 1.0, i + 2.0])
            values = random.integers(0, 1000, size=(50, 60)).astype("i4")
            group.create_dataset("x", data=values, chunks=(25, 30), compression="gzip", shuffle=True).attrs["units"] = "mm"


def sparse():
    """8 GB, of which the file system stores some kilobytes."""
    with h5py.File("big.h5", "w") as file:
        data = file.create_dataset("big", shape=(2_000_000_000,), dtype="f4")
        data[1_999_999_990:] = data[:10] = np.arange(10)
        file.create_dataset("after", data=np.arange(10_000).reshape(100, 100), chunks=(10, 10), compression="gzip")


paged = {"libver": "latest", "fs_strategy": "page", "fs_page_size": 4 * 1024 * 1024}

makers = [
    contiguous,
    lambda: image("chunked.h5"),
    lambda: image("paged.h5", **paged),
    indexes,
    lambda: groups("groups.h5"),
    lambda: groups("groups_latest.h5", libver="latest"),
    lambda: groups("groups_paged.h5", **paged),
    sparse,
]
