"""Files of the adapters' tests, each by its own community's writer: python make.py, into the current folder."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rasterio
import zarr
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write as write_pmtiles
from rasterio.transform import from_origin

random = np.random.default_rng(20260501)


def make_zarr():
    """A group with an array of chunks, one of shards of 16 chunks each, and one whose chunks are partly missing."""
    root = zarr.open_group("data.zarr", mode="w", zarr_format=3)
    root.attrs["title"] = "of the adapters' tests"
    values = random.integers(0, 4000, (256, 512), dtype="int16")
    plain = root.create_array("plain", shape=values.shape, chunks=(64, 128), dtype="int16", compressors=zarr.codecs.GzipCodec(level=5))
    plain[:] = values
    noise = random.integers(0, 2**31, (512, 512), dtype="int32")
    sharded = root.create_array(
        "sharded", shape=noise.shape, chunks=(64, 64), shards=(256, 256), dtype="int32", compressors=zarr.codecs.GzipCodec(level=1)
    )
    sharded[:] = noise
    sparse = root.create_array("sparse", shape=(100,), chunks=(10,), dtype="float32", fill_value=-1.0)
    sparse[20:30] = 7.0
    return {
        "plainSum": int(values.astype("int64").sum()),
        "plainPart": values[60:70, 120:140].astype(int).tolist(),
        "shardedPart": noise[100:110, 100:103].astype(int).tolist(),
        "shardedSum": int(noise[0:128, 0:512].astype("int64").sum()),
    }


def make_parquet():
    """Ten row groups of four columns, of which one is noise and takes most of the room."""
    rows = 20_000
    power = random.normal(0, 1, rows)
    table = pa.table(
        {
            "id": pa.array(np.arange(rows, dtype="int32")),
            "name": pa.array([f"turbine {i % 7}" for i in range(rows)]),
            "power": pa.array(power),
            "noise": pa.array([random.bytes(60) for _ in range(rows)]),
        }
    )
    pq.write_table(table, "table.parquet", row_group_size=2000, compression="snappy")
    return {"rows": rows, "powerAt": [float(power[i]) for i in (0, 4001, 19_999)]}


def make_geotiff():
    """A tiled, compressed, cloud-optimised image of noise with overviews, by GDAL."""
    size = 1024
    pixels = random.integers(0, 255, (size, size), dtype="uint8")
    profile = {"driver": "COG", "width": size, "height": size, "count": 1, "dtype": "uint8", "crs": "EPSG:32632"}
    with rasterio.open(
        "scene.tif", "w", **profile, transform=from_origin(500_000, 5_000_000, 10, 10), BLOCKSIZE=128, COMPRESS="DEFLATE"
    ) as target:
        target.write(pixels, 1)
    return {"size": size, "window": pixels[300:310, 400:420].astype(int).tolist()}


def make_pmtiles():
    """Tiles of noise, so many that there are leaf directories."""
    tiles = {}
    with write_pmtiles("map.pmtiles") as writer:
        for z in range(0, 8):
            for tile_id in sorted(zxy_to_tileid(z, x, y) for x in range(2**z) for y in range(2**z)):
                tiles[tile_id] = random.bytes(20 + tile_id % 50)
                writer.write_tile(tile_id, tiles[tile_id])
        header = {
            "tile_type": TileType.PNG,
            "tile_compression": Compression.NONE,
            "min_lon_e7": -1_800_000_000,
            "min_lat_e7": -850_000_000,
            "max_lon_e7": 1_800_000_000,
            "max_lat_e7": 850_000_000,
            "center_zoom": 0,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
        }
        writer.finalize(header, {"name": "noise"})
    asked = [(0, 0, 0), (3, 4, 2), (7, 100, 31), (7, 101, 31), (7, 3, 120)]
    return {"tiles": [{"zxy": zxy, "hex": tiles[zxy_to_tileid(*zxy)].hex()} for zxy in asked]}


if __name__ == "__main__":
    known = {"zarr": make_zarr(), "parquet": make_parquet(), "geotiff": make_geotiff(), "pmtiles": make_pmtiles()}
    with open("known.json", "w", encoding="utf-8") as target:
        json.dump(known, target)
