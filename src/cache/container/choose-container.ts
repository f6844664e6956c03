/**
 * Which container a client keeps its values in.
 *
 * @module
 */
import type { CacheContainer, CacheTrouble } from './container.ts';
import { createMemoryContainer } from './memory-container.ts';
import { createTieredContainer } from './tiered-container.ts';
import { nameOfThrown } from './trouble.ts';

/** `auto`: files where a folder is given and there is a disk, IndexedDB where there is that, else memory. */
export type ContainerChoice = 'auto' | 'disk' | 'indexeddb' | 'opfs' | 'memory';

/** How a container is chosen. */
export interface ChooseOptions {
  /** The most that all values may take. @default of each container */
  budgetBytes?: number | undefined;
  /** The most that is held in memory in front of one that lasts; 0 for none, which memory alone does not mind. @default 64 MiB */
  memoryBytes?: number | undefined;
  /** Absolute path of the folder for caches, for files. */
  folder?: string | undefined;
  /** Told why it is memory alone, and then of all other trouble. */
  onTrouble?: ((trouble: CacheTrouble) => void) | undefined;
}

type Open = (options: ChooseOptions) => Promise<CacheContainer | undefined>;

const openers: Record<Exclude<ContainerChoice, 'auto' | 'memory'>, Open> = {
  async disk({ folder, budgetBytes }) {
    const { openDiskContainer } = await import('./disk-container.ts');
    return folder === undefined ? undefined : await openDiskContainer({ folder, budgetBytes });
  },
  indexeddb: async ({ budgetBytes, onTrouble }) =>
    (await import('./indexeddb-container.ts')).openIndexedDbContainer({ budgetBytes, onTrouble }),
  opfs: async ({ budgetBytes, onTrouble }) => (await import('./opfs-container.ts')).openOpfsContainer({ budgetBytes, onTrouble }),
};

/**
 * Open the container of this choice, with memory in front; memory alone when it is not to be had. Never rejects.
 *
 * @example
 * const container = await chooseContainer('auto', { onTrouble: ({ code, name }) => console.warn(code, name) });
 */
export async function chooseContainer(choice: ContainerChoice, options: ChooseOptions = {}): Promise<CacheContainer> {
  const { budgetBytes, memoryBytes, onTrouble } = options;
  const kind = choice === 'auto' ? usual(options) : choice;
  if (kind !== 'memory') {
    let told = false;
    const tell = (trouble: CacheTrouble): void => {
      told = true;
      onTrouble?.(trouble);
    };
    try {
      const back = await openers[kind]({ ...options, onTrouble: tell });
      if (back) {
        back.onTrouble = onTrouble;
        return memoryBytes === 0 ? back : createTieredContainer(back, { memoryBytes });
      }
      if (!told) tell({ code: 'unavailable', name: 'NotSupportedError' });
    } catch (error) {
      tell({ code: 'unavailable', name: nameOfThrown(error) });
    }
  }
  const memory = createMemoryContainer({ budgetBytes: memoryBytes || budgetBytes });
  memory.onTrouble = onTrouble;
  return memory;
}

function usual({ folder }: ChooseOptions): Exclude<ContainerChoice, 'auto'> {
  if (folder !== undefined) return 'disk';
  return typeof indexedDB === 'undefined' ? 'memory' : 'indexeddb';
}
