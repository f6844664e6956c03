/**
 * A listing, written as two lists at a time.
 *
 * @module
 */
import type { AbortOptions, ListPage, PutResult } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import type { ExportFormat, RestLine } from './engines.ts';

/** Takes a list's bytes. Rejects, and leaves nothing, when they break off. */
export type Sink = (body: AsyncIterable<Uint8Array>) => Promise<PutResult>;

/** Counts of an export. */
export interface ListCounts {
  /** Files of the manifest, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Files of the second list. */
  readonly rest: number;
}

/**
 * Write the files that an engine can take to one list and the others to another. A page of the listing is held at a time. The manifest is ended
 * only when the second list is whole: where there is a manifest it is told what it lacks.
 */
export async function writeLists(
  pages: AsyncIterable<ListPage>,
  format: Pick<ExportFormat, 'line' | 'refusal'> & { restLine: RestLine },
  { manifest, rest }: { manifest: Sink; rest: Sink },
  { signal }: AbortOptions = {},
): Promise<ListCounts & { put: PutResult }> {
  const encoder = new TextEncoder();
  const counts = { files: 0, bytes: 0, rest: 0 };
  const channel = createChannel<Uint8Array>();
  const second = rest(channel.values());
  // once for all pages: a race for each of them would leave something on this promise until the end of the export
  second.then(channel.end, channel.fail);

  async function* lines(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const { objects } of pages) {
      throwIfAborted(signal);
      let taken = '';
      let refused = '';
      for (const { key: name, sizeBytes } of objects) {
        const reason = format.refusal({ name, sizeBytes });
        if (reason === undefined) {
          taken += format.line({ name, sizeBytes });
          counts.files++;
          counts.bytes += sizeBytes;
        } else {
          refused += format.restLine({ name, sizeBytes }, reason);
          counts.rest++;
        }
      }
      if (refused) await channel.push(encoder.encode(refused));
      if (taken) yield encoder.encode(taken);
    }
    channel.end();
    await second;
  }

  try {
    const put = await manifest(lines());
    return { ...counts, put };
  } catch (error) {
    channel.fail(error);
    await second.catch(() => {});
    throw error;
  }
}

/** Hands values from one task to another, one at a time. */
interface Channel<T> {
  /** Resolves when it was taken, or when nothing is taken any more. Rejects with what the channel failed with. */
  push(value: T): Promise<void>;
  end(): void;
  fail(error: unknown): void;
  values(): AsyncGenerator<T, void, undefined>;
}

function createChannel<T>(): Channel<T> {
  let item: { readonly value: T } | undefined;
  let ended: { readonly failure?: { readonly error: unknown } } | undefined;
  let tell = (): void => {};
  let change: Promise<void>;
  const changed = (): void => {
    tell();
    change = new Promise((resolve) => (tell = resolve));
  };
  changed();
  return {
    async push(value) {
      const mine = (item = { value });
      changed();
      while (item === mine && !ended) await change;
      if (ended?.failure) throw ended.failure.error;
    },
    end() {
      ended ??= {};
      changed();
    },
    fail(error) {
      ended ??= { failure: { error } };
      changed();
    },
    async *values() {
      for (;;) {
        if (ended?.failure) throw ended.failure.error;
        if (item) {
          const { value } = item;
          item = undefined;
          changed();
          yield value;
        } else if (ended) return;
        else await change;
      }
    },
  };
}
