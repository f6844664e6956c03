/**
 * Scripts that complete the command line in bash, zsh and fish. Each finds out which command is being written by walking over the words in front of
 * the cursor, as the program itself would; paths are the shell's own business.
 *
 * Sources: "Programmable Completion" of the bash manual, "Completion System" of zsh's, `complete` of fish's.
 *
 * @module
 */
import { everyCommand, type CommandModel, type OptionModel } from './completion-model.ts';

/** Values and arguments that are files or folders. */
const isPath = (name: string): boolean => !/^(name|host|shell)$/.test(name);
const isPathValue = (name: string): boolean => /^(file|folder|dir|db|list|path)$/.test(name);

/** Text as one word of a shell. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const valued = ({ options }: CommandModel): OptionModel[] => options.filter(({ value }) => value !== undefined);
const flagsOf = (options: readonly OptionModel[]): string[] => options.flatMap(({ flags }) => flags);
const nameOf = ({ path }: CommandModel): string => path.replace(/^.* /, '');

/** Choices of the first argument that has some. */
const argumentChoices = (command: CommandModel): readonly string[] =>
  command.arguments.find(({ choices }) => choices.length > 0)?.choices ?? [];

const takesPaths = (command: CommandModel): boolean =>
  command.commands.length === 0 && argumentChoices(command).length === 0 && command.arguments.some(({ name }) => isPath(name));

/** A script for bash 4 and later. */
export function bashScript(model: CommandModel): string {
  const all = [...everyCommand(model)];
  const steps = all.flatMap((command) =>
    command.commands.map((sub) => `      ${quote(`${command.path}|${nameOf(sub)}`)}) at=${quote(sub.path)} ;;`),
  );
  const tables = all.map((command) => {
    const words = argumentChoices(command).length > 0 ? argumentChoices(command) : command.commands.map(nameOf);
    return `    ${quote(command.path)})
      options=${quote(flagsOf(command.options).join(' '))}
      valued=${quote(flagsOf(valued(command)).join(' '))}
      words=${quote(words.join(' '))}
      paths=${takesPaths(command) ? '1' : "''"} ;;`;
  });
  const values = all.flatMap((command) =>
    valued(command).flatMap(({ flags, value = '', choices }) => {
      const cases = flags.map((flag) => quote(`${command.path}|${flag}`)).join('|');
      if (choices.length > 0) return [`      ${cases}) COMPREPLY=($(compgen -W ${quote(choices.join(' '))} -- "$cur")); return ;;`];
      return isPathValue(value) ? [`      ${cases}) return ;;`] : [];
    }),
  );
  return `# bash completion of anyfile; to be loaded by: source <(anyfile completion bash)

_anyfile_table() {
  case $1 in
${tables.join('\n')}
  esac
}

_anyfile() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local at='' skip='' plain='' word i options valued words paths
  COMPREPLY=()
  # --option=value comes as three words
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  _anyfile_table "$at"
  for (( i = 1; i < COMP_CWORD; i++ )); do
    word=\${COMP_WORDS[i]}
    if [[ $word == '=' ]]; then skip=1; continue; fi
    if [[ -n $skip ]]; then skip=''; continue; fi
    if [[ -n $plain ]]; then continue; fi
    if [[ $word == '--' ]]; then plain=1; continue; fi
    if [[ $word == -* ]]; then
      [[ " $valued " == *" $word "* ]] && skip=1
      continue
    fi
    case "$at|$word" in
${steps.join('\n')}
    esac
    _anyfile_table "$at"
  done
  if [[ -n $skip ]]; then
    case "$at|$prev" in
${values.join('\n')}
    esac
    # a value that nobody can guess: no names of files
    compopt +o default +o bashdefault 2>/dev/null
    return
  fi
  if [[ -z $plain && $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
    return
  fi
  if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); fi
  # an empty reply leaves paths to readline
  if [[ -z $paths ]]; then compopt +o default +o bashdefault 2>/dev/null; fi
  return 0
}

complete -o bashdefault -o default -F _anyfile anyfile
`;
}

/** A word with its description, as zsh's _describe takes it. */
const described = (word: string, description: string): string =>
  quote(`${word.replaceAll(':', '\\:')}:${description.replace(/\s+/g, ' ')}`);

