/**
 * Whether a token moved though it stayed in its network and with its client by name: to another address, or to another
 * version of the client. Either may be harmless, a host that gets a new address or an update, so history must say that
 * tokens of this agent don't: fifty in a row that kept their address are enough alone (`token-uses.ts`).
 *
 * Half of them are enough where the token is young, which is another sign: hosts and clients change when they do, and
 * a token of hours is rarely used two minutes old both before and after it; who takes one uses it while it lives. That
 * an agent is told of so only while none of its tokens ever moved bounds what it may cost: once an agent.
 *
 * Rejected: to tell of another version as of another client, which every update would be. Limits: another version that
 * comes later than two minutes after the first use, or to an agent that was ever updated in the midst of a token.
 */
import { epochMs } from '@waywarden/schemas';
import { HOLDING_TOKENS_MIN, keepsHost, type Tokens, type Use } from './token-uses.ts';

const YOUNG_MS = 120_000;
/** Tokens that kept their place, before a young one that does not is odd. */
export const YOUNG_TOKENS_MIN = HOLDING_TOKENS_MIN / 2;

export interface MovedWithin {
  readonly host: boolean;
  readonly version: boolean;
  /** Soon after its first use. */
  readonly isYoung: boolean;
}

const differs = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

/** `before`: where the token was used first, in the same network and by a client of the same name. */
export function movedWithin(tokens: Tokens, before: Use, use: Use): MovedWithin {
  const ageMs = Math.abs(epochMs(use.at) - epochMs(before.at));
  const isYoung = ageMs <= YOUNG_MS && tokens.holding >= YOUNG_TOKENS_MIN;
  const mayMove = isYoung && tokens.moves === 0;
  return {
    host: differs(before.host, use.host) && (keepsHost(tokens) || mayMove),
    version: differs(before.client, use.client) && isYoung && !tokens.isUpdated,
    isYoung,
  };
}
