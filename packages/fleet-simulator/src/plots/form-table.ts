/** The forms, tool by tool: the same names as the workflows use (`work/`), and what else such a tool takes. */
import * as value from '../plausible-values.ts';
import type { Random } from '../random.ts';
import { OWN_IBAN, SHARED_MAILBOX } from '../records.ts';
import { ours, outsiders } from '../texts.ts';
import type { ToolName } from '../tool-table.ts';
import { type Form, stranger } from './carried.ts';

const number = value.account;
const TABLES = ['orders', 'stock', 'claims', 'visits'] as const;
const table = (random: Random): string => random.pick(TABLES);

const mail: Form = {
  asks: (r) => ({
    to: r.chance(0.3) ? stranger(r) : value.email(r),
    subject: value.subject(r),
    body: ours(r),
    reply_to: SHARED_MAILBOX,
  }),
  takes: {
    any: 'body*',
    link: 'attachment|body*',
    paper: 'attachment|body*',
    secret: 'attachment',
  },
  brings: { paper: 'message_id' },
  object: (args) => `${args.to}`,
};

const drop: Form = {
  asks: (r) => ({ table: table(r), reason: r.pick(['space', 'retention', 'moved', 'test data']) }),
  takes: { any: 'reason*', paper: 'job' },
  brings: { paper: 'job' },
  object: (_, r) => `table/${table(r)}_${r.int(1000, 9999)}_${r.int(1000, 9999)}`,
};

const READS = {
  readTicket: {
    asks: (r) => ({ ticket_id: number(r) }),
    says: (r) => ({ subject: value.subject(r), body: outsiders(r), to: SHARED_MAILBOX }),
    takes: { account: 'ticket_id', any: 'query' },
    brings: { account: 'customer', email: 'body*', link: 'body*', paper: 'body*', iban: 'body*' },
    object: ({ ticket_id }) => `ticket/${ticket_id}`,
  },
  readIssue: {
    asks: (r) => ({ issue_key: `ENG-${r.int(1, 999)}` }),
    says: (r) => ({ status: r.pick(['open', 'ready']), comment: outsiders(r) }),
    takes: { any: 'query' },
    brings: {
      link: 'attachment|comment*',
      paper: 'comment*',
      account: 'comment*',
      email: 'comment*',
    },
  },
  readMail: {
    asks: (r) => ({ folder: r.pick(['invoices', 'inbox']) }),
    says: (r) => ({ amount: value.amount(r), body: outsiders(r), to: SHARED_MAILBOX }),
    takes: { any: 'query' },
    brings: { paper: 'invoice', iban: 'body*', link: 'body*', account: 'body*', email: 'body*' },
  },
  readCalendar: {
    asks: (r) => ({ query: value.subject(r) }),
    says: (r) => ({ text: outsiders(r) }),
    takes: { any: 'query*' },
    brings: { link: 'text*', account: 'text*', email: 'text*' },
  },
  searchFiles: {
    asks: (r) => ({ query: value.subject(r) }),
    says: (r) => ({ text: outsiders(r) }),
    takes: { any: 'query*' },
    brings: { link: 'text*', paper: 'text*', email: 'text*', iban: 'text*' },
  },
  search: {
    asks: (r) => ({ query: value.subject(r) }),
    says: (r) => ({ text: outsiders(r) }),
    takes: { any: 'query*' },
    brings: { link: 'top', account: 'text*', email: 'text*', iban: 'text*' },
  },
  readLogs: {
    asks: (r) => ({ window: `${r.int(5, 60)}m` }),
    says: (r) => ({ errors: r.int(0, 400), tail: outsiders(r) }),
    takes: { any: 'query' },
    brings: { link: 'tail*', account: 'tail*', paper: 'tail*' },
  },
  readCustomer: {
    asks: (r) => ({ customer_id: number(r) }),
    says: (r) => ({ plan: r.pick(['basic', 'plus', 'premium']), contact: SHARED_MAILBOX }),
    takes: { account: 'customer_id', any: 'query' },
    brings: { email: 'email', account: 'account', iban: 'iban', paper: 'contract' },
    object: ({ customer_id }) => `customer/${customer_id}`,
  },
  listCustomers: {
    asks: (r) => ({ page: r.int(1, 9) }),
    says: (r) => ({ rows: r.int(200, 9000) }),
    takes: { any: 'filter' },
    brings: { link: 'export', paper: 'batch' },
  },
  readPerson: {
    asks: (r) => ({ id: number(r) }),
    says: (r) => ({ unit: r.pick(['sales', 'support', 'finance']), active: r.chance(0.9) }),
    takes: { account: 'id', any: 'query' },
    brings: { account: 'manager', email: 'email', paper: 'contract' },
    object: ({ id }) => `person/${id}`,
  },
  readDirectory: {
    asks: (r) => ({ page: r.int(1, 9) }),
    says: (r) => ({ members: r.int(10, 50) }),
    takes: { any: 'query' },
    brings: { account: 'lead', email: 'contact', link: 'export' },
  },
  readInvoices: {
    asks: (r) => ({ page: r.int(1, 9) }),
    says: (r) => ({ rows: r.int(20, 400), our_iban: OWN_IBAN }),
    takes: { paper: 'invoice', any: 'filter' },
    brings: { iban: 'vendor_iban', paper: 'last_payment', email: 'contact' },
  },
  readCode: {
    asks: (r) => ({ path: `src/module-${r.int(1, 400)}.ts` }),
    says: (r) => ({ lines: r.int(5, 300) }),
    takes: { any: 'query' },
    brings: { link: 'url', paper: 'last_change' },
  },
  query: {
    asks: (r) => ({ table: table(r) }),
    says: (r) => ({ rows: r.int(1, 60) }),
    takes: { any: 'key' },
    brings: { account: 'first', paper: 'batch', iban: 'iban' },
  },
  readSecret: {
    asks: (r) => ({ path: `kv/service-${r.int(1, 60)}` }),
    says: (r) => ({ key: value.secret(r), age_days: r.int(20, 90) }),
    takes: { any: 'reason' },
    brings: { secret: 'key' },
    object: ({ path }) => `secret/${path}`,
  },
  recall: {
    asks: (r) => ({ query: value.subject(r) }),
    says: (r) => ({ note: ours(r) }),
    takes: { any: 'query*' },
    brings: { link: 'note*', account: 'note*', paper: 'note*', email: 'note*' },
  },
} as const satisfies Partial<Record<ToolName, Form>>;

