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
  /** How long opening may take before it is memory, in ms. @default 20000 */
  openMs?: number | undefined;
  /** What stands for opening the container, in tests. */
  open?: (() => Promise<Opened>) | undefined;
}

/** What memory has where nobody says. */
const MEMORY_BYTES = 64 * 0x100000;

/**
 * The budget of memory that stands for what was to last: `budgetBytes` is meant for a disk then.
 *
 * @returns the least of both, in bytes, each 64 MiB where it is not given
 */
export const memoryBudget = ({ budgetBytes, memoryBytes }: Pick<ChooseOptions, 'budgetBytes' | 'memoryBytes'>): number =>
  Math.min(budgetBytes ?? MEMORY_BYTES, memoryBytes || MEMORY_BYTES);

/** A container, and where those in front of it hear of what others clear. */
export interface Opened {
  readonly container: CacheContainer | undefined;
  readonly channel?: string | undefined;
}

const KEY_MS = 5000;
/** More than all that a container waits for itself when it is opened. */
const OPEN_MS = 20_000;

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
 * Open the container of this choice, with memory in front; memory alone when it is not to be had, or does not open in time. Never rejects.
 * Memory that was chosen has `budgetBytes`, or else `memoryBytes`; memory that stands for something else has {@link memoryBudget}.
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
      const { container: back, channel } = await inTime(options.open ?? (() => openers[kind]({ ...options, onTrouble: tell })), options);
      if (back) {
        back.onTrouble = onTrouble;
        return memoryBytes === 0 ? back : createTieredContainer(back, { memoryBytes, channel });
      }
      if (!told) tell({ code: 'unavailable', name: 'NotSupportedError' });
    } catch (error) {
      const name = nameOfThrown(error);
      tell({ code: name === 'TimeoutError' ? 'timeout' : 'unavailable', name });
    }
  }
  const named = choice === 'memory' ? (budgetBytes ?? (memoryBytes || undefined)) : memoryBudget(options);
  const memory = createMemoryContainer({ budgetBytes: named });
  memory.onTrouble = onTrouble;
  return memory;
}

/** What comes too late is closed: nobody else would. */
async function inTime(open: () => Promise<Opened>, { openMs = OPEN_MS }: ChooseOptions): Promise<Opened> {
  let late = false;
  const opened = await createStorageGuard({ onTimeout: () => (late = true) }).run(async () => {
    const given = await open();
    if (late) await given.container?.close();
    return given;
  }, openMs);
  if (!opened) throw new DOMException('the cache did not open', 'TimeoutError');
  return opened;
}

/** Whether this choice is one that lasts: then memory is what it fell back to. */
export const wouldLast = (choice: ContainerChoice, options: ChooseOptions): boolean =>
  (choice === 'auto' ? usual(options) : choice) !== 'memory';

function usual({ folder }: ChooseOptions): Exclude<ContainerChoice, 'auto'> {
  if (folder !== undefined) return 'disk';
  return typeof indexedDB === 'undefined' ? 'memory' : 'indexeddb';
}
