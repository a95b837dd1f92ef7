/**
 * Every revision of every alert, in the order of the log: a poller that gives back the cursor gets each once and loses
 * none, however many come meanwhile. As records of the contract, or as OCSF Detection Findings.
 */
import type { EventLog } from '@waywarden/event-log';
import { type Alert, HEADERS, type MacKeyRing, TOPICS, verifyMac } from '@waywarden/schemas';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { ocsfFinding } from '../core/export/ocsf-finding.ts';
import { UNTOUCHED } from '../core/triage/alert-triage.ts';
import type { AlertFollower } from './alert-follower.ts';
import { queryProblem } from './triage-routes.ts';

const LIMIT_MAX = 500;
const CURSOR_LENGTH_MAX = 4_096;
const DECODER = new TextDecoder();

export const exportQuery = z.strictObject({
  format: z.enum(['native', 'ocsf']).default('native'),
  after: z.string().min(1).max(CURSOR_LENGTH_MAX).optional(),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(100),
});

const cursorShape = z.object({ log: z.string(), at: z.array(z.number().int().nonnegative()) });
type Cursor = z.infer<typeof cursorShape>;

export interface ExportParts {
  readonly log: EventLog;
  readonly tenant: string;
  readonly follower: AlertFollower;
  /** Who may write alerts. */
  readonly ring: MacKeyRing;
  readonly publicUrl: string;
}

const textOf = (cursor: Cursor): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url');

function cursorOf(text: string): Cursor | undefined {
  try {
    return cursorShape.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

function refuse(reply: FastifyReply, code: 400 | 409, message: string): FastifyReply {
  const error = code === 409 ? 'log_began_anew' : 'bad_request';
  const what_to_do = 'Leave `after` out to begin with the earliest alert that is kept.';
  return reply.code(code).send({ error, message, what_to_do });
}

/** From `at` on; moves `at` along. */
async function readOn(parts: ExportParts, at: number[], limit: number): Promise<readonly Alert[]> {
  const topic = TOPICS.alerts.name;
  const ends = await parts.log.endOffsets(topic);
  const alerts: Alert[] = [];
  for (const [partition, end] of ends.entries()) {
    let offset = at[partition] ?? 0;
    while (offset < end && alerts.length < limit) {
      const records = await parts.log.read(topic, partition, offset, limit - alerts.length);
      if (records.length === 0) break;
      for (const record of records) {
        const { value, headers } = record;
        offset = record.offset + 1;
        const isOurs = headers[HEADERS.type] === 'event' && verifyMac(record, parts.ring) === 'ok';
        if (value === null || !isOurs) continue;
        const alert = JSON.parse(DECODER.decode(value)) as Alert;
        if (alert.tenant_id === parts.tenant) alerts.push(alert);
      }
    }
    at[partition] = offset;
  }
  return alerts;
}

function asFinding({ follower, publicUrl }: ExportParts, alert: Alert) {
  const entry = follower.board.entry(alert.alert_id);
  const work = entry ?? { state: alert.state === 'open' ? 'new' : 'withdrawn', triage: UNTOUCHED };
  const url = new URL(`/alerts/${alert.alert_id}`, publicUrl).href;
  return ocsfFinding({ id: `${alert.alert_id}.${alert.revision}`, alert, work, url });
}

export function exportRoute(app: FastifyInstance, parts: ExportParts): void {
  app.get('/v1/export/alerts', async (request, reply) => {
    const query = exportQuery.safeParse(request.query);
    if (!query.success) {
      return refuse(reply, 400, queryProblem(query.error, Object.keys(exportQuery.shape)));
    }
    const { format, after, limit } = query.data;
    const topic = TOPICS.alerts.name;
    const { incarnation, partitions } = await parts.log.describe(topic);
    const starts = await parts.log.startOffsets(topic);
    const given = after === undefined ? { log: incarnation, at: [...starts] } : cursorOf(after);
    if (given === undefined || given.at.length !== partitions) {
      return refuse(reply, 400, 'after: it is none of an earlier answer.');
    }
    if (given.log !== incarnation) {
      return refuse(reply, 409, 'The log began anew since this cursor was given.');
    }
    const lost = given.at.reduce((sum, at, p) => sum + Math.max(0, (starts[p] ?? 0) - at), 0);
    const at = given.at.map((one, p) => Math.max(one, starts[p] ?? 0));
    const alerts = await readOn(parts, at, limit);
    return {
      format,
      alerts: format === 'ocsf' ? alerts.map((one) => asFinding(parts, one)) : alerts,
      cursor: textOf({ log: incarnation, at }),
      more: alerts.length >= limit,
      /** Records that retention removed before they were read. */
      lost,
    };
  });
}
