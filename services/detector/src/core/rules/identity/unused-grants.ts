/**
 * Scopes and grants unused in thirty days with at least ten days of work. A hygiene finding, told again only when
 * something else is unused. Limit: what is quarterly looks unused.
 */
import {
  type AuditEvent,
  epochMs,
  isPrivileged,
  matchesGrant,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type FindingContext, type FindingRule, finding, nameOf } from '../../alerting/finding.ts';
import { DAY_MS, dayOf } from '../../domain/day.ts';
import { PRINT_36, printSet } from '../../domain/record-table.ts';
import { grantsOfScopes } from '../../domain/registry/resolve-grants.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import { coarseGrant, unusedGrantsWords } from '../../wording/identity.ts';

const WINDOW_DAYS = 30;
const WORKED_DAYS_MIN = 10;
/** With more, not judged. */
const SYMBOLS_MAX = 64;
const PATTERNS_MAX = 64;
const ALLOWED = printSet(PRINT_36, PATTERNS_MAX);

interface State {
  readonly sinceMs: number;
  readonly day: number;
  readonly worked: number;
  readonly used: readonly string[];
  /** Fingerprints of patterns. */
  readonly allowed: string;
}

const printOf = (pattern: string) => shortPrint(pattern, PRINT_36);
const isAmong = (allowed: string, pattern: string) => ALLOWED.has(allowed, printOf(pattern));

/** Each by itself: both should be narrow. */
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
    allowed: ALLOWED.add('', ...allowedTo(event, context).map(printOf)),
  };
}

function withCall(state: State, event: AuditEvent): State {
  const day = dayOf(event);
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
  readonly coarse: readonly string[];
}

function slackOf({ allowed, used }: State, still: readonly string[]): Slack {
  const unused: string[] = [];
  const coarse: string[] = [];
  for (const pattern of still) {
    if (!isAmong(allowed, pattern)) continue;
    const [one, ...more] = used.filter((symbol) => matchesGrant(pattern, symbol));
    if (one === undefined) unused.push(pattern);
    else if (pattern.includes('*') && more.length === 0) coarse.push(coarseGrant(pattern, one));
  }
  return { unused, coarse };
}

function describe(event: AuditEvent, state: State, { unused, coarse }: Slack) {
  const { sinceMs, worked, used } = state;
  const slack = [...unused, ...coarse];
  const allowed = ALLOWED.count(state.allowed);
  return finding({
    kind: 'over_privilege',
    ruleId: 'unused-grants',
    severity:
      RULE_SEVERITIES['unused-grants'][
        unused.some((one) => isPrivileged(one)) ? 'privileged' : 'plain'
      ],
    hygiene: true,
    dedupeKey: `unused|${slack.join()}`,
    ...unusedGrantsWords({ who: nameOf(event), sinceMs, worked, allowed, used, slack }),
    threshold: 'static',
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
