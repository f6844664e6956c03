/**
 * `<anyfile-viewer>`: one file: what is known of it, whether it is verified, ways to look at it, and its download.
 *
 * @module
 */
import { CloudError, type ClientStats, type ObjectInfo } from '../index.ts';
import { shownKey, type Connection } from './connection.ts';
import { fill, h, type Child } from './dom.ts';
import { baseName, count, formatBytes, formatDate, formatNumber } from './format.ts';
import { Hex } from './hex.ts';
import { gunzip, isGzip, readFile, whyNotVerified, type ReadFile } from './read-file.ts';
import { tabs } from './tabs.ts';
import { kindOf, viewsOf, type View } from './views.ts';
import { rangedKind, rangedView, zarrView } from './views/by-range.ts';

/** Files up to this size are read whole at once, of others the beginning; pictures are of no use in part. */
const wholeBytes = 8_000_000;
const wholePictureBytes = 64_000_000;
const beginningBytes = 256_000;
/** More than this a page should not hold in memory. */
const mostBytes = 1_000_000_000;

/** A term and what is said of it. */
export type Fact = [term: string, text: Child];

/** The element. */
export class Viewer extends HTMLElement {
  /** Something failed. */
  onFail: ((error: unknown) => void) | undefined;
  /** A file was read whole and its checksum held. */
  onVerified: (() => void) | undefined;
  /** Something to tell in a sentence. */
  onSay: ((text: string) => void) | undefined;
  /** All of the file is to be downloaded, without being held in memory. */
  onDownload: ((info: ObjectInfo, name: string) => void) | undefined;
  /** The file is to be put away. */
  onClose: (() => void) | undefined;
  private stop: AbortController = new AbortController();
  private file: ReadFile | undefined;
  private more: readonly Fact[] = [];

  disconnectedCallback(): void {
    this.stop.abort();
  }

  /** Put the file away. */
  close(): void {
    this.stop.abort();
    this.file = undefined;
    fill(this);
  }

  /**
   * Open a file.
   *
   * @param all read all of it, whatever its size. @default only up to 8 MB, and nothing of what is looked at by ranges
   * @param more what else is known of it: term and text
   * @returns whether it is shown; if not, {@link Viewer.onFail} was told, or another was asked for
   */
  async open(connection: Connection, info: ObjectInfo, all: boolean = false, more: readonly Fact[] = []): Promise<boolean> {
    this.close();
    this.more = more;
    const { signal } = (this.stop = new AbortController());
    const { client, store } = connection;
    const name = baseName(shownKey(connection, info.key));
    const ranged = all ? undefined : rangedKind(name, info);
    if (ranged) {
      this.showByRange(connection, info, name, ranged);
      return true;
    }
    const bar = h('progress', { 'aria-label': `Reading ${name}` });
    fill(this, this.heading(name), bar);
    const before = client.stats();
    const start = performance.now();
    const most = kindOf(name, info.contentType).kind === 'picture' ? wholePictureBytes : wholeBytes;
    const part = !all && info.sizeBytes > most;
    try {
      const file = await readFile(store, info.key, {
        end: part ? beginningBytes : undefined,
        signal,
        onProgress: (done, total) => {
          if (total) Object.assign(bar, { max: Math.max(total, done), value: done });
        },
      });
      const used = difference(client.stats(), before, performance.now() - start);
      if (signal.aborted) return false;
      if (!file) throw new CloudError('the file is not there any more', { code: 'NotFound', operation: 'get', key: name });
      this.file = file;
      if (file.info.verified) this.onVerified?.();
      await this.show(connection, info, file, used);
      const state = file.info.verified ? 'verified' : 'not verified';
      this.onSay?.(`${name}: ${formatBytes(file.bytes.length)} read, ${state}`);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.close();
      this.onFail?.(error);
      return false;
    }
  }

