// The app's own server of the signer's tests: `createSignerHandler` of src behind Node's HTTP, for versitygw. Users are told by a bearer
// token, what came is counted by the token of the path: POST /sign/TOKEN, /sign/TOKEN/short for URLs of two seconds, GET /seen/TOKEN.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../tools/bundle.mjs';
import { nodeBuild } from '../tools/node-build.mjs';
import { toRequest } from './web-request.mjs';

/** The handler, from its source: bundled inside the project, where packages are found. */
async function loadSigner() {
  const { build } = await import('esbuild');
  const parent = join(root, 'build', 'test');
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, 'signer-'));
  try {
    const outfile = join(dir, 'signer.mjs');
    await build({
      ...nodeBuild,
      absWorkingDir: root,
      entryPoints: [join(root, 'src/signer.ts')],
      outfile,
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Starts it.
 *
 * @param s3 gives the S3 server, if there is one
 */
export async function startSigner(s3) {
  const { createSignerHandler } = await loadSigner();
  const seen = new Map();
  const handlers = new Map();
  const seenOf = (token) => {
    if (!seen.has(token)) seen.set(token, { posts: 0, decisions: [] });
    return seen.get(token);
  };

  function handlerOf(token, short) {
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3();
    const at = `s3://${endpoint}/${bucket}`;
    return createSignerHandler({
      allow: [
        { url: `${at}/signed-read/`, operations: ['read', 'list'] },
        { url: `${at}/signed-write/`, operations: ['read', 'list', 'write', 'delete'] },
      ],
      region,
      credentials: async () => ({ accessKeyId, secretAccessKey }),
      authorize: (request, { key }) => {
        const user = /^Bearer (\w+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
        return user ? !key.includes('/not-for-') && { identity: user } : null;
      },
      onDecision: (decision) => seenOf(token).decisions.push(decision),
      origins: '*',
      expiresInMs: short ? 2_000 : 300_000,
    });
  }

  async function answer(message) {
    const request = await toRequest(message);
    const [, kind, token, short] = /^\/(sign|seen)\/([\w-]+)(\/short)?$/.exec(new URL(request.url).pathname) ?? [];
    if (kind === 'seen') return Response.json(seenOf(token), { headers: { 'access-control-allow-origin': '*' } });
    if (kind !== 'sign') return new Response(null, { status: 404 });
    const id = `${token}${short ?? ''}`;
    if (!handlers.has(id)) handlers.set(id, handlerOf(token, Boolean(short)));
    if (request.method === 'POST') seenOf(token).posts++;
    return await handlers.get(id)(request);
  }

  const server = createServer(async (message, response) => {
    try {
      const given = await answer(message);
      response.writeHead(given.status, Object.fromEntries(given.headers)).end(Buffer.from(await given.arrayBuffer()));
    } catch {
      response.writeHead(500).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    info: { base: `http://127.0.0.1:${server.address().port}/` },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
