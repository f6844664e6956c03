/**
 * What is wrong with a place, looked at from this page: a list of checks, each with what to do, and configuration to paste.
 *
 * @module
 */
import { h, render, type ComponentChild } from 'preact';
import { redactUrl, type Client, type DiagnosisCheck, type Snippet } from '../../index.ts';
import { newId } from '../dom.ts';
import type { Mounted, ViewOptions } from '../views/types.ts';
import { checkTitles, summaryOf, verdictOf } from './check-words.ts';

/** What is looked at. */
export interface DoctorSource {
  /** With the credentials that are in question. It is not closed. */
  readonly client: Client;
  readonly url: string;
}

/** What a panel may be told beside that. */
export interface DoctorOptions extends ViewOptions {
  /** The panel is to be put away. */
  onClose(): void;
}

/**
 * Look at a place and show what was found.
 *
 * @returns once a first look was had
 */
export async function mountDoctor(host: HTMLElement, { client, url }: DoctorSource, { onFail, onClose }: DoctorOptions): Promise<Mounted> {
  let stop = new AbortController();
  let checks: readonly DiagnosisCheck[] | undefined;
  let write = false;
  /** The snippet that was copied last, and how that went. */
  let copied: { snippet: Snippet; how: string } | undefined;

  const look = async (): Promise<void> => {
    stop.abort();
    const { signal } = (stop = new AbortController());
    checks = undefined;
    copied = undefined;
    draw();
    try {
      checks = await client.diagnose(url, { write, signal });
    } catch (error) {
      if (signal.aborted) return;
      checks = [];
      onFail(error);
    }
    if (!signal.aborted) draw();
  };
  const copy = async (snippet: Snippet, id: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(snippet.text);
      copied = { snippet, how: 'Copied.' };
    } catch {
      // no clipboard for pages without TLS, and where the user forbids it
      const text = host.querySelector(`#${id}`);
      if (text) getSelection()?.selectAllChildren(text);
      copied = { snippet, how: 'It is selected: copy it with the keyboard.' };
    }
    draw();
  };
  const pasted = (snippet: Snippet, id: string): ComponentChild =>
    h(
      'figure',
      { class: 'snippet' },
      h('figcaption', null, snippet.label),
      h('pre', { id, tabIndex: 0, 'aria-label': snippet.label }, snippet.text),
      h(
        'div',
        { class: 'bar' },
        h('button', { type: 'button', class: 'primary', onClick: () => void copy(snippet, id) }, 'Copy'),
        h('span', { class: 'note', role: 'status' }, copied?.snippet === snippet ? copied.how : ''),
      ),
    );
  const ids = new Map<string, string>();
  const idOf = (name: string): string => {
    if (!ids.has(name)) ids.set(name, newId());
    return ids.get(name)!;
  };
  const line = (check: DiagnosisCheck): ComponentChild => {
    const { name, what, fix, snippet } = check;
    const { word, look: kind } = verdictOf(check);
    return h(
      'li',
      { key: name, class: `check ${kind}`, 'data-check': name },
      h('div', { class: 'check-head' }, h('h3', null, checkTitles[name]), h('span', { class: `badge ${kind}` }, word)),
      h('p', null, what),
      fix && h('p', { class: 'fix' }, h('strong', null, 'What to do: '), fix),
      snippet && pasted(snippet, idOf(name)),
    );
  };
  const draw = (): void =>
    render(
      [
        h(
          'div',
          { class: 'bar head' },
          h('h2', { tabIndex: -1, class: 'name' }, `Doctor: ${redactUrl(url)}`),
          h('button', { type: 'button', class: 'quiet', onClick: onClose }, 'Close'),
        ),
        h('p', { role: 'status' }, checks ? summaryOf(checks) : 'Looking at the URL, the connection, credentials, rights and CORS…'),
        !checks && h('progress', { 'aria-label': 'Looking' }),
        checks && checks.length > 0 && h('ol', { class: 'checks' }, checks.map(line)),
        h(
          'div',
          { class: 'bar' },
          h('button', { type: 'button', class: 'quiet', disabled: !checks, onClick: () => void look() }, 'Look again'),
          h(
            'label',
            null,
            h('input', {
              type: 'checkbox',
              name: 'probe',
              checked: write,
              onChange: ({ currentTarget }: Event) => {
                write = (currentTarget as HTMLInputElement).checked;
              },
            }),
            ' also write a small file, read it and delete it',
          ),
        ),
      ],
      host,
    );
  await look();
  return {
    close() {
      stop.abort();
      render(null, host);
    },
  };
}
