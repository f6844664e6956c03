/**
 * Handles over a disk in memory.
 *
 * @module
 */
import type { Disk } from '../../../src/platform/types.ts';
import { createMemoryDisk } from '../../../src/platform/memory-disk.ts';
import { openHandle, type FileHandle, type HandleOptions } from '../../../src/handle/file-handle.ts';
import { parseOpenMode, type DataOf } from '../../../src/handle/modes.ts';
import { gather } from '../../../src/util/streams.ts';
import { encodeUtf8 } from '../../../src/util/utf8.ts';

/** The one file that a test works on. */
export interface Rig {
  disk: Disk;
  open<const Mode extends string>(mode: Mode, options?: Omit<HandleOptions, 'mode'>): Promise<FileHandle<DataOf<Mode>>>;
  bytes(): Promise<Uint8Array>;
  /** As Latin-1, for every byte to be seen; none when there is no file. */
  raw(): Promise<string | null>;
}

const PATH = '/folder/file';

/** Make a file of text (UTF-8) or bytes; none when absent. */
export async function createRig(content?: string | Uint8Array): Promise<Rig> {
  const disk = createMemoryDisk();
  if (content !== undefined) {
    await disk.write(
      PATH,
      (async function* () {
        yield typeof content === 'string' ? encodeUtf8(content) : content;
      })(),
    );
  }
  const bytes = async (): Promise<Uint8Array> => {
    const file = (await disk.open(PATH))!;
    return gather(file.read(0, file.sizeBytes));
  };
  return {
    disk,
    bytes,
    raw: async () => ((await disk.stat(PATH)) ? String.fromCharCode(...(await bytes())) : null),
    async open(mode, options = {}) {
      const { access, modifies } = parseOpenMode(mode);
      if (!modifies) return openHandle({ file: (await disk.open(PATH))! }, { ...options, mode });
      const from = access === 'w' || !(await disk.stat(PATH)) ? 'empty' : 'file';
      return openHandle({ edit: await disk.edit(PATH, { from }) }, { ...options, mode });
    },
  };
}
