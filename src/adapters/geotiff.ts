/**
 * GeoTIFF files for geotiff.js, read where they lie: `anyfile/adapters/geotiff`.
 *
 * @example
 * import { GeoTIFF } from 'geotiff';
 * import { createGeoTiffSource } from 'anyfile/adapters/geotiff';
 * const tiff = await GeoTIFF.fromSource(createGeoTiffSource('s3://bucket/scene.tif', { region: 'eu-central-1' }));
 * const image = await tiff.getImage();
 * const raster = await image.readRasters({ window: [0, 0, 256, 256] });
 * await tiff.close();
 *
 * @module
 */
import type { OpenReaderOptions } from '../open/open-reader.ts';
import { createLazyReader } from './lazy-reader.ts';
import { clampSpan } from './span.ts';

/** Bytes of a file, as geotiff.js asks for them. */
export interface GeoTiffSlice {
  offset: number;
  length: number;
}

/** geotiff.js's `BaseSource`, over one version of an object. */
export interface GeoTiffSource {
  /** Slices in the order asked; what lies behind the file's end is not there. */
  fetch(slices: GeoTiffSlice[], signal?: AbortSignal): Promise<ArrayBuffer[]>;
  fetchSlice(slice: GeoTiffSlice, signal?: AbortSignal): Promise<GeoTiffSlice & { data: ArrayBuffer }>;
  /** In bytes; null before the first read. */
  readonly fileSize: number | null;
  /** Ends what runs. */
  close(): Promise<void>;
}

/**
 * A source for `GeoTIFF.fromSource`. Sends nothing; the first read opens the file in one request, with the headers that geotiff.js asks
 * for in pieces. What is read is rounded to blocks, neighbours asked for at the same time are fetched together, nothing twice; a read
 * that is aborted harms no other.
 *
 * @param url of the file, in any store
 * @param options `signal` is for opening
 * @example const tiff = await GeoTIFF.fromSource(createGeoTiffSource('s3://bucket/scene.tif', { client }));
 */
export function createGeoTiffSource(url: string, options: OpenReaderOptions = {}): GeoTiffSource {
  const file = createLazyReader(url, options);

  async function fetch(slices: GeoTiffSlice[], signal?: AbortSignal): Promise<ArrayBuffer[]> {
    const { reader, read } = await file.open(signal);
    const spans = slices.map(({ offset, length }) => clampSpan(offset, offset + length, reader.byteLength));
    return (await read(spans, signal)).map(({ buffer }) => buffer);
  }

  return {
    fetch,
    async fetchSlice(slice, signal) {
      const [data] = await fetch([slice], signal);
      return { ...slice, data: data! };
    },
    get fileSize() {
      return file.current?.reader.byteLength ?? null;
    },
    close: file.close,
  };
}
