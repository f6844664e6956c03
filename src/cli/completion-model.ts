/**
 * The command line as data, read from the program itself: what completion and the manual are made of.
 *
 * @module
 */
import type { Command, Option } from 'commander';

/** One option. */
export interface OptionModel {
  /** `-p`, `--parallel`. */
  flags: readonly string[];
  /** As the help writes them: `-p, --parallel <n>`. */
  usage: string;
  description: string;
  /** What a value is called; absent for a switch. */
  value?: string | undefined;
  choices: readonly string[];
}

/** One command with all below it. */
export interface CommandModel {
  /** Without the program's name: '' for itself, `meta set`. */
  path: string;
  description: string;
  /** `<path...>` */
  usage: string;
  arguments: readonly { name: string; choices: readonly string[] }[];
  options: readonly OptionModel[];
  commands: readonly CommandModel[];
}

function optionModel(option: Option): OptionModel {
  const { flags, description, short, long, argChoices } = option;
  const value = /[<[]([^>\].]+)/.exec(flags)?.[1];
  return {
    flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
    usage: flags,
    description,
    value,
    choices: argChoices ?? [],
  };
}

function modelAt(command: Command, path: string): CommandModel {
  const help = command.createHelp();
  return {
    path,
    description: command.description(),
    usage: command.registeredArguments
      .map((one) => (one.required ? `<${one.name()}${one.variadic ? '...' : ''}>` : `[${one.name()}${one.variadic ? '...' : ''}]`))
      .join(' '),
    arguments: command.registeredArguments.map((one) => ({ name: one.name(), choices: one.argChoices ?? [] })),
    // with --help, which is no option like the others
    options: help.visibleOptions(command).map(optionModel),
    commands: command.commands.map((sub) => modelAt(sub, path === '' ? sub.name() : `${path} ${sub.name()}`)),
  };
}

/** Read the program to which a command belongs. */
export function modelOf(command: Command): CommandModel {
  let root = command;
  while (root.parent) root = root.parent;
  return modelAt(root, '');
}

/** A command and all below it, in the order in which they were added. */
export function* everyCommand(model: CommandModel): Generator<CommandModel, void, undefined> {
  yield model;
  for (const sub of model.commands) yield* everyCommand(sub);
}
