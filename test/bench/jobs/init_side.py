"""One side of making a job: init_side.py DATABASE COUNT. Prints what it took as JSON."""
import json
import resource
import sys
import time

from cloudfiles.resumable_tools import ResumableFileSet

path, count = sys.argv[1], int(sys.argv[2])
names = (f"some-dataset/part-{i % 1000:04d}/file-{i:012d}.bin" for i in range(count))
begun = time.perf_counter()
job = ResumableFileSet(path)
job.create("s3://source/data", "gs://target/data", None)
job.insert(names)
seconds = time.perf_counter() - begun
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"rows": job.total(), "ms": seconds * 1000, "maxRssMb": memory}))
