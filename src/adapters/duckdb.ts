/**
 * Private files for DuckDB-Wasm: `anyfile/adapters/duckdb`.
 *
 * @example
 * import { registerFile } from 'anyfile/adapters/duckdb';
 * await registerFile(db, 'table.parquet', 's3://bucket/table.parquet', { region: 'eu-central-1' }); // db: AsyncDuckDB
 * const result = await connection.query(`SELECT avg(power) FROM 'table.parquet'`);
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { openLocation } from '../open/open-store.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import { sessionOf, type SessionOptions } from '../store/session.ts';
import type { AbortOptions, ObjectInfo } from '../types.ts';
import { parseUrl } from '../url/parse.ts';
import { splitPath } from '../url/split-path.ts';

/** DuckDB-Wasm's database, with a worker or blocking, as far as it is needed. */
export interface DuckDbFiles {
  registerFileBuffer(name: string, buffer: Uint8Array): Promise<void> | void;
}

/**
 * Give DuckDB a file of any store under a name: read whole in one request, or none where the client's cache has it, held to its checksum,
 * and handed over.
 *
 * Why whole: DuckDB-Wasm asks for sizes by HEAD and takes them from nothing else (`openFile` of its browser runtime, 1.32.0), while a URL
 * is signed for one method. With one that is signed for GET it is refused twice, and then reads the whole file by itself, unverified and
 * uncached. Where a file is too large for that, hyparquet over `anyfile/adapters/hyparquet` reads ranges of it.
 *
 * @param db of `@duckdb/duckdb-wasm`
 * @param name in SQL; what was there under it is replaced
 * @returns what is known of the file. Rejects with `NotFound`, `IntegrityError` and what else reading throws; with what DuckDB throws
 * @example await registerFile(db, 'wind.csv', 'gs://bucket/wind.csv', { client });
 */
export async function registerFile(
  db: DuckDbFiles,
  name: string,
  url: string,
  options: SessionOptions & AbortOptions = {},
): Promise<ObjectInfo> {
  const { signal } = options;
  const { context, isOurs } = sessionOf(options);
  const location = parseUrl(url, { aliases: aliasesOf(context) });
  const [folder, key] = splitPath(location.path);
  if (!key) throw new CloudError('this URL names no object', { code: 'InvalidUrl', url });
  try {
    const result = await openLocation(context, { ...location, path: folder }).get(key, { signal });
    if (!result) throw new CloudError(`there is no ${key}`, { code: 'NotFound', operation: 'read', url });
    const { sizeBytes, etag, lastModified, contentType, metadata } = result;
    await db.registerFileBuffer(name, await result.bytes());
    return {
      key,
      sizeBytes,
      metadata,
      ...(etag && { etag }),
      ...(lastModified && { lastModified }),
      ...(contentType && { contentType }),
    };
  } finally {
    if (isOurs) await context.close();
  }
}
