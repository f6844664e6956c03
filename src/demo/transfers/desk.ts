/**
 * Everything of transfers that the page needs: the panel, the buttons at a folder, and what a connection begins and ends.
 *
 * @module
 */
import { computed, signal, type Signal } from '@preact/signals';
import { h, render, type ComponentChild } from 'preact';
import type { HandleStore, ObjectInfo } from '../../index.ts';
import type { Connection } from '../connection.ts';
import { baseName } from '../format.ts';
import type { Entry, Listing } from '../listing.ts';
import { canEditMetadata } from '../metadata/edit-file.ts';
import { canSaveFolders, Downloads } from './downloads.ts';
import { Transfers } from './panel.ts';
import { droppedItems, pickFiles, pickFolder } from './pick.ts';
import { Uploads, type UploadItem } from './uploads.ts';

/** How long a folder is left alone after a file came into it, in ms. */
const restMs = 400;

/** The desk. */
export class TransferDesk {
  /** Something failed that no row tells of. */
  onFail: ((error: unknown) => void) | undefined;
  /** Tags and labels of a file are to be changed. */
  onEdit: ((key: string) => void) | undefined;
  private readonly uploads: Uploads = new Uploads();
  private readonly downloads: Downloads = new Downloads();
  private readonly connection: Signal<Connection | undefined> = signal(undefined);
  private readonly chosen: Signal<Entry | undefined> = signal(undefined);
  private readonly listing: Listing;
  private place: HTMLElement | undefined;
  private due: ReturnType<typeof setTimeout> | undefined;

  /** @param listing whose folder is meant, and which gets the buttons */
  constructor(listing: Listing) {
    this.listing = listing;
    this.chosen.value = listing.chosen;
    listing.onChosen = (entry) => (this.chosen.value = entry);
    this.uploads.onStored = (key) => this.stored(key);
  }

  /** Draw. @param place the panel's in the page */
  mount(place: HTMLElement): void {
    this.place = place;
    const { uploads, downloads } = this;
    render(h(Transfers, { uploads, downloads, target: computed(() => this.connection.value) }), place);
    render(
      h(() => this.tools(), null),
      this.listing.tools,
    );
  }

  /** Take everything away that was drawn. */
  unmount(): void {
    clearTimeout(this.due);
    if (this.place) render(null, this.place);
    render(null, this.listing.tools);
  }

  /** A connection begins. */
  enter(connection: Connection): void {
    this.connection.value = connection;
    void this.uploads.look();
  }

  /** It ends: what can be paused is paused, the rest is stopped. Resolves when nothing is sent any more. */
  async leave(): Promise<void> {
    clearTimeout(this.due);
    this.connection.value = undefined;
    this.downloads.leave();
    await this.uploads.leave();
  }

  /** Whether files may be put here. */
  get takes(): boolean {
    return this.connection.peek()?.store.capabilities.write === true;
  }

  /** Upload what was dropped into the folder that is shown. */
  async drop(store: HandleStore): Promise<void> {
    await this.upload(async () => droppedItems(store));
  }

  /** Download one file. */
  async download(info: Pick<ObjectInfo, 'key' | 'sizeBytes'>, name?: string): Promise<void> {
    const connection = this.connection.peek();
    if (connection) await this.downloads.file(connection.store, info, name);
  }

  private async upload(pick: () => Promise<Iterable<UploadItem> | AsyncIterable<UploadItem>>): Promise<void> {
    const connection = this.connection.peek();
    if (!connection) return;
    const { store, root } = connection;
    const prefix = this.listing.shown;
    try {
      const items = await pick();
      if (connection === this.connection.peek()) await this.uploads.add({ store, prefix, root }, items);
    } catch (error) {
      this.onFail?.(error);
    }
  }

  private async downloadFolder(prefix: string): Promise<void> {
    const connection = this.connection.peek();
    if (!connection) return;
    const name = prefix === '' ? connection.root : baseName(prefix);
    await this.downloads.folder(connection.store, prefix, name).catch((error: unknown) => this.onFail?.(error));
  }

  /** Several come at once: the folder is read anew when there is a pause. */
  private stored(key: string): void {
    if (!key.startsWith(this.listing.shown)) return;
    clearTimeout(this.due);
    this.due = setTimeout(() => {
      const connection = this.connection.peek();
      if (connection && !this.listing.hidden) void this.listing.reload(connection.store);
    }, restMs);
  }

  private tools(): ComponentChild {
    const connection = this.connection.value;
    if (!connection) return null;
    const writes = connection.store.capabilities.write;
    const chosen = this.chosen.value;
    const button = (text: string, onClick: () => void, label?: string): ComponentChild =>
      h('button', { type: 'button', key: text, onClick, 'aria-label': label, title: label }, text);
    const file = chosen?.info;
    return [
      writes && button('Upload files…', () => void this.upload(pickFiles)),
      writes && button('Upload a folder…', () => void this.upload(pickFolder)),
      file && button('Download', () => void this.download(file), `Download ${baseName(file.key)}`),
      file &&
        canEditMetadata(connection) &&
        button('Edit tags and labels…', () => this.onEdit?.(file.key), `Edit tags and labels… of ${baseName(file.key)}`),
      canSaveFolders() &&
        button('Download the folder…', () => void this.downloadFolder(this.listing.shown), 'Download the folder… and all that is below'),
      writes && h('span', { class: 'note' }, 'or drop them here'),
    ];
  }
}
