/** One timeline of an agent: calls, alerts and response actions, by time, a page at a time. */
import type { FastifyInstance } from 'fastify';
import {
  type AgentTimeline,
  MOMENT_KINDS,
  mergeMoments,
  timelineQuery,
} from '../core/agent-profile.ts';
import { queryProblem } from '../triage/triage-routes.ts';
import type { PageParts } from './console-pages.ts';

const LIMIT_DEFAULT = 50;

export function timelineRoute(
  app: FastifyInstance,
  { profiles, tail, now }: Pick<PageParts, 'profiles' | 'tail' | 'now'>,
): void {
  app.get('/v1/console/agent/timeline', async (request, reply) => {
    const query = timelineQuery.safeParse(request.query);
    if (!query.success) {
      const message = queryProblem(query.error, Object.keys(timelineQuery.shape));
      const what_to_do = 'Correct it and ask again.';
      return reply.code(400).send({ error: 'bad_request', message, what_to_do });
    }
    const { uid, show = MOMENT_KINDS, limit = LIMIT_DEFAULT, cursor } = query.data;
    const lists = await profiles.moments(uid, { show, limit, cursor });
    const page = mergeMoments(lists, limit);
    // A call is shown on the first page before it is stored: what that leads to is not empty.
    const unstored =
      page.moments.length > 0 || cursor !== undefined || !show.includes('call')
        ? []
        : await tail.newest(limit, (one) => one.agent_uid === uid);
    const rows = unstored.map((call) => ({
      ...{ kind: 'call', at: call.at, id: call.event_id, call },
    })) as AgentTimeline['moments'];
    return { as_of: now(), moments: [...page.moments, ...rows], cursor: page.cursor };
  });
}