  /** Show the Zarr hierarchy in a folder. */
  openZarr({ store, root }: Connection, prefix: string): void {
    this.close();
    const name = baseName(prefix);
    const facts: Fact[] = [['Folder', `${root}/${prefix}`.replace(/([^:/])\/\//, '$1/')]];
    const view = zarrView(store, prefix, (error) => this.onFail?.(error));
    fill(this, this.heading(name), factList(facts), tabs([view]));
    this.onSay?.(`${name}: a Zarr hierarchy`);
  }

  /** A table of which only what is looked at is read. */
  private showByRange(connection: Connection, info: ObjectInfo, name: string, kind: 'parquet' | 'csv'): void {
    const { sizeBytes } = info;
    const facts: Fact[] = [
      ['Size', Number.isNaN(sizeBytes) ? 'not told' : `${formatBytes(sizeBytes)} (${formatNumber(sizeBytes)} bytes)`],
      ...(info.contentType ? [['Content type', info.contentType] satisfies Fact] : []),
      ['Changed', formatDate(info.lastModified)],
      [
        'Checked',
        h(
          'span',
          {},
          h('span', { class: 'badge plain' }, 'not verified'),
          ' only parts are read, and a checksum is that of the whole file',
        ),
      ],
      ...this.more,
    ];
    const table = rangedView(kind, { connection, info, name }, (error) => this.onFail?.(error));
    const actions = h(
      'div',
      { class: 'bar' },
      h('button', { type: 'button', class: 'quiet', onclick: () => this.onDownload?.(info, name) }, 'Download'),
      this.readAll(connection, info, sizeBytes),
    );
    fill(this, this.heading(name), factList(facts), actions, tabs([table, this.bytesView(connection, info, sizeBytes, info.etag)]));
    this.onSay?.(`${name}: read by ranges`);
  }

  private bytesView(connection: Connection, { key }: ObjectInfo, sizeBytes: number, etag: string | undefined): View {
    return {
      title: 'Bytes',
      make: () => {
        const element = new Hex();
        element.classList.add('fill');
        const source = {
          store: connection.store,
          key,
          sizeBytes: Number.isNaN(sizeBytes) ? undefined : sizeBytes,
          etag,
          onFail: (error: unknown) => this.onFail?.(error),
        };
        // it measures its width, so it must be in the page first
        queueMicrotask(() => void element.open(source));
        return element;
      },
    };
  }

  private heading(name: string): HTMLElement {
    return h(
      'div',
      { class: 'bar head' },
      h('h2', { tabindex: -1, class: 'name', title: name }, name),
      h('button', { type: 'button', class: 'quiet', onclick: () => this.onClose?.() }, 'Close'),
    );
  }

  private async show(connection: Connection, listed: ObjectInfo, file: ReadFile, used: Used): Promise<void> {
    const { info, whole } = file;
    const name = baseName(shownKey(connection, listed.key));
    const size = whole ? file.bytes.length : info.totalBytes;
    const stored = Number.isNaN(listed.sizeBytes) || file.info.decoded ? listed.sizeBytes : size;
    const why = whyNotVerified(file);
    const badge = h('span', { class: why ? 'badge plain' : 'badge good' }, why ? 'not verified' : '✓ verified');
    const pairs: Fact[] = [
      ['Size', Number.isNaN(stored) ? `${formatBytes(size)} as read` : `${formatBytes(stored)} (${formatNumber(stored)} bytes)`],
      ['Content type', info.contentType ?? listed.contentType ?? 'not told'],
      ['ETag', h('code', {}, info.etag ?? listed.etag ?? 'not told, or hidden by CORS')],
      ['Changed', formatDate(info.lastModified ?? listed.lastModified)],
      [
        'Read',
        `${whole ? 'all of it' : `the first ${formatBytes(file.bytes.length)}`}: ${count(used.requests, 'request')}, ${count(used.retries, 'retry', 'retries')}, ${formatBytes(used.bytesReceived)}, ${Math.round(used.ms)} ms`,
      ],
      ['Checked', h('span', {}, badge, why ? ` ${why}` : ` every byte, against the checksum that the store keeps`)],
    ];
    if (info.contentEncoding) pairs.splice(2, 0, ['Encoding', info.contentEncoding]);
    const packed = isGzip(file.bytes);
    const shown = packed && whole ? await gunzip(file.bytes) : file.bytes;
    const views = packed && !whole ? [] : viewsOf(shown, { name, contentType: info.contentType ?? listed.contentType, whole });
    const hex = this.bytesView(connection, listed, stored, info.etag);
    if (rangedKind(name, listed) === 'parquet')
      views.unshift(rangedView('parquet', { connection, info: listed, name }, (error) => this.onFail?.(error)));
    const actions = h(
      'div',
      { class: 'bar' },
      whole && h('button', { type: 'button', class: 'quiet', onclick: () => void this.save(name) }, 'Download'),
      !whole && h('button', { type: 'button', class: 'quiet', onclick: () => this.onDownload?.(listed, name) }, 'Download'),
      !whole && this.readAll(connection, listed, info.totalBytes),
    );
    const notes = h(
      'p',
      { class: 'note' },
      packed && whole
        ? 'Shown decompressed (gzip).'
        : packed
          ? 'Compressed: only all of it can be shown decompressed.'
          : views.length === 0
            ? 'No preview for this kind of file; its bytes are below.'
            : '',
    );
    fill(this, this.heading(name), factList([...pairs, ...this.more]), actions, notes.textContent ? notes : null, tabs([...views, hex]));
  }

  private readAll(connection: Connection, listed: ObjectInfo, bytes: number): HTMLElement {
    if (bytes > mostBytes) return h('p', { class: 'note' }, `All of it, ${formatBytes(bytes)}, is more than a page should hold.`);
    return h(
      'button',
      { type: 'button', class: 'quiet', onclick: () => void this.open(connection, listed, true, this.more) },
      `Read all ${Number.isNaN(bytes) ? 'of it' : formatBytes(bytes)} and verify`,
    );
  }

  /** Hand the bytes to the browser's downloads: decoded where the store says how they are encoded, else as stored. */
  private async save(name: string): Promise<void> {
    if (!this.file) return;
    const { bytes, info } = this.file;
    try {
      const decoded = info.contentEncoding === 'gzip' && isGzip(bytes) ? await gunzip(bytes) : bytes;
      // never a type that the browser would open in this page's origin
      const url = URL.createObjectURL(new Blob([decoded], { type: 'application/octet-stream' }));
      h('a', { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      this.onFail?.(error);
    }
  }
}

const factList = (pairs: readonly Fact[]): HTMLElement =>
  h('dl', { class: 'facts' }, ...pairs.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value))));

interface Used extends ClientStats {
  ms: number;
}

function difference(after: ClientStats, before: ClientStats, ms: number): Used {
  const minus = (name: keyof ClientStats): number => after[name] - before[name];
  return {
    requests: minus('requests'),
    retries: minus('retries'),
    bytesSent: minus('bytesSent'),
    bytesReceived: minus('bytesReceived'),
    ms,
  };
}
