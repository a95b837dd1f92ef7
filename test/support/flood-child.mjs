/**
 * A sender that floods: so many connections, each of which sends bodies of new events one after the other
 * and heeds no answer. Prints `{sent, accepted, statuses}` as JSON when standard input ends.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [url, tokenFile, connections, events] = process.argv.slice(2);
const token = readFileSync(tokenFile, 'utf8').trim();
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const statuses = {};
let accepted = 0;
let sent = 0;
let isOver = false;

const LINE = (at) =>
  JSON.stringify({
    native_id: `flood-@-${at}`,
    event_time: new Date().toISOString(),
    activity: 'tool_call',
    agent: { uid: `agent/flood-${at % 20}` },
    task: { id: `flood-${at % 50}` },
    tool: { name: 'read_mail', server: 'mail' },
    args: { value: { folder: 'inbox', id: `@-${at}` } },
    result: { value: 'The customer asks for the invoice of last month. '.repeat(8) },
    outcome: 'success',
  });
const template = Array.from({ length: Number(events) }, (_, at) => LINE(at)).join('\n');

function send() {
  const body = template.replaceAll('@', `${process.pid}-${sent++}`);
  return new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-ndjson',
      'content-length': Buffer.byteLength(body),
    };
    const sending = request(`${url}/v1/events`, { agent, method: 'POST', headers }, (answer) => {
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
      let text = '';
      answer.on('data', (data) => {
        text += data;
      });
      answer.on('end', () => {
        if (answer.statusCode === 202) accepted += JSON.parse(text).accepted;
        resolve();
      });
      answer.on('error', resolve);
    });
    sending.on('error', resolve);
    sending.end(body);
  });
}

const all = Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    while (!isOver) await send();
  }),
);
process.stdin.resume();
process.stdin.on('end', async () => {
  isOver = true;
  await all;
  agent.destroy();
  process.stdout.write(JSON.stringify({ sent, accepted, statuses }));
});
