/**
 * `<anyfile-demo>`: the page's root: connect, list, open. With `offer="demo.json"` it offers what `npm start` runs.
 *
 * @module
 */
import { isCloudError, redactUrl, type ObjectInfo, type ObjectStore } from '../index.ts';
import { adviceFor, detailsOf } from './advice.ts';
import { CachePanel } from './cache-panel.ts';
import { ConnectForm } from './connect-form.ts';
import { connect, shownKey, urlOf, type Connection, type ConnectValues } from './connection.ts';
import type { DatasetPane } from './dataset.ts';
import { fill, h, newId } from './dom.ts';
import { baseName } from './format.ts';
import { Grid } from './grid.ts';
import type { Hdf5Pane } from './hdf5.ts';
import { Hex } from './hex.ts';
import { Listing } from './listing.ts';
import { Meter } from './meter.ts';
import { offerCard, type Offer } from './offer.ts';
import { Viewer, type Fact } from './viewer.ts';
import { isHdf5Name } from './views.ts';

/** The element. */
export class Demo extends HTMLElement {
  private form!: ConnectForm;
  private listing!: Listing;
  private viewer!: Viewer;
  private meter!: Meter;
  private cache!: CachePanel;
  /** Comes with its code when it is first asked for. */
  private table: DatasetPane | undefined;
  /** The same. */
  private hdf5: Hdf5Pane | undefined;
  private connection: Connection | undefined;
  private verified = 0;
  /** Something of this connection was shown. */
  private arrived = false;
  private readonly said: HTMLElement = h('p', { role: 'status', 'aria-live': 'polite' });
  private readonly leave: HTMLElement = h(
    'button',
    { type: 'button', class: 'link', hidden: true, onclick: () => void this.end() },
    'Disconnect',
  );
  private readonly trouble: HTMLElement = h('div', { role: 'alert' });
  private readonly offered: HTMLElement = h('div');
  private readonly panes: HTMLElement = h('div', { class: 'panes', hidden: true });
  private readonly fold: HTMLDetailsElement = h('details', { class: 'card', open: true });

  connectedCallback(): void {
    if (this.form) return;
    this.form = new ConnectForm();
    this.listing = new Listing();
    this.viewer = new Viewer();
    this.meter = new Meter();
    this.cache = new CachePanel();
    this.form.onConnect = (values) => void this.connect(values);
    this.listing.onFile = (info) => void this.open(info);
    this.listing.onFolder = (prefix) => void this.list(prefix);
    this.listing.onDataset = (prefix) => void this.showDataset(prefix);
    this.listing.onFail = (error) => this.fail(error);
    this.viewer.onFail = (error) => this.fail(error);
    this.viewer.onSay = (text) => {
      this.say(text);
      this.cache.refresh();
    };
    this.cache.onFail = (error) => this.fail(error);
    this.panes.addEventListener('anyfile-read', () => this.cache.refresh());
    this.viewer.onClose = () => this.putAway();
    this.viewer.onVerified = () => {
      this.verified++;
      this.count();
    };
    this.listing.classList.add('card');
    this.viewer.classList.add('card');
    this.meter.classList.add('card');
    this.cache.classList.add('card');
    this.cache.hidden = true;
    this.panes.append(this.listing, this.viewer);
    this.fold.append(h('summary', {}, h('h2', {}, 'Connect')), this.form, this.localField());
    this.append(
      this.offered,
      this.fold,
      h('div', { class: 'bar status' }, this.said, this.leave),
      this.trouble,
      this.panes,
      this.cache,
      this.meter,
    );
    const offer = this.getAttribute('offer');
    if (offer) void this.loadOffer(offer);
  }

  disconnectedCallback(): void {
    void this.disconnect();
  }

  /** Connect and show what the URL names, a folder also as a dataset; resolves when it is shown, or has failed. */
  async connect(values: ConnectValues, { asDataset = false }: { asDataset?: boolean } = {}): Promise<void> {
    await this.disconnect();
    this.say('Connecting…');
    let connection: Connection;
    try {
      connection = connect(values, (event) => {
        // a client that was left may still have its say
        if (this.connection !== connection) return;
        this.meter.add(event);
        this.count();
        this.cache.refresh();
      });
    } catch (error) {
      this.fail(error);
      return;
    }
    this.connection = connection;
    const { start, store } = connection;
    try {
      const asFolder = start === '' || start.endsWith('/');
      const info = asFolder ? null : await infoOf(store, start);
      if (this.connection !== connection) return;
      this.leave.hidden = false;
      this.panes.hidden = false;
      this.fold.open = false;
      this.classList.add('connected');
      const path = shownKey(connection, start);
      const folder = info ? path.replace(/[^/]*$/, '') : asFolder ? start : `${start}/`;
      this.cache.watch(connection);
      this.cache.within(folder);
      // most web servers do not list
      const lists = !info || !(connection.offline || connection.protocol.startsWith('http'));
      this.listing.hidden = !lists;
      this.panes.classList.toggle('single', !lists);
      if (asDataset && !info) await this.showDataset(folder);
      else if (lists) await this.list(folder);
      // the signed query of a web address is a part of its key
      if (info) await this.open({ ...info, key: start });
    } catch (error) {
      if (this.connection === connection) this.fail(error);
    }
  }

