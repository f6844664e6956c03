// What the environment of the tests looks like from a page.

/** The environment without the servers that no page can talk to, and with toxiproxy's API on the page's own origin. */
export function browserEnv(env, origin) {
  const { 'gcs-emulator': emulator, octue, cloudfiles, toxiproxy, ...servers } = env.servers;
  return {
    ...env,
    servers: { ...servers, ...(toxiproxy && { toxiproxy: { api: `${origin}/__toxiproxy` } }) },
    absent: {
      ...env.absent,
      ...(emulator && { 'gcs-emulator': 'answers no page: it has no CORS' }),
      ...(octue && { octue: 'no page starts programs' }),
      ...(cloudfiles && { cloudfiles: 'no page starts programs' }),
    },
  };
}

/** Passes `/__toxiproxy/…` on to toxiproxy, whose API refuses browsers. */
export function toxiproxyMiddleware({ servers: { toxiproxy } }) {
  const prefix = '/__toxiproxy';
  return async (context, next) => {
    if (!toxiproxy || !context.path.startsWith(`${prefix}/`)) return await next();
    const chunks = [];
    for await (const chunk of context.req) chunks.push(chunk);
    const { method } = context;
    const response = await fetch(toxiproxy.api + context.url.slice(prefix.length), {
      method,
      headers: { 'content-type': 'application/json', 'user-agent': 'anyfile-tests' },
      ...(chunks.length && { body: Buffer.concat(chunks) }),
    });
    context.status = response.status;
    context.type = response.headers.get('content-type') ?? 'text/plain';
    context.body = await response.text();
  };
}
