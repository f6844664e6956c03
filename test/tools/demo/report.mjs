// The figures of the main job as lines for a terminal and for the page.

const number = new Intl.NumberFormat('en');
const size = (bytes) => (bytes < 1e6 ? `${number.format(Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
const time = (seconds) => `${seconds.toFixed(2)} s`;
const count = (n, one, many = `${one}s`) => `${number.format(n)} ${n === 1 ? one : many}`;

/**
 * The report.
 *
 * @param result of {@link runMainJob}
 * @returns pairs of a label and a text; every figure is the client's or the server's own
 */
export function reportLines({
  steps: { put, list, ranges, read, codecs, dataset },
  cache,
  hdf5,
  transfer,
  apart,
  refusal,
  total,
  gateway,
  wrong,
  files,
}) {
  return [
    ['put', `${count(put.files, 'file')}, ${size(put.bytesSent)} sent, ${count(put.requests, 'signed request')}, ${time(put.seconds)}`],
    ['list', `${count(list.files, 'name')} in ${count(list.requests, 'request')}, ${list.right} of ${files} names and sizes right`],
    [
      'ranges',
      `${ranges.right} of ${ranges.ranges} ranges equal, ${count(ranges.requests, 'request')}, ${size(ranges.bytesReceived)}, ${time(ranges.seconds)}`,
    ],
    [
      'read',
      `${read.right} of ${read.files} files equal byte for byte, ${size(read.bytes)}, ${count(read.requests, 'request')}, ${time(read.seconds)}`,
    ],
    ['verified', `${read.verified} of ${read.files} whole reads against the store's checksum (ranges have none)`],
    [
      'packed',
      `${codecs.name}, ${size(codecs.bytes)}: ${Object.entries(codecs.sizes)
        .map(([name, bytes]) => `${name} ${size(bytes)}`)
        .join(', ')}; ${codecs.right} of ${Object.keys(codecs.sizes).length} came back equal and verified`,
    ],
    ...datasetLines(dataset),
    ...cacheLines(cache),
    ...hdf5Lines(hdf5),
    ...transferLines(transfer),
    ...apartLines(apart),
    ['wrong secret', `refused: ${refusal}`],
    [
      'client',
      `${count(total.requests, 'request')}, ${count(total.retries, 'retry', 'retries')}, ${size(total.bytesSent)} sent, ${size(total.bytesReceived)} received`,
    ],
    [
      'server',
      `${count(gateway.requests, 'request')}, ${count(gateway.connections, 'connection')}, ${count(gateway.preflights, 'preflight')}, ${count(gateway.refused, 'wrong signature')}`,
    ],
    ['result', wrong.length ? count(wrong.length, 'difference') : 'nothing differs'],
  ];
}

function datasetLines({ campaign, seconds }) {
  const { url, files, right, bytes, hash, requests, filters, found } = campaign;
  const shown = found.map(({ path, labels }) => `${path} (${labels.join(', ')})`).join('; ');
  return [
    [
      'dataset',
      `${url}: ${count(files, 'file')}, ${size(bytes)}, made on the disk, uploaded in ${count(requests.uploaded, 'request')}, opened again in ${requests.opened}, ` +
        `metadata of ${right} of ${files} as they were, ${time(seconds)}`,
    ],
    ['filtered', `${filters.join(', ')}: ${found.length} of ${files} in ${count(requests.filtered, 'request')}: ${shown}`],
    [
      'hash',
      `${hash} on the disk, in the bucket (${count(requests.hashed, 'request')}) and downloaded again (${count(requests.downloaded, 'request')})`,
    ],
  ];
}

function cacheLines({ steps, file, files, seconds }) {
  const { cold, asked, listed, immutable, ranges, rangesAgain, edited } = steps;
  const figure = ({ requests, bytes }) => `${count(requests, 'request')}, ${size(bytes)}`;
  const right = Math.min(...[cold, asked, listed, immutable].map((read) => read.right));
  return [
    [
      'cache',
      `${count(files, 'file')} read cold: ${figure(cold)}; again by new clients: each asked for ${figure(asked)}; by one listing ${figure(listed)}; ` +
        `immutable ${figure(immutable)}; ${right} of ${files} equal and verified each time`,
    ],
    [
      'blocks',
      `${ranges.right} of ${file.ranges} ranges of ${number.format(file.rangeBytes)} bytes of ${file.name} (${size(file.bytes)}) equal: ${figure(ranges)}; ` +
        `once more: ${figure(rangesAgain)}`,
    ],
    [
      'path',
      `a local copy appended to and written back; a late writer got ${edited.refusal} and theirs stayed; ${count(edited.requests, 'request')}; ` +
        `${time(seconds)} for these three`,
    ],
  ];
}

function hdf5Lines({ url, byteLength, shape, side, turbine, lineCount, steps, read, seconds }) {
  const { opened, attribute, plane, line } = steps;
  const figure = ({ requests, bytes, rounds }) => `${count(requests, 'request')}, ${size(bytes)}, ${count(rounds, 'round')}`;
  const right = Object.values(steps).filter((step) => step.right).length;
  const percent = ((100 * read.bytes) / byteLength).toFixed(1);
  return [
    [
      'HDF5',
      `${url}, ${size(byteLength)}: opened and its names listed: ${figure(opened)}; an attribute of /site/north/${turbine}: ${figure(attribute)}; ` +
        `${side} x ${side} values of /field/speed (${shape.join(' x ')}, in packed chunks): ${figure(plane)}; ${number.format(lineCount)} values of /mast/power: ${figure(line)}`,
    ],
    [
      'of the file',
      `${percent} % fetched; ${right} of ${Object.keys(steps).length} equal to what it was made of; ${time(seconds)}, making it and sending it included`,
    ],
  ];
}

function transferLines({ files, bytes, stoppedAt, right, seconds, uploaded, unsent }) {
  return [
    [
      'transfer',
      `${count(files, 'file')}, ${size(bytes)}: a job was stopped at ${stoppedAt} and ended by another client; brought back by a second job: ` +
        `${right} of ${files} equal; ${count(unsent, 'request')} taken back unsent; ${time(seconds)}`,
    ],
    [
      'upload',
      `${size(uploaded.bytes)} in ${count(uploaded.parts, 'part')}: paused when ${uploaded.sentBefore} were there, taken up again from the journal with ` +
        `${size(uploaded.bytesSent)} more; ${uploaded.verified ? 'read back equal and verified' : 'NOT verified'}`,
    ],
  ];
}

function apartLines({ thread, signer, zarr, files, side }) {
  return [
    [
      'thread',
      `${thread.right} of ${files} files through a client in a thread of its own: ${count(thread.requests, 'request')}, ${time(thread.seconds)}`,
    ],
    [
      'signer',
      `${signer.right} of ${files} files by a client without a key, which asked a signer ${count(signer.asked, 'time')}; ` +
        `a place that no rule names: ${signer.refusal}`,
    ],
    [
      'Zarr',
      `10 x 10 of ${side} x ${side} values through zarrita: ${count(zarr.requests, 'request')}, ${size(zarr.bytes)}, ${zarr.right ? 'equal' : 'NOT equal'}`,
    ],
  ];
}

/** Lines with their labels in a column. */
export const asText = (lines) => lines.map(([label, text]) => `  ${label.padEnd(13)} ${text}`).join('\n');
