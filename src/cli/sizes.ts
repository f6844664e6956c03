/**
 * Sizes for people. Pure.
 *
 * @module
 */

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/**
 * A size in units of 1024, as cloud-files writes it.
 *
 * @example humanSize(1536) // '1.50 KiB'
 */
export function humanSize(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} bytes`;
  let size = sizeBytes;
  let unit = -1;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size.toFixed(2)} ${UNITS[unit]}`;
}

/**
 * The extension of a name, with its dot; '' for none and for names that begin with their only dot.
 *
 * @example extensionOf('a/b.tar.gz') // '.gz'
 */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /[^.](\.[^.]*)$/.exec(name)?.[1] ?? '';
}
