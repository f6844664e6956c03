// One side of making a job, in a process of its own: node init-side.mjs LIBRARY DATABASE COUNT. Prints what it took as JSON.
import process from 'node:process';

const [library, path, count] = process.argv.slice(2);
const { openTransfer } = await import(library);

/** As long as the names of many a bucket: some 45 bytes. */
function* names() {
  for (let i = 0; i < Number(count); i++)
    yield `some-dataset/part-${String(i % 1000).padStart(4, '0')}/file-${String(i).padStart(12, '0')}.bin`;
}

const timed = async (work) => {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
};

const job = await openTransfer(path);
const made = await timed(() => job.init('s3://source/data', 'gs://target/data', { paths: names() }));
const maxRssMb = process.resourceUsage().maxRSS / 1024;
const counted = await timed(() => job.status());
await job.close();
// of a job that nobody works on: all rows are counted
const fresh = await openTransfer(path);
const looked = await timed(() => fresh.status());
await fresh.close();
process.stdout.write(
  JSON.stringify({
    rows: made.result.total,
    ms: made.ms,
    maxRssMb,
    statusMs: counted.ms,
    firstStatusMs: looked.ms,
    finished: looked.result.finished,
  }),
);
