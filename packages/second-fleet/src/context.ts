// What one task is about (who, which record, which value), and the arguments made of it.
import { at, hashHex, type Rng } from './rng.ts';
import type { Words } from './texts.ts';
import type { Agent, Tool } from './types.ts';

export interface Context extends Words {
  vendor: string;
  iban: string;
  amount: number;
  channel: string;
  repo: string;
  table: string;
  article: string;
}

const topics =
  'pallets,container rates,customs codes,reefer units,spring tariff,driver shifts,fuel surcharge,returns,insurance,port fees,packaging,tyres,route 12,invoices of May,battery transport,toll bills,warehouse rent,late trucks,seasonal staff,claims';
const hosts =
  'harbourline,kestrelparts,greenfork,oldmill,polarfresh,sunridge,tidewater,urbanbox,vantagesteel,westgate,yellowpine,zenithair,brightwell,copperleaf,duskmoor,eastfield';
const tables =
  'orders,shipments,customers,vehicles,claims,stock_moves,tariffs,drivers,quotes,invoices';

export function ibanOf(key: string): string {
  const digits = BigInt(`0x${hashHex(key)}`)
    .toString()
    .padStart(20, '7')
    .slice(0, 18);
  return `DE${20 + (digits.charCodeAt(3) % 70)}${digits}`;
}

/** Old acquaintances come back by Zipf's law; an agent of much novelty meets new ones every day. */
export function drawContext(rng: Rng, agent: Agent): Context {
  const fresh = rng.chance(agent.novelty);
  const n = fresh
    ? 1000 + rng.int(0, 40_000)
    : agent.index * 7 + Math.floor(60 * rng.float() ** 2.5);
  const host = at(hosts.split(','), n % 16);
  const domain = fresh ? `${host}${n % 97}.example` : `${host}.example`;
  const vendor = `V-${1000 + (n % 400)}`;
  const ticketTail = rng.int(10_000, 99_999);
  const team = agent.job.team;
  return {
    mail: `${at('ana,li,max,zoe,ivo,uma'.split(','), n % 6)}.${n % 211}@${domain}`,
    person: rng.pick(agent.users).uid.split('.')[0] ?? 'kim',
    ticket: `T-${ticketTail}`,
    topic: fresh ? `${at(topics.split(','), n % 20)} ${n % 977}` : at(topics.split(','), n % 20),
    file: `${team}/${at(tables.split(','), n % 10)}/${fresh ? rng.hex(5) : `f${n % 23}`}.md`,
    domain,
    vendor,
    iban: ibanOf(vendor),
    amount: Math.round(rng.logn(240, 1.3) * 100) / 100,
    channel: `C${team}-${n % 5}`,
    repo: `${team}/${at(tables.split(','), (n + agent.index) % 10)}`,
    table: at(tables.split(','), (n + (agent.index % 4)) % 10),
    article: `A-${fresh ? n : n % 120}`,
  };
}

type Make = (c: Context, rng: Rng, a: Agent) => [Record<string, unknown>, string];

const one =
  (key: string, value: (c: Context) => string): Make =>
  (c) => [{ [key]: value(c) }, value(c)];

