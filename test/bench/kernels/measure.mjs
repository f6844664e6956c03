// Alternating measurement in one process: A B C A B C …; what the machine does in one round happens to all.

const now = () => performance.now();

/** Calls `once` for at least that long. @returns how often per second */
async function rateOf(once, ms) {
  let calls = 0;
  let spent = 0;
  let batch = 1;
  while (spent < ms) {
    const start = now();
    // Only what answers later is waited for: a wait would cost more than a checksum of a short text.
    for (let i = 0; i < batch; i++) {
      const answer = once();
      if (answer instanceof Promise) await answer;
    }
    const took = now() - start;
    calls += batch;
    spent += took;
    // A clock may be as coarse as 0.1 ms.
    if (took < ms / 8) batch *= 2;
  }
  return (calls / spent) * 1000;
}

/**
 * Measures peers on one input.
 *
 * @param peers name → function of no argument that does the work once
 * @param units per call, e.g. megabytes
 * @returns one object a round: peer → `{ rate }`, in units per second
 */
export async function alternate(peers, { rounds, ms, units }) {
  const names = Object.keys(peers);
  for (const name of names) await rateOf(peers[name], ms);
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const result = {};
    for (const name of names) result[name] = { rate: (await rateOf(peers[name], ms)) * units };
    results.push(result);
  }
  return results;
}

/** Every case of {@link cases}, on every input. */
export async function measureAll(cases, { rounds, ms, log = () => {} }) {
  const measured = [];
  for (const one of cases) {
    for (const [input, make] of Object.entries(one.inputs)) {
      const { peers, units, sizes } = await make();
      const results = await alternate(peers, { rounds, ms: one.ms ?? ms, units });
      measured.push({ name: one.name, title: one.title, unit: one.unit, input, rounds: results, goals: one.goals?.[input] ?? [], sizes });
      log(`${one.name} ${input}`);
    }
  }
  return measured;
}
