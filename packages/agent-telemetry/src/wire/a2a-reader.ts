/** Reads A2A: a message is a delegation; the sender is a claim. */
import { digestOf } from '../json/bounded-value.ts';
import { idAt, idOf, isRecord, textOf, valueAt } from '../json/path.ts';
import { RecentMap } from '../json/recent-map.ts';
import type { CallOutcome, Observation } from '../model/observation.ts';
import { traceParentOf } from '../model/place.ts';
import {
  type A2aNews,
  contentOf,
  isEmptyContent,
  newsOf,
  outcomeOfState,
  partsOf,
} from './a2a-message.ts';
import { type A2aRequest, isSend } from './a2a-method.ts';
import type { Exchange } from './exchange.ts';
import { rpcIdOf } from './json-rpc.ts';
import type { A2aFields } from './wire-fields.ts';

const HOSTS_MAX = 2000;
const CARDS_PER_HOST_MAX = 50;
const INTERFACES_MAX = 50;
const CARD_PATH = /^(.*)\/\.well-known\/agent(-card)?\.json$/;

interface Card {
  readonly below: string;
  readonly name: string;
}

/** Which agent answers at an address, by its card; a card for foreign hosts counts only where they have none. */
function isCardPath(exchange: Exchange): boolean {
  return CARD_PATH.test(pathOf(exchange));
}

function addressesOf(card: Readonly<Record<string, unknown>>): readonly URL[] {
  const listed = [card['supportedInterfaces'], card['additionalInterfaces']].flatMap((one) =>
    Array.isArray(one) ? one.slice(0, INTERFACES_MAX) : [],
  );
  const texts = [card['url'], ...listed.map((one) => (isRecord(one) ? one['url'] : undefined))];
  return texts.flatMap((text) =>
    typeof text === 'string' && URL.canParse(text) ? [new URL(text)] : [],
  );
}

class AgentCards {
  readonly #shown = new RecentMap<readonly Card[]>(HOSTS_MAX);
  readonly #claimed = new RecentMap<readonly Card[]>(HOSTS_MAX);