/** A script for zsh 5 and later: to be sourced, or a file \`_anyfile\` of a folder in \`fpath\`. */
export function zshScript(model: CommandModel): string {
  const all = [...everyCommand(model)];
  // `options`, `commands` and the like are zsh's own parameters
  const tables = all.map((command) => {
    const choices = argumentChoices(command);
    const words = choices.length > 0 ? choices.map(quote) : command.commands.map((sub) => described(nameOf(sub), sub.description));
    return `    ${quote(command.path)})
      flags=(${command.options.flatMap(({ flags, description }) => flags.map((flag) => described(flag, description))).join(' ')})
      valued=(${flagsOf(valued(command)).join(' ')})
      subs=(${words.join(' ')})
      files=${takesPaths(command) ? '1' : "''"} ;;`;
  });
  const steps = all.flatMap((command) =>
    command.commands.map((sub) => `      ${quote(`${command.path}|${nameOf(sub)}`)}) at=${quote(sub.path)} ;;`),
  );
  const values = all.flatMap((command) =>
    valued(command).flatMap(({ flags, value = '', choices }) => {
      const cases = flags.map((flag) => quote(`${command.path}|${flag}`)).join('|');
      if (choices.length > 0) return [`      ${cases}) compadd -- ${choices.map(quote).join(' ')}; return ;;`];
      return isPathValue(value) ? [`      ${cases}) _files; return ;;`] : [];
    }),
  );
  return `#compdef anyfile
# zsh completion of anyfile; to be loaded by: source <(anyfile completion zsh)

_anyfile_table() {
  case $1 in
${tables.join('\n')}
  esac
}

_anyfile() {
  emulate -L zsh
  local at='' skip='' plain='' word files
  local -a flags valued subs
  _anyfile_table "$at"
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    if [[ -n $plain ]]; then continue; fi
    if [[ $word == '--' ]]; then plain=1; continue; fi
    if [[ $word == -* ]]; then
      (( \${valued[(Ie)$word]} )) && skip=1
      continue
    fi
    case "$at|$word" in
${steps.join('\n')}
    esac
    _anyfile_table "$at"
  done
  if [[ -n $skip ]]; then
    case "$at|\${words[CURRENT-1]}" in
${values.join('\n')}
    esac
    _message 'a value'
    return
  fi
  if [[ -z $plain && $PREFIX == -* ]]; then
    _describe -o option flags
    return
  fi
  if (( \${#subs} )); then _describe command subs; fi
  if [[ -n $files ]]; then _files; fi
}

if [[ \${funcstack[1]} == _anyfile ]]; then _anyfile "$@"; else compdef _anyfile anyfile; fi
`;
}

/** A script for fish 3 and later. */
export function fishScript(model: CommandModel): string {
  const all = [...everyCommand(model)];
  const word = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const skips = all.flatMap((command) => flagsOf(valued(command)).map((flag) => word(`${command.path}|${flag}`)));
  const steps = all.flatMap((command) =>
    command.commands.map((sub) => `            case ${word(`${command.path}|${nameOf(sub)}`)}\n                set at ${word(sub.path)}`),
  );
  const lines = all.flatMap((command) => {
    const when = `complete -c anyfile -n ${word(`__anyfile_is ${word(command.path)}`)}`;
    const choices = argumentChoices(command);
    const words =
      choices.length > 0
        ? [`${when} -f -a ${word(choices.join(' '))}`]
        : command.commands.map((sub) => `${when} -f -a ${word(nameOf(sub))} -d ${word(sub.description)}`);
    // without this, fish offers files
    const bare = takesPaths(command) || words.length > 0 ? [] : [`${when} -f`];
    const options = command.options.map(({ flags, description, value, choices: some }) => {
      const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
      const takes = value === undefined ? '' : some.length > 0 ? ` -x -a ${word(some.join(' '))}` : isPathValue(value) ? ' -r -F' : ' -x';
      return `${when} ${names}${takes} -d ${word(description.replace(/\s+/g, ' '))}`;
    });
    return [...words, ...bare, ...options];
  });
  return `# fish completion of anyfile; to be loaded by: anyfile completion fish | source

function __anyfile_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l at ''
    set -l skip ''
    for word in $words
        if test -n "$skip"
            set skip ''
            continue
        end
        switch "$at|$word"
            case ${skips.join(' ')}
                set skip 1
${steps.join('\n')}
        end
    end
    echo "$at"
end

function __anyfile_is
    set -l at (__anyfile_at)
    test "$at" = "$argv[1]"
end

${lines.join('\n')}
`;
}
