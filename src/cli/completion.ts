/**
 * `anyfile completion`, `anyfile man` and `anyfile license`: what shells and man read, made from the program itself, and the licence that it came with.
 *
 * @module
 */
import { Argument, type Command } from 'commander';
import { modelOf } from './completion-model.ts';
import { ItemError } from './io.ts';
import type { Start } from './run.ts';

type Shell = 'bash' | 'zsh' | 'fish';

/** Add the commands. */
export function addCompletion(program: Command, start: Start): void {
  program
    .command('completion')
    .description('print a script that completes this command: source <(anyfile completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action((shell: Shell, _options: object, command: Command) =>
      start(command, async ({ out }) => {
        const { bashScript, fishScript, zshScript } = await import('./completion-scripts.ts');
        const text = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](modelOf(command));
        await out.bytes(new TextEncoder().encode(text));
      }),
    );
  program
    .command('man')
    .description('print the manual page: anyfile man | man -l -')
    .action((_options: object, command: Command) =>
      start(command, async ({ out, io }) => {
        const { manPage } = await import('./man.ts');
        await out.bytes(new TextEncoder().encode(manPage(modelOf(command), io.version?.() ?? 'unknown')));
      }),
    );
  program
    .command('license')
    .description('print the licence of this program')
    .action((_options: object, command: Command) =>
      start(command, async ({ out, io }) => {
        if (!io.license) throw new ItemError('the licence is not here: it is the file LICENSE of the package');
        await out.bytes(new TextEncoder().encode(io.license()));
      }),
    );
}
