/**
 * A dialog in which tags, labels and the time of a datafile are changed and stored.
 *
 * @module
 */
import { signal, type Signal } from '@preact/signals';
import { h, render, type ComponentChild } from 'preact';
import { hasStoredMetadata, type Datafile } from '../../index.ts';
import { h as element, newId } from '../dom.ts';
import { reasonOf } from '../transfers/row.ts';
import { draftOf, wantedOf, type Draft, type DraftTag } from './draft.ts';

interface FormProps {
  readonly datafile: Datafile;
  readonly draft: Signal<Draft>;
  readonly trouble: Signal<string>;
  readonly busy: Signal<boolean>;
  readonly titleId: string;
  save(): void;
  cancel(): void;
}

const valueOfEvent = (event: Event): string => (event.currentTarget as HTMLInputElement).value;

function Field({
  label,
  hint,
  value,
  onInput,
}: {
  label: string;
  hint: string;
  value: string;
  onInput(text: string): void;
}): ComponentChild {
  const id = `meta-${label.toLowerCase()}`;
  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label),
    h('input', {
      id,
      value,
      autocomplete: 'off',
      spellcheck: false,
      'aria-describedby': `${id}-hint`,
      onInput: (event: Event) => onInput(valueOfEvent(event)),
    }),
    h('small', { id: `${id}-hint` }, hint),
  );
}

function TagLine({ tag, index, draft }: { tag: DraftTag; index: number; draft: Signal<Draft> }): ComponentChild {
  const change = (next: Partial<DraftTag> | undefined): void => {
    const tags = [...draft.value.tags];
    tags.splice(index, 1, ...(next ? [{ ...tag, ...next }] : []));
    draft.value = { ...draft.value, tags };
  };
  const what = tag.name || `tag ${index + 1}`;
  return h(
    'li',
    null,
    h('input', {
      value: tag.name,
      placeholder: 'name',
      'aria-label': `Name of tag ${index + 1}`,
      autocomplete: 'off',
      onInput: (event: Event) => change({ name: valueOfEvent(event) }),
    }),
    h('input', {
      value: tag.text,
      placeholder: 'value',
      'aria-label': `Value of ${what}`,
      autocomplete: 'off',
      onInput: (event: Event) => change({ text: valueOfEvent(event) }),
    }),
    h('button', { type: 'button', 'aria-label': `Remove ${what}`, onClick: () => change(undefined) }, '✕'),
  );
}

function Form({ datafile, draft, trouble, busy, titleId, save, cancel }: FormProps): ComponentChild {
  const { labels, tags, timestamp } = draft.value;
  const set = (change: Partial<Draft>): void => void (draft.value = { ...draft.value, ...change });
  const submit = (event: Event): void => {
    event.preventDefault();
    save();
  };
  return h(
    'form',
    { onSubmit: submit, 'aria-busy': busy.value },
    h('h2', { id: titleId }, `Tags and labels of ${datafile.name}`),
    !hasStoredMetadata(datafile) &&
      h('p', { class: 'note' }, 'This file has no metadata yet: it gets an id of its own when they are stored.'),
    h(Field, { label: 'Labels', hint: 'lower-case words, between commas', value: labels, onInput: (text) => set({ labels: text }) }),
    h(
      'fieldset',
      { class: 'tags' },
      h('legend', null, 'Tags'),
      h('ul', null, ...tags.map((tag, index) => h(TagLine, { key: index, tag, index, draft }))),
      h('button', { type: 'button', onClick: () => set({ tags: [...tags, { name: '', text: '' }] }) }, 'Add a tag'),
      h('small', null, ' A value is a text, or JSON: 12, 0.5, true, "12", [1, 2]'),
    ),
    h(Field, {
      label: 'Timestamp',
      hint: 'such as 2026-01-05T12:00:00+00:00; empty for none',
      value: timestamp,
      onInput: (text) => set({ timestamp: text }),
    }),
    h('p', { role: 'alert', class: 'bad-text' }, trouble.value),
    h(
      'div',
      { class: 'bar' },
      h('button', { type: 'submit', class: 'primary', disabled: busy.value }, 'Store'),
      h('button', { type: 'button', onClick: cancel }, 'Cancel'),
    ),
  );
}

/**
 * Let a person change a datafile's metadata.
 *
 * @returns whether they were stored; the datafile is as it was when they were not
 */
export function editMetadata(datafile: Datafile): Promise<boolean> {
  const titleId = newId();
  const dialog = element('dialog', { class: 'card', 'aria-labelledby': titleId });
  const before = { labels: [...datafile.labels], tags: { ...datafile.tags }, timestamp: datafile.timestamp };
  const trouble = signal('');
  const busy = signal(false);
  const draft = signal(draftOf(datafile));
  const stop = new AbortController();
  return new Promise((resolve) => {
    let stored = false;
    dialog.onclose = () => {
      stop.abort(new DOMException('the dialog was closed', 'AbortError'));
      render(null, dialog);
      dialog.remove();
      resolve(stored);
    };
    const save = async (): Promise<void> => {
      if (busy.value) return;
      busy.value = true;
      trouble.value = '';
      try {
        Object.assign(datafile, wantedOf(draft.value));
        await datafile.updateMetadata({ signal: stop.signal });
        stored = true;
        dialog.close();
      } catch (error) {
        Object.assign(datafile, before);
        trouble.value = error instanceof TypeError ? error.message : reasonOf(error);
      }
      busy.value = false;
    };
    document.body.append(dialog);
    render(h(Form, { datafile, draft, trouble, busy, titleId, save: () => void save(), cancel: () => dialog.close() }), dialog);
    dialog.showModal();
  });
}
