/**
 * What is on its way, as a list: progress, and buttons to pause, go on and stop.
 *
 * @module
 */
import { useSignal, type ReadonlySignal } from '@preact/signals';
import { Fragment, h, type ComponentChild } from 'preact';
import type { PendingUpload } from '../../index.ts';
import { count, formatBytes, formatDate } from '../format.ts';
import type { Downloads } from './downloads.ts';
import { pickAgain } from './pick.ts';
import type { TransferRow, TransferState } from './row.ts';
import type { Uploads, UploadTarget } from './uploads.ts';

/** What the panel stands on. */
export interface TransfersProps {
  readonly uploads: Uploads;
  readonly downloads: Downloads;
  /** Where one of an earlier visit may go on; nothing where there is no connection. */
  readonly target: ReadonlySignal<Omit<UploadTarget, 'prefix'> | undefined>;
}

const words: Record<TransferState, string> = {
  running: 'on its way',
  paused: 'paused',
  done: 'done',
  failed: 'failed',
  there: 'not sent',
  stopped: 'stopped',
};

const looks: Partial<Record<TransferState, string>> = { done: 'good', failed: 'bad', there: 'bad' };

function Row({ row }: { row: TransferRow }): ComponentChild {
  const { state, doneBytes, totalBytes, note } = row.view.value;
  const what = row.kind === 'upload' ? 'Upload' : 'Download';
  const known = totalBytes > 0;
  const size = known && state !== 'done' ? `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}` : formatBytes(doneBytes || totalBytes);
  const moving = state === 'running' || state === 'paused';
  return h(
    'li',
    { class: 'transfer' },
    h(
      'div',
      { class: 'bar head' },
      h(
        'span',
        { class: 'name', title: `${row.name} → ${row.to}` },
        h('span', { class: 'way', 'aria-hidden': 'true' }, row.kind === 'upload' ? '↑' : '↓'),
        h('span', { class: 'unseen' }, `${what} `),
        row.name,
      ),
      h('span', { class: `badge ${looks[state] ?? 'plain'}` }, words[state]),
    ),
    moving && h('progress', { 'aria-label': `${what} of ${row.name}`, ...(known && { max: totalBytes, value: doneBytes }) }),
    h(
      'div',
      { class: 'bar' },
      h('span', { class: 'note' }, [Number.isNaN(doneBytes || totalBytes) ? '' : size, note].filter(Boolean).join(' · ')),
      ...Object.entries(row.actions.value).map(([name, act]) =>
        h('button', { type: 'button', key: name, 'aria-label': `${name}: ${row.name}`, onClick: act }, name),
      ),
    ),
  );
}

function Pending({ upload, uploads, target }: TransfersProps & { upload: PendingUpload }): ComponentChild {
  const { url, key, fingerprint, begun, source } = upload;
  const here = target.value?.store.url === url ? target.value : undefined;
  const again = async (): Promise<void> => {
    const file = await pickAgain();
    if (file && here) await uploads.resume(upload, here, file);
  };
  const button = (name: string, act: () => void): ComponentChild =>
    h('button', { type: 'button', 'aria-label': `${name}: ${key}`, onClick: act }, name);
  return h(
    'li',
    { class: 'transfer' },
    h(
      'div',
      { class: 'bar head' },
      h('span', { class: 'name', title: `${url}/${key}` }, key),
      h('span', { class: 'badge plain' }, 'interrupted'),
    ),
    h(
      'div',
      { class: 'bar' },
      h('span', { class: 'note' }, `${formatBytes(fingerprint.sizeBytes)}, begun ${formatDate(begun)}, to ${url}`),
      here
        ? h(
            Fragment,
            null,
            source.kind !== 'repick' && button('Resume', () => void uploads.resume(upload, here)),
            button('Choose the file again', () => void again()),
            button('Give it up', () => void uploads.abandon(upload, here.store)),
          )
        : h('span', { class: 'note' }, 'Connect to this bucket to go on.'),
    ),
  );
}

/** What there is, in one sentence. */
function Summary({ uploads, downloads }: TransfersProps): ComponentChild {
  const rows = [...uploads.rows.value, ...downloads.rows.value];
  const of = (wanted: TransferState): number => rows.filter(({ view }) => view.value.state === wanted).length;
  const waiting = uploads.waiting.value;
  const parts = (Object.keys(words) as TransferState[]).map((state) => of(state) > 0 && `${of(state)} ${words[state]}`);
  const text = [...parts, waiting > 0 && `${count(waiting, 'file')} waiting`].filter(Boolean).join(', ');
  return h('p', { class: 'note', role: 'status' }, text);
}

/** Thousands of files that are there already have a row each: that many are drawn, the latest first. */
const rowsAtATime = 200;

/** The panel; nothing where there is nothing to tell. */
export function Transfers(props: TransfersProps): ComponentChild {
  const { uploads, downloads } = props;
  const most = useSignal(rowsAtATime);
  const rows = [...uploads.rows.value, ...downloads.rows.value].reverse();
  const hidden = rows.length - most.value;
  const pending = uploads.pending.value;
  const waits = uploads.waiting.value;
  if (rows.length + pending.length + waits === 0) return null;
  return h(
    'section',
    { class: 'card transfers', 'aria-label': 'Transfers' },
    h('div', { class: 'bar head' }, h('h2', null, 'Transfers'), h(Summary, props)),
    h('ul', null, ...rows.slice(0, most.value).map((row) => h(Row, { key: row.id, row }))),
    hidden > 0 &&
      h(
        'button',
        { type: 'button', class: 'link', onClick: () => (most.value += rowsAtATime) },
        `Show more: ${count(hidden, 'earlier one')}`,
      ),
    pending.length > 0 &&
      h(
        Fragment,
        null,
        h('h3', { class: 'plain' }, 'Uploads that did not end'),
        h('ul', null, ...pending.map((upload) => h(Pending, { key: upload.id, upload, ...props }))),
      ),
  );
}
