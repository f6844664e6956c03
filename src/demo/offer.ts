/**
 * What `npm start` runs and measured, as a card to begin with.
 *
 * @module
 */
import { redactUrl } from '../index.ts';
import type { ConnectForm } from './connect-form.ts';
import type { ConnectValues } from './connection.ts';
import { fill, h } from './dom.ts';

/** What `npm start` tells the page. */
interface Offer {
  url: string;
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** A folder with metadata. */
  datasetUrl: string;
  /** An HDF5 file. */
  hdf5Url: string;
  /** A public file. */
  publicUrl: string;
  /** What the main job measured: label and text. */
  report: [label: string, text: string][];
}

/** What the card's buttons do. */
interface OfferWays {
  /** Makes what opens a URL of the bucket. */
  bucket(url: string, asDataset: boolean): () => void;
  /** Opens the public file. */
  web(): void;
}

/** The card. */
function offerCard({ url, datasetUrl, hdf5Url, report }: Offer, { bucket, web }: OfferWays): HTMLElement {
  const rows = report.map(([label, text]) => h('div', {}, h('dt', {}, label), h('dd', {}, text)));
  const button = (text: string, onclick: () => void, name = 'quiet'): HTMLElement =>
    h('button', { type: 'button', class: name, onclick }, text);
  return h(
    'section',
    { class: 'card offer' },
    h('h2', {}, 'A local S3 server is running'),
    h(
      'p',
      {},
      'npm start put a small dataset into it and measured what is below. Its keys were made for this run; this page signs with them.',
    ),
    h(
      'div',
      { class: 'bar' },
      button(`Open ${url}`, bucket(url, false), 'primary'),
      button('Open a dataset with metadata', bucket(datasetUrl, true)),
      button('Look into an HDF5 file', bucket(hdf5Url, false)),
      button('Open a public file by its URL', web),
    ),
    h('details', {}, h('summary', {}, 'What npm start measured'), h('dl', { class: 'facts' }, ...rows)),
  );
}

/**
 * Show what is offered, where something is.
 *
 * @param path of the JSON that tells
 * @param place of the card
 * @param form is filled in with what is no secret
 */
export async function showOffer(
  path: string,
  place: HTMLElement,
  form: ConnectForm,
  connect: (values: ConnectValues, options?: { asDataset: boolean }) => void,
): Promise<void> {
  const response = await fetch(path).catch(() => undefined);
  if (!response?.ok) return;
  const offer = (await response.json()) as Offer;
  const { endpoint, region, accessKeyId } = offer;
  const bucket = (url: string, asDataset: boolean) => (): void => {
    form.preset({ url, endpoint, region, accessKeyId, access: 'keys' });
    connect({ access: 'keys', ...offer, url }, { asDataset });
  };
  const web = (): void => {
    form.preset({ url: redactUrl(offer.publicUrl) });
    connect({ access: 'public', url: offer.publicUrl });
  };
  fill(place, offerCard(offer, { bucket, web }));
}
