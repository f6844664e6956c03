/**
 * Attributes of objects that a worker reads.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import type { Hdf5Attributes } from '../file/attributes.ts';
import type { Hdf5Value } from '../values/type.ts';
import type { PackedAttributes } from './messages.ts';
import { unpackValues } from './packed-values.ts';
import type { RemoteContext } from './remote-call.ts';

/** Attributes that came. */
export function attributesOf(packed: PackedAttributes): Hdf5Attributes {
  // no attribute's name is to be taken for something that objects have
  const attributes = Object.create(null) as Hdf5Attributes;
  for (const [name, value] of unpackValues(packed)) attributes[name] = value;
  return attributes;
}

/** Reads attributes: all, or the one of a name. */
export async function readRemoteAttributes(
  context: RemoteContext,
  path: string,
  { signal, name }: AbortOptions & { name?: string | undefined } = {},
): Promise<Hdf5Attributes> {
  return attributesOf(await context.ask('attributes', { path, name }, { signal }));
}

/** What has attributes. */
export abstract class RemoteWithAttributes {
  /** Its absolute path. */
  readonly path: string;
  protected readonly context: RemoteContext;
  readonly #attributes: Hdf5Attributes | undefined;

  constructor(context: RemoteContext, path: string, attributes: PackedAttributes | undefined) {
    this.context = context;
    this.path = path;
    this.#attributes = attributes && attributesOf(attributes);
    // not to be seen when an item is printed
    Object.defineProperty(this, 'context', { enumerable: false });
  }

  /** All attributes, by name. */
  attrs(options: AbortOptions = {}): Promise<Hdf5Attributes> {
    return this.#attributes ? Promise.resolve(this.#attributes) : readRemoteAttributes(this.context, this.path, options);
  }

  /** One attribute's value; `undefined` when there is none of this name. */
  async attr(name: string, options: AbortOptions = {}): Promise<Hdf5Value | undefined> {
    const attributes = this.#attributes ?? (await readRemoteAttributes(this.context, this.path, { ...options, name }));
    return attributes[name];
  }
}
