// Runs the cases in this engine; the loader says where packages come from.
import { cases } from './cases.mjs';
import { measureAll } from './measure.mjs';

/** @returns what {@link measureAll} gives */
export async function runCases({ load, engine, only, rounds, ms, log }) {
  const all = await cases({ load, engine });
  return measureAll(
    all.filter(({ name }) => !only || only.some((piece) => name.startsWith(piece))),
    { rounds, ms, log },
  );
}
