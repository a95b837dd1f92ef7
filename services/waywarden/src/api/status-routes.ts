/**
 * The HTTP API of an embedded installation. Reading needs no token on this machine (reach-options.ts); writing
 * events does.
 */
import { badCursor, errorAnswers, parsedQuery, type Workplace } from '@waywarden/console';
import { type EventLog, partitionOf } from '@waywarden/event-log';
import { chainKey, HEADERS, TOPICS } from '@waywarden/schemas';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Status } from './status-report.ts';
import { LIMIT_DEFAULT, LIMIT_MAX, type RawRecord, type StoreReader } from './store-reader.ts';

export interface StatusParts {
  readonly store: StoreReader;
  readonly log: EventLog;
  readonly tenant: string;
  readonly status: () => Promise<Status>;
  readonly lists: Workplace['lists'];
}

const limitQuery = z.strictObject({
  /** The guard has compared it. */
  tenant: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
});
const idParameter = z.object({ id: z.uuid() });
const decisionsQuery = limitQuery.extend({ alert_id: z.uuid().optional() });

/** Against framing, sniffing, caching, other sites. */
const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

function notFound(reply: FastifyReply, what: string): FastifyReply {
  return reply.code(404).send({
    error: 'not_found',
    message: `${what} It may not be stored yet: what was accepted is stored within a second or two.`,
    what_to_do:
      'Ask again in a moment. Of another tenant nothing is shown here: start "up" with --tenant.',
  });
}

async function withResponse(
  store: StoreReader,
  alerts: readonly RawRecord[],
): Promise<readonly RawRecord[]> {
  const ids = fieldTexts(alerts, 'alert_id');
  const [decisions, commands] = await Promise.all([store.decisionsOf(ids), store.commandsOf(ids)]);
  const about = (records: readonly RawRecord[], id: unknown) =>
    records.filter(({ alert_ids: cited }) => Array.isArray(cited) && cited.includes(id));
  return alerts.map((alert) => ({
    ...alert,
    decisions: about(decisions, alert['alert_id']),
    commands: about(commands, alert['alert_id']),
  }));
}

function eventRoutes(app: FastifyInstance, parts: StatusParts): void {
  const { store } = parts;
  app.get('/v1/events', async (request) => {
    const { limit } = limitQuery.parse(request.query);
    return { events: await store.recentEvents(limit) };
  });
  app.get('/v1/events/:id', async (request, reply) => {
    const { id } = idParameter.parse(request.params);
    const fate = await eventFate(parts, id);
    return fate ?? notFound(reply, `No event ${id} of tenant ${parts.tenant} is stored.`);
  });
}

/** For whoever polls. */
const ALL = { state: 'all', hygiene: 'include', sort: 'detected' } as const;

function alertRoutes(app: FastifyInstance, { store, tenant, lists }: StatusParts): void {
  app.get('/v1/alerts', async (request, reply) => {
    const { query, refused } = parsedQuery(request, reply);
    if (query === undefined) return refused;
    const list = lists.list(query, { me: request.identity.uid, defaults: ALL });
    if (list === undefined) return badCursor(reply);
    const entries = list.groups.map(({ lead }) => lead);
    const records = await lists.records(entries);
    const triage = new Map(entries.map((one) => [one.row.id, lists.brief(one)]));
    const alerts = await withResponse(store, records);
    const { cursor, total, complete } = lists.answer(list);
    return {
      alerts: alerts.map((one) => ({
        ...one,
        triage: triage.get(String(one['alert_id'])) ?? null,
      })),
      ...{ total, cursor, complete },
    };
  });
  app.get('/v1/alerts/:id', async (request, reply) => {
    const { id } = idParameter.parse(request.params);
    const alert = await store.alert(id);
    if (alert === undefined)
      return notFound(reply, `No alert ${id} of tenant ${tenant} is stored.`);
    return (await withResponse(store, [alert]))[0];
  });
}

