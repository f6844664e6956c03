/**
 * The end of connections that answers: a worker's.
 *
 * @module
 */
import { holdLock } from './life-lock.ts';
import { messageOf, type Message, type Protocol, type Said } from './messages.ts';
import type { Peer, PeerMessage } from './peer.ts';
import { listen, type WorkerPort } from './port.ts';

/** A connection, as it is served. */
export interface ServedLink {
  readonly peer: Peer;
  /** The other end is gone: closes what was opened for it and answers no more. */
  end(): Promise<void>;
}

/** How connections are served. */
export interface ServeInit {
  readonly protocol: Protocol;
  /**
   * Makes a connection.
   *
   * @param link which it is
   * @param onEnd to be called when the other end is done with it
   */
  open(post: (message: PeerMessage, transfer: ArrayBuffer[]) => void, link: string, onEnd: () => void): ServedLink;
}

/** Ports that are served, by protocol, so that none is served twice. */
const served = new WeakMap<object, Set<string>>();

/**
 * Serve whoever connects through a port. Does nothing when this protocol is served there already.
 *
 * @throws CloudError `InvalidArgument` when it is no port
 */
export function serveLinks(port: WorkerPort, { protocol, open }: ServeInit): void {
  const names = served.get(port) ?? new Set();
  if (names.has(protocol.anyfile)) return;
  served.set(port, names.add(protocol.anyfile));
  const links = new Map<string, ServedLink & { release: () => void; isReady: boolean }>();
  const send = (said: Said, transfer: ArrayBuffer[] = []): void => port.postMessage({ ...protocol, ...said } satisfies Message, transfer);

  function forget(link: string): ServedLink | undefined {
    const its = links.get(link);
    links.delete(link);
    its?.release();
    return its;
  }
  function greet(link: string): void {
    const known = links.get(link);
    if (known) {
      if (known.isReady) send({ kind: 'ready', link });
    } else {
      const post = (message: PeerMessage, transfer: ArrayBuffer[]): void => send({ kind: 'peer', link, message }, transfer);
      const its = open(post, link, () => void forget(link));
      const lock = `anyfile:${protocol.anyfile}:${link}`;
      const opened = { ...its, release: (): void => {}, isReady: false };
      links.set(link, opened);
      // a page that is ready can tell when this end is gone
      opened.release = holdLock(lock, (held) => {
        if (held) send({ kind: 'locked', link, lock });
        opened.isReady = true;
        send({ kind: 'ready', link });
      });
    }
  }

  listen(port, {
    message(data) {
      const message = messageOf(data, protocol);
      if (message?.kind === 'hello') greet(message.link);
      else if (message?.kind === 'peer') links.get(message.link)?.peer.receive(message.message);
    },
    unreadable: () => {
      for (const { peer } of links.values()) peer.unreadable();
    },
    gone() {
      // of a page that is gone nobody hears
      for (const link of links.keys())
        forget(link)
          ?.end()
          .catch(() => {});
    },
    // not ours
    failed() {},
  });
  send({ kind: 'serving' });
}
