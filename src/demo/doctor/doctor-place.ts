/**
 * Where the doctor's panel stands, and what it examines: what was last connected to, or could not be.
 *
 * @module
 */
import { connect, type ConnectValues } from '../connection.ts';
import { fill, h } from '../dom.ts';
import type { Mounted } from '../views/types.ts';

/** The place. */
export class DoctorPlace {
  readonly element: HTMLElement = h('section', { class: 'card doctor', hidden: true, 'aria-label': 'Doctor' });
  /** Opens the panel. */
  readonly button: HTMLElement = h('button', { type: 'button', class: 'link', hidden: true, onclick: () => void this.open() }, 'Doctor');
  readonly #onFail: (error: unknown) => void;
  /** Held in memory as long as its connection would be. */
  #patient: ConnectValues | undefined;
  #mounted: Mounted | undefined;

  /** @param onFail is told of what is no finding */
  constructor(onFail: (error: unknown) => void) {
    this.#onFail = onFail;
  }

  /** Whether there is something to examine. */
  get hasPatient(): boolean {
    return this.#patient !== undefined;
  }

  /** Say what is examined when it is asked for; `undefined` forgets it and its keys, and closes the panel. */
  take(patient: ConnectValues | undefined): void {
    this.close();
    this.#patient = patient;
    this.button.hidden = patient === undefined;
  }

  /** Look at it with a client of its own; resolves when a first look was had, or has failed. */
  async open(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      this.#onFail(error);
    }
  }

  async #open(): Promise<void> {
    this.close();
    const patient = this.#patient;
    if (!patient) return;
    const { mountDoctor } = await import('./doctor-panel.ts');
    if (patient !== this.#patient || this.#mounted) return;
    const { client } = connect(patient, () => {});
    const host = h('div');
    fill(this.element, host);
    this.element.hidden = false;
    const open: Mounted[] = [{ close: () => void client.close() }];
    const place: Mounted = {
      close() {
        for (const one of open.splice(0).reverse()) one.close();
      },
    };
    this.#mounted = place;
    const options = {
      onFail: (error: unknown) => this.#mounted === place && this.#onFail(error),
      onClose: () => this.close(),
    };
    const panel = await mountDoctor(host, { client, url: patient.url.trim() }, options);
    if (this.#mounted !== place) return panel.close();
    open.push(panel);
    host.querySelector('h2')?.focus();
  }

  /** Put the panel away. */
  close(): void {
    this.#mounted?.close();
    this.#mounted = undefined;
    this.element.hidden = true;
    fill(this.element);
  }
}
