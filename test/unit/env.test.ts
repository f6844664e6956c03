import { env, fetchVector, need, uniqueName } from '../env.ts';
import { equal, ok, test } from '../harness.ts';

test('names are unique and the environment has a seed', () => {
  ok(uniqueName() !== uniqueName());
  ok(/^[a-z0-9-]{3,63}$/.test(uniqueName()), 'a name fit for a bucket');
  ok(env().seed > 0, 'a seed');
});

test('vectors are served, and their folders listed', async () => {
  const cases = (await fetchVector('aws-sigv4/v4/')).split('\n');
  ok(cases.includes('get-vanilla'), 'get-vanilla among the cases');
  ok((await fetchVector('aws-sigv4/v4/get-vanilla/request.txt')).startsWith('GET / HTTP/1.1'), 'a request');
});

test('toxiproxy is told from every engine, pages too, what to break', async () => {
  const { api } = need('toxiproxy');
  const { base } = need('vectors');
  const call = async (method: string, path: string, body?: object): Promise<Response> => {
    const response = await fetch(`${api}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    ok(response.ok, `${method} ${path} to succeed instead of ${response.status}`);
    return response;
  };
  const name = uniqueName('proxy');
  const proxy = (await (await call('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream: new URL(base).host })).json()) as {
    listen: string;
  };
  try {
    const url = `http://${proxy.listen}/gcs-v4/LICENSE`;
    const whole = await (await fetch(url)).text();
    equal(whole, await fetchVector('gcs-v4/LICENSE'));
    await call('POST', `/proxies/${name}/toxics`, { type: 'limit_data', stream: 'downstream', attributes: { bytes: 1000 } });
    const cut = await fetch(url, { cache: 'no-store' })
      .then((response) => response.text())
      .catch(() => 'cut');
    ok(cut === 'cut' || cut.length < whole.length, 'less than the whole');
  } finally {
    await call('DELETE', `/proxies/${name}`);
  }
});
