// An HDF5 file in the bucket, opened where it lies: names, an attribute, slices, each held to the formulas that the file was made by, and counted by the
// client and by the server.
import { heightOf, makeHdf5File, powerAt, shape, speedAt } from './hdf5-file.mjs';

const key = 'hdf5/wind.h5';
const side = 256;
/** Where the slice begins: hour, row, column. */
const corner = [12, 60, 300];
const lineFrom = 150_000;
const lineCount = 1000;
const turbine = 'T123';
/** Of the file, at most, for each step: in requests and bytes. */
const limits = { opened: [2, 200_000], attribute: [4, 300_000], plane: [6, 900_000], line: [2, 200_000] };

/**
 * Runs it.
 *
 * @param modules the modules `anyfile` and `anyfile/hdf5`
 * @param options of clients: endpoint, region, credentials
 * @param place URL of the bucket
 * @param serverStats asks the server for its counters
 * @returns figures, what the clients counted together, and `wrong`: one line for everything that differs
 */
export async function runHdf5Job({ anyfile: { Client }, hdf5: { openHdf5 } }, options, place, serverStats) {
  const start = performance.now();
  const wrong = [];
  const steps = {};
  const bytes = await makeHdf5File();
  const client = new Client(options);
  const serverBefore = serverStats().requests;
  try {
    await client.files(place).put(key, bytes, { contentType: 'application/x-hdf5' });
    const uploaded = client.stats();
    let file;
    let rounds = 0;
    const step = async (name, work) => {
      const before = client.stats();
      const differs = await work();
      const after = client.stats();
      const all = file.stats().rounds;
      const figures = {
        requests: after.requests - before.requests,
        bytes: after.bytesReceived - before.bytesReceived,
        rounds: all - rounds,
      };
      rounds = all;
      const [mostRequests, mostBytes] = limits[name];
      if (figures.requests > mostRequests || figures.bytes > mostBytes)
        wrong.push(`HDF5, ${name}: ${figures.requests} requests and ${figures.bytes} bytes instead of ${mostRequests} and ${mostBytes}`);
      for (const difference of differs.slice(0, 3)) wrong.push(`HDF5, ${name}: ${difference}`);
      steps[name] = { ...figures, right: differs.length === 0 };
    };

    await step('opened', async () => {
      file = await openHdf5(`${place}/${key}`, { client });
      const names = await file.keys();
      return names.join() === 'field,mast,site' ? [] : [`names ${names.join()}`];
    });
    await step('attribute', async () => {
      const found = await (await file.group(`/site/north/${turbine}`)).attr('height');
      return found === heightOf(Number(turbine.slice(1))) ? [] : [`the height of ${turbine} is ${found}`];
    });
    await step('plane', async () => {
      const [hour, row, column] = corner;
      const dataset = await file.dataset('/field/speed');
      const values = await dataset.slice([
        [hour, hour + 1],
        [row, row + side],
        [column, column + side],
      ]);
      return differences(values, side * side, (i) => speedAt(hour, row + Math.floor(i / side), column + (i % side)));
    });
    await step('line', async () => {
      const values = await (await file.dataset('/mast/power')).slice([[lineFrom, lineFrom + lineCount]]);
      return differences(values, lineCount, (i) => powerAt(lineFrom + i));
    });
    const { byteLength } = file;
    const told = file.stats();
    await file.close();
    const total = client.stats();
    const read = { requests: total.requests - uploaded.requests, bytes: total.bytesReceived - uploaded.bytesReceived };
    if (told.requests !== read.requests || told.bytesFetched !== read.bytes)
      wrong.push(
        `HDF5: the file told ${told.requests} requests and ${told.bytesFetched} bytes, the client ${read.requests} and ${read.bytes}`,
      );
    const seen = serverStats().requests - serverBefore;
    if (seen !== total.requests) wrong.push(`HDF5: the client counted ${total.requests} requests, the server ${seen}`);
    const seconds = (performance.now() - start) / 1000;
    return { url: `${place}/${key}`, byteLength, shape, side, turbine, lineCount, steps, read, total, wrong, seconds };
  } finally {
    await client.close();
  }
}

/** What of some values is otherwise, in words. */
function differences(values, count, wanted) {
  if (values.length !== count) return [`${values.length} values instead of ${count}`];
  const bad = Array.from({ length: count }, (_, i) => i).filter((i) => values[i] !== wanted(i));
  return bad.map((i) => `value ${i} is ${values[i]} instead of ${wanted(i)}`);
}
