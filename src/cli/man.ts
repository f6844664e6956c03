/**
 * The manual page, in the macros of man(7), from the program's own definitions.
 *
 * @module
 */
import { everyCommand, type CommandModel, type OptionModel } from './completion-model.ts';

/** Text as roff reads it: nothing of it is a request or an escape. */
export function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/[^\x20-\x7e\n]/gu, (char) => `\\[u${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`)
    .replace(/^\./gm, '\\&.');
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
const heading = (text: string): string => `.SH ${roff(text.toUpperCase())}`;

function optionLines({ usage, description, choices }: OptionModel): string[] {
  const more = choices.length > 0 && !choices.every((choice) => description.includes(choice)) ? ` One of ${choices.join(', ')}.` : '';
  return ['.TP', `.B ${roff(usage)}`, roff(sentence(description) + more)];
}

const STATUS: readonly (readonly [string, string])[] = [
  ['0', 'all was done'],
  ['1', 'something failed; the rest was done'],
  ['2', 'the command line is wrong; nothing was done'],
  ['3', 'nothing could be done: wrong keys, no network, no such bucket'],
  ['130', 'interrupted'],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN', 'keys for S3'],
  ['AWS_REGION, AWS_DEFAULT_REGION', 'region of S3'],
  ['AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL', 'address of another S3 service'],
  ['GOOGLE_APPLICATION_CREDENTIALS', 'file of a service account for GCS'],
  ['STORAGE_EMULATOR_HOST', 'address of an emulator of GCS'],
  ['CLOUD_FILES_DIR', 'folder with aliases and secret files; ~/.cloudfiles by default'],
  ['ANYFILE_SERVE_ACCESS_KEY, ANYFILE_SERVE_SECRET_KEY', 'keys that anyfile serve lets in'],
  ['NO_COLOR', 'no colours'],
];

const table = (rows: readonly (readonly [string, string])[]): string[] =>
  rows.flatMap(([name, text]) => ['.TP', `.B ${roff(name)}`, roff(sentence(text))]);

/**
 * The whole page.
 *
 * @param version what it is of
 */
export function manPage(model: CommandModel, version: string): string {
  const common = new Set(model.options.map(({ usage }) => usage));
  const [what = '', ...more] = model.description.split('\n');
  const commands = [...everyCommand(model)].filter(({ path, commands: below }) => path !== '' && below.length === 0);
  const lines = [
    `.TH ANYFILE 1 "" ${roff(`"anyfile ${version}"`)} "User commands"`,
    heading('name'),
    `anyfile \\- ${roff(what.replace(/\.$/, '').replace(/^./, (first) => first.toLowerCase()))}`,
    heading('synopsis'),
    '.B anyfile',
    `.I COMMAND`,
    roff('[options] [arguments]'),
    heading('description'),
    roff(more.join('\n') || sentence(what)),
    heading('commands'),
    ...commands.flatMap(({ path, usage, description, options }) => [
      `.SS ${roff(`anyfile ${path}${usage && ` ${usage}`}`)}`,
      roff(sentence(description.replace(/\s+/g, ' '))),
      ...options.filter((option) => !common.has(option.usage)).flatMap(optionLines),
    ]),
    heading('options of all commands'),
    ...model.options.flatMap(optionLines),
    heading('exit status'),
    ...table(STATUS),
    heading('environment'),
    ...table(ENVIRONMENT),
  ];
  return `${lines.join('\n')}\n`;
}