function responseRoutes(app: FastifyInstance, { store }: StatusParts): void {
  app.get('/v1/decisions', async (request) => {
    const { limit, alert_id: alertId } = decisionsQuery.parse(request.query);
    const decisions =
      alertId === undefined
        ? await store.decisions(limit)
        : (await store.decisionsOf([alertId])).slice(0, limit);
    return { decisions };
  });
  app.get('/v1/commands', async (request) => {
    const { limit } = limitQuery.parse(request.query);
    const commands = await store.commands(limit);
    return { commands, receipts: await store.receiptsOf(fieldTexts(commands, 'command_id')) };
  });
}

export function statusRoutes(app: FastifyInstance, parts: StatusParts): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(SAFE_HEADERS);
  });
  errorAnswers(app);
  app.get('/v1/status', () => parts.status());
  eventRoutes(app, parts);
  alertRoutes(app, parts);
  responseRoutes(app, parts);
}

const STEP_RECORDS_MAX = 20_000;
const CHUNK_RECORDS = 1000;
const DECODER = new TextDecoder();

interface EventFate {
  readonly event_id: string;
  readonly sentence: string;
  readonly event: RawRecord;
  readonly privilege_step: RawRecord | null;
  readonly alerts: readonly RawRecord[];
  readonly decisions: readonly RawRecord[];
  readonly commands: readonly RawRecord[];
}

async function findStep(
  log: EventLog,
  tenant: string,
  event: RawRecord,
): Promise<RawRecord | null> {
  const topic = TOPICS.privilegeSteps.name;
  const { partitions } = await log.describe(topic);
  const partition = partitionOf(chainKey(tenant, String(event['chain_id'])), partitions);
  const first = (await log.startOffsets(topic))[partition] ?? 0;
  const end = (await log.endOffsets(topic))[partition] ?? 0;
  const floor = Math.max(first, end - STEP_RECORDS_MAX);
  for (let to = end; to > floor; to -= CHUNK_RECORDS) {
    const from = Math.max(floor, to - CHUNK_RECORDS);
    const records = await log.read(topic, partition, from, to - from);
    for (const record of records.toReversed()) {
      if (record.value === null || record.headers[HEADERS.type] !== 'event') continue;
      const step = JSON.parse(DECODER.decode(record.value)) as RawRecord;
      if (step['event_id'] === event['event_id']) return step;
    }
  }
  return null;
}

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function sentenceOf(fate: Omit<EventFate, 'sentence'>): string {
  const step = fate.privilege_step === null ? '' : ' Combinations of calls are looked for with it.';
  if (fate.alerts.length === 0) return `Stored; no alert cites it.${step}`;
  const withheld = fate.decisions.filter((one) => one['withheld_reason'] !== null).length;
  return (
    `Stored; ${plural(fate.alerts.length, 'alert')} cite${fate.alerts.length === 1 ? 's' : ''} it.${step} ` +
    `${plural(fate.decisions.length, 'response decision')}, ${withheld} withheld; ${plural(fate.commands.length, 'command')} issued.`
  );
}

/**
 * What became of one event: seen, concluded, done, and a sentence. Its step is looked up in the log, newest first.
 */
const fieldTexts = (records: readonly RawRecord[], field: string): readonly string[] =>
  records.map((record) => String(record[field]));

/** Undefined: unknown to the store, yet. */
async function eventFate(
  parts: { readonly store: StoreReader; readonly log: EventLog; readonly tenant: string },
  eventId: string,
): Promise<EventFate | undefined> {
  const { store, log, tenant } = parts;
  const event = await store.event(eventId);
  if (event === undefined) return undefined;
  const alerts = await store.alertsCiting(eventId);
  const alertIds = fieldTexts(alerts, 'alert_id');
  const [step, decisions, commands] = await Promise.all([
    findStep(log, tenant, event),
    store.decisionsOf(alertIds),
    store.commandsOf(alertIds),
  ]);
  const fate = { event_id: eventId, event, privilege_step: step, alerts, decisions, commands };
  return { ...fate, sentence: sentenceOf(fate) };
}
