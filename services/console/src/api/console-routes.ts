/**
 * The console's part of the HTTP server: the page, what each of its views shows, and the stream of
 * changes. All of it only reads; who may ask is decided by whoever owns the server.
 */
import type { EventLog } from '@waywarden/event-log';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { KnownState } from '../core/containment-model.ts';
import type { ConsoleStatus, SeenSource } from '../core/view-model.ts';
import { ConsoleStore, type StorePort } from '../store/console-store.ts';
import { ProfileStore } from '../store/profile-store.ts';
import { alertPage } from './alert-page.ts';
import { ChangeFeed } from './change-feed.ts';
import {
  type AlertQueue,
  agentPage,
  type ConsoleRules,
  chainPage,
  containmentPage,
  nowPage,
  type PageParts,
} from './console-pages.ts';
import { EventTail } from './event-tail.ts';
import { StoredAnswer } from './kept-answer.ts';
import { LastAnswer } from './last-answer.ts';
import { type Streams, streamRoute } from './stream-route.ts';
import { timelineRoute } from './timeline-route.ts';
import { webRoutes } from './web-files.ts';
import { workPages } from './work-pages.ts';

const AGENT_UID_LENGTH_MAX = 2048;
const CHAIN_ID_LENGTH_MAX = 256;

export interface ConsoleParts {
  readonly store: StorePort;
  readonly log: EventLog;
  /** What people have not closed; absent: all that is open, as the store has it. */
  readonly queue?: AlertQueue;
  readonly tenant: string;
  /** The rules in force now: names, grants, combinations and approvals are explained by them. */
  readonly rules: () => ConsoleRules;
  readonly status: () => Promise<ConsoleStatus>;
  /** What the responder knows of an order, where it runs in this process. */
  readonly known?: (commandId: string) => KnownState | null;
  /** The present moment, ISO 8601: says as of when an answer is true. */
  readonly now: () => string;
  /** A line for the shell that makes a first alert appear. */
  readonly tryIt: string;
  /** Lines for the shell that connect a first agent. */
  readonly connect: readonly string[];
  /** What each source of the tenant was seen to send. */
  readonly sources: () => readonly SeenSource[];
  readonly absent?: readonly string[];
}

const idParameter = z.object({ id: z.uuid() });
const agentQuery = z.object({ uid: z.string().min(1).max(AGENT_UID_LENGTH_MAX) });
const chainParameter = z.object({ id: z.string().min(1).max(CHAIN_ID_LENGTH_MAX) });

function orMissing(reply: FastifyReply, answer: unknown, what: string): unknown {
  if (answer !== undefined) return answer;
  return reply.code(404).send({
    error: 'not_found',
    message: `${what} It may not be stored yet: what was accepted is stored within a second or two.`,
  });
}

/** Adds the console to a server; `close` ends its streams. */
export function consoleRoutes(app: FastifyInstance, parts: ConsoleParts): Streams {
  const { log, tenant, status, rules, now, tryIt, connect, sources, absent = [] } = parts;
  const store = new ConsoleStore(parts.store, parts.known);
  const pages: PageParts = {
    store,
    profiles: new ProfileStore(parts.store),
    tail: new EventTail(log, tenant),
    rules,
    status,
    now,
    tryIt,
    connect,
    sources,
    absent,
    queue: parts.queue,
    sharedChains: new StoredAnswer(
      () => store.sharedChains(),
      () => Date.parse(now()),
    ),
  };
  webRoutes(app);
  const nowAnswer = new LastAnswer(() => nowPage(pages));
  // The status is of this moment even where the rest is not.
  app.get('/v1/console/now', async () => ({ ...(await nowAnswer.read()), status: await status() }));
  app.get('/v1/console/sources', async () => ({ as_of: now(), sources: sources() }));
  app.get('/v1/console/alerts/:id', async (request, reply) => {
    // A mistyped address names no alert: that is all there is to say of it.
    const id = idParameter.safeParse(request.params).data?.id;
    const page = id === undefined ? undefined : await alertPage(pages, id);
    return orMissing(reply, page, 'No alert of this address is stored.');
  });
  app.get('/v1/console/agent', async (request, reply) => {
    const { uid } = agentQuery.parse(request.query);
    const answer = await agentPage(pages, uid);
    return orMissing(reply, answer, 'No call of this agent is stored, and it is not registered.');
  });
  timelineRoute(app, pages);
  app.get('/v1/console/chains/:id', async (request, reply) => {
    const { id } = chainParameter.parse(request.params);
    return orMissing(reply, await chainPage(pages, id), 'No call of this chain is stored.');
  });
  app.get('/v1/console/containments/:id', async (request, reply) => {
    const id = idParameter.safeParse(request.params).data?.id;
    const page = id === undefined ? undefined : await containmentPage(pages, id);
    return orMissing(reply, page, 'No containment of this address is stored.');
  });
  const { queue } = parts;
  if (queue !== undefined) workPages(app, { ...pages, entries: () => queue.entries() });
  const feed = new ChangeFeed({ store, tail: new EventTail(log, tenant), status });
  return streamRoute(app, feed);
}
