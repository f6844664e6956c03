// The commands that are compared, from their registries, and what each is told to do the same thing.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { cachedFolder } from '../../tools/cache.mjs';
import { installPython } from '../../tools/python.mjs';
import { run } from '../../tools/run.mjs';
import { installRuntimes, runtimeProgram } from '../../tools/runtimes.mjs';
import { inNewest } from './cases.mjs';

const buildMs = 60 * 60_000;
const goPrograms = {
  s5cmd: { version: '2.3.0', module: 'github.com/peak/s5cmd/v2' },
  rclone: { version: '1.71.2', module: 'github.com/rclone/rclone' },
};
const cloudFiles = '6.4.3';
/** Nobody checks them. */
const keys = { id: 'benchkey', secret: 'benchsecret' };

export const versions = {
  ...Object.fromEntries(Object.entries(goPrograms).map(([name, { version }]) => [name, version])),
  'cloud-files': cloudFiles,
};

/** Builds a program out of the module of that version; as a dependency, since `go install` asks which later versions there are. */
async function buildGo(name) {
  const { version, module } = goPrograms[name];
  const dir = await cachedFolder(`bench-${name}-${version}`, async (work) => {
    const source = join(work, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'go.mod'), `module bench\n\ngo 1.24\n\nrequire ${module} v${version}\n`);
    const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', join(work, name), module];
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
    const { code, output } = await run('go', args, { cwd: source, env, timeoutMs: buildMs });
    if (code !== 0) throw new Error(`${name} could not be built: ${output.trim().slice(-600)}`);
    rmSync(source, { recursive: true, force: true });
  });
  return join(dir, name);
}

/** Nothing of it that is used knows where it stands, so that it can be moved to its place when it is whole. */
async function installCloudFiles() {
  const dir = await cachedFolder(`bench-cloud-files-${cloudFiles}`, (work) => installPython(work, `cloud-files==${cloudFiles}`));
  return join(dir, 'bin', 'python');
}

/** Installs what is missing. @returns where they are */
export async function installPrograms(log) {
  log('installing s5cmd, rclone, cloud-files and the newest Node, where they are not there yet');
  const failure = await installRuntimes({ log });
  if (failure) throw new Error(`the newest Node could not be installed: ${failure}`);
  return {
    s5cmd: await buildGo('s5cmd'),
    rclone: await buildGo('rclone'),
    python: await installCloudFiles(),
    newest: runtimeProgram('node26'),
  };
}

/**
 * The variables that all commands run with: a home of their own, so that no settings of this machine count.
 *
 * @param home an empty folder
 */
export function environmentOf(home, endpoint) {
  const secrets = join(home, '.cloudvolume', 'secrets');
  mkdirSync(secrets, { recursive: true });
  // cloud-files fails on plain variables without a session token
  writeFileSync(join(secrets, 'aws-secret.json'), JSON.stringify({ AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret }));
  const { PATH, LANG, TMPDIR } = process.env;
  const bucket = { TYPE: 's3', PROVIDER: 'Other', ENDPOINT: endpoint, ACCESS_KEY_ID: keys.id, SECRET_ACCESS_KEY: keys.secret };
  const settings = Object.entries({ ...bucket, NO_CHECK_BUCKET: 'true', REGION: 'us-east-1' });
  return {
    PATH,
    HOME: home,
    ...(LANG && { LANG }),
    ...(TMPDIR && { TMPDIR }),
    PYTHONWARNINGS: 'ignore',
    PYTHONDONTWRITEBYTECODE: '1',
    AWS_ACCESS_KEY_ID: keys.id,
    AWS_SECRET_ACCESS_KEY: keys.secret,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    ...Object.fromEntries(settings.map(([name, value]) => [`RCLONE_CONFIG_BENCH_${name}`, value])),
  };
}

/** A place: `{ dir }` of the disk or `{ bucket }`, in which all is below `tree/`. */
const isBucket = ({ bucket }) => bucket !== undefined;

/**
 * The command line that copies all of one place into another, which is empty.
 *
 * @param programs of {@link installPrograms}, and `cli`, the program of the package that is measured
 */
export function commandOf(side, { programs, endpoint, from, to, home }) {
  const [name, ...more] = side.split(/,? /);
  const s3 = (place, end = '') => (isBucket(place) ? `s3://${place.bucket}/tree${end}` : `${place.dir}${end}`);
  const node = side === inNewest ? programs.newest : process.execPath;
  switch (name) {
    case 'anyfile':
      return [node, programs.cli, 'cp', '-r', '--quiet', '--endpoint', endpoint, s3(from, '/'), s3(to)];
    case 's5cmd':
      return [programs.s5cmd, '--endpoint-url', endpoint, '--log', 'error', 'cp', s3(from, '/*'), s3(to, '/')];
    case 'rclone': {
      const place = (where) => (isBucket(where) ? `bench:${where.bucket}/tree` : where.dir);
      const wide = more.length > 0 ? ['--transfers', more[0], '--checkers', more[0]] : [];
      return [programs.rclone, 'copy', '--config', join(home, 'none.conf'), ...wide, place(from), place(to)];
    }
    case 'cloudfiles': {
      const place = (where) => (isBucket(where) ? `s3://${endpoint}/${where.bucket}/tree` : where.dir);
      const start = 'import sys; from cloudfiles_cli import main; sys.argv[0] = "cloudfiles"; main()';
      return [programs.python, '-c', start, ...more, 'cp', '-r', place(from), place(to)];
    }
    default:
      throw new Error(`no such side: ${side}`);
  }
}
