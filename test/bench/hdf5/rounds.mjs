// All ways in turn, round by round, with what the server counted: in Node as in a page.

/**
 * Measures cases.
 *
 * @param ways by name a function that does a job and tells `{ ms, openMs, digest }`
 * @param networks how the server is reached, see cases.mjs, each with its address `base`
 * @param base the server's address without any of that
 * @param engine where this is; part of the addresses, of which no two are the same
 * @param expected by case the digest of what is to be read
 * @param log is told a line of each case and round
 * @returns case by case and network by network, round by round and way by way,
 *   `{ rate, ms, openMs, requests, bytes, waits, preflights }`, or `{ error }`
 */
export async function measureRounds({ ways, cases, networks, rounds, base, engine, expected, log = () => {} }) {
  const names = Object.keys(ways);
  let turn = 0;

  async function once(way, one, network) {
    const token = `${engine}-${++turn}`;
    const counts = `${base}__counts/${token}`;
    const url = `${network.base}token-${token}/latency-${network.latencyMs}/${one.file}`;
    try {
      const { ms, openMs, digest } = await ways[way]({ ...one, url });
      if (digest !== expected[one.name]) throw new Error('something else was read');
      const { requests, bytes, rounds: waits, preflights } = await (await fetch(counts, { method: 'DELETE', cache: 'no-store' })).json();
      return { rate: 1000 / ms, ms, openMs, requests, bytes, waits, preflights };
    } catch (error) {
      return { error: String(error?.message ?? error) };
    }
  }

  // Until code is compiled, without latency.
  for (const one of cases) for (let i = one.most ? 1 : 0; i < 2; i++) for (const way of names) await once(way, one, { base, latencyMs: 0 });

  const lines = cases.flatMap((one) =>
    networks.filter(({ only }) => only?.includes(one.name) ?? true).map((network) => ({ one, network, results: [] })),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { one, network, results } of lines) {
      if (round >= Math.min(one.most ?? rounds, network.most ?? rounds)) continue;
      const result = {};
      // Each round begins with another.
      for (let i = 0; i < names.length; i++) {
        const way = names[(i + round) % names.length];
        result[way] = await once(way, one, network);
      }
      results.push(result);
      const told = names.map(
        (way) => `${way} ${result[way].error ?? `${Math.round(result[way].ms)} ms, ${result[way].requests} requests`}`,
      );
      log(`${engine}, ${one.name}, ${network.network}: ${told.join('; ')}`);
    }
  }
  return lines.map(({ one: { name }, network: { network }, results }) => ({ engine, name, network, rounds: results }));
}
