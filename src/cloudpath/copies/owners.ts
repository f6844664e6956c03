/**
 * Whose edits are not uploaded yet: to another path, client or process they are just a copy that was changed.
 *
 * @module
 */
import type { CloudObject } from './types.ts';

interface Edits {
  /** Handles that can write and are open. */
  readonly open: Set<object>;
  /** A handle was closed and its bytes could not be uploaded. */
  unsaved: boolean;
}

/** Edits by the object that they belong to. */
export class Owners {
  readonly #edits: WeakMap<object, Edits> = new WeakMap<object, Edits>();

  #of(object: CloudObject): Edits {
    const owner = object.owner ?? object;
    let edits = this.#edits.get(owner);
    if (!edits) this.#edits.set(owner, (edits = { open: new Set(), unsaved: false }));
    return edits;
  }

  /** A handle was opened. @returns tells that it was closed */
  opened(object: CloudObject): () => void {
    const { open } = this.#of(object);
    const handle = {};
    open.add(handle);
    return () => void open.delete(handle);
  }

  /** What was written could not be uploaded. */
  keeps(object: CloudObject): void {
    this.#of(object).unsaved = true;
  }

  /** What there was is in the cloud, or thrown away. */
  saved(object: CloudObject): void {
    this.#of(object).unsaved = false;
  }

  /** What the handles that are still open write is nobody's concern any more: they find out when they are closed. */
  forget(object: CloudObject): void {
    const edits = this.#of(object);
    edits.unsaved = false;
    edits.open.clear();
  }

  isWriting(object: CloudObject): boolean {
    return this.#of(object).open.size > 0;
  }

  isUnsaved(object: CloudObject): boolean {
    return this.#of(object).unsaved;
  }
}
