/**
 * What h5py says of the HDF5 files of test/tools/hdf5, whose README.md says what the fields are.
 *
 * @module
 */
import { need } from '../env.ts';
import type { Form } from './hdf5-canonical.ts';

/** An attribute. */
export interface ToldAttribute {
  dtype: string;
  form: Form;
  /** `null`: it has no value. */
  shape: number[] | null;
  /** The digest of its values, unless it has none. */
  values?: string;
}

/** A part of a dataset. */
export interface ToldSlice {
  ranges: [start: number, stop: number, step: number][];
  shape: number[];
  values: string;
}

/** What stands at a path. */
export type ToldObject =
  | { kind: 'group'; keys: string[]; attrs: Record<string, ToldAttribute> }
  | {
      kind: 'dataset';
      dtype: string;
      form: Form;
      shape: number[] | null;
      maxShape: (number | null)[] | null;
      chunks: number[] | null;
      filters: { id: number; values: number[] }[];
      attrs: Record<string, ToldAttribute>;
      /** The digest of all values, unless there are none or very many. */
      values?: string;
      slices?: ToldSlice[];
      /** Why h5py cannot read it. */
      fails?: string;
    }
  | { kind: 'datatype'; dtype: string; attrs: Record<string, ToldAttribute> };

/** What a name leads to. */
export type ToldEntry =
  | ToldObject
  | { same: string }
  | { link: 'soft'; target: string; is: ToldObject | null }
  | { link: 'external'; target: string; file: string; is: ToldObject | null };

/** A file. */
export interface Oracle {
  file: string;
  sizeBytes: number;
  objects: Record<string, ToldEntry>;
}

/** How the server of HDF5 files is asked; see README.md of test/tools/hdf5. */
export interface AskOptions {
  /** Under which the requests are counted. */
  token?: string;
  /** @default 0 */
  latencyMs?: number;
}

/** The URL of a file. */
export function hdf5Url(name: string, { token, latencyMs }: AskOptions = {}): string {
  return `${need('hdf5').base}${token === undefined ? '' : `token-${token}/`}${latencyMs ? `latency-${latencyMs}/` : ''}${name}`;
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

/** All bytes of a file, fetched at once. */
export async function hdf5Bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await get(hdf5Url(name))).arrayBuffer());
}

/** What h5py says of a file. */
export async function oracleOf(name: string): Promise<Oracle> {
  return (await (await get(hdf5Url(`${name}.json`))).json()) as Oracle;
}

/** What the server counted under a token. */
export interface Counts {
  requests: number;
  preflights: number;
  bytes: number;
  rounds: number;
  mostInFlight: number;
}

/** What was asked under a token since the last call; the count begins anew. */
export async function takeCounts(token: string): Promise<Counts> {
  const response = await fetch(`${need('hdf5').base}__counts/${token}`, { method: 'DELETE', cache: 'no-store' });
  return (await response.json()) as Counts;
}
