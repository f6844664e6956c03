/**
 * Opening what is at a path, and listing groups.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import type { Work } from '../engine.ts';
import { planGroup } from '../layout/plan-group.ts';
import type { Hdf5Attributes } from './attributes.ts';
import { addressNow } from './address.ts';
import { tryPlan, type FileContext } from './context.ts';
import { Hdf5Dataset } from './dataset.ts';
import { datasetFacts, findNow, namedType, type Found } from './find.ts';
import { Hdf5Datatype, Hdf5Group, Hdf5Link } from './group.ts';

/** What can stand at a path. */
export type Hdf5Item = Hdf5Group | Hdf5Dataset | Hdf5Datatype | Hdf5Link;

/** Make the object for what was found. */
export async function makeItem(
  context: FileContext,
  path: string,
  found: Found,
  work: Work,
  { signal, attributes }: AbortOptions & { attributes?: Hdf5Attributes | undefined },
): Promise<Hdf5Item> {
  switch (found.kind) {
    case 'group':
      return new Hdf5Group(context, path, attributes);
    case 'dataset':
      return new Hdf5Dataset(context, await datasetFacts(context, path, { work, address: found.address, signal }), attributes);
    case 'datatype':
      return new Hdf5Datatype(context, path, await namedType(context, path, { work, address: found.address, signal }), attributes);
    case 'link':
      return new Hdf5Link(path, found.target, found.file);
  }
}

/** What is at an absolute path; null when there is nothing. */
export async function openItem(context: FileContext, path: string, { signal }: AbortOptions = {}): Promise<Hdf5Item | null> {
  const { engine } = context;
  const work = engine.begin();
  try {
    const found = await engine.run((module, file) => findNow(module, file, path, context), { signal, work });
    return found && (await makeItem(context, path, found, work, { signal }));
  } finally {
    work.end();
  }
}

/**
 * Names in a group, in the file's order.
 *
 * @throws CloudError `NotFound`, `InvalidArgument` when it is no group
 */
export async function listKeys(context: FileContext, path: string, { signal }: AbortOptions = {}): Promise<string[]> {
  const { engine, superblock } = context;
  const work = engine.begin();
  try {
    const address = await engine.run(
      (module, file) => {
        const type = module.get_type(file, path);
        if (type === module.H5G_GROUP) return addressNow(module, file, path, context);
        const isNothing = type < 0;
        throw new CloudError(`${path} ${isNothing ? 'is not there' : 'is no group'}`, {
          code: isNothing ? 'NotFound' : 'InvalidArgument',
          operation: 'keys',
        });
      },
      { signal, work },
    );
    if (address !== undefined)
      await tryPlan(context, work, signal, (look) => planGroup(look, superblock, address, { links: true, attributes: false }));
    return await engine.run((module, file) => module.get_names(file, path, false), { signal, work });
  } finally {
    work.end();
  }
}
