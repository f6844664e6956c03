/**
 * A picture: as large as there is room, or at a scale of its own. It is only ever an image: scripts of an SVG do not run in one, nor does it fetch
 * anything.
 *
 * @module
 */
import { h, render, type ComponentChild } from 'preact';
import { formatBytes, formatNumber } from '../format.ts';
import type { Mounted } from './types.ts';

/** Times the picture's own size. */
const scales = [0.1, 0.25, 0.5, 1, 2, 4, 8];

/** A picture to show. */
export interface Picture {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** One of `pictureTypes`. */
  readonly type: string;
}

/**
 * Show a picture.
 *
 * @returns once it is drawn, or the browser said that it cannot
 */
export async function mountPicture(host: HTMLElement, { name, bytes, type }: Picture): Promise<Mounted> {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  let size: { width: number; height: number } | undefined;
  /** `undefined` fits. */
  let scale: number | undefined;
  const probe = new Image();
  probe.src = url;
  try {
    await probe.decode();
    size = { width: probe.naturalWidth, height: probe.naturalHeight };
  } catch {
    // told below
  }
  const go = (to: number | undefined) => (): void => {
    scale = to;
    draw();
  };
  const button = (text: string, to: number | undefined, pressed?: boolean): ComponentChild =>
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-pressed': pressed,
        onClick: go(to),
        disabled: pressed === undefined && to === scale && scale !== undefined,
      },
      text,
    );
  const shown = (): ComponentChild => {
    if (!size) return h('p', { class: 'note' }, 'The browser cannot draw this picture.');
    const at = scale ?? 1;
    const less = scales.findLast((one) => one < at) ?? scales[0];
    const more = scales.find((one) => one > at) ?? scales.at(-1);
    // some SVGs say no size of their own
    const { width, height } = size;
    const px = width ? `${formatNumber(width)} × ${formatNumber(height)} px, ` : '';
    return [
      h(
        'div',
        { class: 'bar' },
        button('Fit', undefined, scale === undefined),
        button('Own size', 1, scale === 1),
        button('Smaller', less),
        button('Larger', more),
        h(
          'span',
          { class: 'note', role: 'status' },
          `${px}${formatBytes(bytes.length)}${scale === undefined ? '' : `, shown at ${Math.round(scale * 100)} %`}`,
        ),
      ),
      h(
        'div',
        { class: 'scroll picture', tabIndex: 0, role: 'region', 'aria-label': `Picture ${name}` },
        h('img', {
          alt: name,
          src: url,
          class: scale === undefined ? 'fits' : 'scaled',
          style:
            scale === undefined
              ? { width: '', height: '' }
              : { width: `${(width || 300) * scale}px`, height: width ? `${height * scale}px` : '' },
        }),
      ),
    ];
  };
  const draw = (): void => render(h('div', { class: 'fill' }, shown()), host);
  draw();
  return {
    close() {
      render(null, host);
      URL.revokeObjectURL(url);
    },
  };
}
