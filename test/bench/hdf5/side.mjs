// One side of the comparison in a process of its own, see ../dataset/peer.mjs: node side.mjs anyfile|fullDownload MODULE
import process from 'node:process';
import { createInterface } from 'node:readline';
import { act, sideOf } from './sides.mjs';

const [name, module] = process.argv.slice(2);
const side = await sideOf(name, import(module));

const commands = {
  hello: () => ({ versions: { Node: process.versions.node } }),
  act: (job) => act(side, job),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: command, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = await commands[command](request);
  } catch (error) {
    answer = { error: String(error?.stack ?? error).slice(0, 1000) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit();
