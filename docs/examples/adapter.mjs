/**
 * A detector in one page, as an adapter for `waywarden evaluate … --alerts`: a secret that one call
 * read stands word for word in what another sends out. It reads the events alone and knows nothing of
 * Waywarden.
 *
 *   node docs/examples/adapter.mjs events.ndjson theirs.ndjson
 */
import { createReadStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [events, out] = process.argv.slice(2);
/** So many secrets are remembered; the oldest are forgotten. */
const SECRETS_MAX = 100_000;
/** Shorter texts are words, not secrets. */
const LENGTH_MIN = 12;

const has = (event, symbol) => event.capabilities?.some((one) => one.symbol === symbol) === true;

function* textsIn(value) {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) yield* textsIn(one);
}

/** Who read a secret first, and in which call. */
const secrets = new Map();
const alerts = [];
const seen = new Set();

function claim(read, sent) {
  const [reader, sender] = [read.agent.uid, sent.agent.uid];
  return {
    alert_id: `sent-${sent.native_id}`,
    kind: 'privilege_assembly',
    severity: 'high',
    detected_at: sent.event_time,
    subject: { agent_uid: sender },
    evidence: [read, sent].map((one) => ({ native_id: one.native_id, agent_uid: one.agent.uid })),
    assembly: {
      combination: 'secret-to-egress',
      proof: [read.native_id, sent.native_id],
      contributors: [...new Set([reader, sender])].map((agent_uid) => ({ agent_uid })),
      completed_by: sender,
    },
  };
}

for await (const line of createInterface({ input: createReadStream(events) })) {
  const event = JSON.parse(line);
  // What was told twice happened once, and what failed gave nothing away.
  if (seen.has(event.native_id) || event.outcome !== 'success') continue;
  seen.add(event.native_id);
  if (has(event, 'read:secret'))
    for (const text of textsIn(event.result?.value))
      if (text.length >= LENGTH_MIN && !secrets.has(text)) secrets.set(text, event);
  if (secrets.size > SECRETS_MAX) secrets.delete(secrets.keys().next().value);
  if (!has(event, 'send:external') && !has(event, 'publish:public')) continue;
  const sent = [...textsIn(event.args?.value)];
  const [, read] = [...secrets].find(([text]) => sent.some((one) => one.includes(text))) ?? [];
  if (read !== undefined) alerts.push(claim(read, event));
}
writeFileSync(out, alerts.map((one) => `${JSON.stringify(one)}\n`).join(''));
process.stdout.write(`${alerts.length} alerts in ${out}\n`);
