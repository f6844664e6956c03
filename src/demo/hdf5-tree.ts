/**
 * `<anyfile-hdf5-tree>`: groups and what is in them, read where they are unfolded. A tree as WAI-ARIA's pattern has it: arrows go through it,
 * right unfolds, left folds, Enter chooses.
 *
 * @module
 */
import { Hdf5Error } from '../worker.ts';
import type { ArrayFile, ArrayItem } from './array-file.ts';
import { h, newId } from './dom.ts';
import { count, formatNumber } from './format.ts';

/** What is looked at together; more when it is asked for. */
const batch = 100;

/** What is at a path; `undefined` when it cannot be read. */
type Found = ArrayItem | undefined;

/** An element of the tree and what it stands for. */
interface Node {
  readonly line: HTMLElement;
  /** What the line and, of a group, its list stand in. */
  readonly place: HTMLElement;
  readonly parent: Node | undefined;
  /** Chosen by a click or Enter. */
  act(): void;
  /** Groups only. */
  unfold?(is: boolean): Promise<void>;
}

/** A shape in a few letters; nothing for what has no values. */
export const shapeText = (shape: readonly number[] | null): string =>
  shape === null ? 'empty' : shape.length === 0 ? 'one value' : shape.map((extent) => formatNumber(extent)).join(' × ');

function aboutOf(item: Found): string {
  if (!item) return 'cannot be read';
  switch (item.kind) {
    case 'dataset':
      return `${item.dtype} ${shapeText(item.shape)}`;
    case 'datatype':
      return `type ${item.dtype}`;
    case 'link':
      return `→ ${item.file === undefined ? '' : `${item.file}:`}${item.target}`;
    case 'group':
      return '';
  }
}

/** The element. */
export class Hdf5Tree extends HTMLElement {
  /** An object was chosen. */
  onChoose: ((item: ArrayItem) => void) | undefined;
  /** A group could not be read. */
  onFail: ((error: unknown) => void) | undefined;
  /** Something was read. */
  onRead: ((what: string) => void) | undefined;
  private readonly root: HTMLElement = h('ul', { role: 'tree', 'aria-label': 'Objects in the file' });
  private readonly nodes: WeakMap<Element, Node> = new WeakMap<Element, Node>();
  private file: ArrayFile | undefined;
  private stop: AbortController = new AbortController();

  connectedCallback(): void {
    if (this.firstChild) return;
    this.root.onkeydown = (event) => this.key(event);
    this.append(this.root);
  }

  disconnectedCallback(): void {
    this.close();
  }

  /** End what is under way. */
  close(): void {
    this.stop.abort();
    this.file = undefined;
    this.root.replaceChildren();
  }

  /** Show a file, its root unfolded and chosen. */
  async show(file: ArrayFile): Promise<void> {
    this.close();
    this.stop = new AbortController();
    this.file = file;
    const root = await file.group('/', { signal: this.stop.signal });
    const node = this.add(this.root, undefined, '/', root);
    node.line.tabIndex = 0;
    await node.unfold?.(true);
    this.choose(node, root);
  }

  private add(list: HTMLElement, parent: Node | undefined, name: string, item: Found): Node {
    const about = aboutOf(item);
    const isGroup = item?.kind === 'group';
    const level = 1 + Number(parent?.line.getAttribute('aria-level') ?? 0);
    const line = h(
      'div',
      {
        role: 'treeitem',
        class: 'tree-row',
        tabindex: -1,
        'aria-level': level,
        'aria-expanded': isGroup ? 'false' : undefined,
        'aria-selected': 'false',
        title: item?.kind === 'link' ? about : (item?.path ?? name),
      },
      h('span', { class: 'tree-name' }, name),
      item && h('span', { class: 'unseen' }, ` ${item.kind} `),
      about && h('span', { class: 'tree-about' }, about),
    );
    const place = h('li', { role: 'none' }, line);
    const node: Node = { line, place, parent, act: () => item && this.choose(node, item) };
    if (isGroup) {
      const children = h('ul', { role: 'group', id: newId(), hidden: true });
      let filled: Promise<boolean> | undefined;
      line.setAttribute('aria-owns', children.id);
      place.append(children);
      node.unfold = async (is) => {
        line.setAttribute('aria-expanded', String(is));
        children.hidden = !is;
        if (!is) return;
        filled ??= this.fillGroup(children, node, item.path);
        // what failed can be tried again
        if (!(await filled)) filled = undefined;
      };
    }
    line.onclick = () => {
      this.focusOn(node);
      if (isGroup && parent) void node.unfold?.(line.getAttribute('aria-expanded') !== 'true');
      node.act();
    };
    this.nodes.set(line, node);
    list.append(place);
    return node;
  }

