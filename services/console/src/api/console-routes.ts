/**
 * The console's part of the HTTP server: the page, what each of its views shows, and the stream of
 * changes. All of it only reads; who may ask is decided by whoever owns the server.
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { EventLog } from '@waywarden/event-log';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  type AgentTimeline,
  MOMENT_KINDS,
  mergeMoments,
  timelineQuery,
} from '../core/agent-profile.ts';
import type { KnownState } from '../core/containment-model.ts';
import type { ConsoleStatus, SeenSource } from '../core/view-model.ts';
import { ConsoleStore, type StorePort } from '../store/console-store.ts';
import { ProfileStore } from '../store/profile-store.ts';
import { queryProblem } from '../triage/triage-routes.ts';
import { alertPage } from './alert-page.ts';
import { ChangeFeed, EventTail } from './change-feed.ts';
import {
  type AlertQueue,
  agentPage,
  type ConsoleRules,
  chainPage,
  containmentPage,
  nowPage,
  type PageParts,
} from './console-pages.ts';
import { StoredAnswer } from './stored-answer.ts';
import { type Streams, streamRoute } from './stream-route.ts';
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

const WAIT_MS_MAX = 1_500;

/**
 * An answer that is made anew at each question, and the last one where that takes long or fails: a page
 * shows what was known, with its time, rather than wait for a store that hangs.
 */
class LastAnswer<T> {
  readonly #ask: () => Promise<T>;
  readonly #waitMsMax: number;
  #last: { readonly value: T } | undefined;
  #asking: Promise<T> | undefined;

  constructor(ask: () => Promise<T>, waitMsMax = WAIT_MS_MAX) {
    this.#ask = ask;
    this.#waitMsMax = waitMsMax;
  }

  /** Rejects as the question did while there is no answer yet. */
  async read(): Promise<T> {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    const asking = this.#asking;
    const last = this.#last;
    if (last === undefined) return asking;
    const late = wait(this.#waitMsMax, last.value, { ref: false });
    return Promise.race([asking.catch(() => last.value), late]);
  }

  async #fetch(): Promise<T> {
    const value = await this.#ask();
    this.#last = { value };
    return value;
  }
}

const LIMIT_DEFAULT = 50;

/** One timeline of an agent: calls, alerts and response actions, by time, a page at a time. */
function timelineRoute(
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
