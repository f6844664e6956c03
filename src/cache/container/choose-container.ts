/**
 * Which container a client keeps its values in.
 *
 * @module
 */
import { channelOf } from './clear-channel.ts';
import { maxValueBytes, type CacheContainer, type CacheTrouble } from './container.ts';
import { createMemoryContainer } from './memory-container.ts';
import { createStorageGuard } from './storage-guard.ts';
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
  /**
   * Browsers: encrypt all that is written, with a key that no script can read; in a place of its own, beside what is not encrypted. Where that
   * cannot be it is memory alone. @default false
   */
  encrypt?: boolean | undefined;
  /** Told why it is memory alone, and then of all other trouble. */
  onTrouble?: ((trouble: CacheTrouble) => void) | undefined;
}

/** A container, and where those in front of it hear of what others clear. */
interface Opened {
  readonly container: CacheContainer | undefined;
  readonly channel?: string | undefined;
}

const KEY_MS = 5000;

const openers: Record<Exclude<ContainerChoice, 'auto' | 'memory'>, (options: ChooseOptions) => Promise<Opened>> = {
  async disk({ folder, budgetBytes, encrypt }) {
    if (folder === undefined || encrypt) return { container: undefined };
    return { container: await (await import('./disk-container.ts')).openDiskContainer({ folder, budgetBytes }) };
  },
  async indexeddb({ budgetBytes, onTrouble, encrypt }) {
    const { DATABASE, openIndexedDbContainer } = await import('./indexeddb-container.ts');
    return await openIn(DATABASE, encrypt, (name, most) => openIndexedDbContainer({ name, maxValueBytes: most, budgetBytes, onTrouble }));
  },
  async opfs({ budgetBytes, onTrouble, encrypt }) {
    const { FOLDER } = await import('./opfs-open.ts');
    const { openOpfsContainer } = await import('./opfs-container.ts');
    return await openIn(FOLDER, encrypt, (folder, most) => openOpfsContainer({ folder, maxValueBytes: most, budgetBytes, onTrouble }));
  },
};

/** Open a container of the browser's in its usual place, or encrypted in another, so that neither finds what it cannot read. */
async function openIn(
  usual: string,
  encrypt: boolean | undefined,
  open: (name: string, mostBytes: number) => Promise<CacheContainer | undefined>,
): Promise<Opened> {
  if (!encrypt) return { container: await open(usual, maxValueBytes), channel: channelOf(usual, usual) };
  const [{ encryptionKey }, { createEncryptedContainer, ENCRYPTION_BYTES }] = await Promise.all([
    import('./encryption-key.ts'),
    import('./encrypted-container.ts'),
  ]);
  const key = await createStorageGuard({ onTimeout() {} }).run(() => encryptionKey(), KEY_MS);
  if (!key) throw new DOMException('no key came', 'TimeoutError');
  const name = `${usual}-encrypted`;
  const inner = await open(name, maxValueBytes + ENCRYPTION_BYTES);
  return { container: inner && createEncryptedContainer(inner, key), channel: channelOf(name, usual) };
}

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
      const { container: back, channel } = await openers[kind]({ ...options, onTrouble: tell });
      if (back) {
        back.onTrouble = onTrouble;
        return memoryBytes === 0 ? back : createTieredContainer(back, { memoryBytes, channel });
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
