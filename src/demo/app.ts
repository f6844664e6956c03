/**
 * `<anyfile-demo>`: the page's root: connect, list, open. With `offer="demo.json"` it offers what `npm start` runs.
 *
 * @module
 */
import { isCloudError, type Datafile, type HandleStore, type ObjectInfo } from '../index.ts';
import { CachePanel } from './cache-panel.ts';
import { computerPlaces } from './computer.ts';
import { ConnectForm } from './connect-form.ts';
import { connect, connectFolder, hdf5SourceOf, infoOf, shownKey, type Connection, type ConnectValues } from './connection.ts';
import type { DatasetPane } from './dataset.ts';
import { DoctorPlace } from './doctor/doctor-place.ts';
import { fill, h } from './dom.ts';
import { watchDrops } from './drops.ts';
import { baseName } from './format.ts';
import type { Grid } from './grid.ts';
import type { Hdf5Pane } from './hdf5.ts';
import { Listing } from './listing.ts';
import { editFile } from './metadata/edit-file.ts';
import { Meter } from './meter.ts';
import { showOffer } from './offer.ts';
import type { TransferDesk } from './transfers/desk.ts';
import { troubleCard } from './trouble.ts';
import { Viewer, type Fact } from './viewer.ts';
import { isHdf5Name } from './views.ts';
import { isZarrFolder } from './views/by-range.ts';

/** The element. */
export class Demo extends HTMLElement {
  private form!: ConnectForm;
  private listing!: Listing;
  private viewer!: Viewer;
  private meter!: Meter;
  private cache!: CachePanel;
  /** Comes with the first connection; what is dropped before waits for it. */
  private desk: TransferDesk | undefined;
  private serving: Promise<void> | undefined;
  private readonly deskPlace: HTMLElement = h('div');
  private readonly onDocument: AbortController = new AbortController();
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
  private readonly doctor: DoctorPlace = new DoctorPlace((error) => this.fail(error));
  private readonly offered: HTMLElement = h('div');
  private readonly panes: HTMLElement = h('div', { class: 'panes', hidden: true });
  private readonly fold: HTMLDetailsElement = h('details', { class: 'card', open: true });
  /** For what a click starts: code of its own may not come. */
  private readonly attempt: (work: Promise<void>) => void = (work) => void work.catch((error: unknown) => this.fail(error));

  connectedCallback(): void {
    if (this.form) return;
    this.form = new ConnectForm();
    this.listing = new Listing();
    this.viewer = new Viewer();
    this.meter = new Meter();
    this.cache = new CachePanel();
    this.form.onConnect = (values) => void this.connect(values);
    this.listing.onFile = (info) => this.attempt(this.open(info));
    this.listing.onFolder = (prefix) => void this.list(prefix);
    this.listing.onDataset = (prefix) => this.attempt(this.showDataset(prefix));
    for (const part of [this.listing, this.viewer, this.cache]) part.onFail = (error) => this.fail(error);
    this.viewer.onSay = (text) => {
      this.say(text);
      this.cache.refresh();
    };
    this.cache.onHits = (hits, bytes) => this.meter.addHits(hits, bytes);
    this.viewer.onDownload = (info, name) => void this.desk?.download(info, name);
    this.panes.addEventListener('anyfile-read', () => this.cache.refresh());
    this.viewer.onClose = () => this.putAway();
    this.viewer.onVerified = () => this.count(1);
    for (const part of [this.listing, this.viewer, this.meter, this.cache]) part.classList.add('card');
    this.cache.hidden = true;
    this.panes.append(this.listing, this.viewer);
    this.fold.append(h('summary', {}, h('h2', {}, 'Connect')), this.form, this.computer());
    this.append(
      this.offered,
      this.fold,
      h('div', { class: 'bar status' }, this.said, this.doctor.button, this.leave),
      this.trouble,
      this.doctor.element,
      this.panes,
      this.deskPlace,
      this.cache,
      this.meter,
    );
    watchDrops(this, (dropped) => void this.drop(dropped), this.onDocument.signal);
    const offer = this.getAttribute('offer');
    if (offer) void showOffer(offer, this.offered, this.form, (values, options) => void this.connect(values, options));
  }

  disconnectedCallback(): void {
    this.onDocument.abort();
    void this.disconnect().then(() => this.desk?.unmount());
  }

  /** Into the folder that is shown, or a place of its own. */
  private async drop(dropped: Promise<HandleStore>): Promise<void> {
    try {
      const [store] = await Promise.all([dropped, this.serving]);
      if (!this.connection?.folder && this.desk?.takes && !this.listing.hidden) return await this.desk.drop(store);
      await this.enterFolder(store, 'what was dropped');
    } catch (error) {
      this.fail(error);
    }
  }

  private async enterFolder(store: HandleStore, name: string): Promise<void> {
    await this.disconnect();
    await this.enter(connectFolder(store, name));
  }

