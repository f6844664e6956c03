/**
 * The page's elements by their names.
 *
 * @module
 */
import { Demo } from './app.ts';
import { CachePanel } from './cache-panel.ts';
import { ConnectForm } from './connect-form.ts';
import { Grid } from './grid.ts';
import { Hex } from './hex.ts';
import { Listing } from './listing.ts';
import { Meter } from './meter.ts';
import { Viewer } from './viewer.ts';

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
