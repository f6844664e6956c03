/**
 * `<anyfile-cache>`: where the cache of a connection is, what it holds and has done, and buttons that clear it.
 *
 * @module
 */
import type { CacheStats } from '../index.ts';
import type { Connection } from './connection.ts';
import { fill, h } from './dom.ts';
import { count, formatBytes, formatNumber } from './format.ts';

const places: Record<CacheStats['container'], string> = {
  none: 'nowhere yet',
  memory: 'memory of this page',
  indexeddb: 'IndexedDB of this browser',
  opfs: 'this browser’s own disk (OPFS)',
  disk: 'disk',
};

/** Counting what storage holds takes a moment, so it is done no more often than this. */
const restMs = 200;

/** The element. */
export class CachePanel extends HTMLElement {
  /** Something failed. */
  onFail: ((error: unknown) => void) | undefined;
  /** Reads were answered by the cache since the last look, and so many bytes were spared. */
  onHits: ((hits: number, bytes: number) => void) | undefined;
  private hits = 0;
  private bytesSaved = 0;
  private connection: Connection | undefined;
  private folder = '';
  private busy = false;
  /** What the last look told. */
  private seen = '';
  private due: ReturnType<typeof setTimeout> | undefined;
  private readonly figures: HTMLElement = h('dl', { class: 'figures' });
  private readonly said: HTMLElement = h('p', { class: 'note', role: 'status', 'aria-live': 'polite' });
  private readonly all: HTMLButtonElement = h('button', { type: 'button', class: 'quiet' }, 'Clear all');
  private readonly some: HTMLButtonElement = h('button', { type: 'button', class: 'quiet' });
  private readonly bar: HTMLElement = h('div', { class: 'bar' }, this.all, this.some, this.said);
  private readonly off: HTMLElement = h('p', { class: 'note' }, 'Nothing is kept: it was so chosen when connecting.');

  connectedCallback(): void {
    if (this.firstChild) return;
    this.all.title = 'Everything that was kept for these keys, also on earlier visits';
    this.all.onclick = () => void this.clear(undefined, 'everything of these keys');
    this.some.onclick = () => void this.clear(this.folder, this.folder);
    this.append(h('h2', {}, 'Cache'), this.off, this.figures, this.bar);
  }

  disconnectedCallback(): void {
    clearTimeout(this.due);
  }

  /** Show the cache of this connection; of none, nothing. */
  watch(connection: Connection | undefined): void {
    clearTimeout(this.due);
    this.due = undefined;
    this.connection = connection;
    this.hits = this.bytesSaved = 0;
    this.hidden = !connection?.cached;
    const keeps = connection?.cached !== 'off';
    this.off.hidden = keeps;
    this.figures.hidden = !keeps;
    this.bar.hidden = !keeps;
    fill(this.said);
    fill(this.figures);
    if (connection) this.within('');
    this.refresh();
  }

  /** What the second button clears: a folder of the connection. */
  within(prefix: string): void {
    const root = this.connection?.root ?? '';
    this.folder = `${root.replace(/\/$/, '')}/${prefix}`;
    fill(this.some, `Clear ${prefix === '' ? root : prefix.split('/').slice(-2).join('/')}`);
    this.some.title = this.folder;
  }

  /** Something was read: look again, soon. */
  refresh(): void {
    if (!this.connection || this.hidden || this.due !== undefined) return;
    this.due = setTimeout(() => void this.look(), restMs);
  }

  private async look(): Promise<void> {
    const { connection } = this;
    this.due = undefined;
    if (!connection || connection.cached === 'off') return;
    try {
      const stats = await connection.client.cacheStats();
      if (connection !== this.connection) return;
      this.show(stats);
      // what was read is kept a moment later: look until nothing changes
      const seen = JSON.stringify(stats);
      if (seen !== this.seen) this.refresh();
      this.seen = seen;
    } catch (error) {
      if (connection === this.connection) this.onFail?.(error);
    }
  }

  private show(stats: CacheStats): void {
    const { container, entries, bytes, budgetBytes, hits, misses, revalidated, bytesSaved, bytesFetched, trouble } = stats;
    if (hits > this.hits) this.onHits?.(hits - this.hits, bytesSaved - this.bytesSaved);
    this.hits = hits;
    this.bytesSaved = bytesSaved;
    const kept = budgetBytes > 0 ? `${formatBytes(bytes)} of ${formatBytes(budgetBytes)}` : formatBytes(bytes);
    const troubles = Object.entries(trouble).map(([name, times]) => (times > 1 ? `${name} (${formatNumber(times)} times)` : name));
    const pairs: [string, string][] = [
      ['Where', places[container]],
      ['Entries', formatNumber(entries)],
      ['Kept', kept],
      ['Hits', `${formatNumber(hits)} of ${count(hits + misses, 'read')}`],
      ['Not modified', formatNumber(revalidated)],
      ['Saved', formatBytes(bytesSaved)],
      ['Fetched', formatBytes(bytesFetched)],
      ['Trouble', troubles.join(', ') || 'none'],
    ];
    fill(this.figures, ...pairs.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
  }

  private async clear(prefix: string | undefined, what: string): Promise<void> {
    const { connection } = this;
    if (!connection || this.busy) return;
    // not disabled, which would take the focus away
    this.busy = true;
    this.bar.setAttribute('aria-busy', 'true');
    fill(this.said);
    try {
      const removed = await connection.client.clearCache(prefix === undefined ? {} : { prefix });
      if (connection === this.connection) fill(this.said, `Cleared ${what}: ${count(removed, 'entry', 'entries')} removed.`);
    } catch (error) {
      if (connection === this.connection) this.onFail?.(error);
    } finally {
      this.busy = false;
      this.bar.removeAttribute('aria-busy');
    }
    await this.look();
  }
}
