/** Pages of work beside the alerts: the list of agents, and the inbox of approvals. */
import type { FastifyInstance } from 'fastify';
import {
  type AgentsQuery,
  agentLines,
  agentsQuery,
  fittingAgents,
} from '../core/lists/agent-list.ts';
import { pausedDecisions, pendingActs } from '../core/lists/approvals.ts';
import type { AgentLine, AgentsPage, ApprovalsPage } from '../core/lists/approvals-model.ts';
import type { BoardEntry } from '../core/triage/triage-board.ts';
import { queryProblem } from '../triage/triage-routes.ts';
import type { PageParts } from './console-pages.ts';
import { StoredAnswer } from './stored-answer.ts';

const LIMIT_DEFAULT = 50;
const DECISION_DAYS = 7;
const CHOICES_MAX = 100;

/** Of each agent, what is open about it, by severity. */
function openByAgent(entries: Iterable<BoardEntry>): ReadonlyMap<string, AgentLine['open']> {
  const counts = new Map<string, Record<string, number>>();
  for (const { row, state } of entries) {
    if (row.isHygiene || (state !== 'new' && state !== 'in_progress')) continue;
    for (const agent of row.agents) {
      const of = counts.get(agent) ?? {};
      of[row.facts.severity] = (of[row.facts.severity] ?? 0) + 1;
      counts.set(agent, of);
    }
  }
  return counts;
}

export interface WorkPageParts extends PageParts {
  readonly entries: () => Iterable<BoardEntry>;
}

async function agentsPage(
  { store, rules, now, entries }: WorkPageParts,
  query: AgentsQuery,
  uses: StoredAnswer<Awaited<ReturnType<typeof store.agentsInUse>>>,
): Promise<AgentsPage> {
  const lines = agentLines(rules().registry, await uses.read(), openByAgent(entries()));
  const all = fittingAgents(lines, query);
  const from = query.cursor ?? 0;
  const to = from + (query.limit ?? LIMIT_DEFAULT);
  const distinct = (values: readonly (string | null)[]) =>
    [...new Set(values)]
      .filter((one) => one !== null)
      .toSorted()
      .slice(0, CHOICES_MAX);
  return {
    as_of: now(),
    agents: all.slice(from, to),
    total: all.length,
    cursor: to < all.length ? String(to) : null,
    classes: distinct(lines.map((one) => one.class)),
    owners: distinct(lines.map((one) => one.owner)),
  };
}

async function approvalsPage({ store, now }: WorkPageParts): Promise<ApprovalsPage> {
  const asOf = now();
  const decisions = await store.recentDecisions(DECISION_DAYS);
  const nowMs = Date.parse(asOf);
  return {
    as_of: asOf,
    inHand: pausedDecisions(decisions),
    pending: pendingActs(decisions, nowMs),
  };
}

export function workPages(app: FastifyInstance, parts: WorkPageParts): void {
  const uses = new StoredAnswer(
    () => parts.store.agentsInUse(),
    () => Date.parse(parts.now()),
  );
  app.get('/v1/console/agents', async (request, reply) => {
    const query = agentsQuery.safeParse(request.query);
    if (query.success) return agentsPage(parts, query.data, uses);
    const message = queryProblem(query.error, Object.keys(agentsQuery.shape));
    const what_to_do = 'Correct it and ask again.';
    return reply.code(400).send({ error: 'bad_request', message, what_to_do });
  });
  app.get('/v1/console/chains', async () => ({
    as_of: parts.now(),
    chains: await parts.sharedChains.read(),
  }));
  app.get('/v1/console/approvals', () => approvalsPage(parts));
}
