/** Charts of cp: what is saved, what is drawn in it, and that names of files stay names. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { flightTimeChart, laneOf } from '../../src/cli/charts/flight-time.ts';
import { estimatedRateChart, rateChart, shownRate } from '../../src/cli/charts/io-rate.ts';
import { shownName } from '../../src/cli/charts/chart.ts';
import { renderHtml, renderSvg } from '../../src/cli/charts/render.ts';
import { viridis } from '../../src/cli/charts/viridis.ts';
import { TransferMonitor, type IoRow } from '../../src/index.ts';
import { equal, ok, test } from '../harness.ts';
import { cli, inFolder, Kept, plant, type CliResult, type CliRunOptions } from './cli/run-cli.ts';

const hostile = `<script>alert(1)</script>'"&\u0001\ud800]]>`;
const red = '#e01b24';

/** Run the command in a folder, where charts are saved. */
async function cliIn(folder: string, argv: readonly string[], options?: CliRunOptions): Promise<CliResult> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await cli(argv, options);
  } finally {
    process.chdir(before);
  }
}

const saved = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('anyfile-'))
    .sort();

function monitorOf(rows: readonly Partial<IoRow>[]): TransferMonitor {
  const monitor = new TransferMonitor();
  for (const [i, row] of rows.entries()) {
    const whole = { path: `f${i}`, direction: 'upload', startMs: 1e12 + i, endMs: 1e12 + i + 10, sizeBytes: 1000, ...row } as const;
    monitor.record(row.error === undefined ? { type: 'end', id: `${i}`, ...whole } : { type: 'error', id: `${i}`, ...whole });
  }
  return monitor;
}

const tags = (svg: string): Set<string | undefined> => new Set([...svg.matchAll(/<(\w+)/g)].map(([, tag]) => tag));
const bars = (svg: string, color: string): number => svg.split(`stroke="${color}"`).length - 1;

test('cp saves the charts that were asked for, beside each other, and says so', () =>
  inFolder(async (root) => {
    plant(root, { 's/a': 'x'.repeat(2000), 's/b': 'y' });
    mkdirSync(join(root, 'work'));
    const flags = ['--flight-time', '--io-rate', ...(process.platform === 'linux' ? ['--machine-io-rate'] : [])];
    const got = await cliIn(join(root, 'work'), ['cp', '-r', ...flags, `${root}/s`, `${root}/t`]);
    equal([got.status, got.stderr], [0, '']);
    const stamp = /-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\dZ(?=\.svg$)/;
    const names = saved(join(root, 'work'));
    ok(
      names.every((name) => stamp.test(name)),
      names.join(),
    );
    const kinds = ['est-io', 'flight-time', ...(process.platform === 'linux' ? ['measured-io'] : [])];
    equal(
      names.map((name) => name.replace(stamp, '')),
      kinds.map((kind) => `anyfile-cp-${kind}.svg`),
    );
    equal(
      got.lines.filter((line) => line.startsWith('Saved')).sort(),
      names.map((name) => `Saved chart: ./${name}`),
    );
    const svg = readFileSync(join(root, 'work', names[1]!), 'utf8');
    ok(svg.includes('>a</text>') && svg.includes('>b</text>'), 'each file has its name');
    ok(svg.includes('2 files, 1.95 KiB in '), 'the figures');
    equal(bars(svg, red), 0);

    const json = await cliIn(join(root, 'work'), ['mv', '--json', '--flight-time', '--chart-format', 'html', `${root}/t/a`, `${root}/u`]);
    const { chart, operation } = JSON.parse(json.lines.at(-1)!) as { chart: string; operation: string };
    equal([json.status, operation, saved(join(root, 'work')).includes(chart.slice(2))], [0, 'mv', true]);
  }));

