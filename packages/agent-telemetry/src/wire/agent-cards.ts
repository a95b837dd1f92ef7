/** Which agent answers at an address, by its card; a card for foreign hosts counts only where they have none. */
import { idOf, isRecord } from '../json/path.ts';
import { RecentMap } from '../json/recent-map.ts';
import type { Exchange } from './exchange.ts';

const HOSTS_MAX = 2000;
const CARDS_PER_HOST_MAX = 50;
const INTERFACES_MAX = 50;
const CARD_PATH = /^(.*)\/\.well-known\/agent(-card)?\.json$/;

interface Card {
  readonly below: string;
  readonly name: string;
}

export function isCardPath(exchange: Exchange): boolean {
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

export class AgentCards {
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