const makers: Record<string, Make> = {
  ticket: one('ticket_id', (c) => c.ticket),
  ticketset: (c, r) => [
    { ticket_id: c.ticket, status: r.pick(['open', 'pending', 'solved']) },
    c.ticket,
  ],
  reply: (c) => [
    { ticket_id: c.ticket, body: `Dear customer, we have looked at ${c.topic}.` },
    c.ticket,
  ],
  draft: (c) => [{ id: c.ticket, text: `Draft on ${c.topic}` }, `draft-${c.ticket}`],
  maildraft: (c) => [{ to: c.mail, subject: c.topic }, `draft-${c.ticket}`],
  query: (c) => [{ query: c.topic }, c.topic],
  mailid: (_, r) => {
    const id = `m-${r.hex(6)}`;
    return [{ email_id: id }, id];
  },
  mail: (c) => [
    { to: c.mail, subject: `Re: ${c.topic}`, body: `About ${c.topic}: see below.` },
    c.mail,
  ],
  cal: (c) => [{ calendar_id: c.person }, c.person],
  event: (c) => [{ summary: c.topic, attendees: [c.mail] }, `ev-${c.ticket}`],
  url: (c, r) => {
    const url = `https://www.${c.domain}/${r.pick(['news', 'prices', 'docs', 'about'])}/${r.int(1, 400)}`;
    return [{ url }, url];
  },
  record: (c) => [{ objectType: 'contacts', id: c.article, owner: c.person }, c.article],
  customer: one('customer_id', (c) => c.mail),
  file: one('file_id', (c) => c.file),
  filenew: (c) => [{ title: c.topic, parent: c.file }, c.file],
  path: one('path', (c) => c.file),
  grep: (c) => [{ pattern: c.topic, path: c.repo }, c.repo],
  cmd: (_, r) => [
    {
      command: r.pick([
        'npm test',
        'git status',
        'pytest -q',
        'make lint',
        'git diff --stat',
        'ls -la',
      ]),
    },
    'workspace',
  ],
  repo: (c) => [{ owner: c.repo.split('/')[0], repo: c.repo }, c.repo],
  sql: (c, r) => [
    {
      sql: `SELECT * FROM ${c.table} WHERE day > ${r.int(1, 28)} LIMIT ${r.pick([10, 50, 100, 200])}`,
    },
    c.table,
  ],
  table: one('table', (c) => c.table),
  chart: (c) => [{ title: c.topic, kind: 'line' }, c.topic],
  bucket: (c, r) => [
    { bucket: `${c.repo.split('/')[0]}-data`, key: `${c.table}/${r.hex(4)}` },
    `${c.repo.split('/')[0]}-data`,
  ],
  employee: (_, r) => {
    const id = `E-${r.int(100, 999)}`;
    return [{ employee_id: id }, id];
  },
  channel: (c) => [{ channel_id: c.channel, text: `Update on ${c.topic}` }, c.channel],
  channelread: one('channel_id', (c) => c.channel),
  job: (c) => [{ name: c.repo }, c.repo],
  invoice: (c) => [{ invoice_id: `I-${c.ticket}`, amount: c.amount }, `I-${c.ticket}`],
  vendor: one('vendor_id', (c) => c.vendor),
  stock: one('location', (c) => `W-${c.article.slice(-1)}`),
  pay: (c) => [{ vendor_id: c.vendor, iban: c.iban, amount: c.amount }, c.iban],
  refund: (c) => [
    { charge: `ch_${c.ticket}`, customer: c.mail, amount: c.amount },
    `ch_${c.ticket}`,
  ],
  snapshot: (_, __, a) => [{ vault: `bk-${a.index % 7}` }, `bk-${a.index % 7}`],
  metric: (c) => [{ query: `rate(${c.table}_total[5m])`, index: c.table }, c.table],
  pod: (c) => [
    { namespace: c.repo.split('/')[0], name: c.table },
    `${c.repo.split('/')[0]}/${c.table}`,
  ],
  issue: one('issue_key', (c) => `OPS-${c.ticket.slice(2)}`),
  issuenew: (c) => [{ project: 'OPS', summary: c.topic }, 'OPS'],
  post: (c) => [
    { title: c.topic, url: 'https://blog.example/posts' },
    'https://blog.example/posts',
  ],
  user: one('user_id', (c) => c.person),
  grant: (c) => [{ user_id: c.person, group_id: `g-${c.table}` }, `g-${c.table}`],
  article: one('article', (c) => c.article),
  truck: (c) => [
    { truck: `TR-${c.article.slice(-2)}`, order: c.ticket },
    `TR-${c.article.slice(-2)}`,
  ],
  memory: (c) => [{ collection: c.table, text: c.topic }, c.table],
  suite: (c) => [{ suite: c.repo }, c.repo],
  userid: (_, r) => {
    const id = `svc-${r.hex(5)}`;
    return [{ user_id: id, email: `${id}@mailbox.example` }, id];
  },
  secret: (_, r) => {
    const path = `kv/prod/${r.pick(['db-root', 'payments-api', 'sso-signing', 'backup-key'])}`;
    return [{ path }, path];
  },
  share: (c) => [{ file_id: c.file, email: c.mail, role: 'reader' }, c.mail],
};

export function argsOf(
  t: Tool,
  c: Context,
  rng: Rng,
  agent: Agent,
): [Record<string, unknown>, string] {
  const make = makers[t.arg];
  if (!make) throw new Error(`no arguments for ${t.arg}`);
  return make(c, rng, agent);
}
