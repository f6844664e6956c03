/**
 * Groups, named types and links that lead nowhere.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import type { Hdf5Type, Hdf5Value } from '../values/type.ts';
import { dtypeOf } from '../values/dtype.ts';
import { readAttributes, type Hdf5Attributes } from './attributes.ts';
import type { FileContext } from './context.ts';
import type { Hdf5Item } from './items.ts';
import { absolutePath } from './paths.ts';

/** What has attributes. */
abstract class WithAttributes {
  /** Its absolute path. */
  readonly path: string;
  protected readonly context: FileContext;
  readonly #attributes: Hdf5Attributes | undefined;

  constructor(context: FileContext, path: string, attributes?: Hdf5Attributes) {
    this.context = context;
    this.path = path;
    this.#attributes = attributes;
    // not to be seen when an item is printed
    Object.defineProperty(this, 'context', { enumerable: false });
  }

  /** All attributes, by name. */
  attrs(options: AbortOptions = {}): Promise<Hdf5Attributes> {
    return this.#attributes ? Promise.resolve(this.#attributes) : readAttributes(this.context, this.path, options);
  }

  /** One attribute's value; `undefined` when there is none of this name. */
  async attr(name: string, options: AbortOptions = {}): Promise<Hdf5Value | undefined> {
    const attributes = this.#attributes ?? (await readAttributes(this.context, this.path, { ...options, only: name }));
    return attributes[name];
  }
}

/**
 * A group of an open file.
 *
 * @example
 * const entry = await file.group('/entry');
 * for (const name of await entry.keys()) console.log(name, (await entry.get(name))?.kind);
 */
export class Hdf5Group extends WithAttributes {
  readonly kind = 'group';

  /** Names of what is in it, in the file's order. */
  keys(options: AbortOptions = {}): Promise<string[]> {
    return this.context.objects.keys(this.path, options);
  }

  /** What is at a path from here on; null when there is nothing. */
  get(path: string, options: AbortOptions = {}): Promise<Hdf5Item | null> {
    return this.context.objects.open(absolutePath(path, this.path), options);
  }
}

/** A type that has a name of its own in the file. */
export class Hdf5Datatype extends WithAttributes {
  readonly kind = 'datatype';
  readonly dtype: string;
  readonly type: Hdf5Type;

  /** @internal */
  constructor(context: FileContext, path: string, type: Hdf5Type, attributes?: Hdf5Attributes) {
    super(context, path, attributes);
    this.type = type;
    this.dtype = dtypeOf(type);
  }
}

/** A link that leads nowhere in this file, and to no file beside it. */
export class Hdf5Link {
  readonly kind = 'link';
  readonly path: string;
  /** The path that it names. */
  readonly target: string;
  /** The other file's name, of an external link. */
  readonly file: string | undefined;

  /** @internal */
  constructor(path: string, target: string, file: string | undefined) {
    this.path = path;
    this.target = target;
    this.file = file;
  }
}
