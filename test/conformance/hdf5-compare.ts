/**
 * An open HDF5 file held against what h5py says of it: every object, link and attribute, all values, and slices.
 *
 * @module
 */
import type { Hdf5Dataset, Hdf5File, Hdf5Item, Hdf5Reference } from '../../src/hdf5.ts';
import { canonicalBytes, digestOf, type Form, type PathOf } from './hdf5-canonical.ts';
import type { Oracle, ToldAttribute, ToldEntry, ToldObject } from './hdf5-oracle.ts';

/** What is compared. */
export interface CompareOptions {
  /** Also all values of datasets. @default true */
  values?: boolean;
  /** Also slices of datasets. @default true */
  slices?: boolean;
  /** How many objects are read at a time. @default 16 */
  together?: number;
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

const asText = (value: unknown): string => JSON.stringify(value) ?? 'undefined';

class Comparison {
  readonly differences: string[] = [];
  readonly #file: Hdf5File;
  readonly #objects: Oracle['objects'];
  readonly #options: CompareOptions;

  constructor(file: Hdf5File, { objects }: Oracle, options: CompareOptions) {
    this.#file = file;
    this.#objects = objects;
    this.#options = options;
  }

  /** What a reference leads to, as the oracle says it. */
  async #target(reference: Hdf5Reference): Promise<string> {
    const found = await this.#file.dereference(reference);
    if (found.kind !== 'region') return found.path;
    const { path } = found.dataset;
    const told = this.#objects[path];
    if (!told || !('form' in told)) throw new Error(`a region of ${path}, which is no dataset`);
    return `${path} ${await this.digest(found.values, told.form, countOf(found.shape))}`;
  }

  /** The digest of values; references are followed before. */
  async digest(values: unknown, form: Form, count: number | undefined): Promise<string> {
    const paths = new Map<string, string>();
    const unknown = new Map<string, Hdf5Reference>();
    const pathOf: PathOf = (reference) => {
      const key = `${reference.kind} ${reference.bytes.join()}`;
      if (!paths.has(key)) unknown.set(key, reference as Hdf5Reference);
      return paths.get(key) ?? '';
    };
    for (;;) {
      const bytes = canonicalBytes(values, form, count, pathOf);
      if (!unknown.size) return await digestOf(bytes);
      for (const [key, reference] of unknown) paths.set(key, await this.#target(reference));
      unknown.clear();
    }
  }

  same(got: unknown, want: unknown, what: string): void {
    if (asText(got) !== asText(want))
      this.differences.push(`${what}: ${asText(got).slice(0, 300)} instead of ${asText(want).slice(0, 300)}`);
  }

  /** Runs a part; what it throws is a difference too. */
  async part(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const { name, message, detail, code } = error as Error & { detail?: string; code?: string };
      // what references of another file lead to is known there alone: refused, not guessed
      if (code === 'NotSupported' && /read in another file/.test(message)) return;
      this.differences.push(`${what}: ${name}: ${message}${detail ? ` (${detail.slice(0, 400)})` : ''}`);
    }
  }

  async attributes(item: Exclude<Hdf5Item, { kind: 'link' }>, told: Record<string, ToldAttribute>, what: string): Promise<void> {
    const got = await item.attrs();
    this.same(Object.keys(got).sort(), Object.keys(told).sort(), `${what}: attributes`);
    for (const [name, { form, shape, values }] of Object.entries(told)) {
      await this.part(`${what}@${name}`, async () => {
        const value = got[name];
        if (values === undefined) return this.same(value, null, `${what}@${name}`);
        const count = shape?.length ? countOf(shape) : undefined;
        this.same(await this.digest(value, form, count), values, `${what}@${name}`);
      });
    }
  }