test('cp: no chart in a dry run, of nothing, or of standard output; one that cannot be saved does not undo the copy', () =>
  inFolder(async (root) => {
    plant(root, { 's/a': 'x', 'work/keep': '' });
    const work = join(root, 'work');
    equal((await cliIn(work, ['cp', '--dry-run', '--flight-time', `${root}/s/a`, `${root}/t`])).status, 0);
    const none = await cliIn(work, ['cp', '--io-rate', `${root}/none`, `${root}/t`]);
    equal([none.status, none.errors.filter((line) => line.includes('nothing to draw')).length], [1, 1]);
    equal((await cliIn(work, ['cp', '--io-rate', `${root}/s/a`, '-'])).status, 2);
    equal((await cliIn(work, ['cp', '--chart-format', 'png', `${root}/s/a`, `${root}/t`])).status, 2);
    equal((await cliIn(work, ['cp', '--machine-io-rate', '--machine-io-rate-buffer-sec', '0', `${root}/s/a`, `${root}/t`])).status, 2);
    equal(saved(work), []);
    const gone = join(root, 'gone');
    mkdirSync(gone);
    const before = process.cwd();
    process.chdir(gone);
    try {
      rmdirSync(gone);
      const got = await cli(['cp', '--flight-time', `${root}/s/a`, `${root}/t`]);
      equal([got.status, readFileSync(join(root, 't'), 'utf8')], [1, 'x']);
      ok(got.errors[0]?.includes('could not be saved: ENOENT'), got.stderr);
    } finally {
      process.chdir(before);
    }
  }));

test('cp that is interrupted saves the charts of what it did', () =>
  inFolder(async (root) => {
    plant(root, { 's/a': 'x', 's/b': 'y', 'work/keep': '' });
    const stop = new AbortController();
    const stdout = new Kept();
    stdout._write = (_chunk, _encoding, done): void => {
      stop.abort(new Error('SIGINT'));
      done();
    };
    const got = await cliIn(join(root, 'work'), ['cp', '-r', '-p', '1', '--flight-time', `${root}/s`, `${root}/t`], {
      signal: stop.signal,
      stdout,
    });
    equal([got.status, saved(join(root, 'work')).length], [130, 1]);
  }));

test('xfer execute saves charts of the files that it moved', () =>
  inFolder(async (root) => {
    plant(root, { 's/a': 'xyz', 's/b': 'y', 'work/keep': '' });
    const db = `${root}/job.db`;
    equal((await cli(['xfer', 'init', '--db', db, `${root}/s`, `${root}/t`])).status, 0);
    const got = await cliIn(join(root, 'work'), ['xfer', 'execute', '--flight-time', db]);
    const [name = ''] = saved(join(root, 'work'));
    equal([got.status, name.startsWith('anyfile-xfer-execute-flight-time-')], [0, true]);
    ok(readFileSync(join(root, 'work', name), 'utf8').includes('2 files, 4 bytes in '));
  }));

test('an SVG holds every file, failures in red, and a name is nothing but text', async () => {
  const few = monitorOf([{ path: hostile }, { error: 'Network', sizeBytes: 0 }, { sizeBytes: 9 }]);
  const svg = await renderSvg(flightTimeChart(few, 'A <b> title')!);
  equal(
    [...tags(svg)].filter((tag) => !/^(svg|rect|path|polygon|text|tspan|g|style|defs|linearGradient|stop|clipPath|use)$/.test(tag ?? '')),
    [],
  );
  ok(svg.includes('&lt;script') && svg.includes('A &lt;b&gt; title'));
  ok(!/[\x00-\x08\ud800-\udfff]/.test(svg), 'nothing that XML does not allow');
  equal(bars(svg, red), 1);
  ok(svg.includes('1 failed (red)'));

  const many = monitorOf(
    Array.from({ length: 3000 }, (_, i) => ({
      startMs: 1e12 + i,
      endMs: 1e12 + i + 20,
      sizeBytes: i % 100 ? 2 ** (i % 20) : 0,
      ...(i % 100 === 0 && { error: 'x' }),
    })),
  );
  const chart = flightTimeChart(many, 'many')!;
  const drawn = await renderSvg(chart);
  equal(
    [bars(drawn, red), (drawn.match(/<path d="M[\d.]+ [\d.]+L[\d.]+ [\d.]+" fill="none"[^>]*stroke-width="[\d.]+"/g) ?? []).length >= 3000],
    [30, true],
  );
  ok(chart.width > 1000 && chart.width <= 12_500 && chart.height < 1200, `${chart.width} x ${chart.height}`);
  equal(flightTimeChart(new TransferMonitor(), 'none'), undefined);
});

