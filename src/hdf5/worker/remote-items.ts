/**
 * Groups, named types and links of a file that is open in a worker.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { Hdf5Error } from '../errors.ts';
import { Hdf5Unreadable } from '../file/unreadable.ts';
import type { Hdf5Datatype, Hdf5Group, Hdf5Link } from '../file/group.ts';
import { absolutePath } from '../file/paths.ts';
import type { Hdf5Type } from '../values/type.ts';
import type { PostedItem } from './messages.ts';
import { RemoteWithAttributes } from './remote-attributes.ts';
import type { RemoteContext } from './remote-call.ts';
import { RemoteHdf5Dataset } from './remote-dataset.ts';

/** What can stand at a path of a file that is open in a worker. */
export type RemoteHdf5Item = RemoteHdf5Group | RemoteHdf5Dataset | RemoteHdf5Datatype | Hdf5Link | Hdf5Unreadable;

/** A group of a file that is open in a worker: the same as `Hdf5Group`. */
export class RemoteHdf5Group extends RemoteWithAttributes implements Pick<Hdf5Group, Exclude<keyof Hdf5Group, 'get'>> {
  readonly kind = 'group';

  /** Names of what is in it, in the file's order. */
  keys({ signal }: AbortOptions = {}): Promise<string[]> {
    return this.context.ask('keys', { path: this.path }, { signal });
  }

  /** What is at a path from here on; null when there is nothing. */
  async get(path: string, options: AbortOptions = {}): Promise<RemoteHdf5Item | null> {
    return getItem(this.context, absolutePath(path, this.path), options);
  }
}

/** A type that has a name of its own in the file: the same as `Hdf5Datatype`. */
export class RemoteHdf5Datatype extends RemoteWithAttributes implements Pick<Hdf5Datatype, keyof Hdf5Datatype> {
  readonly kind = 'datatype';
  readonly dtype: string;
  readonly type: Hdf5Type;

  /** @internal */
  constructor(context: RemoteContext, { path, dtype, type, attributes }: PostedItem & { kind: 'datatype' }) {
    super(context, path, attributes);
    this.dtype = dtype;
    this.type = type;
  }
}

/** Make the object for what came. */
export function itemOf(context: RemoteContext, posted: PostedItem): RemoteHdf5Item {
  switch (posted.kind) {
    case 'group':
      return new RemoteHdf5Group(context, posted.path, posted.attributes);
    case 'dataset':
      return new RemoteHdf5Dataset(context, posted);
    case 'datatype':
      return new RemoteHdf5Datatype(context, posted);
    case 'unreadable': {
      const { name, message, code, detail } = posted.error;
      return new Hdf5Unreadable(posted.path, Object.assign(new Hdf5Error(message, { code, detail }), { name }));
    }
    case 'link': {
      const { kind, path, target, file } = posted;
      return { kind, path, target, file };
    }
  }
}

/** What is at an absolute path; null when there is nothing. */
export async function getItem(context: RemoteContext, path: string, { signal }: AbortOptions): Promise<RemoteHdf5Item | null> {
  const posted = await context.ask('get', { path }, { signal });
  return posted && itemOf(context, posted);
}
