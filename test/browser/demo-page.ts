/**
 * The demo page in a page of the tests: its root element, under the policy that `npm start` serves it with.
 *
 * @module
 */
import { env } from '../env.ts';
import { ok, skip } from '../harness.ts';

const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' http: https:; worker-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'none'";
/** What was against the policy, since it is in force. */
export const violations: string[] = [];

/** Put the policy in force for the rest of this page's life, and watch it. */
function bePolicied(): void {
  document.addEventListener('securitypolicyviolation', (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = policy;
  document.head.append(meta);
}

/** The page's style sheet: without it nothing scrolls. */
async function beStyled(): Promise<void> {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = '/src/demo/styles.css';
  const loaded = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => reject(new Error('no style sheet'));
  });
  document.head.append(link);
  await loaded;
}

let prepared: Promise<void> | undefined;

/** Elements, policy and style sheet, once. They are imported here, since no worker could. */
export async function elements(): Promise<void> {
  if (env().worker) skip('a worker has no document');
  prepared ??= (async () => {
    bePolicied();
    (await import('../../src/demo/elements.ts')).defineElements();
    await beStyled();
  })();
  await prepared;
}

/** What a test does in the page. */
export interface Mounted {
  root: HTMLElement;
  one(selector: string): HTMLElement;
  until<T>(what: string, find: () => T): Promise<NonNullable<T>>;
  /** Fill the form and send it. */
  connect(values: Record<string, string>, access?: string): Promise<void>;
  /** Click on the row of the listing that has this name. */
  choose(name: string): Promise<void>;
  facts(): Record<string, string>;
}

/** Waits, for at most ten seconds. */
export async function until<T>(what: string, find: () => T): Promise<NonNullable<T>> {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = find();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => void setTimeout(resolve, 10));
  }
}

/** The pairs of a definition list. */
export const pairs = (list: Element | null): Record<string, string> =>
  Object.fromEntries([...(list?.children ?? [])].map(({ children }) => [children[0]?.textContent ?? '', children[1]?.textContent ?? '']));

/** The page's root in this page, for as long as `use` takes. */
export async function withPage(use: (page: Mounted) => Promise<void>): Promise<void> {
  await elements();
  const root = document.createElement('anyfile-demo');
  root.setAttribute('hdf5-worker', (await import('./demo-worker.ts')).hdf5WorkerScript);
  document.body.append(root);
  const all = (selector: string): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(selector)];
  const one = (selector: string): HTMLElement => {
    const found = root.querySelector<HTMLElement>(selector);
    ok(found, `an element ${selector}`);
    return found;
  };
  const page: Mounted = {
    root,
    one,
    until,
    async connect(values, access) {
      const type = (name: string, value: string): void => {
        const field = one(`[name=${name}]`) as HTMLInputElement;
        field.value = value;
        field.dispatchEvent(new Event('input', { bubbles: true }));
      };
      type('url', values['url'] ?? '');
      if (access) one(`[name=access][value=${access}]`).click();
      for (const [name, value] of Object.entries(values)) type(name, value);
      one('anyfile-connect button[type=submit]').click();
    },
    async choose(name) {
      const row = await until(`a row ${name}`, () =>
        all('anyfile-listing .grid-body [role=row]').find((line) => line.querySelector('.name')?.textContent === name),
      );
      row.click();
    },
    facts: () => pairs(root.querySelector('anyfile-viewer .facts')),
  };
  try {
    await use(page);
  } finally {
    root.remove();
  }
}
