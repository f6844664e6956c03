/**
 * `<anyfile-hex>`: bytes of a file by range, as hexadecimal and ASCII. Each look is one range read, after which it fires `anyfile-read`.
 *
 * @module
 */
import type { ObjectStore } from '../index.ts';
import { fill, h } from './dom.ts';
import { formatNumber } from './format.ts';

/** The file that is looked at. */
export interface HexSource {
  store: ObjectStore;
  key: string;
  /** Stored bytes; not known for some web servers. */
  sizeBytes: number | undefined;
  /** Of the version that was opened: another one is refused. */
  etag: string | undefined;
  /** Told of what went wrong. */
  onFail: (error: unknown) => void;
}

/** Lines of `offset  bytes  text`. */
export function hexLines(bytes: Uint8Array, start: number, perLine: number): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const row = [...bytes.subarray(at, at + perLine)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${(start + at).toString(16).padStart(8, '0')}  ${hex.padEnd(perLine * 3 - 1)}  ${text}`);
  }
  return lines.join('\n');
}

/** The element. {@link Hex.look} fills it. */
export class Hex extends HTMLElement {
  private source: HexSource | undefined;
  private readonly offset: HTMLInputElement = h('input', {
    type: 'number',
    name: 'offset',
    min: 0,
    step: 1,
    value: 0,
    inputmode: 'numeric',
  });
  private readonly amount: HTMLSelectElement = h(
    'select',
    { name: 'length' },
    ...[256, 1024, 4096].map((n) => h('option', { value: n }, `${n} bytes`)),
  );
  private readonly back: HTMLButtonElement = h('button', { type: 'button', class: 'quiet' }, '◂ Before');
  private readonly next: HTMLButtonElement = h('button', { type: 'button', class: 'quiet' }, 'After ▸');
  private readonly said: HTMLElement = h('p', { class: 'note', role: 'status' });
  private readonly out: HTMLElement = h('pre', { tabindex: 0, 'aria-label': 'Bytes' });
  private running: AbortController | undefined;

  connectedCallback(): void {
    if (this.firstChild) return;
    const form = h(
      'form',
      { class: 'bar' },
      h('label', {}, 'From byte ', this.offset),
      h('label', {}, 'show ', this.amount),
      h('button', { type: 'submit', class: 'quiet' }, 'Show'),
      this.back,
      this.next,
    );
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.look();
    };
    this.amount.onchange = () => void this.look();
    this.back.onclick = () => this.move(-1);
    this.next.onclick = () => this.move(1);
    this.append(form, this.said, this.out);
  }

  disconnectedCallback(): void {
    this.running?.abort();
  }

  /** Look at another file from its first byte. */
  async open(source: HexSource): Promise<void> {
    this.source = source;
    this.offset.value = '0';
    await this.look();
  }

  private move(direction: number): void {
    this.offset.value = String(Math.max(0, Number(this.offset.value) + direction * Number(this.amount.value)));
    void this.look();
  }

  /** Read and show the range that the fields say. */
  async look(): Promise<void> {
    const { source } = this;
    if (!source) return;
    this.running?.abort();
    const { signal } = (this.running = new AbortController());
    const start = Math.max(0, Math.floor(Number(this.offset.value) || 0));
    const end = start + Number(this.amount.value);
    try {
      const ifMatch = source.etag ? { ifMatch: source.etag } : {};
      const empty = source.sizeBytes === 0;
      const result = empty ? null : await source.store.get(source.key, { range: { start, end }, ...ifMatch, signal });
      const bytes = (await result?.bytes()) ?? new Uint8Array();
      const total = result?.totalBytes ?? source.sizeBytes;
      // a line must fit: 16 bytes need some 76 characters
      const perLine = this.clientWidth > 620 ? 16 : 8;
      this.out.textContent = hexLines(bytes, start, perLine);
      const last = start + bytes.length;
      fill(
        this.said,
        bytes.length === 0
          ? 'No bytes here.'
          : `Bytes ${formatNumber(start)} to ${formatNumber(last - 1)} of ${formatNumber(total)}: ${formatNumber(bytes.length)} bytes, unverified as all ranges.`,
      );
      this.back.disabled = start === 0;
      this.next.disabled = total !== undefined && last >= total;
      this.dispatchEvent(new Event('anyfile-read', { bubbles: true }));
    } catch (error) {
      if (!signal.aborted) source.onFail(error);
    }
  }
}
