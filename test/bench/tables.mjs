// How what was measured is written in docs/benchmarks.md.

/** Of two results of one round. */
export const byRate = (a, b) => a.rate / b.rate;

/** A ratio with the least and the greatest. */
export const ratio = ({ median, min, max }) => `${median.toFixed(2)} (${min.toFixed(2)}..${max.toFixed(2)})`;

/** Three digits, or a whole number with its thousands apart. */
export const count = (n) => (n < 100 ? n.toPrecision(3) : Math.round(n).toLocaleString('en-US'));

/** A table in Markdown; all columns but the first are numbers. */
export const table = (head, rows) =>
  [head, head.map((_, i) => (i ? '---:' : '---')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/**
 * The section on goals.
 *
 * @param head the columns before `goal`, `found` and `met`
 * @param verdicts `{ wanted, got, met }` and what `lead` needs
 * @param lead the cells of those columns
 */
export function goalsSection(head, verdicts, lead) {
  const rows = verdicts.map(({ wanted, got, met, ...verdict }) => [
    ...lead(verdict),
    wanted,
    got,
    { true: 'yes', false: '**no**' }[met] ?? '–',
  ]);
  return `### Goals\n\n${table([...head, 'goal', 'found', 'met'], rows)}\n`;
}