  /** Close the connection and forget its credentials. */
  async disconnect(): Promise<void> {
    const closed = this.close();
    this.verified = 0;
    this.meter.clear();
    fill(this.trouble);
    await closed;
  }

  /** The same, with its counters and its error left to be looked at. */
  private async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    this.arrived = false;
    this.listing.close();
    this.table?.close();
    this.viewer.close();
    this.hdf5?.close();
    this.cache.watch(undefined);
    this.panes.hidden = true;
    this.panes.classList.remove('opened', 'dataset', 'hdf5');
    this.leave.hidden = true;
    this.fold.open = true;
    this.classList.remove('connected');
    await connection?.client.close();
  }

  private async end(): Promise<void> {
    const stays = this.connection?.cached === 'lasting';
    await this.disconnect();
    this.say(`Disconnected; the keys are forgotten${stays ? ', what the cache kept stays until these keys clear it' : ''}`);
    this.form.querySelector('input')?.focus();
  }

  private async list(prefix: string): Promise<void> {
    const { connection } = this;
    if (!connection) return;
    fill(this.trouble);
    this.cache.within(prefix);
    this.table?.close();
    this.show('listing');
    this.say(`Listing ${connection.root}/${prefix}`.replace(/([^:/])\/\//, '$1/'));
    if (!(await this.listing.show(connection.store, connection.root, prefix)) || connection !== this.connection) return;
    this.arrived = true;
    this.say(`Connected to ${connection.root}`);
  }

  /** One of the two ways to look at a folder. */
  private show(what: 'listing' | 'dataset'): void {
    this.panes.classList.toggle('dataset', what === 'dataset');
    this.listing.hidden = what !== 'listing';
    if (this.table) this.table.hidden = what !== 'dataset';
  }

  private async showDataset(prefix: string): Promise<void> {
    const { connection } = this;
    if (!connection) return;
    fill(this.trouble);
    this.putAway();
    this.say('Opening the dataset: its files and their metadata…');
    const { makeDataset } = await import('./dataset.ts');
    if (connection !== this.connection) return;
    this.table ??= this.newDataset(makeDataset());
    this.table.onBack = () => void this.list(prefix);
    this.table.onFile = ({ datafile, name, facts }) => {
      const key = datafile.pathInBucket ?? prefix + name;
      void this.open({ key, sizeBytes: datafile.sizeBytes ?? Number.NaN, metadata: {} }, facts());
    };
    this.show('dataset');
    if (!(await this.table.open(connection, prefix)) || connection !== this.connection) return;
    this.arrived = true;
    this.say(`Connected to ${connection.root}`);
    this.table.querySelector('h2')?.focus();
  }

  private newDataset(pane: DatasetPane): DatasetPane {
    pane.classList.add('card');
    pane.onFail = (error) => this.fail(error);
    this.panes.prepend(pane);
    return pane;
  }

  private async open(info: ObjectInfo, more: readonly Fact[] = []): Promise<void> {
    const { connection } = this;
    if (!connection) return;
    fill(this.trouble);
    this.panes.classList.add('opened');
    const name = baseName(shownKey(connection, info.key));
    this.say(`Reading ${name}…`);
    if (isHdf5Name(name) && (await this.showHdf5(urlOf(connection, info.key), name, connection))) return;
    if (connection !== this.connection) return;
    const shown = await this.viewer.open(connection, info, false, more);
    // nothing to see: the list must not stay hidden behind it
    if (!this.viewer.firstChild) this.panes.classList.remove('opened');
    if (!shown || connection !== this.connection) return;
    this.arrived = true;
    this.viewer.querySelector('h2')?.focus();
  }

  /** A field for a file of this computer, which no store has anything to do with. */
  private localField(): HTMLElement {
    const input = h('input', { type: 'file', name: 'local', id: newId(), accept: '.h5,.hdf5,.hdf,.he5,.nc,.nc4,.nxs,.cxi,.h5ad,.loom' });
    input.onchange = () => {
      const [file] = input.files ?? [];
      input.value = '';
      if (file) void this.openLocal(file);
    };
    return h('div', { class: 'field local' }, h('label', { for: input.id }, 'Or look into an HDF5 file of this computer'), input);
  }

  private async openLocal(file: File): Promise<void> {
    await this.disconnect();
    this.arrived = true;
    this.listing.hidden = true;
    this.panes.hidden = false;
    this.fold.open = false;
    if (!(await this.showHdf5(file, file.name))) this.putAway();
  }

  /** @returns whether the file is told of: shown, failed, or left; `false` when it is none of HDF5 but of a store, which has other ways to show it */
  private async showHdf5(source: string | Blob, name: string, connection?: Connection): Promise<boolean> {
    const { makeHdf5Pane } = await import('./hdf5.ts');
    if (connection !== this.connection) return true;
    const pane = (this.hdf5 ??= this.newHdf5(makeHdf5Pane()));
    this.panes.classList.add('opened', 'hdf5');
    try {
      if (!(await pane.open(source, name, connection?.client)) || connection !== this.connection) return true;
      this.arrived = true;
      pane.querySelector('h2')?.focus();
      return true;
    } catch (error) {
      this.panes.classList.remove('hdf5');
      if (connection !== this.connection) return true;
      if (connection && (error as Error).name === 'NotHdf5Error') return false;
      this.panes.classList.remove('opened');
      this.fail(error);
      return connection !== undefined;
    }
  }

  private newHdf5(pane: Hdf5Pane): Hdf5Pane {
    pane.classList.add('card');
    pane.onFail = (error) => this.fail(error);
    pane.onSay = (text) => this.say(text);
    pane.onChoose = () => fill(this.trouble);
    pane.onClose = () => this.putAway();
    this.panes.append(pane);
    return pane;
  }

  private putAway(): void {
    this.viewer.close();
    this.hdf5?.close();
    this.panes.classList.remove('opened', 'hdf5');
    if (!this.connection) {
      this.panes.hidden = true;
      this.fold.open = true;
      this.fold.querySelector<HTMLElement>('[name=local]')?.focus();
      return;
    }
    this.say(`Connected to ${this.connection.root}`);
    const way = this.table?.hidden === false ? this.table : this.listing;
    way.querySelector<Grid>('anyfile-grid')?.focus();
  }

  private count(): void {
    if (this.connection) this.meter.show(this.connection.client.stats(), this.verified);
  }

  private say(text: string): void {
    this.said.textContent = text;
  }

  private fail(error: unknown): void {
    this.say('');
    const { title, steps, snippet } = adviceFor(error, { protocol: this.connection?.protocol, origin: location.origin });
    const code = (error as { code?: unknown }).code;
    const box = h(
      'section',
      { class: 'card trouble' },
      h('h2', {}, title, ' ', typeof code === 'string' && h('code', { class: 'badge bad' }, code)),
      h('ul', {}, ...steps.map((step) => h('li', {}, step))),
      snippet && h('details', {}, h('summary', {}, snippet.label), h('pre', { tabindex: 0 }, snippet.text)),
      h('details', {}, h('summary', {}, 'Technical details'), h('pre', { tabindex: 0 }, detailsOf(error))),
    );
    fill(this.trouble, box);
    if (!this.arrived) void this.close();
  }

  private async loadOffer(path: string): Promise<void> {
    const response = await fetch(path).catch(() => undefined);
    if (!response?.ok) return;
    const offer = (await response.json()) as Offer;
    const { endpoint, region, accessKeyId } = offer;
    const bucket = (url: string, asDataset: boolean) => (): void => {
      this.form.preset({ url, endpoint, region, accessKeyId, access: 'keys' });
      void this.connect({ access: 'keys', ...offer, url }, { asDataset });
    };
    const web = (): void => {
      this.form.preset({ url: redactUrl(offer.publicUrl) });
      void this.connect({ access: 'public', url: offer.publicUrl });
    };
    fill(this.offered, offerCard(offer, { bucket, web }));
  }
}

/** What the store knows of a file. The refusal of a HEAD has no body that says why: one byte is read to be told. */
async function infoOf(store: ObjectStore, key: string): Promise<ObjectInfo | null> {
  try {
    return await store.head(key);
  } catch (error) {
    if (!isCloudError(error, 'PermissionDenied')) throw error;
    const first = await store.get(key, { range: { start: 0, end: 1 } });
    await first?.bytes();
    return first;
  }
}

/** Tell the browser of all elements. */
export function defineElements(): void {
  const elements = {
    'anyfile-demo': Demo,
    'anyfile-connect': ConnectForm,
    'anyfile-listing': Listing,
    'anyfile-viewer': Viewer,
    'anyfile-grid': Grid,
    'anyfile-hex': Hex,
    'anyfile-meter': Meter,
    'anyfile-cache': CachePanel,
  };
  // the root last: its children must be known when it is made
  for (const [name, element] of Object.entries(elements).reverse()) if (!customElements.get(name)) customElements.define(name, element);
}
