/**
 * The reference of the command as a page, from the program's own definitions.
 *
 * @module
 */
import { everyCommand, modelOf, type OptionModel } from '../../../src/cli/completion-model.ts';
import type { CliIo } from '../../../src/cli/io.ts';
import { createProgram } from '../../../src/cli/run.ts';

/** Text that Markdown and the site's templates leave as it is, within a table. */
const cell = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\\|<>*_`[\]{}]/g, (char) => (char === '|' ? '\\|' : char === '<' ? '&lt;' : char === '{' ? '&#123;' : `\\${char}`));

function optionTable(options: readonly OptionModel[]): string[] {
  const rows = options.map(({ usage, description, choices }) => {
    const more = choices.length > 0 && !choices.every((choice) => description.includes(choice)) ? ` (${choices.join(', ')})` : '';
    return `| \`${usage.replaceAll('|', '\\|')}\` | ${cell(description + more)} |`;
  });
  return rows.length > 0 ? ['| option | means |', '|---|---|', ...rows, ''] : [];
}

/** The whole page. */
export function cliReference(): string {
  const io: CliIo = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: {} };
  const model = modelOf(createProgram(io, async () => {}));
  const common = new Set(model.options.map(({ usage }) => usage));
  const lines = [
    '# Options of the command',
    '',
    'Every command of `anyfile` with its options, made from the program itself; `anyfile COMMAND --help` prints the same. [The guide](cli.md) says what they are for.',
    '',
    '## Options of all commands',
    '',
    ...optionTable(model.options),
  ];
  for (const { path, usage, description, options, commands } of everyCommand(model)) {
    if (path === '') continue;
    lines.push(
      `## anyfile ${path}`,
      '',
      `${cell(description).replace(/^./, (first) => first.toUpperCase())}.`.replace(/([.!?])\.$/, '$1'),
      '',
    );
    if (commands.length === 0) lines.push('```text', `anyfile ${path}${usage && ` ${usage}`}`, '```', '');
    lines.push(...optionTable(options.filter((option) => !common.has(option.usage))));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Every command by its path, with all flags that it takes. */
export function knownCommands(): Map<string, ReadonlySet<string>> {
  const io: CliIo = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: {} };
  const model = modelOf(createProgram(io, async () => {}));
  return new Map(
    [...everyCommand(model)].map(({ path, options }) => [path, new Set([...model.options, ...options].flatMap(({ flags }) => flags))]),
  );
}
