/**
 * One transfer as the page shows it: what moves, how far it is, and what a person can do about it.
 *
 * @module
 */
import { signal, type Signal } from '@preact/signals';
import { isCloudError } from '../../index.ts';
import { adviceFor } from '../advice.ts';

/** What becomes of it. `there`: something of its name is stored already, and nothing was sent. */
export type TransferState = 'running' | 'paused' | 'done' | 'failed' | 'there' | 'stopped';

/** What changes. Sizes in bytes; `NaN` where a total is not known. */
export interface TransferView {
  readonly state: TransferState;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** A sentence, where there is something to say. */
  readonly note: string;
}

/** What a person can do with it now, by the button's text. */
export type Actions = Partial<Record<'Pause' | 'Resume' | 'Stop' | 'Replace it' | 'Try again', () => void>>;

/** One row of the panel. */
export interface TransferRow {
  readonly id: number;
  readonly kind: 'upload' | 'download';
  /** The file's path, below the folder that was chosen. */
  readonly name: string;
  /** Where it goes, without a secret. */
  readonly to: string;
  readonly view: Signal<TransferView>;
  readonly actions: Signal<Actions>;
}

let ids = 0;

/** A row that runs. */
export function makeRow(kind: TransferRow['kind'], name: string, to: string): TransferRow {
  const view = signal<TransferView>({ state: 'running', doneBytes: 0, totalBytes: Number.NaN, note: '' });
  return { id: ++ids, kind, name, to, view, actions: signal<Actions>({}) };
}

/** Change some of what is shown. */
export function update({ view }: TransferRow, change: Partial<TransferView>): void {
  view.value = { ...view.value, ...change };
}

/** Why something failed, in a sentence; its code behind it, for who looks for it. */
export function reasonOf(error: unknown): string {
  const { title } = adviceFor(error, { protocol: undefined, origin: location.origin });
  if (!isCloudError(error)) return error instanceof Error ? error.message : title;
  return `${title}: ${error.message} (${error.code})`;
}

/** Whether a person ended it by an action of the page, or in a dialog of the browser. */
export const isAbort = (error: unknown): boolean => (error as { name?: string } | null)?.name === 'AbortError';