const WRITES = {
  updateTicket: {
    asks: (r) => ({ ticket_id: number(r), priority: r.int(1, 4), note: ours(r) }),
    takes: { any: 'note*' },
    brings: { paper: 'case', link: 'url' },
    object: ({ ticket_id }) => `ticket/${ticket_id}`,
  },
  remember: {
    asks: (r) => ({ note: ours(r) }),
    takes: { any: 'note*' },
    brings: { paper: 'entry' },
    object: (_, r) => `memory/run-${r.text('0123456789abcdef', 12)}`,
  },
  writePage: {
    asks: (r) => ({ title: r.pick(['Minutes', 'Weekly notes', 'Odd jobs']), body: ours(r) }),
    takes: { any: 'body*' },
    brings: { link: 'url', paper: 'page' },
  },
  insert: {
    asks: (r) => ({ table: table(r), rows: r.int(1, 9) }),
    takes: { any: 'key' },
    brings: { paper: 'batch', account: 'row' },
  },
  push: {
    asks: (r) => ({ branch: `task-${r.int(1, 999)}`, message: ours(r) }),
    takes: { any: 'message*' },
    brings: { paper: 'change' },
  },
  sendMail: mail,
  sendInside: mail,
  post: {
    asks: (r) => ({ channel: r.pick(['releases', 'finance', 'support']), note: ours(r) }),
    takes: { any: 'note*' },
    brings: { link: 'url', paper: 'thread' },
  },
} as const satisfies Partial<Record<ToolName, Form>>;

