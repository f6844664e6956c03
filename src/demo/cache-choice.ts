/**
 * What a person chooses about the cache before connecting: where things are kept, and when the store is asked again.
 *
 * @module
 */
import type { CacheOptions } from '../index.ts';
import { h, newId } from './dom.ts';

/** Where, in the words of the form. */
export type Keep = 'memory' | 'indexeddb' | 'encrypted' | 'opfs' | 'off';

/** When, in the words of the form. */
export type Ask = 'revalidate' | 'minute' | 'immutable' | 'offline';

/** What was chosen. */
export interface CacheChoice {
  keep?: Keep | undefined;
  ask?: Ask | undefined;
}

const keeps: Record<Keep, [label: string, options: CacheOptions]> = {
  memory: ['in memory, until you disconnect', { mode: 'tmp_dir' }],
  indexeddb: ['in this browser, for later visits', { mode: 'persistent', container: 'indexeddb' }],
  encrypted: ['in this browser, encrypted', { mode: 'persistent', container: 'indexeddb', encrypt: true }],
  opfs: ['in this browser’s own disk (OPFS)', { mode: 'persistent', container: 'opfs' }],
  off: ['not at all', { mode: 'off' }],
};

const asks: Record<Ask, [label: string, freshness: CacheOptions['freshness']]> = {
  revalidate: ['at each read', 'revalidate'],
  minute: ['after a minute', { ttlMs: 60_000 }],
  immutable: ['never: files are not replaced', 'immutable'],
  offline: ['never, and fetch nothing (offline)', 'offline'],
};

/** Options of a client. What nobody chose does not outlive the connection. */
export const cacheOptionsOf = ({ keep = 'memory', ask = 'revalidate' }: CacheChoice): CacheOptions => ({
  ...keeps[keep][1],
  freshness: asks[ask][1],
});

/** Whether it is still there after the connection. */
export const isLasting = ({ keep = 'memory' }: CacheChoice): boolean => keep !== 'memory' && keep !== 'off';

const select = (name: string, choices: Record<string, readonly [label: string, ...rest: unknown[]]>): HTMLSelectElement =>
  h('select', { name, id: newId() }, ...Object.entries(choices).map(([value, [label]]) => h('option', { value }, label)));

/** The two fields, folded away. */
export function cacheFields(): { box: HTMLDetailsElement; choice(): CacheChoice } {
  const keep = select('keep', keeps);
  const ask = select('ask', asks);
  const field = (label: string, input: HTMLElement): HTMLElement =>
    h('div', { class: 'field' }, h('label', { for: input.id }, label), input);
  const box = h(
    'details',
    {},
    h('summary', {}, 'Cache'),
    h('div', { class: 'fields' }, field('Keep what was read', keep), field('Ask whether it has changed', ask)),
    h(
      'small',
      {},
      'What is kept is never used for other keys; of temporary keys, tokens and signed addresses nothing outlives the connection. On a computer that others use too, keep it in memory, or clear it when you are done.',
    ),
  );
  return { box, choice: () => ({ keep: keep.value as Keep, ask: ask.value as Ask }) };
}
