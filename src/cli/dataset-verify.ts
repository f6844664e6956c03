/**
 * `anyfile dataset verify`: every byte read and held to its checksum, and two datasets compared.
 *
 * @module
 */
import { formatJson, hasStoredMetadata, type Datafile } from '../index.ts';
import { openAt, totalText, type ChoiceOptions } from './dataset-open.ts';
import { ItemError, type Task } from './io.ts';
import { mapInOrder } from './pool.ts';
import { readThrough } from './read-through.ts';

const width = 16;

/** What reading a file showed. */
interface Read {
  /** CRC-32C of the stored bytes, base64. */
  hash: string;
  sizeBytes: number;
  /** The store tells a checksum, and it holds. */
  verified: boolean;
}

/** Reads a file to its end and keeps none of it. @throws CloudError `IntegrityError` its checksum does not hold, twice */
async function read(task: Task, path: string): Promise<Read> {
  const { createHasher, toBase64 } = await import('../hash.ts');
  const { root, key } = await task.session.parse(path);
  const { sinks, sizeBytes, verified } = await readThrough(task, root, key, () => [createHasher('crc32c')] as const);
  return { hash: toBase64(sinks[0].digest()), sizeBytes, verified };
}

type Described = Pick<Datafile, 'tags' | 'labels'>;

/** What differs between the tags and labels of two, whatever their order. */
function differentWords(one: Described, other: Described): string[] {
  const [a, b] = [one, other].map(({ tags, labels }) => ({
    tags: formatJson(tags, { sortKeys: true }),
    labels: [...labels].sort().join(),
  })) as [Record<'tags' | 'labels', string>, Record<'tags' | 'labels', string>];
  return (['tags', 'labels'] as const).filter((name) => a[name] !== b[name]);
}

/** What differs between two files; ids only where both are stored. */
function differences(shown: Read, otherHash: string, one: Datafile, other: Datafile): string[] {
  return [
    ...(shown.hash === otherHash ? [] : ['content']),
    ...(formatJson(one.timestamp) === formatJson(other.timestamp) ? [] : ['timestamp']),
    ...differentWords(one, other),
    ...(hasStoredMetadata(one) && hasStoredMetadata(other) && one.id !== other.id ? ['id'] : []),
  ];
}

/** Verify a dataset, and compare it with another. */
export async function verify(task: Task, path: string, options: ChoiceOptions & { against?: string }): Promise<void> {
  const { name: operation, out, signal } = task;
  const own = await openAt(task, path, options);
  const other = options.against === undefined ? undefined : await openAt(task, options.against, options);
  if (!own || (!other && options.against !== undefined)) return;
  const others = new Map([...(other?.dataset ?? [])].map((datafile) => [other!.below(datafile), datafile]));

  const check = async (datafile: Datafile): Promise<Read> => {
    const twin = others.get(own.below(datafile));
    const shown = await read(task, datafile.path);
    if (!other) return shown;
    if (!twin) throw new ItemError(`is not in ${other.place.shown}`, 'Extra');
    const different = differences(shown, await twin.hashValue({ signal }), datafile, twin);
    if (different.length > 0) throw new ItemError(`differs from ${other.shown(twin)} in ${different.join(', ')}`, 'Different');
    return shown;
  };

  const total = { files: 0, sizeBytes: 0, unverified: 0 };
  for await (const outcome of mapInOrder(own.dataset, task.options.parallel ?? width, check)) {
    const datafile = outcome.item;
    const pathInDataset = own.below(datafile);
    others.delete(pathInDataset);
    const shown = own.shown(datafile);
    if ('error' in outcome) {
      if (signal.aborted) throw outcome.error;
      out.fail(shown, outcome.error);
      continue;
    }
    const { hash, sizeBytes, verified } = outcome.value;
    total.files++;
    total.sizeBytes += sizeBytes;
    if (!verified) total.unverified++;
    const state = other ? 'same' : verified ? 'verified' : 'read';
    await out.action(`${state}\t${hash}\t${pathInDataset}`, { operation, path: shown, pathInDataset, state, hash, verified, sizeBytes });
    out.done();
  }
  for (const datafile of others.values()) out.fail(other!.shown(datafile), new ItemError(`is not in ${own.place.shown}`, 'Missing'));
  const unlike = other ? differentWords(own.dataset, other.dataset) : [];
  if (unlike.length > 0)
    out.fail(own.place.shown, new ItemError(`the dataset itself differs from ${other!.place.shown} in ${unlike.join(', ')}`, 'Different'));
  const rest = total.unverified > 0 ? `, ${total.unverified} without a checksum to hold them to` : '';
  await out.action(`${operation} ${own.place.shown}: ${totalText(total.files, total.sizeBytes)}${rest}`, { operation, total });
}