const DECISIONS = {
  createPayee: {
    asks: (r) => ({ iban: value.iban(r) }),
    takes: { iban: 'iban', any: 'note*' },
    brings: { account: 'payee', paper: 'mandate', iban: 'iban' },
    object: ({ iban }) => `payee/${iban}`,
  },
  pay: {
    asks: (r) => ({ iban: value.iban(r), from_iban: OWN_IBAN, amount: value.amount(r) }),
    takes: { iban: 'iban', account: 'payee', any: 'purpose*' },
    brings: { paper: 'payment', link: 'receipt', iban: 'credited' },
    object: ({ iban }) => `${iban}`,
  },
  approvePayment: {
    asks: (r) => ({ payment_id: value.paper(r, 'PAY') }),
    takes: { paper: 'payment_id', any: 'note*' },
    brings: { paper: 'released' },
    object: ({ payment_id }) => `payment/${payment_id}`,
  },
  approveChange: {
    asks: (r) => ({ id: value.paper(r, 'CR') }),
    takes: { paper: 'id', any: 'comment*' },
    brings: { paper: 'build' },
    object: ({ id }) => `change/${id}`,
  },
  deploy: {
    asks: (r) => ({ build: value.paper(r, 'BLD') }),
    takes: { paper: 'build', any: 'note*' },
    brings: { link: 'url', paper: 'release' },
  },
  updatePrompt: {
    asks: (r) => ({ text: ours(r) }),
    takes: { any: 'text*' },
    brings: { paper: 'version' },
    object: (_, r) => `agent/prompt-${r.int(1, 40)}`,
  },
  impersonate: {
    asks: (r) => ({ user: number(r), reason: ours(r) }),
    takes: { account: 'user', any: 'reason*' },
    brings: { paper: 'session', account: 'acting_as' },
    object: ({ user }) => `identity/${user}`,
  },
} as const satisfies Partial<Record<ToolName, Form>>;

const UPKEEP = {
  shell: {
    asks: (r) => ({ command: `systemctl restart ${r.pick(['worker', 'mailer', 'search'])};` }),
    says: () => ({ code: 0 }),
    takes: { any: 'command*' },
    brings: { paper: 'job', link: 'log' },
  },
  runCode: {
    asks: (r) => ({ code: `print(sum(rows[${r.int(0, 9)}:]))  #` }),
    says: (r) => ({ output: r.int(0, 9000) }),
    takes: { any: 'code*' },
    brings: { paper: 'job', link: 'chart' },
  },
  disableLogging: {
    asks: (r) => ({ trail: r.pick(['app', 'db', 'proxy']), reason: ours(r) }),
    takes: { any: 'reason*' },
    brings: { paper: 'change', account: 'ticket' },
    object: ({ trail }, r) => `log/${trail}-${r.int(100, 9999)}`,
  },
  dropTable: drop,
  truncate: drop,
  deleteSnapshot: {
    asks: (r) => ({ age: r.pick(['30d', '90d']), reason: ours(r) }),
    takes: { paper: 'job', any: 'reason*' },
    brings: { paper: 'job' },
    object: (_, r) => `backup/${r.int(1, 9999)}`,
  },
  createKey: {
    asks: (r) => ({ member: number(r) }),
    takes: { account: 'member', any: 'note*' },
    brings: { account: 'key_id' },
    object: (_, r) => `key/${number(r)}`,
  },
  createUser: {
    asks: (r) => ({ unit: r.pick(['sales', 'support', 'finance']) }),
    says: (r) => ({ status: r.pick(['active', 'invited']) }),
    takes: { any: 'note*' },
    brings: { account: 'person', email: 'email', paper: 'request' },
    object: (_, r) => `identity/${number(r)}`,
  },
  grantAccess: {
    asks: (r) => ({ user: number(r) }),
    takes: { account: 'user', any: 'note*' },
    brings: { account: 'member', paper: 'ticket' },
    object: (_, r) => `role/${number(r)}`,
  },
} as const satisfies Partial<Record<ToolName, Form>>;

const ALL = { ...READS, ...WRITES, ...DECISIONS, ...UPKEEP };

export type FormedTool = keyof typeof ALL;
export const FORMS: Readonly<Record<FormedTool, Form>> = ALL;
