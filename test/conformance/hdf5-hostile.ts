/**
 * Files that are damaged: everything of them is asked for, and what is no value must be an error of ours.
 *
 * @module
 */
import { CloudError } from '../../src/errors.ts';
import { openHdf5, type Hdf5Dataset, type Hdf5File } from '../../src/hdf5.ts';
import { random } from './hdf5-fuzz.ts';

/** What came of a damaged file. */
export interface Outcome {
  opened: boolean;
  /** Objects that the walk came to. */
  objects: number;
  /** Codes of errors, by how often they came. */
  errors: Record<string, number>;
}

const mostObjects = 2000;
const fewBytes = 1 << 20;

/** An error that is not one of ours, or that says nothing. */
const isStrange = (error: unknown): boolean => !(error instanceof CloudError) || !error.message;

class Survey {
  readonly outcome: Outcome = { opened: false, objects: 0, errors: {} };

  /** Does something that may fail, with an error of ours only. */
  async try<T>(what: string, act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      if (isStrange(error)) throw new Error(`${what}: ${String(error)}`, { cause: error });
      const { code } = error as CloudError;
      this.outcome.errors[code] = (this.outcome.errors[code] ?? 0) + 1;
      return undefined;
    }
  }

  async dataset(item: Hdf5Dataset): Promise<void> {
    const { shape, path } = item;
    const isSmall = !shape || shape.reduce((product, n) => product * n, Math.max(1, item.type.sizeBytes)) <= fewBytes;
    if (isSmall) await this.try(`values of ${path}`, () => item.read());
    if (shape?.length) await this.try(`slice of ${path}`, () => item.slice(shape.map((n) => [0, Math.min(n, 2)])));
  }

  async file(file: Hdf5File): Promise<void> {
    await this.try('keys', () => file.keys());
    await this.try('attributes', () => file.attrs());
    await this.try('walk', async () => {
      for await (const [path, item] of file.walk()) {
        if (++this.outcome.objects > mostObjects) break;
        if (item.kind === 'link') continue;
        if (item.kind === 'unreadable') {
          await this.try(path, () => Promise.reject(item.error));
          continue;
        }
        await this.try(`attributes of ${path}`, () => item.attrs());
        if (item.kind === 'dataset') await this.dataset(item);
      }
    });
  }
}

/**
 * Asks for everything of a file that may be damaged.
 *
 * @throws Error for an error that is not of ours
 */
export async function survey(source: Parameters<typeof openHdf5>[0], options: Parameters<typeof openHdf5>[1] = {}): Promise<Outcome> {
  const survey = new Survey();
  const file = await survey.try('opening', () => openHdf5(source, options));
  if (!file) return survey.outcome;
  survey.outcome.opened = true;
  try {
    await survey.file(file);
  } finally {
    await file.close();
  }
  return survey.outcome;
}

/**
 * Asks for everything of copies of a file in each of which one bit is another.
 *
 * @param flips which bits: those that the seed gives, from the one of that number on
 * @returns how many copies showed an error, by its code
 */
export async function surveyFlips(
  bytes: Uint8Array,
  { seed, from, count }: { seed: number; from: number; count: number },
): Promise<Record<string, number>> {
  const next = random(seed);
  const seen: Record<string, number> = {};
  for (let i = 0; i < from + count; i++) {
    const at = Math.floor(next() * bytes.length);
    const bit = Math.floor(next() * 8);
    if (i < from) continue;
    const damaged = bytes.slice();
    damaged[at]! ^= 1 << bit;
    const { errors } = await survey(damaged).catch((error: unknown) => {
      throw new Error(`bit ${bit} of byte ${at}, flip ${i}`, { cause: error });
    });
    for (const code of Object.keys(errors)) seen[code] = (seen[code] ?? 0) + 1;
  }
  return seen;
}
