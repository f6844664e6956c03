/**
 * `<anyfile-hdf5>`: an HDF5 file: a tree of its objects, what each is, pictures of its values, and how much of the file that took. A worker of its own
 * reads it, with bytes that the page's client fetches. The worker's script is `worker/hdf5.js`, or what the page's root says by `hdf5-worker`.
 *
 * @module
 */
import type { Client } from '../index.ts';
import { connectHdf5, type RemoteHdf5, type RemoteHdf5File } from '../worker.ts';
import { defineArrayElements } from './array-elements.ts';
import { fill, h } from './dom.ts';
import { count, formatBytes, formatNumber } from './format.ts';
import { Hdf5Object } from './hdf5-object.ts';
import { openHdf5Source } from './hdf5-source.ts';
import { Hdf5Tree } from './hdf5-tree.ts';

/** What went over the wire, or was read of a file of this computer. */
interface Used {
  readonly requests: number;
  readonly bytes: number;
  readonly rounds: number;
}

const nothing: Used = { requests: 0, bytes: 0, rounds: 0 };

/** The element. */
export class Hdf5Pane extends HTMLElement {
  /** Something failed. */
  onFail: ((error: unknown) => void) | undefined;
  /** Something to tell in a sentence. */
  onSay: ((text: string) => void) | undefined;
  /** Something else is looked at: what failed before is past. */
  onChoose: (() => void) | undefined;
  /** The file is to be put away. */
  onClose: (() => void) | undefined;
  private readonly tree: Hdf5Tree = new Hdf5Tree();
  private readonly object: Hdf5Object = new Hdf5Object();
  private readonly figures: HTMLElement = h('dl', { class: 'figures' });
  private readonly said: HTMLElement = h('p', { class: 'note', role: 'status', 'aria-live': 'polite' });
  private worker: RemoteHdf5 | undefined;
  private file: RemoteHdf5File | undefined;
  private told: Used = nothing;
  /** Counts what is used since the file was opened. */
  private used: () => Used = () => nothing;
  private stop: AbortController = new AbortController();

  connectedCallback(): void {
    this.tree.onFail = this.object.onFail = (error) => {
      this.tell('');
      this.onFail?.(error);
    };
    this.tree.onChoose = (item) => {
      this.onChoose?.();
      void this.object.show(item);
    };
    this.tree.onRead = (what) => this.tell(what);
    this.object.onRead = (what, ms) => this.tell(what, ms);
  }

  disconnectedCallback(): void {
    this.close();
  }

  /** Close the file and end its worker. */
  close(): void {
    this.stop.abort();
    this.tree.close();
    fill(this.object);
    fill(this);
    void this.worker?.close();
    this.worker = this.file = undefined;
  }

  /**
   * Open a file.
   *
   * @param source a URL, which may hold a signed query, or a file of this computer
   * @param name as it is shown
   * @returns whether it is shown, `false` when another was asked for
   * @throws what opening throws
   */
  async open(source: string | Blob, name: string, client?: Client): Promise<boolean> {
    this.close();
    const { signal } = (this.stop = new AbortController());
    const heading = h(
      'div',
      { class: 'bar head' },
      h('h2', { tabindex: -1, class: 'name', title: name }, name),
      h('button', { type: 'button', class: 'quiet', onclick: () => this.onClose?.() }, 'Close'),
    );
    fill(this, heading, h('progress', { 'aria-label': `Opening ${name}` }));
    const before = client?.stats();
    const start = performance.now();
    try {
      const script = this.closest('[hdf5-worker]')?.getAttribute('hdf5-worker') ?? 'worker/hdf5.js';
      const worker = (this.worker = connectHdf5(new Worker(script, { type: 'module' })));
      const from = typeof source === 'string' && client ? await openHdf5Source(source, client, { signal }) : source;
      const file = await worker.openHdf5(from, { signal });
      if (signal.aborted) return false;
      this.file = file;
      this.told = nothing;
      this.used = () => {
        const { requests, bytesFetched, rounds } = file.stats();
        if (!client || !before) return { requests, bytes: bytesFetched, rounds };
        // the client's own counters: its cache may ask for less, or for more
        const now = client.stats();
        return { requests: now.requests - before.requests, bytes: now.bytesReceived - before.bytesReceived, rounds };
      };
      fill(this, heading, this.figures, this.said, h('div', { class: 'hdf5-panes' }, this.tree, this.object));
      this.tell('opening', performance.now() - start);
      await this.tree.show(file);
      this.onSay?.(`${name} is open`);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.close();
      throw error;
    }
  }

  /** What the file took so far, and what the last thing took of it. */
  private tell(what: string, ms?: number): void {
    const { file } = this;
    if (!file) return;
    const used = this.used();
    const { requests, bytes, rounds } = used;
    const share = (100 * bytes) / Math.max(1, file.byteLength);
    const pairs: [string, string][] = [
      ['File', formatBytes(file.byteLength)],
      ['Fetched', `${formatBytes(bytes)}, ${share < 10 ? Number(share.toPrecision(2)) : Math.round(share)} %`],
      ['Requests', formatNumber(requests)],
      ['Rounds', formatNumber(rounds)],
    ];
    fill(this.figures, ...pairs.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
    const { told } = this;
    const took = ms === undefined ? '' : `, ${Math.round(ms)} ms`;
    const asked =
      requests > told.requests
        ? `${count(requests - told.requests, 'request')} in ${count(rounds - told.rounds, 'round')}, ${formatBytes(bytes - told.bytes)}`
        : 'no request, it was here';
    if (what) this.said.textContent = `For ${what}: ${asked}${took}.`;
    this.told = used;
  }
}

/** A new one; the browser is told of its elements first. */
export function makeHdf5Pane(): Hdf5Pane {
  defineArrayElements();
  if (!customElements.get('anyfile-hdf5')) customElements.define('anyfile-hdf5', Hdf5Pane);
  return new Hdf5Pane();
}
