/**
 * Tells other tabs and workers what was cleared, so that they drop what they hold in memory. Nothing else needs telling: values never change.
 *
 * @module
 */
import type { CacheRange } from './container.ts';

/** See {@link openClearChannel}. */
export interface ClearChannel {
  /** Tell the others. */
  tell(range: CacheRange): void;
  close(): void;
}

interface Message {
  clear: string;
  object?: string;
}

/** The channel of the containers of this name. */
export const channelOf = (name: string, usual: string): string => (name === usual ? 'anyfile' : `anyfile:${name}`);

/**
 * Open a channel of the origin; a silent one where there is none.
 *
 * @param name that of {@link channelOf}
 * @param onClear told of what others cleared
 */
export function openClearChannel(name: string, onClear?: (range: CacheRange) => void): ClearChannel {
  let channel: BroadcastChannel | undefined;
  try {
    channel = new BroadcastChannel(name);
  } catch {
    // An opaque origin, or an old engine.
  }
  if (channel && onClear) {
    channel.onmessage = ({ data }: MessageEvent<Partial<Message> | null>) => {
      if (typeof data?.clear !== 'string') return;
      onClear({ namespace: data.clear, ...(typeof data.object === 'string' && { object: data.object }) });
    };
  }
  return {
    tell({ namespace, object }) {
      const message: Message = { clear: namespace, ...(object !== undefined && { object }) };
      try {
        channel?.postMessage(message);
      } catch {
        // It was closed.
      }
    },
    close: () => channel?.close(),
  };
}
