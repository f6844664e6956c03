/**
 * Writing files, encoded on the way.
 *
 * @module
 */
import { loadCodec } from '../encoding/codec.ts';
import { parseEncoding, type Encoding } from '../encoding/names.ts';
import { CloudError } from '../errors.ts';
import { watched } from '../monitor/watched.ts';
import type { Body } from '../types.ts';
import { gatherBody, toSendable } from '../util/body.ts';
import { mapParallel } from '../util/parallel.ts';
import { headerOf, keyFor, plainType } from './names.ts';
import { tellOf, widthOf } from './progress.ts';
import type { FileSet, Many, PutFilesOptions, PutItem } from './types.ts';

async function encoded(body: Body, encoding: Encoding | null, options: PutFilesOptions): Promise<Body> {
  if (!encoding || options.raw) return body;
  const codec = await loadCodec(encoding);
  const bytes = await gatherBody(body, { signal: options.signal });
  return codec.compress(bytes, { level: options.compressionLevel });
}

/** Write one file. @returns its stored size, 0 when the store does not tell. */
export const putOne = (files: FileSet, path: string, body: Body, options: PutFilesOptions): Promise<number> =>
  watched(
    options.monitor,
    { path, direction: 'upload' },
    () => writeOne(files, path, body, options),
    (sizeBytes) => sizeBytes,
  );

async function writeOne(files: FileSet, path: string, body: Body, options: PutFilesOptions): Promise<number> {
  const encoding = parseEncoding(options.compress);
  const { cacheControl, storageClass, metadata, signal } = options;
  // a Blob or Response may say what it is, which its encoded bytes would not
  const contentType = toSendable(body, options).contentType ?? plainType(files);
  const content = await encoded(body, encoding, options);
  const headers = files.store.capabilities.headers
    ? { contentType, cacheControl, storageClass, contentEncoding: headerOf(files, encoding) }
    : {};
  const { sizeBytes = 0 } = await files.store.put(keyFor(files, path, encoding), content, { signal, metadata, ...headers });
  return sizeBytes;
}

interface PutFile {
  path: string;
  content: Body;
  options: PutFilesOptions;
}

const isPair = (item: PutItem): item is readonly [string, Body] => Array.isArray(item);

/** One item, with the options that hold for it: what it says itself, else what all are told. */
function fileOf(item: PutItem, common: PutFilesOptions): PutFile {
  if (isPair(item)) return { path: item[0], content: item[1], options: common };
  const { path, content, ...own } = item;
  const said = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { path, content, options: { ...common, ...said } };
}

/**
 * Write many files. What an array asks for is looked through before anything is written, what a stream asks for when it comes.
 *
 * @returns how many. InvalidArgument when a path comes twice.
 */
export async function putMany(files: FileSet, items: Many<PutItem>, options: PutFilesOptions): Promise<number> {
  const { parallel, signal } = options;
  const width = widthOf(files, parallel);
  const tell = tellOf(files, 'put', options, items);
  const seen = new Set<string>();
  const check = async ({ path, options }: PutFile): Promise<void> => {
    if (seen.has(path)) throw new CloudError(`${path} is given twice`, { code: 'InvalidArgument', operation: 'put', key: path });
    seen.add(path);
    const encoding = parseEncoding(options.compress);
    if (encoding && !options.raw) await loadCodec(encoding);
  };
  const known = Array.isArray(items);
  if (known) for (const item of items as PutItem[]) await check(fileOf(item, options));
  const one = async (item: PutItem, _: number, signal: AbortSignal): Promise<void> => {
    const file = fileOf(item, options);
    if (!known) await check(file);
    tell(file.path, await putOne(files, file.path, file.content, { ...file.options, signal }));
  };
  let count = 0;
  for await (const _ of mapParallel(items, width, one, { signal })) count++;
  return count;
}
