/** The places of an agent as they are stored: its networks, clients and days of work, its tokens, and where these move. */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import type { Place } from './known-places.ts';
import { fromStoredTokens, type Tokens, toStoredTokens } from './token-uses.ts';

export interface Places {
  readonly networks: readonly Place[];
  readonly clients: readonly Place[];
  readonly tokens: Tokens | undefined;
  /** Where tokens moved (`token-moves.ts`). */
  readonly moves: readonly Place[];
  /** Days on which it showed a place, and the latest. */
  readonly days: number;
  readonly day: number;
}

/** Earlier versions kept no moves. */
type Stored = readonly [
  networks: Places['networks'],
  clients: Places['clients'],
  days: number,
  day: number,
  tokens?: Parameters<typeof fromStoredTokens>[0],
  moves?: Places['moves'],
];

/** Under a name of its own: earlier versions kept places in other forms. */
const keyOf = (event: AuditEvent) => agentKey(event, 'places');

export function readPlaces(draft: Draft, event: AuditEvent): Places {
  const stored = draft.get<Stored>(keyOf(event)) ?? [[], [], 0, -1];
  const [networks, clients, days, day, tokens, moves = []] = stored;
  return { networks, clients, days, day, tokens: tokens && fromStoredTokens(tokens), moves };
}

export function writePlaces(draft: Draft, event: AuditEvent, before: Places, now: Places): void {
  const { networks, clients, tokens, moves, days, day } = now;
  const isSame =
    networks === before.networks &&
    clients === before.clients &&
    tokens === before.tokens &&
    moves === before.moves &&
    day === before.day;
  if (isSame) return;
  const head = [networks, clients, days, day] as const;
  // Who has no token moves none.
  const rest = tokens && [toStoredTokens(tokens), ...(moves.length === 0 ? [] : [moves])];
  draft.put(keyOf(event), [...head, ...(rest ?? [])]);
}
