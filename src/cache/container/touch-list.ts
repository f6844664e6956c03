/**
 * Uses that are noted together: writing each at once would cost more than the reads that they are of.
 *
 * @module
 */

const MOST = 256;
const EVERY_MS = 10_000;

/** See {@link createTouchList}. */
export interface TouchList<K> {
  /**
   * Note one use.
   *
   * @param id tells equal keys
   * @param used in ms since 1970
   */
  add(id: string, key: K, used: number): void;
  /** Write what is noted. Never rejects. */
  flush(): Promise<void>;
  /** Forget what is noted and listen no more. */
  end(): void;
}

/** One use. */
export interface Touched<K> {
  readonly key: K;
  /** In ms since 1970. */
  readonly used: number;
}

/**
 * A list that is written at 256 entries, after 10 s, and when the page is hidden: it may not be shown again.
 *
 * @param write what it rejects with is dropped: uses may be lost
 */
export function createTouchList<K>(write: (touched: readonly Touched<K>[]) => Promise<unknown>): TouchList<K> {
  let noted = new Map<string, Touched<K>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const page = typeof document === 'undefined' ? undefined : document;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (!noted.size) return;
    const touched = [...noted.values()];
    noted = new Map();
    try {
      await write(touched);
    } catch {
      // They count as used when they were put.
    }
  };
  const hidden = (): void => {
    if (page?.visibilityState === 'hidden') void flush();
  };
  page?.addEventListener('visibilitychange', hidden);

  return {
    add(id, key, used) {
      noted.set(id, { key, used });
      if (noted.size >= MOST) void flush();
      else timer ??= setTimeout(() => void flush(), EVERY_MS);
    },
    flush,
    end() {
      clearTimeout(timer);
      noted.clear();
      page?.removeEventListener('visibilitychange', hidden);
    },
  };
}
