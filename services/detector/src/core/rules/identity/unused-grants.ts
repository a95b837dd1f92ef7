/**
 * A credential that may more than its agent ever does: of what the scopes of its credentials and its registered grants
 * allow, what was not used once in thirty days on which the agent worked at least ten. Short-lived can still be too
 * coarse; what nobody needs, a thief has for free. A hygiene finding: listed for the next review, queued for nobody, and told
 * again only when something else is unused.
 * Source: the registry's grants and `scope_map`. Limits: what is done once a quarter looks unused.
 */

import {
  type AuditEvent,
  epochMs,
  formatLogTime,
  isPrivileged,
  matchesGrant,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type FindingContext, type FindingRule, finding, nameOf } from '../../alerting/finding.ts';
import { DAY_MS } from '../../domain/day.ts';
import { findPrint } from '../../domain/print-table.ts';
import { listed } from '../../domain/registry/envelope.ts';
import { grantsOfScopes } from '../../domain/registry/resolve-grants.ts';
import { knownOf, storeKnown } from '../../state/agent/known-of-agent.ts';

const WINDOW_DAYS = 30;
const WORKED_DAYS_MIN = 10;
/** Symbols and patterns of an agent that are remembered; an agent that uses more is not judged. */
const SYMBOLS_MAX = 64;
const PATTERNS_MAX = 64;

interface State {
  readonly sinceMs: number;
  readonly day: number;
  readonly worked: number;
  readonly used: readonly string[];
  /** Fingerprints of patterns: their words are in the registry of now. */
  readonly allowed: string;
}

const PRINT = 6;
const printOf = (pattern: string) => shortPrint(pattern, PRINT);
const isAmong = (allowed: string, pattern: string) =>
  findPrint(allowed, printOf(pattern), PRINT) >= 0;

/** By the scopes of the credential and by the registry, each by itself: both should be narrow. */
function allowedTo(event: AuditEvent, { registry, registered }: FindingContext): readonly string[] {
  const scoped = grantsOfScopes(event, registry) ?? [];
  const all = [...(registered?.grants ?? []), ...scoped].filter((pattern) => pattern !== '*');
  return [...new Set(all)].sort().slice(0, PATTERNS_MAX);
}

function opened(event: AuditEvent, context: FindingContext): State {
  return {
    sinceMs: epochMs(event.event_time),
    day: -1,
    worked: 0,
    used: [],
    allowed: allowedTo(event, context).map(printOf).join(''),
  };
}

/** With this call; the same state where it brings no day and no symbol. */
function withCall(state: State, event: AuditEvent): State {
  const day = Math.floor(epochMs(event.event_time) / DAY_MS);
  const fresh = event.capabilities
    .map(({ symbol }) => symbol)
    .filter((symbol) => !state.used.includes(symbol))
    .sort();
  if (day <= state.day && fresh.length === 0) return state;
  return {
    ...state,
    day: Math.max(day, state.day),
    worked: state.worked + (day > state.day ? 1 : 0),
    used: [...new Set([...state.used, ...fresh])].slice(0, SYMBOLS_MAX),
  };
}

interface Slack {
  readonly unused: readonly string[];
  /** Patterns with a star, and the one symbol that is used of each. */
  readonly coarse: readonly string[];
}

function slackOf({ allowed, used }: State, still: readonly string[]): Slack {
  const unused: string[] = [];
  const coarse: string[] = [];
  for (const pattern of still) {
    if (!isAmong(allowed, pattern)) continue;
    const [one, ...more] = used.filter((symbol) => matchesGrant(pattern, symbol));
    if (one === undefined) unused.push(pattern);
    else if (pattern.includes('*') && more.length === 0) coarse.push(`${pattern} (only ${one})`);
  }
  return { unused, coarse };
}

function describe(event: AuditEvent, state: State, { unused, coarse }: Slack) {
  const who = nameOf(event);
  const since = formatLogTime({ ms: state.sinceMs, ns: 0 }).slice(0, 10);
  const slack = [...unused, ...coarse];
  return finding({
    kind: 'over_privilege',
    ruleId: 'unused-grants',
    severity: unused.some((pattern) => isPrivileged(pattern)) ? 'medium' : 'low',
    hygiene: true,
    dedupeKey: `unused|${slack.join()}`,
    title: `${who} may do what it never does: ${listed(slack)}`,
    summary: `Since ${since}, on ${state.worked} days of work, ${who} used ${listed(state.used)} and nothing of ${listed(slack)}, which its grants and credentials allow. What it does not need, a thief of its credential would have too.`,
    expected: 'grants and scopes that are used',
    observed: `${slack.length} of ${state.allowed.length / PRINT} unused or coarser than used`,
    threshold: 'static',
    notVisible: ['What is needed less often than once in thirty days looks unused.'],
    taxonomy: { owasp: ['ASI03'] },
  });
}

export const unusedGrants: FindingRule = (transaction: Transaction, event, context) => {
  if (context.registered === undefined || event.event_time_quality === 'synthetic')
    return undefined;
  if (event.outcome === 'denied') return undefined;
  const stored = knownOf<State>(transaction, event, 'used');
  const before = stored ?? opened(event, context);
  const isOver = epochMs(event.event_time) - before.sinceMs >= WINDOW_DAYS * DAY_MS;
  if (!isOver) {
    const now = withCall(before, event);
    if (now !== before) storeKnown(transaction, event, 'used', now);
    return undefined;
  }
  storeKnown(transaction, event, 'used', withCall(opened(event, context), event));
  if (before.worked < WORKED_DAYS_MIN || before.used.length >= SYMBOLS_MAX) return undefined;
  const slack = slackOf(before, allowedTo(event, context));
  const isTight = slack.unused.length === 0 && slack.coarse.length === 0;
  return isTight ? undefined : describe(event, before, slack);
};
