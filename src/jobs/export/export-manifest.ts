/**
 * Manifests for the clouds' own engines: at petabytes they copy inside their networks what no machine of ours should carry.
 *
 * @module
 */
import type { EncodingOption } from '../../encoding/names.ts';
import { CloudError } from '../../errors.ts';
import { openFiles } from '../../files/cloud-files.ts';
import { aliasesOf } from '../../store/aliases-of.ts';
import { sessionOf, type SessionOptions } from '../../store/session.ts';
import type { AbortOptions, Location } from '../../types.ts';
import { formatUrl } from '../../url/format.ts';
import { parseUrl } from '../../url/parse.ts';
import type { ExportEngine } from './engines.ts';
import type { ListCounts, Sink } from './write-lists.ts';

/** Options of {@link exportManifest}. */
export interface ExportOptions extends SessionOptions, AbortOptions {
  /** Whose manifest: S3 Batch Operations, or Google's Storage Transfer Service. */
  to: ExportEngine;
  /** Where the manifest goes: a URL of an object of the engine's own store, or a file, which is then to be uploaded. Replaced if it is there. */
  manifest: string;
  /**
   * Where the names of the files go that the engine cannot take, one a line, for `anyfile xfer init --txt`; where it ends in `.ndjson`, records of
   * `name`, `sizeBytes` and `reason`, which any name fits in. @default the manifest's URL and `.rest.txt`
   */
  rest?: string | undefined;
  /** Engines keep files as they are stored: anything else than that is refused. */
  reencode?: EncodingOption;
}

/** What was written. */
export interface ExportResult extends ListCounts {
  readonly manifestUrl: string;
  /** Without quotes; `undefined` where the manifest's store has none or is not the engine's. */
  readonly etag?: string | undefined;
  readonly restUrl: string;
  /** What the engine's request for a job has to say, by its own names. */
  readonly request: Readonly<Record<string, unknown>>;
}

/**
 * List the source and write the manifest of a job of S3 Batch Operations or Storage Transfer that copies all of it. What these cannot take (S3: objects
 * above 5 GB; Storage Transfer: names of folders, patterns and several lines) goes into a second list, for `CloudFiles.transferTo`. Keys are
 * written as they are stored. Memory does not grow with the listing.
 *
 * @param source URL of a bucket or a folder of one
 * @param dest where the same names will be
 * @throws CloudError `InvalidArgument` the engine cannot copy between these places, `reencode` is set, a list would lie in the source,
 *   or a name of several lines is to go into a plain second list
 * @example
 * const { request, rest } = await exportManifest('s3://raw/2024/', 's3://archive/2024/', { to: 's3-batch', manifest: 's3://jobs/2024.csv' });
 */
export async function exportManifest(source: string, dest: string, options: ExportOptions): Promise<ExportResult> {
  const { to, signal, reencode } = options;
  if (reencode !== undefined && reencode !== null) {
    throw new CloudError('the clouds’ engines copy files as they are stored: they cannot encode anew', { code: 'InvalidArgument' });
  }
  const [{ formatFor, plainLine, recordLine }, { writeLists }] = await Promise.all([import('./engines.ts'), import('./write-lists.ts')]);
  const { context, isOurs } = sessionOf(options);
  const client = { context };
  try {
    const parse = (url: string): Location => parseUrl(url, { aliases: aliasesOf(context) });
    const from = parse(source);
    const manifest = parse(options.manifest);
    const rest = parse(options.rest ?? `${options.manifest}.rest.txt`);
    const format = formatFor(to, { source: from, dest: parse(dest), manifest });
    for (const list of [manifest, rest]) {
      if (list.path === '' || list.path.endsWith('/')) throw new CloudError('a list needs the name of a file', { code: 'InvalidArgument' });
      if (isBelow(list, from)) throw new CloudError('the lists may not lie in what they list', { code: 'InvalidArgument' });
    }
    const sinkFor = (location: Location, contentType: string): Sink => {
      const cut = location.path.lastIndexOf('/') + 1;
      const { store } = openFiles({ ...location, path: location.path.slice(0, cut) }, { client });
      return (body) => store.put(location.path.slice(cut), body, { contentType, signal });
    };
    const isRecords = rest.path.endsWith('.ndjson');
    const { store } = openFiles(from, { client });
    const lines = { ...format, restLine: isRecords ? recordLine : plainLine };
    const sinks = {
      manifest: sinkFor(manifest, 'text/csv'),
      rest: sinkFor(rest, isRecords ? 'application/x-ndjson' : 'text/plain; charset=utf-8'),
    };
    const { put, ...counts } = await writeLists(store.list({ signal }), lines, sinks, { signal });
    const isThere = manifest.protocol === 's3' || manifest.protocol === 'gs';
    const etag = isThere ? put.etag?.replaceAll('"', '') : undefined;
    const request = format.request(isThere ? (etag ?? '') : undefined);
    return { ...counts, manifestUrl: formatUrl(manifest), etag, restUrl: formatUrl(rest), request };
  } finally {
    if (isOurs) await context.close();
  }
}

/** Whether a file lies in a folder. */
function isBelow(file: Location, { protocol, host, bucket, path }: Location): boolean {
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  return file.protocol === protocol && file.host === host && file.bucket === bucket && file.path.startsWith(folder);
}
