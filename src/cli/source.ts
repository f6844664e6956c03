/**
 * A file that is to be copied, as a plan holds it. There may be a million of them, so each is as small as can be: names are made of its key when
 * they are asked for, and what a listing tells beyond size and time is let go.
 *
 * @module
 */
import type { ObjectInfo } from '../index.ts';
import type { Entry } from './session.ts';

/** How the files of one selection are called below the destination: given to each of them, made once. */
export interface Naming {
  /** Its name below a destination folder. */
  inside(name: string): string;
  /** Its name when the destination becomes the copy of its folder; '' for a file by itself. */
  instead(name: string): string;
}

/** A file that was named, and what it is called below the destination. */
export interface Source {
  readonly entry: Entry;
  readonly naming: Naming;
}

/** Files below a folder go by what comes after it. @param front what stands before that in a destination folder */
export function belowFolder(folder: string, front = ''): Naming {
  const { length } = folder;
  return { inside: (name) => front + name.slice(length), instead: (name) => name.slice(length) };
}

/** What of a file's info a copy asks for. */
class PlannedFile implements Entry {
  readonly root: string;
  readonly key: string;
  /** Where the name ends in the key: an encoding's suffix is no part of it. */
  readonly #nameLength: number;
  readonly #sizeBytes: number;
  readonly #changedMs: number;

  constructor({ root, key, name, info }: Entry, sizeBytes: number) {
    this.root = root;
    this.key = key;
    this.#nameLength = name.length;
    this.#sizeBytes = sizeBytes;
    this.#changedMs = info?.lastModified?.getTime() ?? NaN;
  }

  get name(): string {
    return this.key.length === this.#nameLength ? this.key : this.key.slice(0, this.#nameLength);
  }

  get info(): ObjectInfo {
    const changed = this.#changedMs;
    const { key } = this;
    return { key, sizeBytes: this.#sizeBytes, metadata: {}, ...(!Number.isNaN(changed) && { lastModified: new Date(changed) }) };
  }
}

/** An entry with its key, size and time only. One of which nothing is known stays as it is. */
export const slim = (entry: Entry): Entry =>
  entry.info && entry.key.startsWith(entry.name) ? new PlannedFile(entry, entry.info.sizeBytes) : entry;
