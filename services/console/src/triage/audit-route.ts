/** `GET /v1/console/audit`: what people did: sign-ins, triage, suppressions, rules, responses. */
import type { EventLog } from '@waywarden/event-log';
import {
  type Decision,
  epochMs,
  HEADERS,
  type MacKeyRing,
  TOPICS,
  type TriageAct,
  triageRecordSchema,
  verifyMac,
} from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AccessEntry, AccessLog } from '../access/access-log.ts';
import { changeWords } from '../core/triage/alert-triage.ts';
import type { AuditLine, AuditPage } from '../core/triage/list-model.ts';
import { ConsoleStore, type StorePort } from '../store/console-store.ts';

const LINES_MAX = 500;
const ACCESS_LINES_MAX = 5_000;
const TRIAGE_RECORDS_MAX = 5_000;
const CHUNK_RECORDS = 500;
const DECISION_DAYS = 90;
const DECODER = new TextDecoder();

const auditQuery = z.strictObject({
  tenant: z.string().optional(),
  /** Whose acts; left out: everybody's. */
  by: z.string().min(1).max(256).optional(),
  limit: z.coerce.number().int().min(1).max(LINES_MAX).default(100),
  /** Lines before this time: the `cursor` of the answer before. */
  before: z.iso.datetime().optional(),
});

export interface AuditRouteParts {
  readonly log: EventLog;
  readonly store: StorePort;
  readonly accessLog: AccessLog;
  readonly tenant: string;
  /** Of whoever seals acts of triage. */
  readonly ring: MacKeyRing;
}

const words = (text: string) => text.replaceAll('_', ' ');

const ofAccess = ({ at, act, by, of = '', detail = '' }: AccessEntry): AuditLine => ({
  ...{ at, by, what: words(act), of, reason: detail },
});

function ofTriage(act: TriageAct): AuditLine {
  const [first, ...others] = act.alerts ?? [];
  const alerts =
    first === undefined
      ? ''
      : `alert ${first.alert_id}${others.length === 0 ? '' : ` and ${others.length} more`}`;
  const scope = Object.values(act.scope ?? {}).join(', ');
  const what = act.act === 'change' ? changeWords(act).join('; ') : words(act.act);
  return { at: act.at, by: act.by, what, of: alerts === '' ? scope : alerts, reason: act.reason };
}

function ofDecision({ act, decided_at: at, agent_uid: agent }: Decision): readonly AuditLine[] {
  if (act === undefined) return [];
  const { by, reason } = act;
  return by.map((one) => ({ at, by: one, what: words(act.act), of: agent, reason }));
}

/** The newest first. */
async function triageLines({ log, tenant, ring }: AuditRouteParts): Promise<readonly AuditLine[]> {
  const topic = TOPICS.triage.name;
  const [end = 0] = await log.endOffsets(topic);
  const [first = 0] = await log.startOffsets(topic);
  const lines: AuditLine[] = [];
  for (let to = end; to > Math.max(first, end - TRIAGE_RECORDS_MAX); ) {
    const from = Math.max(first, to - CHUNK_RECORDS);
    for (const record of (await log.read(topic, 0, from, to - from)).toReversed()) {
      const { value, headers } = record;
      const isOurs = headers[HEADERS.type] === 'event' && verifyMac(record, ring) === 'ok';
      if (value === null || !isOurs) continue;
      const { act } = triageRecordSchema.parse(JSON.parse(DECODER.decode(value)));
      if (act.tenant_id === tenant) lines.push(ofTriage(act));
    }
    to = from;
  }
  return lines;
}

export function auditRoute(app: FastifyInstance, parts: AuditRouteParts): void {
  const store = new ConsoleStore(parts.store);
  app.get('/v1/console/audit', async (request): Promise<AuditPage> => {
    const { by, limit, before } = auditQuery.parse(request.query);
    const [triage, decisions] = await Promise.all([
      triageLines(parts),
      store.recentDecisions(DECISION_DAYS),
    ]);
    const access = parts.accessLog.newest(ACCESS_LINES_MAX).map(ofAccess);
    const untilMs = before === undefined ? Infinity : epochMs(before);
    const fitting = [...access, ...triage, ...decisions.flatMap(ofDecision)]
      .filter((line) => (by === undefined || line.by === by) && epochMs(line.at) < untilMs)
      .toSorted((a, b) => epochMs(b.at) - epochMs(a.at));
    const last = fitting[limit - 1];
    // All of one moment stand on one page: the cursor is a time.
    const lines = fitting.filter(({ at }, n) => n < limit || at === last?.at);
    return { lines, cursor: fitting.length > lines.length ? (last?.at ?? null) : null };
  });
}