  /** Connect and show what the URL names, a folder also as a dataset; resolves when it is shown, or has failed. */
  async connect(values: ConnectValues, { asDataset = false }: { asDataset?: boolean } = {}): Promise<void> {
    await this.disconnect();
    this.say('Connecting…');
    this.doctor.take(values);
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
      return this.fail(error);
    }
    await this.enter(connection, asDataset);
  }

  /** Uploads and downloads of this connection. */
  private async serve(connection: Connection): Promise<void> {
    const { TransferDesk } = await import('./transfers/desk.ts');
    if (connection !== this.connection) return;
    if (!this.desk) {
      this.desk = new TransferDesk(this.listing);
      this.desk.onFail = (error) => this.fail(error);
      this.desk.onEdit = (key) => void this.editMetadata(key);
      this.desk.mount(this.deskPlace);
    }
    this.desk.enter(connection);
  }

  private async enter(connection: Connection, asDataset: boolean = false): Promise<void> {
    this.connection = connection;
    this.serving = this.serve(connection).catch((error: unknown) => this.fail(error));
    const { start, store } = connection;
    this.listing.datasets = !connection.folder;
    try {
      const asFolder = start === '' || start.endsWith('/');
      const info = asFolder ? null : await infoOf(store, start);
      if (this.connection !== connection) return;
      this.leave.hidden = false;
      this.panes.hidden = false;
      this.fold.open = false;
      this.classList.add('connected');
      const path = shownKey(connection, start);
      const folder = info ? path.replace(/[^/]*$/, '') : asFolder ? start : `${path}/`;
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
    this.doctor.take(undefined);
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
    await this.desk?.leave();
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
    if (isZarrFolder(prefix)) this.openZarr(prefix, connection);
  }

  private openZarr(prefix: string, connection: Connection): void {
    this.hdf5?.close();
    this.panes.classList.remove('hdf5');
    this.panes.classList.add('opened');
    this.viewer.openZarr(connection, prefix);
    this.viewer.querySelector('h2')?.focus();
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
      this.attempt(this.open({ key, sizeBytes: datafile.sizeBytes ?? Number.NaN, metadata: {} }, facts()));
    };
    this.table.onEdit = ({ datafile, name }) => void this.editMetadata(datafile.pathInBucket ?? prefix + name, datafile);
    this.show('dataset');
    if (!(await this.table.open(connection, prefix)) || connection !== this.connection) return;
    this.arrived = true;
    this.say(`Connected to ${connection.root}`);
    this.table.querySelector('h2')?.focus();
  }

  private async editMetadata(key: string, datafile?: Datafile): Promise<void> {
    const { connection } = this;
    if (!connection) return;
    try {
      if (!(await editFile(connection, key, datafile)) || connection !== this.connection) return;
      this.say(`The tags and labels of ${baseName(key)} are stored`);
      if (datafile) this.table?.renew();
      else await this.listing.reload(connection.store);
    } catch (error) {
      if (connection === this.connection) this.fail(error);
    }
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
    if (isHdf5Name(name) && (await this.showHdf5(hdf5SourceOf(connection, info.key), name, connection))) return;
    if (connection !== this.connection) return;
    const shown = await this.viewer.open(connection, info, false, more);
    // nothing to see: the list must not stay hidden behind it
    if (!this.viewer.firstChild) this.panes.classList.remove('opened');
    if (!shown || connection !== this.connection) return;
    this.arrived = true;
    this.viewer.querySelector('h2')?.focus();
  }

  private computer(): HTMLElement {
    return computerPlaces({
      folder: (store, name) => this.attempt(this.enterFolder(store, name)),
      opfs: () => void this.connect({ access: 'public', url: 'opfs:///' }),
      file: (file) => this.attempt(this.openLocal(file)),
      fail: (error) => this.fail(error),
    });
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
  private async showHdf5(from: Blob | Promise<string | Blob>, name: string, connection?: Connection): Promise<boolean> {
    const { makeHdf5Pane } = await import('./hdf5.ts');
    if (connection !== this.connection) return true;
    const pane = (this.hdf5 ??= this.newHdf5(makeHdf5Pane()));
    this.panes.classList.add('opened', 'hdf5');
    try {
      const source = await from;
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

  private count(verified: number = 0): void {
    this.verified += verified;
    if (this.connection) this.meter.show(this.connection.client.stats(), this.verified);
  }

  private say(text: string): void {
    this.said.textContent = text;
  }

  private fail(error: unknown): void {
    this.say('');
    const { connection } = this;
    const folder = isCloudError(error, 'PermissionDenied') && error.providerCode === 'NeedsGesture' ? connection?.folder : undefined;
    const allow = async (): Promise<void> => {
      await folder?.request({ signal: AbortSignal.timeout(60_000) }).catch(() => {});
      if (connection && connection === this.connection) await this.list(this.listing.shown);
    };
    const ask = this.doctor.hasPatient ? { text: 'Ask the doctor what is wrong', act: () => void this.doctor.open() } : undefined;
    const help = folder ? { text: 'Allow it…', act: () => void allow() } : ask;
    fill(this.trouble, troubleCard(error, connection?.protocol, help));
    if (!this.arrived && !folder) void this.close();
  }
}
