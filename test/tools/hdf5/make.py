"""Makes the HDF5 files of the tests and what h5py says of them: `python make.py small|large`, into the folder where it is started."""
import importlib
import json
import os
import sys
import time

import oracle

parts = {
    "small": ["files_layouts", "files_types", "files_plugins", "files_links", "files_hostile"],
    "large": ["files_large"],
}

# What these name is not to be followed, leads nowhere, or is beside the point.
undescribed = ("forbidden.h5", "loops", "absurd_")


def main(part):
    for name in parts[part]:
        for make in importlib.import_module(name).makers:
            start = time.perf_counter()
            make()
            if os.environ.get("ANYFILE_VERBOSE"):
                print(f"{name} {getattr(make, '__name__', '')}: {time.perf_counter() - start:.2f} s", flush=True)
    names = sorted(os.path.relpath(os.path.join(folder, name), ".") for folder, _, some in os.walk(".") for name in some if name.endswith(".h5"))
    for name in names:
        if name.startswith(undescribed):
            continue
        start = time.perf_counter()
        said = oracle.describe(name)
        with open(f"{name}.json", "w", encoding="utf-8") as file:
            json.dump(said, file, separators=(",", ":"))
        if os.environ.get("ANYFILE_VERBOSE"):
            print(f"oracle of {name}: {time.perf_counter() - start:.2f} s", flush=True)
    with open("files.json", "w", encoding="utf-8") as file:
        json.dump(names, file)


if __name__ == "__main__":
    main(sys.argv[1])