test('a page holds all it needs, loads nothing, and runs two scripts and no other', async () => {
  const html = await renderHtml(flightTimeChart(monitorOf([{ path: hostile }]), `</title>${hostile}`)!);
  equal(html.split('<script').length - 1, 4);
  ok(!/<(link|img|iframe)\b|\ssrc=/i.test(html.replace(/<script>[^]*?<\/script>/g, '')), 'nothing to load');
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!;
  const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text]) => text!);
  equal(scripts.length, 2);
  for (const script of scripts) ok(policy.includes(`'sha256-${createHash('sha256').update(script).digest('base64')}'`));
  ok(policy.startsWith("default-src 'none'; script-src 'sha256-") && !/script-src[^;]*unsafe/.test(policy));
  const data = /<script type="application\/json" id="option">([^]*?)<\/script>/.exec(html)![1]!;
  const option = JSON.parse(data) as { series: { data: { name: string }[] }[]; dataZoom: unknown[] };
  ok(option.series[0]!.data[0]!.name.startsWith(`<script>alert(1)</script>'"&\ufffd\ufffd]]>\n`), 'the name is data');
  ok(option.dataZoom.length > 0 && /Apache License[^]+Mike Bostock[^]+Baidu/.test(html));
});

test('rates: a level for each second, in the unit of the peak', () => {
  const monitor = monitorOf([
    { startMs: 1e12, endMs: 1e12 + 2000, sizeBytes: 2_000_000 },
    { startMs: 1e12 + 1000, endMs: 1e12 + 2000, sizeBytes: 500_000 },
    { startMs: 1e12, endMs: 1e12 + 1000, sizeBytes: 125_000, direction: 'download' },
  ]);
  const chart = estimatedRateChart(monitor, 'rates')!;
  const { series, yAxis } = chart.option as { series: { name: string; data: unknown }[]; yAxis: { name: string } };
  equal(yAxis.name, 'Mbps');
  equal(
    series.map(({ name, data }) => [name, data]),
    [
      [
        'download',
        [
          [0, 1],
          [1, 1],
        ],
      ],
      [
        'upload',
        [
          [0, 8],
          [1, 12],
          [2, 12],
        ],
      ],
    ],
  );
  equal([shownRate(999), shownRate(12_345), shownRate(8e9), shownRate(0)], ['999 bps', '12.3 Kbps', '8 Gbps', '0 bps']);
  equal([estimatedRateChart(new TransferMonitor(), 'x'), rateChart('x', '', [])], [undefined, undefined]);
});

test('names are cut in the middle, colours go from dark to light, files share lines', () => {
  equal(shownName('abcdefghij', 5), 'a…hij');
  equal(shownName(hostile), `<script>alert(1)</script>'"&\ufffd\ufffd]]>`);
  equal([viridis(-1), viridis(0), viridis(1), viridis(2)], ['#440154', '#440154', '#fde725', '#fde725']);
  const row = (startMs: number, endMs: number): { startMs: number; endMs: number } => ({ startMs, endMs });
  equal(laneOf([row(0, 10), row(1, 3), row(2, 4), row(3, 9), row(10, 11)]), [0, 1, 2, 1, 0]);
  const apart = Array.from({ length: 6 }, (_, i) => row(10 * i, 10 * i + 5));
  equal(
    [laneOf(apart), laneOf(apart, 3), laneOf([row(0, 99), ...apart], 2)],
    [
      [0, 0, 0, 0, 0, 0],
      [0, 1, 2, 0, 1, 2],
      [0, 1, 1, 1, 1, 1, 1],
    ],
  );
  const some = new TransferMonitor({ maxRows: 100 });
  for (let i = 0; i < 1000; i++)
    some.record({ type: 'end', id: `${i}`, path: `f${i}`, direction: 'upload', startMs: i * 1000, endMs: i * 1000 + 1, sizeBytes: 1 });
  const { width, height, option } = flightTimeChart(some, 'some')!;
  ok(width < 1300 && height > 700 && JSON.stringify(option.title).includes('100 of 1,000 files'), `${width} x ${height}`);
});
