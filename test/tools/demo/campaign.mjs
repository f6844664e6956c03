// A small dataset with metadata: a measurement campaign of three instruments, made on the disk by anyfile itself, uploaded, opened again, filtered and
// downloaded. The page of `npm start` shows it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const days = 12;
const instruments = [
  // Its logger knows no zone: its times are naive.
  { name: 'mast', unit: 'm/s', height: 80, rows: 48, offsetSeconds: null, labels: ['met-mast'] },
  { name: 'lidar', unit: 'm/s', height: 140, rows: 24, offsetSeconds: 0, labels: ['lidar', 'remote-sensing'] },
  { name: 'turbine', unit: 'kW', height: 110, rows: 144, offsetSeconds: 3600, labels: ['scada'] },
];

/** The files of the campaign with what is to be known of each. */
export function campaignFiles() {
  return instruments.flatMap(({ name, unit, height, rows, offsetSeconds, labels }, kind) =>
    Array.from({ length: days }, (_, day) => {
      const date = `2026-01-${String(day + 1).padStart(2, '0')}`;
      const lines = Array.from({ length: rows }, (__, i) => {
        const value = 8 + 4 * Math.sin((day * rows + i) / 9 + kind) + height / 100;
        return `${date}T${String(Math.floor((i * 24) / rows)).padStart(2, '0')}:${String(((i * 1440) / rows) % 60).padStart(2, '0')},${value.toFixed(2)}\n`;
      });
      return {
        path: `${name}/${date}.csv`,
        text: `time,value_${unit.replace('/', '_')}\n${lines.join('')}`,
        timestamp: { year: 2026, month: 1, day: day + 1, offsetSeconds },
        tags: { site: 'north', instrument: name, height_m: height, unit, complete: day % 4 !== 3 },
        labels: [...labels, day % 3 === 0 ? 'checked' : 'raw'],
      };
    }),
  );
}

/** What is looked for, and the same in plain JavaScript over what was put in. */
const wanted = { labels__contains: 'checked', tags__height_m__gte: 110, timestamp__day_in: [1, 2, 3, 4, 5], extension: 'csv' };
const isWanted = ({ labels, tags, timestamp }) => labels.includes('checked') && tags.height_m >= 110 && timestamp.day <= 5;

/**
 * Makes it and looks at it from all sides.
 *
 * @param anyfile the module `anyfile`
 * @param client whose counters are asked
 * @param url where it goes
 * @returns figures, and `wrong`: one line for everything that differs
 */
export async function runCampaign({ openDatafile, openDataset, PyDateTime }, client, url) {
  const files = campaignFiles();
  const home = mkdtempSync(join(tmpdir(), 'anyfile-campaign-'));
  const requests = {};
  const wrong = [];
  const step = async (name, work) => {
    const before = client.stats().requests;
    const result = await work();
    requests[name] = client.stats().requests - before;
    return result;
  };
  const pathOf = (datafile) => datafile.pathInBucket.slice('campaign/'.length);
  try {
    const local = join(home, 'made');
    const made = await step('made', async () => {
      for (const { path, text, timestamp, tags, labels } of files) {
        const datafile = await openDatafile(join(local, path), { client, timestamp: new PyDateTime(timestamp), tags, labels });
        await datafile.open('w', (file) => file.write(text));
      }
      const dataset = await openDataset(local, { client, name: 'campaign', labels: ['demo'], tags: { site: 'north', year: 2026 } });
      await dataset.updateMetadata();
      return dataset;
    });
    const bytes = made.totalBytes;
    const hashes = { made: await made.hashValue() };
    await step('uploaded', () => made.upload(url));

    const opened = await step('opened', () => client.dataset(url));
    const byPath = new Map([...opened].map((datafile) => [pathOf(datafile), datafile]));
    let right = 0;
    for (const { path, text, timestamp, tags, labels } of files) {
      const datafile = byPath.get(path);
      const same =
        datafile?.sizeBytes === text.length &&
        String(datafile.timestamp) === String(new PyDateTime(timestamp)) &&
        JSON.stringify(datafile.tags) === JSON.stringify(tags) &&
        [...datafile.labels].sort().join() === labels.toSorted().join();
      if (same) right++;
      else wrong.push(`a file of the dataset came back otherwise: ${path}`);
    }
    if (opened.size !== files.length || opened.name !== 'campaign')
      wrong.push(`the dataset came back as ${opened.size} files, '${opened.name}'`);

    const found = await step('filtered', async () => opened.files.filter(wanted).orderBy('name'));
    const names = [...found].map(pathOf).sort();
    const should = files.filter(isWanted).map(({ path }) => path);
    if (names.join() !== should.sort().join()) wrong.push(`the filters found ${names.join(' ')}`);

    hashes.opened = await step('hashed', () => opened.hashValue());
    const folder = join(home, 'downloaded');
    await step('downloaded', () => opened.download(folder));
    const again = await openDataset(folder, { client });
    hashes.downloaded = await again.hashValue();
    for (const [where, hash] of Object.entries(hashes)) if (hash !== hashes.made) wrong.push(`the hash of the dataset ${where} is ${hash}`);
    const metadata = (dataset) => [...dataset].map((datafile) => datafile.metadataHashValue()).sort();
    if (metadata(again).join() !== metadata(made).join()) wrong.push('metadata of downloaded files differ');

    const limits = { made: 0, uploaded: files.length + 1, opened: files.length + 2, filtered: 0, downloaded: files.length };
    for (const [name, most] of Object.entries(limits))
      if (requests[name] > most) wrong.push(`the dataset was ${name} in ${requests[name]} requests instead of ${most}`);
    return {
      url,
      files: files.length,
      right,
      bytes,
      hash: hashes.made,
      requests,
      filters: Object.keys(wanted),
      found: [...found].map((datafile) => ({ path: pathOf(datafile), labels: [...datafile.labels].sort() })),
      wrong,
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
