/** What ingest has seen of a token's source, and between two answers. */
import { COUNTED_FACTS, SEEN_PATH, type SeenCalls, type SourceSeen } from '@waywarden/ingest';
import { z } from 'zod';

const ANSWER_MS_MAX = 10_000;
const count = z.number().int().min(0);
const CALLS = {
  calls: count,
  with: z.record(z.enum(COUNTED_FACTS), count),
  agent_from: z.object({ run: count, label: count, thread: count, service: count, none: count }),
};
const SEEN = z.object({
  ...CALLS,
  source: z.string(),
  since: z.string(),
  last: z.string().nullable(),
  requests: count,
  events: count,
  observations: count,
  definitions: count,
  by_convention: z.record(z.string(), z.object(CALLS)),
  unresolved: z.record(z.string(), count),
  refused: z.object({ bodies: count, records: count }),
  last_problem: z.object({ at: z.string(), detail: z.string() }).nullable(),
  agents: z.array(z.string()),
  tools: z.array(z.string()),
});

export type SeenAnswer =
  | { readonly is: 'seen'; readonly seen: SourceSeen }
  | { readonly is: 'refused'; readonly why: string };

async function answerOf(response: Response, url: string): Promise<SeenAnswer> {
  if (response.status === 401 || response.status === 403) {
    return { is: 'refused', why: `${url} does not know this token (${response.status}).` };
  }
  const parsed = SEEN.safeParse(await response.json().catch(() => undefined));
  if (response.ok && parsed.success) return { is: 'seen', seen: parsed.data };
  return {
    is: 'refused',
    why: `${url} answered ${response.status}, and not as Waywarden’s ingest does: give its address without a path.`,
  };
}

export async function readSeen(url: string, token: string): Promise<SeenAnswer> {
  try {
    const response = await fetch(url + SEEN_PATH, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return await answerOf(response, url);
  } catch {
    return { is: 'refused', why: `Nobody answers at ${url}. Is up running there?` };
  }
}

function callsBetween(before: SeenCalls | undefined, after: SeenCalls): SeenCalls {
  if (before === undefined) return after;
  const { agent_from: from, with: reported } = after;
  const less = (fact: (typeof COUNTED_FACTS)[number]) => reported[fact] - before.with[fact];
  return {
    calls: after.calls - before.calls,
    with: {
      arguments: less('arguments'),
      results: less('results'),
      task: less('task'),
      session: less('session'),
      delegation: less('delegation'),
      outcome: less('outcome'),
      principal: less('principal'),
    },
    agent_from: {
      run: from.run - before.agent_from.run,
      label: from.label - before.agent_from.label,
      thread: from.thread - before.agent_from.thread,
      service: from.service - before.agent_from.service,
      none: from.none - before.agent_from.none,
    },
  };
}

/** After a restart all of the later one. */
export function seenBetween(before: SourceSeen, after: SourceSeen): SourceSeen {
  if (before.since !== after.since) return after;
  const conventions = Object.entries(after.by_convention)
    .map(([name, calls]) => [name, callsBetween(before.by_convention[name], calls)] as const)
    .filter(([, { calls }]) => calls > 0);
  return {
    ...after,
    ...callsBetween(before, after),
    requests: after.requests - before.requests,
    events: after.events - before.events,
    observations: after.observations - before.observations,
    definitions: after.definitions - before.definitions,
    by_convention: Object.fromEntries(conventions),
    refused: {
      bodies: after.refused.bodies - before.refused.bodies,
      records: after.refused.records - before.refused.records,
    },
  };
}
