"""cloudpathlib as a side of the comparison, see ../dataset/peer.mjs: one JSON request a line on stdin, one JSON answer a line on stdout.

Reads files that are in its cache on disk, one after the other as its users do, or on many threads.
"""
import importlib.metadata
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from cloudpathlib import S3Client

client = None


def prepare(request):
    global client
    session = boto3.session.Session(
        aws_access_key_id=request["accessKeyId"],
        aws_secret_access_key=request["secretAccessKey"],
        region_name=request["region"],
    )
    # its own constructor takes no configuration of connections, which many threads need
    resource = session.resource("s3", endpoint_url=request["endpoint"], config=Config(max_pool_connections=64))
    client = S3Client(boto3_session=session, endpoint_url=request["endpoint"], local_cache_dir=request["dir"], file_cache_mode="persistent")
    client.s3 = resource
    client.client = resource.meta.client
    return {"seconds": 0}


def read(request):
    def one(url):
        return len(client.S3Path(url).read_bytes())

    start = time.perf_counter()
    if request.get("threads"):
        with ThreadPoolExecutor(request["threads"]) as pool:
            total = sum(pool.map(one, request["urls"]))
    else:
        total = sum(one(url) for url in request["urls"])
    return {"seconds": time.perf_counter() - start, "bytes": total}


commands = {"prepare": prepare, "read": read, "hello": lambda _: {"versions": {"cloudpathlib": importlib.metadata.version("cloudpathlib")}}}

for text in sys.stdin:
    asked = json.loads(text)
    try:
        answer = commands[asked["do"]](asked)
    except Exception as error:  # told to whoever asked
        answer = {"error": repr(error)[:1000]}
    print(json.dumps(answer), flush=True)