  /** @returns whether the group shows what is in it */
  private async fillGroup(list: HTMLElement, node: Node, path: string): Promise<boolean> {
    const { file } = this;
    const { signal } = this.stop;
    if (!file) return false;
    node.line.setAttribute('aria-busy', 'true');
    try {
      const names = await file.keys(path, { signal });
      await this.grow(list, node, path, names);
      this.onRead?.(`names of ${path}`);
      return true;
    } catch (error) {
      if (!signal.aborted) this.onFail?.(error);
      return false;
    } finally {
      node.line.removeAttribute('aria-busy');
    }
  }

  /** The next objects of a group, and a line for the rest. */
  private async grow(list: HTMLElement, parent: Node, path: string, names: readonly string[]): Promise<void> {
    const { file } = this;
    const { signal } = this.stop;
    if (!file) return;
    const some = names.slice(0, batch);
    const front = path === '/' ? '' : path;
    const items = await Promise.all(
      some.map(async (name): Promise<Found> => {
        try {
          const item = await file.get(`${front}/${name}`, { signal });
          return !item || item.kind === 'unreadable' ? undefined : item;
        } catch (error) {
          if (!(error instanceof Hdf5Error)) throw error;
          return undefined;
        }
      }),
    );
    if (signal.aborted) return;
    for (const [i, name] of some.entries()) this.add(list, parent, name, items[i]);
    const rest = names.slice(batch);
    if (rest.length === 0) return;
    const more = this.add(
      list,
      parent,
      `${count(Math.min(batch, rest.length), 'more object')} of ${count(rest.length, 'object')} …`,
      undefined,
    );
    more.line.querySelector('.tree-about')?.remove();
    more.line.classList.add('tree-more');
    more.act = () => {
      const before = more.place.previousElementSibling;
      more.place.remove();
      void this.growOn(list, parent, path, rest, before);
    };
  }

  /** The same, on demand; the first that is new gets the focus. */
  private async growOn(list: HTMLElement, parent: Node, path: string, rest: readonly string[], before: Element | null): Promise<void> {
    const { signal } = this.stop;
    try {
      await this.grow(list, parent, path, rest);
      const next = before?.nextElementSibling?.querySelector('[role=treeitem]');
      if (next) this.focusOn(this.nodes.get(next)!);
      this.onRead?.(`more of ${path}`);
    } catch (error) {
      if (!signal.aborted) this.onFail?.(error);
    }
  }

  private choose(node: Node, item: ArrayItem): void {
    for (const one of this.root.querySelectorAll('[aria-selected=true]')) one.setAttribute('aria-selected', 'false');
    node.line.setAttribute('aria-selected', 'true');
    this.onChoose?.(item);
  }

  private focusOn({ line }: Node): void {
    for (const one of this.root.querySelectorAll<HTMLElement>('[tabindex="0"]')) one.tabIndex = -1;
    line.tabIndex = 0;
    line.focus();
  }

  private key(event: KeyboardEvent): void {
    const line = (event.target as Element).closest('[role=treeitem]');
    const node = line && this.nodes.get(line);
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const seen = [...this.root.querySelectorAll<HTMLElement>('[role=treeitem]')].filter((one) => !one.parentElement?.closest('[hidden]'));
    const at = seen.indexOf(node.line);
    const to = (i: number): void => {
      const next = seen[Math.min(seen.length - 1, Math.max(0, i))];
      if (next) this.focusOn(this.nodes.get(next)!);
    };
    const isOpen = node.line.getAttribute('aria-expanded') === 'true';
    const keys: Record<string, () => void> = {
      ArrowDown: () => to(at + 1),
      ArrowUp: () => to(at - 1),
      Home: () => to(0),
      End: () => to(seen.length - 1),
      ArrowRight: () => (node.unfold && !isOpen ? void node.unfold(true) : to(node.unfold ? at + 1 : at)),
      ArrowLeft: () => (node.unfold && isOpen ? void node.unfold(false) : node.parent && this.focusOn(node.parent)),
      Enter: () => node.act(),
      ' ': () => node.act(),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