  learn(exchange: Exchange, card: unknown): void {
    const name = isRecord(card) ? idOf(card['name']) : undefined;
    if (!isRecord(card) || name === undefined) return;
    const [, below] = CARD_PATH.exec(pathOf(exchange)) ?? [];
    const host = exchange.headers['host'];
    if (host !== undefined) add(this.#shown, host, { below: below ?? pathOf(exchange), name });
    for (const url of addressesOf(card)) {
      add(this.#claimed, url.host, { below: url.pathname.replace(/\/$/, ''), name });
    }
  }

  /** Nearest above the path. */
  nameAt(exchange: Exchange): string | undefined {
    const host = exchange.headers['host'] ?? '';
    const path = pathOf(exchange);
    return (nearest(this.#shown.get(host), path) ?? nearest(this.#claimed.get(host), path))?.name;
  }

  get evicted(): number {
    return this.#shown.evicted + this.#claimed.evicted;
  }
}

function pathOf(exchange: Exchange): string {
  return exchange.path.split('?')[0] ?? '';
}

function add(cards: RecentMap<readonly Card[]>, host: string, card: Card): void {
  const others = (cards.get(host) ?? []).filter((one) => one.below !== card.below);
  cards.set(host, [...others, card].slice(-CARDS_PER_HOST_MAX));
}

function nearest(cards: readonly Card[] | undefined, path: string): Card | undefined {
  let found: Card | undefined;
  for (const card of cards ?? []) {
    const isAbove = path === card.below || path.startsWith(`${card.below}/`);
    if (isAbove && card.below.length >= (found?.below.length ?? 0)) found = card;
  }
  return found;
}

const TASKS_MAX = 20_000;
/** Retold with each message. */
const EARLIER_CHARS_MAX = 4096;

interface Delegation {
  readonly observation: Observation;
  readonly parts: readonly unknown[];
  readonly outcome: CallOutcome | undefined;
}

interface Answer {
  readonly taskId: string | undefined;
  readonly contextId: string | undefined;
  readonly outcome: CallOutcome | undefined;
  readonly result: unknown;
}

function resultOf(news: readonly A2aNews[]): unknown {
  const artifacts = contentOf(news.flatMap((one) => one.artifacts));
  if (!isEmptyContent(artifacts)) return artifacts;
  const content = contentOf(news.flatMap((one) => one.message));
  if (!isEmptyContent(content)) return content;
  const status = contentOf(news.findLast((one) => one.status.length > 0)?.status ?? []);
  return isEmptyContent(status) ? undefined : status;
}

function failureOf(exchange: Exchange, error: unknown): Answer | undefined {
  const status = exchange.answer?.status;
  const none = { taskId: undefined, contextId: undefined };
  if (status === 401 || status === 403) return { ...none, outcome: 'denied', result: error };
  if (error !== undefined || (status !== undefined && status >= 400)) {
    return { ...none, outcome: 'error', result: error ?? textOf(exchange.answer?.body) };
  }
  return undefined;
}

function answerOf(exchange: Exchange, values: readonly unknown[]): Answer {
  const error = values.map((value) => valueAt(value, 'error')).find((one) => one !== undefined);
  const bodies = values.map((value) =>
    isRecord(value) && value['jsonrpc'] === '2.0' ? value['result'] : value,
  );
  const news = bodies.flatMap(newsOf);
  const taskId = news.find((one) => one.taskId !== undefined && one.state !== undefined)?.taskId;
  const contextId = news.find((one) => one.contextId !== undefined)?.contextId;
  const failure = failureOf(exchange, error);
  if (failure !== undefined) return { ...failure, taskId, contextId };
  const state = news.findLast((one) => one.state !== undefined)?.state;
  const isMessage = state === undefined && news.some((one) => one.message.length > 0);
  const closed = exchange.answer?.closedEarly === true && taskId === undefined;
  const outcome = closed ? 'cancelled' : isMessage ? 'success' : outcomeOfState(state);
  return { taskId, contextId, outcome, result: resultOf(news) };
}

export class A2aReader {
  readonly #fields: A2aFields;
  readonly #cards = new AgentCards();
  readonly #tasks = new RecentMap<Delegation>(TASKS_MAX);

  constructor(fields: A2aFields) {
    this.#fields = fields;
  }

  get evicted(): number {
    return this.#tasks.evicted + this.#cards.evicted;
  }

  /** `true`: only a card. */
  readCard(exchange: Exchange, values: readonly unknown[]): boolean {
    if (!isCardPath(exchange)) return false;
    for (const value of values) this.#cards.learn(exchange, value);
    return true;
  }

  read(
    exchange: Exchange,
    request: A2aRequest,
    values: readonly unknown[],
  ): readonly Observation[] {
    if (request.method === 'GetExtendedAgentCard') {
      for (const value of values) this.#cards.learn(exchange, valueAt(value, 'result') ?? value);
      return [];
    }
    const own = values.filter((value) => isAnswerTo(request, value));
    return isSend(request)
      ? [this.#readSend(exchange, request, own)]
      : this.#readPoll(exchange, own);
  }

  #readSend(exchange: Exchange, request: A2aRequest, values: readonly unknown[]): Observation {
    const { params } = request;
    const message = params['message'];
    const answer = answerOf(exchange, values);
    const taskId = idAt(params, 'message.taskId') ?? answer.taskId;
    const contextId = idAt(params, 'message.contextId') ?? answer.contextId;
    const known = taskId === undefined ? undefined : this.#tasks.get(taskKey(exchange, taskId));
    const parts = [...(known?.parts ?? []), ...partsOf(message)];
    const agent = idAt(params, this.#fields.agent);
    const to = this.#cards.nameAt(exchange) ?? known?.observation.call?.delegatesTo?.name;
    const own = idAt(params, 'message.messageId') ?? digestOf(exchange.digest, request.requestId);
    const observation: Observation = {
      channel: 'wire',
      convention: 'a2a',
      at: exchange.at,
      until: exchange.until,
      place: traceParentOf(exchange.headers['traceparent']),
      threads: contextId === undefined ? undefined : [`a2a:${contextId}`],
      session: contextId,
      user: idAt(params, this.#fields.user),
      agent: agent === undefined ? undefined : { name: agent },
      call: {
        stage: answer.outcome === 'denied' && answer.taskId === undefined ? 'decided' : 'executed',
        tool: request.method,
        callId: taskId === undefined ? `a2a:message:${own}` : `a2a:${taskKey(exchange, taskId)}`,
        args: contentOf(parts),
        result: answer.result,
        outcome: answer.outcome,
        delegatesTo: to === undefined ? undefined : { name: to },
      },
    };
    if (taskId !== undefined) {
      this.#tasks.set(taskKey(exchange, taskId), delegationOf(observation, parts));
    }
    return observation;
  }

  #readPoll(exchange: Exchange, values: readonly unknown[]): readonly Observation[] {
    const bodies = values.map((value) =>
      isRecord(value) && value['jsonrpc'] === '2.0' ? value['result'] : value,
    );
    const byTask = new Map<string, A2aNews[]>();
    for (const news of bodies.flatMap(newsOf)) {
      if (news.taskId === undefined) continue;
      const key = taskKey(exchange, news.taskId);
      byTask.set(key, [...(byTask.get(key) ?? []), news]);
    }
    return [...byTask].flatMap(([key, news]) => this.#settle(exchange, key, news));
  }

  #settle(exchange: Exchange, key: string, news: readonly A2aNews[]): readonly Observation[] {
    const known = this.#tasks.get(key);
    const outcome = outcomeOfState(news.findLast((one) => one.state !== undefined)?.state);
    const call = known?.observation.call;
    if (known === undefined || call === undefined) return [];
    if (outcome === undefined || outcome === known.outcome) return [];
    this.#tasks.set(key, { ...known, outcome });
    const until = exchange.until ?? exchange.at;
    return [{ ...known.observation, until, call: { ...call, outcome, result: resultOf(news) } }];
  }
}

function delegationOf(observation: Observation, parts: readonly unknown[]): Delegation {
  const { call } = observation;
  const isShort = JSON.stringify(contentOf(parts)).length <= EARLIER_CHARS_MAX;
  return {
    observation:
      call === undefined
        ? observation
        : { ...observation, call: { ...call, args: undefined, result: undefined } },
    parts: isShort
      ? parts
      : [{ text: JSON.stringify(contentOf(parts)).slice(0, EARLIER_CHARS_MAX) }],
    outcome: call?.outcome,
  };
}

function isAnswerTo(request: A2aRequest, value: unknown): boolean {
  if (!isRecord(value) || value['jsonrpc'] !== '2.0') return true;
  const id = rpcIdOf(value['id']);
  return id === undefined || request.requestId === undefined || id === request.requestId;
}

/** By server. */
function taskKey(exchange: Exchange, taskId: string): string {
  return `${idOf(exchange.headers['host']) ?? ''}/${taskId}`;
}
