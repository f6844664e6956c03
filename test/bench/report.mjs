// Writes what was measured as a page: docs/benchmarks.md.
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { median, resultsOf, spread, within } from './numbers.mjs';
import { byRate, count, goalsSection, ratio, table } from './tables.mjs';

const byPeak = (a, b) => a.peakMiB - b.peakMiB;

/** What came out of a goal: `{ text, wanted, got, met }`, or undefined when it was not measured. */
function judge({ subject, beside, atLeast, rss, preflights }, rounds) {
  if (preflights !== undefined) {
    const found = resultsOf(rounds, subject).map((result) => result.preflights);
    return found.length
      ? {
          text: `preflights of ${subject}`,
          wanted: `${preflights}`,
          got: `${Math.max(...found)}`,
          met: found.every((n) => n <= preflights),
        }
      : undefined;
  }
  const found = within(rounds, subject, beside, rss === undefined ? byRate : byPeak);
  if (!found) return undefined;
  const text = `${subject} / ${beside}`;
  if (rss === undefined && atLeast === undefined) return { text, wanted: '–', got: ratio(found), met: undefined };
  if (rss === undefined) return { text, wanted: `≥ ${atLeast}`, got: ratio(found), met: found.median >= atLeast };
  const got = `${found.median.toFixed(1)} (${found.min.toFixed(1)}..${found.max.toFixed(1)}) MiB`;
  return { text: `peak memory, ${subject} less ${beside}`, wanted: `≤ ${rss} MiB`, got, met: found.median <= rss };
}

/** Every goal of every scenario that ran. */
export function judgeAll(measured) {
  return measured.flatMap(({ scenario, rounds }) =>
    scenario.goals
      .map((goal) => judge(goal, rounds))
      .filter(Boolean)
      .map((verdict) => ({ title: scenario.title, ...verdict })),
  );
}

function scenarioTable({ scenario, rounds }) {
  const baseline = scenario.baseline ?? scenario.peers[0];
  const inPage = Boolean(scenario.page);
  const extra = inPage ? ['OPTIONS per 1,000 reads'] : ['CPU ms per 1,000', 'peak MiB'];
  const rows = scenario.peers.map((peer) => {
    const results = resultsOf(rounds, peer);
    const error = rounds.map((round) => round[peer]?.error).find(Boolean);
    if (!results.length) return [peer, error ? `fails: ${error}` : 'not there', '', ...extra.map(() => '')];
    const of = (pick) => median(results.map(pick));
    const costs = inPage
      ? [count(of(({ preflights, n }) => (preflights / n) * 1000))]
      : [count(of((r) => r.cpuMsPerUnit) * 1000), count(of((r) => r.peakMiB))];
    return [peer, count(of((r) => r.rate)), ratio(within(rounds, peer, baseline, byRate) ?? spread([NaN])), ...costs];
  });
  const note = scenario.note ? `${scenario.note}\n\n` : '';
  return `### ${scenario.title}\n\n${note}${table(['', scenario.unit, `ratio to ${baseline} (min..max)`, ...extra], rows)}\n`;
}

function weightTable(rows) {
  const cells = rows.map(({ name, min, gzip, gzipOnUse, importMs }) => [
    name,
    count(min),
    count(gzip),
    count(gzipOnUse),
    importMs.toFixed(1),
  ]);
  const note =
    'Bundled for browsers by esbuild: the entry with what it imports statically, and with all that it may load on use. Import in Node, less that of an empty module.';
  return `### Weight\n\n${note}\n\n${table(['', 'minified, bytes', 'gzip -9, bytes', 'gzip -9 with all on use, bytes', 'import, ms'], cells)}\n`;
}

/**
 * @param measured `{ scenario, rounds }` of each scenario
 * @returns the page
 */
export function page({ measured, weights, versions, rounds, browser }) {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '## Requests\n',
    `${availableParallelism()} cores (${process.arch}) for client and server together, Node ${process.versions.node}${browser ? `, ${browser}` : ''}; ${packages.join(', ')}.`,
    `Every scenario runs with every peer in a process of its own, peers in turn (A B C A B C …), ${rounds} rounds; a ratio is the median of`,
    'the ratios within rounds, with the least and the greatest. Rates are medians and mean nothing off this machine; the server is a small',
    'one in Go that answers from memory and checks no signature (test/bench/server), over loopback HTTP/1.1 without TLS, so it is the client',
    'that is measured. anyfile is the built package; it signs, and verifies whole objects by the checksum or the ETag that is an MD5, unless',
    'the row says otherwise. `fetch` and `undici.request` do not sign and set the limits.\n',
    goalsSection(['', 'what'], judgeAll(measured), ({ title, text }) => [title, text]),
    ...measured.map(scenarioTable),
    ...(weights ? [weightTable(weights)] : []),
  ].join('\n');
}
