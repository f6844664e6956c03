/**
 * `<anyfile-view>`: the place of a view whose code comes with its first use. The view lives as long as the element is in the page.
 *
 * @module
 */
import { fill, h } from '../dom.ts';
import type { Mounted, ViewOptions } from './types.ts';

/** What shows a view. */
export type Mount = (host: HTMLElement, options: ViewOptions) => Promise<Mounted>;

/** The element. {@link viewElement} makes it. */
class ViewHost extends HTMLElement {
  mount: Mount | undefined;
  label = '';
  onFail: (error: unknown) => void = () => {};
  #life = 0;
  #mounted: Mounted | undefined;

  connectedCallback(): void {
    void this.#show(++this.#life);
  }

  disconnectedCallback(): void {
    this.#life++;
    this.#mounted?.close();
    this.#mounted = undefined;
  }

  async #show(life: number): Promise<void> {
    const host = h('div');
    const bar = h('progress', { 'aria-label': `Reading ${this.label}` });
    fill(this, bar, host);
    const options: ViewOptions = {
      onFail: (error) => {
        if (life === this.#life) this.onFail(error);
      },
    };
    try {
      const mounted = await this.mount?.(host, options);
      if (life !== this.#life) return mounted?.close();
      this.#mounted = mounted;
      bar.remove();
    } catch (error) {
      if (life !== this.#life) return;
      fill(this, h('p', { class: 'note' }, 'This could not be shown.'));
      this.onFail(error);
    }
  }
}

/**
 * Make the place of a view.
 *
 * @param label what is shown, while it is on its way
 * @param onFail is told what went wrong, also before anything was shown
 */
export function viewElement(label: string, mount: Mount, onFail: (error: unknown) => void): HTMLElement {
  if (!customElements.get('anyfile-view')) customElements.define('anyfile-view', ViewHost);
  const element = document.createElement('anyfile-view') as ViewHost;
  Object.assign(element, { label, mount, onFail });
  return element;
}
