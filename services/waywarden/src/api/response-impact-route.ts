/** `GET /v1/response-impact`: what rules cost people in the last days, by rule, agent, owner, class or day. */
import type { Registry } from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CELL_QUERIES, CELLS_MAX } from '../response-impact/cost-sql.ts';
import {
  type AgentOwner,
  type Cell,
  LEDGER_KEYS,
  type Ledger,
  ledgerOf,
} from '../response-impact/ledger.ts';
import { responseImpactWords } from '../response-impact/words.ts';
import type { StoreReader } from './store-reader.ts';

const DAYS_MAX = 90;
const DAYS = 7;

const query = z.strictObject({
  tenant: z.string().optional(),
  by: z.enum(LEDGER_KEYS).default('rule'),
  days: z.coerce.number().int().min(1).max(DAYS_MAX).default(DAYS),
  agent: z.string().min(1).max(2_048).optional(),
  rule: z.string().max(256).optional(),
});

export interface ResponseImpactParts {
  readonly store: Pick<StoreReader, 'rows'>;
  readonly registry: () => Registry | undefined;
}

export function whoseOf(registry: Registry | undefined): ReadonlyMap<string, AgentOwner> {
  return new Map(
    (registry?.agents ?? []).map((agent) => {
      const owner = agent.owner?.person ?? agent.owner?.team ?? '(no owner)';
      return [agent.uid, { owner, class: agent.class }];
    }),
  );
}

export interface ResponseImpact extends Ledger {
  readonly days: number;
  readonly sentence: string;
  readonly cut: boolean;
}

export async function responseImpactOf(
  { store, registry }: ResponseImpactParts,
  asked: z.infer<typeof query>,
): Promise<ResponseImpact> {
  const { by, days, agent, rule } = asked;
  const answers: (readonly Cell[])[] = [];
  // One by one: each scans days of calls.
  for (const sql of CELL_QUERIES) {
    answers.push(await store.rows<Cell>(sql, { days, limit: CELLS_MAX }));
  }
  const cells = answers
    .flat()
    .map((cell) => ({ ...cell, n: Number(cell.n) }))
    .filter((cell) => agent === undefined || cell.agent === agent)
    .filter((cell) => rule === undefined || cell.rule === rule);
  const ledger = ledgerOf(cells, by, whoseOf(registry()));
  const cut = answers.some((one) => one.length >= CELLS_MAX);
  return { ...ledger, days, cut, sentence: responseImpactWords(ledger.total, days) };
}

export function responseImpactRoute(app: FastifyInstance, parts: ResponseImpactParts): void {
  app.get('/v1/response-impact', (request) => responseImpactOf(parts, query.parse(request.query)));
}
