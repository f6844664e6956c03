/**
 * Whether two files have the same stored bytes: by size, by what their stores tell, and where that is wished by reading them.
 *
 * @module
 */
import { knownOf, likeness, measureFor, type Known, type Likeness, type Measure, type PartsKnown } from './checksums.ts';
import { ItemError, type Task } from './io.ts';
import { readThrough } from './read-through.ts';
import { isDisk, type Entry } from './session.ts';

/** Options of {@link compareFiles}. */
export interface CompareOptions extends PartsKnown {
  /** Read what the stores' checksums leave open. @default false */
  deep?: boolean | undefined;
  /** With `deep`, of files that differ in size too the MD5s are found, to be told. @default false */
  full?: boolean | undefined;
}

/** What a comparison showed. */
export interface Comparison {
  readonly likeness: Likeness;
  readonly source: Known;
  readonly target: Known;
}

/** What is known of one side, and what more can be had. */
interface Side {
  readonly entry: Entry;
  known: Known;
  /** It was asked for by its own name, not by a listing that may tell less. */
  asked: boolean;
}

async function ask({ session, signal }: Task, side: Side): Promise<void> {
  const info = await session.store(side.entry.root).head(side.entry.key, { signal });
  if (!info) throw new ItemError(`${session.show(side.entry.root, side.entry.name)} does not exist any more`);
  side.asked = true;
  side.known = { ...side.known, ...knownOf(info) };
}

async function read(task: Task, side: Side, other: Known, options: CompareOptions): Promise<void> {
  const { root, key, name } = side.entry;
  let sizeBytes = side.known.sizeBytes;
  if (sizeBytes === undefined) ({ sizeBytes } = await readThrough(task, root, key, () => []));
  let measure!: Measure;
  const through = await readThrough(task, root, key, () => (measure = measureFor(other, sizeBytes, options)).sinks);
  if (through.sizeBytes !== sizeBytes) throw new ItemError(`${task.session.show(root, name)} changed while it was read`);
  side.known = { ...side.known, ...measure.known() };
}

/** Which of two is read first: whose bytes nobody knows anything of, then whose checksum is one of parts, then what lies nearer. */
function inOrder(sides: readonly [Side, Side]): readonly Side[] {
  const rank = ({ entry, known }: Side): number =>
    known.md5 === undefined && known.crc32c === undefined ? (known.inParts === undefined ? 0 : 1) : isDisk(entry.root) ? 2 : 3;
  return [...sides].sort((a, b) => rank(a) - rank(b));
}

/**
 * Compare two files. What is read is held to the checksums of its store besides.
 *
 * @returns never `unlike` or `unknown` with `deep`
 * @throws CloudError what the stores throw, `IntegrityError` among it. @throws ItemError one vanished or changed meanwhile
 */
export async function compareFiles(task: Task, source: Entry, target: Entry, options: CompareOptions): Promise<Comparison> {
  const sideOf = (entry: Entry): Side => ({ entry, known: entry.info ? knownOf(entry.info) : {}, asked: isDisk(entry.root) });
  const sides = [sideOf(source), sideOf(target)] as const;
  const [one, other] = sides;
  let found = likeness(one.known, other.known);
  const open = (): boolean => found === 'unknown' || found === 'unlike';
  for (const side of sides) {
    if (!open() || side.asked) continue;
    await ask(task, side);
    found = likeness(one.known, other.known);
  }
  for (const side of options.deep ? inOrder(sides) : []) {
    if (!open()) break;
    await read(task, side, side === one ? other.known : one.known, options);
    found = likeness(one.known, other.known);
  }
  for (const side of options.deep && options.full && found !== 'same' ? sides : [])
    if (side.known.md5 === undefined) await read(task, side, {}, options);
  return { likeness: found, source: one.known, target: other.known };
}
