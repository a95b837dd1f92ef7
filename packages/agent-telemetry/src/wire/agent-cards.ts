/** Which agent answers at an address: by the card that was seen there or that names the address. */
import { idOf, isRecord } from '../json/path.ts';
import { RecentMap } from '../json/recent-map.ts';
import type { Exchange } from './exchange.ts';

const HOSTS_MAX = 10_000;
const CARDS_PER_HOST_MAX = 200;
const INTERFACES_MAX = 50;
const CARD_PATH = /^(.*)\/\.well-known\/agent(-card)?\.json$/;

interface Card {
  /** The path below which the agent answers. */
  readonly below: string;
  readonly name: string;
}

export function isCardPath(exchange: Exchange): boolean {
  return CARD_PATH.test(exchange.path.split('?')[0] ?? '');
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
  readonly #byHost = new RecentMap<readonly Card[]>(HOSTS_MAX);

  learn(exchange: Exchange, card: unknown): void {
    const name = isRecord(card) ? idOf(card['name']) : undefined;
    if (!isRecord(card) || name === undefined) return;
    const [, below] = CARD_PATH.exec(exchange.path.split('?')[0] ?? '') ?? [];
    const host = exchange.headers['host'];
    if (host !== undefined) this.#add(host, { below: below ?? exchange.path, name });
    for (const url of addressesOf(card)) {
      this.#add(url.host, { below: url.pathname.replace(/\/$/, ''), name });
    }
  }

  #add(host: string, card: Card): void {
    const others = (this.#byHost.get(host) ?? []).filter((one) => one.below !== card.below);
    this.#byHost.set(host, [...others, card].slice(-CARDS_PER_HOST_MAX));
  }

  /** The agent whose address is nearest above the path. */
  nameAt(exchange: Exchange): string | undefined {
    const path = exchange.path.split('?')[0] ?? '';
    let nearest: Card | undefined;
    for (const card of this.#byHost.get(exchange.headers['host'] ?? '') ?? []) {
      const isAbove = path === card.below || path.startsWith(`${card.below}/`);
      if (isAbove && card.below.length >= (nearest?.below.length ?? 0)) nearest = card;
    }
    return nearest?.name;
  }

  get evicted(): number {
    return this.#byHost.evicted;
  }
}
