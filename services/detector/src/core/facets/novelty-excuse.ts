/**
 * What somebody who answers for an agent said beforehand of something that is new to it, so that it is none or
 * less of a surprise: in the registry (its profile), or by declaring a change (`config_change`) in the day before.
 *
 * Each word excuses what it names. A tool in the profile excuses that the tool is new, a destination that a
 * destination is; before, a tool excused whatever was new of its calls, so that a bank's tool that paid three
 * accounts for fifty days paid a fourth in silence. A tool that is named whole (no pattern) brings its
 * effect with it; one that can't be undone is told even so, as less grave, unless the entry's grants name that too.
 *
 * A pattern says with what an agent works, and not what it does with it, so it excuses the first ordinary effect of
 * an agent that is too young to have habits of its own (`excusedByPattern`); one that only read for weeks is told.
 *
 * A declared release changes what the agent does without saying what, so its window is guarded: it covers nothing that
 * can't be undone, is sensitive (paying, granting, deploying, sending outside …) or touches restricted data,
 * and no counterparty. Those want a declaration of the very tool, and are told as less grave then.
 * Limit: what a gateway declares under its own name is in another partition and is not heard here; twenty agents
 * that get its tools need the declaration each, or peers that use them.
 */
import {
  type AuditEvent,
  epochMs,
  isCritical,
  isPrivileged,
  isSensitive,
  matchesGrant,
  type RegistryAgent,
  SENSITIVITIES,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { isDeclared, isToolNamed } from '../governance/declared-tool.ts';
import { matchesName } from '../governance/envelope.ts';
import { declaredChanges } from '../profile/declarations.ts';
import { namedBy } from '../profile/declared-tools.ts';
import { LASTING } from './novelty-surprise.ts';

/** `mild`: told, as less grave. */
export type Excuse = 'quiet' | 'mild';

/** Of what several said, what excuses most. */
export function mostOf(said: readonly (Excuse | undefined)[]): Excuse | undefined {
  return said.includes('quiet') ? 'quiet' : said.find((one) => one !== undefined);
}

/** What the agent did before, of what is new. */
export interface History {
  readonly calls: number;
  /** How many different ones these had. */
  readonly values: number;
  readonly sinceDay: number;
}

/** What an excuse is asked of. */
export interface Excusable {
  readonly draft: Draft;
  readonly event: AuditEvent;
  readonly registered: RegistryAgent | undefined;
  /** It was new of the agent as a whole, not of one of its tools only. */
  readonly isWhole: boolean;
  /** Too young to be judged by itself, or in its first week: what it never did says little of it. */
  readonly isNewcomer: boolean;
  readonly history: History;
  /** How many of its peers have it; undefined where none are known. */
  readonly peersHave: number | undefined;
}

/** Data whose first touch deserves a look by itself. */
export const GRAVE: ReadonlySet<string> = new Set(['restricted', 'secret']);
/** What no release says by the way. */
function isDangerous({ effect, capabilities, target }: AuditEvent): boolean {
  return (
    LASTING.has(effect) ||
    GRAVE.has(target?.sensitivity ?? '') ||
    capabilities.some(({ symbol }) => isSensitive(symbol) || isCritical(symbol))
  );
}

/** How much of the call a declared change names: the very tool, or only where it comes from. */
function excusedPart(of: string, tool: AuditEvent['tool']): 'tool' | 'origin' | undefined {
  if (of.startsWith('release/')) return 'origin';
  if (tool === undefined) return undefined;
  const named = of === `tool/${tool.name}` ? 'tool' : namedBy(of, tool);
  return named === 'server' ? 'origin' : named;
}

/** By a release or tools that were declared in the day before. */
export function excusedByChange({ draft, event }: Excusable): Excuse | undefined {
  const changes = declaredChanges(draft, event, epochMs(event.event_time));
  if (changes.length === 0) return undefined;
  const named = changes.map((of) => excusedPart(of, event.tool));
  if (!isDangerous(event)) return named.some((one) => one !== undefined) ? 'quiet' : undefined;
  return named.includes('tool') ? 'mild' : undefined;
}

/** By the tool's own name in the profile, which says what the tool does. */
export function excusedByTool({ event, registered }: Excusable): Excuse | undefined {
  if (!isToolNamed(registered, event.tool)) return undefined;
  return LASTING.has(event.effect) && !isGranted(event, registered) ? 'mild' : 'quiet';
}

/** Whether its grants name, not by a pattern, all that the call exercises. */
function isGranted({ capabilities }: AuditEvent, registered: RegistryAgent | undefined): boolean {
  const named = registered?.grants?.filter((one) => !one.includes('*')) ?? [];
  const isNamed = (symbol: string) => named.some((one) => matchesGrant(one, symbol));
  return capabilities.length > 0 && capabilities.every(({ symbol }) => isNamed(symbol));
}

/** Effects that an agent that works with a system comes to sooner or later. */
const ORDINARY: ReadonlySet<string> = new Set(['create', 'update', 'send']);

/**
 * A newcomer's first ordinary effect by a tool that a pattern of its profile declares. A mail to an outsider is
 * ordinary of an agent that works with mail; what else is sensitive, privileged, restricted, or can't be undone is not.
 */
export function excusedByPattern({ event, registered, isNewcomer }: Excusable): Excuse | undefined {
  if (!isNewcomer || !isDeclared(registered, event.tool)) return undefined;
  if (!ORDINARY.has(event.effect) || GRAVE.has(event.target?.sensitivity ?? '')) return undefined;
  const isGrave = (symbol: string) =>
    isPrivileged(symbol) ||
    isCritical(symbol) ||
    (isSensitive(symbol) && !matchesGrant('send:external', symbol.split('@')[0] ?? symbol));
  return event.capabilities.some(({ symbol }) => isGrave(symbol)) ? undefined : 'quiet';
}

/** Whether it acts where its tool belongs, as far as it tells. */
export const isOwnSystem = ({ event: { tool, target } }: Excusable) =>
  target?.system === undefined || target.system === tool?.server;

/** By a tool of the profile that acts where it belongs, on nothing that can't be undone. */
export function excusedByOwnSystem(of: Excusable): Excuse | undefined {
  if (!isOwnSystem(of)) return undefined;
  return excusedByTool(of) === 'quiet' ? 'quiet' : excusedByPattern(of);
}

/** Whether a list in the profile names it; a pattern for everything names nothing. */
export function isListed(allowed: readonly string[] | undefined, value: string): boolean {
  return (allowed ?? []).some((one) => one !== '*' && matchesName(one, value));
}

/** Whether the profile lets the agent touch data as sensitive. */
export function isWithinSensitivity({ event, registered }: Excusable): boolean {
  const most = registered?.profile?.sensitivity_max;
  const of = event.target?.sensitivity;
  if (most === undefined || most === 'unknown' || of === undefined) return false;
  return SENSITIVITIES.indexOf(of) <= SENSITIVITIES.indexOf(most);
}
