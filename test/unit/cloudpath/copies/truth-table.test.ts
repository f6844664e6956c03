/** Each recorded row of cloudpathlib's cache: which side has what, how it is opened, and what is there afterwards. */
import { env } from '../../../env.ts';
import { equal, test } from '../../../harness.ts';
import { checkTruthTable, type TruthRow } from '../../../conformance/copies-truth-table.ts';
import { withRig, type CopiesCloud, type CopiesDisk } from '../../../conformance/copies-rig.ts';
import table from '../../../parity/cloudpath/cache-truth-table.json' with { type: 'json' };

const rows = table.rows as TruthRow[];
const { engine, worker, seed } = env();
const isPage = !/^(node|bun|deno)/.test(engine);
const places: readonly [CopiesCloud, CopiesDisk][] = isPage
  ? [
      ['mem', 'opfs'],
      ['mem', 'indexeddb'],
    ]
  : [
      ['mem', 'disk'],
      ['versitygw', 'disk'],
    ];

/**
 * On OPFS, where a write takes up to 40 ms, each run takes other rows: one of so many. All with ANYFILE_SEED=0.
 */
const share = { firefox: 24, chromium: 12, webkit: 6 }[engine] ?? 1;
const isMine = (disk: CopiesDisk, row: number): boolean => disk !== 'opfs' || seed === 0 || (row + seed + (worker ? 1 : 0)) % share === 0;

// In parts, so that a busy machine does not make one of them late.
const parts = 4;
for (const [cloud, disk] of places) {
  const mine = rows.filter((_, row) => isMine(disk, row));
  for (let part = 0; part < parts; part++) {
    test(
      `cloudpath: the rows of the truth table, ${cloud} and ${disk}, part ${part + 1} of ${parts}`,
      () =>
        withRig(cloud, disk, async (rig) => {
          const some = mine.filter((_, i) => i % parts === part);
          equal(await checkTruthTable(rig, some), some.length);
        }),
      { timeoutMs: 60_000 },
    );
  }
}

test('cloudpath: the truth table is whole', () => {
  equal(rows.length, 262);
});
