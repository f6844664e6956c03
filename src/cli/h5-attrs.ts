/**
 * `anyfile h5 attrs`: attributes of an object, or of all below a group.
 *
 * @module
 */
import type { Hdf5Attributes } from '../hdf5.ts';
import { failed, withFile, type H5Options } from './h5-open.ts';
import { plainOf, type NameOf } from './h5-plain.ts';
import { csvOf, jsonOf, line, textOf } from './h5-words.ts';
import { ItemError, UsageError, type Task } from './io.ts';

/** Options of `attrs`. */
export interface AttrsOptions extends H5Options {
  recursive?: boolean;
}

/** Print attributes. */
export function attrs(task: Task, url: string, path: string | undefined, options: AttrsOptions): Promise<void> {
  const { out, signal } = task;
  const { csv, recursive } = options;
  if (csv && task.options.json) throw new UsageError('attributes are printed as JSON or as CSV, not as both');
  return withFile(task, url, path, options, async ({ file, shown, item, namesIn }) => {
    const at = path ?? '/';
    const top = await item(at);
    const print = async (full: string, attributes: Hdf5Attributes): Promise<void> => {
      const nameOf: NameOf = await namesIn(attributes);
      for (const [name, value] of Object.entries(attributes)) {
        const plain = plainOf(value, nameOf);
        const json = `{"path":${JSON.stringify(full)},"name":${JSON.stringify(name)},"value":${jsonOf(plain)}}`;
        const front = recursive ? `${line(full)}  ` : '';
        await out.data(csv ? [full, name, plain].map(csvOf).join(',') : `${front}${line(name)} = ${textOf(plain)}`, json);
      }
    };
    if (top.kind === 'link') throw new ItemError(`leads nowhere: ${line(top.target)}`);
    if (csv) await out.data('path,name,value', '');
    await print(top.path, await top.attrs({ signal }));
    if (!recursive || top.kind !== 'group') return;
    for await (const [full, one] of file.walk({ path: top.path, attributes: true, signal })) {
      if (one.kind === 'unreadable') await failed(task, `${shown} ${full}`, one.error);
      else if (one.kind !== 'link') await print(full, await one.attrs());
    }
  });
}
