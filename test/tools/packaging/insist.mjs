// Checks whose message shows what was found.

/** Throws with that message unless it is so. */
export function insist(value, message) {
  if (!value) throw new Error(message);
}

/**
 * Compares what a project found with what there is.
 *
 * @param found the project's report
 * @param expected the fields that it must have, and no other
 * @param said what was said meanwhile, for the message; a page must have said nothing
 */
export function check(found, expected, said = []) {
  const sorted = (value) =>
    JSON.stringify(
      Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
      undefined,
      1,
    );
  insist(
    sorted(found) === sorted(expected),
    `found\n${JSON.stringify(found, undefined, 1)}\ninstead of\n${JSON.stringify(expected, undefined, 1)}\n${said.join('\n')}`,
  );
  insist(said.length === 0, `the page's console:\n${said.join('\n')}`);
}
