/**
 * Whether an agent's tokens keep their network while they are used, by token and day. Of one day that did not a
 * half is assumed: nine days that kept it make the next odd.
 */
import type { Tokens } from './token-uses.ts';

/** A token that changes its network on a day is odd when that is as improbable as this. */
const RARE = 0.05;
/** And one that changes the family of its addresses: a host may use one of them for one call in thirty. */
const RARE_FAMILY = 0.0125;

const leftShare = ({ kept, left }: Tokens): number => (left + 0.5) / (kept + left + 1);

export const keepsNetwork = (tokens: Tokens): boolean => leftShare(tokens) <= RARE;
export const keepsFamily = (tokens: Tokens): boolean => leftShare(tokens) <= RARE_FAMILY;
