/**
 * `<anyfile-meter>`: what went over the wire in this session, and the last requests one by one.
 *
 * @module
 */
import type { ClientStats, RequestEvent } from '../index.ts';
import { fill, h } from './dom.ts';
import { baseName, formatBytes, formatNumber } from './format.ts';

const maxEvents = 60;

/** The element. */
export class Meter extends HTMLElement {
  private readonly figures: HTMLElement = h('dl', { class: 'figures' });
  private readonly lines: HTMLElement = h('tbody');
  private events: RequestEvent[] = [];

  connectedCallback(): void {
    if (this.firstChild) return;
    const titles = ['Request', 'Of', 'Answer', 'Try', 'Received', 'Time'];
    const head = h(
      'thead',
      {},
      h('tr', {}, ...titles.map((title, i) => h('th', { scope: 'col', class: i > 2 ? 'end' : undefined }, title))),
    );
    const table = h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Requests, the last first' },
      h('table', {}, head, this.lines),
    );
    this.append(h('h2', {}, 'This session'), this.figures, h('details', {}, h('summary', {}, `The last ${maxEvents} requests`), table));
    this.clear();
  }

  /** Forget all. */
  clear(): void {
    this.events = [];
    this.show({ requests: 0, retries: 0, bytesSent: 0, bytesReceived: 0 }, 0);
  }

  /** Keep one request. */
  add(event: RequestEvent): void {
    this.events = [event, ...this.events].slice(0, maxEvents);
  }

  /**
   * Show the counters and the kept requests.
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
    fill(this.lines, ...this.events.map(line));
  }
}

function line(event: RequestEvent): HTMLElement {
  const { method, url, operation, status, error, attempt, durationMs, bytesReceived } = event;
  const answer = [status, error].filter((part) => part !== undefined).join(' ') || 'none';
  const end = { class: 'end' };
  return h(
    'tr',
    {},
    h('td', {}, `${method} ${operation}`),
    h('td', { class: 'name', title: url }, baseName(decode(url))),
    h('td', { class: error ? 'bad' : undefined }, answer),
    h('td', end, attempt),
    h('td', end, formatBytes(bytesReceived)),
    h('td', end, `${Math.round(durationMs)} ms`),
  );
}

function decode(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
