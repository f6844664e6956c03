/**
 * `<anyfile-meter>`: what went over the wire in this session, and when.
 *
 * @module
 */
import { signal, type Signal } from '@preact/signals';
import { h as v, render } from 'preact';
import type { ClientStats, RequestEvent } from '../index.ts';
import { fill, h } from './dom.ts';
import { formatBytes, formatNumber } from './format.ts';
import type { Happening } from './waterfall/timeline.ts';
import { Waterfall } from './waterfall/waterfall.ts';

const maxEvents = 60;

/** The element. */
export class Meter extends HTMLElement {
  private readonly figures: HTMLElement = h('dl', { class: 'figures' });
  private readonly host: HTMLElement = h('div');
  private readonly happenings: Signal<readonly Happening[]> = signal([]);
  private ids = 0;

  connectedCallback(): void {
    if (!this.figures.isConnected) this.append(h('h2', {}, 'This session'), this.figures, this.host);
    render(v(Waterfall, { happenings: this.happenings }), this.host);
    this.clear();
  }

  disconnectedCallback(): void {
    render(null, this.host);
  }

  /** Forget all. */
  clear(): void {
    this.happenings.value = [];
    this.show({ requests: 0, retries: 0, bytesSent: 0, bytesReceived: 0 }, 0);
  }

  /** Keep one request that has just ended. */
  add(request: RequestEvent): void {
    const endMs = performance.now();
    this.keep({ id: ++this.ids, startMs: endMs - request.durationMs, endMs, request });
  }

  /** Keep what the cache answered, as it was noticed. */
  addHits(hits: number, bytes: number): void {
    const now = performance.now();
    this.keep({ id: ++this.ids, startMs: now, endMs: now, cache: { hits, bytes } });
  }

  private keep(happening: Happening): void {
    this.happenings.value = [...this.happenings.value, happening].slice(-maxEvents);
  }

  /**
   * Show the counters.
   *
   * @param verified files that were read whole and held their checksum
   */
  show(stats: ClientStats, verified: number): void {
    const { requests, retries, bytesReceived, bytesSent } = stats;
    const pairs: [string, string][] = [
      ['Requests', formatNumber(requests)],
      ['Retries', formatNumber(retries)],
      ['Received', formatBytes(bytesReceived)],
      ['Sent', formatBytes(bytesSent)],
      ['Files verified', formatNumber(verified)],
    ];
    fill(this.figures, ...pairs.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
  }
}