  async dataset(item: Hdf5Dataset, told: Extract<ToldObject, { kind: 'dataset' }>, what: string): Promise<void> {
    const { values: wantsValues = true, slices: wantsSlices = true } = this.#options;
    this.same(item.shape, told.shape, `${what}: shape`);
    this.same(item.maxShape, told.maxShape, `${what}: maxShape`);
    this.same(item.chunks, told.chunks, `${what}: chunks`);
    this.same(item.dtype, told.dtype, `${what}: dtype`);
    this.same(
      item.filters.map(({ id, values }) => ({ id, values: [...values] })),
      told.filters,
      `${what}: filters`,
    );
    if (told.fails !== undefined) return await this.part(what, () => this.#fails(item, what));
    if (told.shape === null) return this.same(await item.read(), null, `${what}: values`);
    const count = told.shape.length ? countOf(told.shape) : undefined;
    if (wantsValues && told.values !== undefined) {
      await this.part(`${what}: values`, async () =>
        this.same(await this.digest(await item.read(), told.form, count), told.values, `${what}: values`),
      );
    }
    if (told.shape.length) await this.part(`${what}[0:0]`, () => this.#empty(item, told, what));
    for (const { ranges, shape, values } of wantsSlices ? (told.slices ?? []) : []) {
      const here = `${what}${asText(ranges)}`;
      await this.part(here, async () => {
        this.same(item.sliceShape(ranges), shape, `${here}: shape`);
        this.same(await this.digest(await item.slice(ranges), told.form, countOf(shape)), values, here);
      });
    }
  }

  /** Nothing of a dataset is the same nothing, whatever its type. */
  async #empty(item: Hdf5Dataset, told: Extract<ToldObject, { kind: 'dataset' }>, what: string): Promise<void> {
    this.same(await this.digest(await item.slice([[0, 0]]), told.form, 0), 'hex:', `${what}[0:0]`);
  }

  async #fails(item: Hdf5Dataset, what: string): Promise<void> {
    const got = await item.read().catch((error: Error & { code?: string }) => error);
    if (!(got instanceof Error)) this.differences.push(`${what}: read, though h5py cannot`);
    else if (typeof got.code !== 'string') throw got;
  }

  async object(path: string, told: ToldObject): Promise<void> {
    const item = await this.#file.get(path);
    this.same(item?.kind, told.kind, `${path}: kind`);
    if (!item || item.kind === 'link' || item.kind !== told.kind) return;
    await this.attributes(item, told.attrs, path);
    if (item.kind === 'group' && told.kind === 'group') this.same((await item.keys()).sort(), told.keys.sort(), `${path}: keys`);
    if (item.kind === 'datatype' && told.kind === 'datatype') this.same(item.dtype, told.dtype, `${path}: dtype`);
    if (item.kind === 'dataset' && told.kind === 'dataset') await this.dataset(item, told, path);
  }

  async link(path: string, told: { target: string; file?: string; is: ToldObject | null }): Promise<void> {
    if (told.is) return await this.object(path, told.is);
    const item = await this.#file.get(path);
    this.same(
      item && { kind: item.kind, ...(item.kind === 'link' && { target: item.target, file: item.file }) },
      { kind: 'link', target: told.target, file: told.file },
      path,
    );
  }

  async entry(path: string, told: ToldEntry): Promise<void> {
    if ('link' in told) return await this.link(path, told);
    if (!('same' in told)) return await this.object(path, told);
    const first = this.#objects[told.same];
    if (first && 'kind' in first) this.same((await this.#file.get(path))?.kind, first.kind, `${path}: kind`);
  }
}

/**
 * Compare an open file with what h5py says of it.
 *
 * @returns what differs, in words
 */
export async function compareFile(file: Hdf5File, oracle: Oracle, options: CompareOptions = {}): Promise<string[]> {
  const comparison = new Comparison(file, oracle, options);
  const waiting = Object.entries(oracle.objects);
  const next = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const [path, entry] = one;
      await comparison.part(path, () => comparison.entry(path, entry));
    }
  };
  await Promise.all(Array.from({ length: options.together ?? 16 }, next));
  return comparison.differences;
}
