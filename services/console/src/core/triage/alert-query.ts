/**
 * What a list of alerts may be asked, the same in the address of the page and in the API. An unknown parameter, value
 * or cursor is refused with what is known instead: a filter that is silently ignored shows the wrong alerts.
 */
import {
  AGENT_UID_LENGTH_MAX,
  CLASSIFICATIONS,
  durationMs,
  epochMs,
  ID_LENGTH_MAX,
  NAME_LENGTH_MAX,
  SEVERITIES,
  type Severity,
  timestamp,
} from '@waywarden/schemas';
import { z } from 'zod';
import { EFFECTIVE_STATES, type EffectiveState } from './alert-triage.ts';
import { SLA_STATES, type SlaState } from './sla.ts';

export const LIST_LIMIT_MAX = 200;
export const SORTS = [
  'severity',
  'newest',
  'oldest',
  'detected',
  'updated',
  'count',
  'due',
] as const;
export type AlertSort = (typeof SORTS)[number];
export const GROUPINGS = ['none', 'incident', 'campaign'] as const;
export const HYGIENE = ['exclude', 'include', 'only'] as const;
const SEARCH_LENGTH_MAX = 200;
const SEARCH_WORDS_MAX = 12;
const VALUES_MAX = 20;
const CURSOR_LENGTH_MAX = 512;

const OPEN: readonly EffectiveState[] = ['new', 'in_progress'];
const STATE_WORDS = [...EFFECTIVE_STATES, 'open', 'all'] as const;

/** `high,critical` as a list; each value one of `of`. */
function listOf<const T extends string>(of: readonly T[]) {
  return z
    .string()
    .max(NAME_LENGTH_MAX)
    .transform((text, context): readonly T[] => {
      const values = text.split(',').map((one) => one.trim());
      const wrong = values.find((one) => !of.some((known) => known === one));
      if (wrong === undefined) return values.filter((one): one is T => of.some((x) => x === one));
      context.addIssue({ code: 'custom', message: `"${wrong}" is none of ${of.join(', ')}` });
      return z.NEVER;
    });
}

const nameList = z
  .string()
  .min(1)
  .max(NAME_LENGTH_MAX * 2)
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(z.array(z.string().min(1)).max(VALUES_MAX));

const AGE = /^\d{1,5}[smhd]$/;
const time = z
  .string()
  .max(40)
  .refine((text) => AGE.test(text) || timestamp.safeParse(text).success, {
    message: 'a time such as 2026-11-24T09:00:00Z, or an age such as 24h or 7d',
  });

const short = z.string().min(1).max(ID_LENGTH_MAX);

export const alertQuery = z.strictObject({
  state: listOf(STATE_WORDS).optional(),
  severity: listOf(SEVERITIES).optional(),
  kind: nameList.optional(),
  rule: nameList.optional(),
  agent: z.string().min(1).max(AGENT_UID_LENGTH_MAX).optional(),
  owner: short.optional(),
  workflow: short.optional(),
  tool: short.optional(),
  /** `none`: nobody's; `me`: of whoever asks. */
  assignee: short.optional(),
  tag: nameList.optional(),
  classification: listOf(CLASSIFICATIONS).optional(),
  incident: z.uuid().optional(),
  campaign: z.string().min(1).max(1_024).optional(),
  hygiene: z.enum(HYGIENE).optional(),
  /** By its clocks: past due, in the last quarter of its time, neither, or without a clock. */
  sla: listOf(SLA_STATES).optional(),
  from: time.optional(),
  to: time.optional(),
  q: z.string().max(SEARCH_LENGTH_MAX).optional(),
  sort: z.enum(SORTS).optional(),
  group: z.enum(GROUPINGS).optional(),
  limit: z.coerce.number().int().min(1).max(LIST_LIMIT_MAX).optional(),
  cursor: z.string().min(1).max(CURSOR_LENGTH_MAX).optional(),
});
export type AlertQuery = z.infer<typeof alertQuery>;

/** A query as the list goes by it: words folded, times absolute, states spelt out. */
export interface AlertFilter {
  readonly states: ReadonlySet<EffectiveState>;
  readonly severities: ReadonlySet<Severity> | undefined;
  readonly kinds: ReadonlySet<string> | undefined;
  readonly rules: ReadonlySet<string> | undefined;
  readonly of: Pick<
    AlertQuery,
    'agent' | 'owner' | 'workflow' | 'tool' | 'assignee' | 'incident' | 'campaign'
  >;
  readonly tags: readonly string[];
  readonly classifications: ReadonlySet<string> | undefined;
  readonly hygiene: (typeof HYGIENE)[number];
  readonly sla: ReadonlySet<SlaState> | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  readonly words: readonly string[];
}

export interface AlertDefaults {
  readonly state: (typeof STATE_WORDS)[number];
  readonly hygiene: (typeof HYGIENE)[number];
}

const setOf = <T>(values: readonly T[] | undefined): ReadonlySet<T> | undefined =>
  values === undefined ? undefined : new Set(values);

function statesOf(words: readonly (typeof STATE_WORDS)[number][]): ReadonlySet<EffectiveState> {
  return new Set(
    words.flatMap((word) => {
      if (word === 'all') return EFFECTIVE_STATES;
      return word === 'open' ? OPEN : [word];
    }),
  );
}

const momentOf = (text: string, nowMs: number): number =>
  AGE.test(text) ? nowMs - durationMs(text) : epochMs(text);

export function alertFilter(
  query: AlertQuery,
  { nowMs, me, defaults }: { nowMs: number; me: string; defaults: AlertDefaults },
): AlertFilter {
  const { agent, owner, workflow, tool, assignee, incident, campaign, from, to } = query;
  const words = (query.q ?? '').normalize('NFKC').toLowerCase().split(/\s+/);
  return {
    states: statesOf(query.state ?? [defaults.state]),
    severities: setOf(query.severity),
    kinds: setOf(query.kind),
    rules: setOf(query.rule),
    of: {
      ...{ agent, owner, workflow, tool, incident, campaign },
      assignee: assignee === 'me' ? me : assignee,
    },
    tags: query.tag ?? [],
    classifications: setOf<string>(query.classification),
    hygiene: query.hygiene ?? defaults.hygiene,
    sla: setOf(query.sla),
    fromMs: from === undefined ? -Infinity : momentOf(from, nowMs),
    toMs: to === undefined ? Infinity : momentOf(to, nowMs),
    words: words.filter((word) => word !== '').slice(0, SEARCH_WORDS_MAX),
  };
}
