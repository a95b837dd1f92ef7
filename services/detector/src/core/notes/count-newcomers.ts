/**
 * Whether an agent without a history does what no agent of its workload did: the judgement of those whose every
 * run is a new uid. A value that needs a look (a tool with an effect, an effect, restricted data, production, a
 * counterparty, a target) and that none of fifty sightings before its first day knew, where a new one comes in
 * one of fifty at most, is told once (`workload-values.ts`). Each kind is counted by itself: who is always at new
 * tools does not make a first deletion usual.
 *
 * All that is new in one call is one alert: the rest is a reason of the first of them. Only of workloads that had
 * new agents on several days: where all began together, and stay, one more agent with a work of its own is
 * nothing odd. Limit: what came with a value's first call is told with it, though a call that was heard of late may
 * show that it came alone before.
 */
import {
  type Alert,
  allSources,
  type NotedValue,
  type PrivilegeStep,
  SEVERITIES,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { effectDeed } from '../governance/finding.ts';
import { rememberInRing } from '../kept/remember-in-ring.ts';
import { NOTES } from '../profile/shared-note.ts';
import { noteAlert, revisedAlert, shortAgent } from './note-alert.ts';
import {
  dayOf,
  NOTHING_SEEN,
  type Usual,
  usualBefore,
  type Value,
  type Workload,
  withSighting,
} from './workload-values.ts';

/** Workloads of a partition, and kinds of what their new agents do; the oldest begins anew. */
export const NEWCOMERS_MAX = 6000;
const RING = 'newcomers';
const TOOLS = 'first_tool';
/** What there are several of, in words. */
const NOUNS: Readonly<Record<string, string>> = {
  [TOOLS]: 'tools',
  first_effect: 'effects',
  first_sensitivity: 'kinds of data',
  first_environment: 'environments',
  first_counterparty: 'counterparties',
  first_target: 'kinds of target',
};
/** Of a note of earlier versions, which was about its tool. */
const A_TOOL: readonly NotedValue[] = [{ kind: TOOLS, print: TOOLS }];

/** A kind of value of the workload, with the one that was noted. */
interface Counted {
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly workload: Workload;
}

interface Found {
  readonly of: Counted;
  readonly value: Value;
  readonly usual: Usual;
}

/** A tool that only read is another than the same with an effect. */
const toolOf = ({ tool, activity }: PrivilegeStep) =>
  `${activity}|${tool?.server ?? ''}/${tool?.name ?? ''}`;

function toolSaid({ activity, effect, tool }: PrivilegeStep): NotedValue['told'] {
  if (activity !== NOTES.newcomerActs) return undefined;
  const what = `${effectDeed(effect)} by ${tool?.name ?? 'a tool'}`;
  return { what, severity: 'medium', also: [], after_days: 0 };
}

const saidOf = ({ kind }: Counted, { say, first }: Value) =>
  kind === TOOLS ? toolSaid(first) : say;

function count(draft: Draft, first: PrivilegeStep, { kind, print, told }: NotedValue): Counted {
  const of = [first.tenant_id, first.workload ?? '', ...(kind === TOOLS ? [] : [kind])];
  const key = `newcomers/${JSON.stringify(of)}`;
  const before = draft.get<Workload>(key);
  if (before === undefined) rememberInRing(draft, RING, key, NEWCOMERS_MAX);
  const name = kind === TOOLS ? toolOf(first) : print;
  const sighting = { name, first, ...(told === undefined ? {} : { say: told }) };
  return { kind, key, name, workload: withSighting(before ?? NOTHING_SEEN, sighting) };
}

/** Those of which something is to be told: the one that was noted, and after a late note the others too. */
function judged(of: Counted, step: PrivilegeStep): readonly Found[] {
  const { workload, name } = of;
  const isLate = workload.days.some(([day]) => day > dayOf(step));
  return workload.tools.flatMap((value) => {
    if (value.name !== name && !(isLate && value.told === undefined)) return [];
    if (saidOf(of, value) === undefined) return [];
    const usual = usualBefore(workload, value);
    return usual === undefined ? [] : [{ of, value, usual }];
  });
}

const featureOf = ({ kind }: Counted) => `workload-${kind.replaceAll('_', '-')}`;
const nounOf = ({ kind }: Counted) => NOUNS[kind] ?? 'values';

function reasonOf({ of, value, usual: { sightings, values } }: Found, about: string) {
  const from = about.slice('newcomers/'.length);
  const what = saidOf(of, value)?.what ?? '';
  const usually = `Agents from ${from} had shown ${values} ${nounOf(of)} in ${sightings} sightings before that day, and not this one`;
  return {
    feature: featureOf(of),
    text: `${what}. ${usually}.`,
    expected: `one of ${values} ${nounOf(of)} of agents from ${from}`,
    observed: `${what}, new to all of them`,
    threshold_source: 'learned' as const,
    level: 'workload',
    baseline_n: sightings,
    p_value: values / (sightings + values),
  };
}

function gravestOf(found: readonly Found[]): Alert['severity'] {
  const all = found.map(({ of, value }) =>
    SEVERITIES.indexOf(saidOf(of, value)?.severity ?? 'low'),
  );
  return SEVERITIES[Math.max(...all)] ?? 'low';
}

/** `more`: what else was new in the same call. */
function describe(lead: Found, more: readonly Found[], at: string): Alert {
  const { first, agents, name } = lead.value;
  const about = first.workload ?? '';
  const who = shortAgent(first.agent_uid);
  const reason = reasonOf(lead, about);
  const what = saidOf(lead.of, lead.value)?.what ?? '';
  const now = agents === 1 ? 'One agent does' : `${agents} agents do`;
  const when = first.event_time.slice(0, 19).replace('T', ' ');
  const alert = noteAlert({
    kind: 'behavior_deviation',
    ruleId: featureOf(lead.of),
    severity: gravestOf([lead, ...more]),
    alertKey: `${about}|${lead.of.kind === TOOLS ? name : `${lead.of.kind}|${name}`}`,
    causeKey: about,
    subject: first,
    evidence: [[first, 'first_of_workload']],
    count: agents,
    title: `${who}: ${what}, which no agent of its workload did`,
    summary: `${who}, which has no history of its own, called ${first.tool?.name ?? 'something'} at ${when} UTC: ${reason.text} ${now} so now.`,
    expected: reason.expected,
    observed: reason.observed,
    notVisible: ['Whether these agents are one under many names is not visible.'],
    taxonomy: { owasp: ['ASI02'] },
    detectedAt: at,
  });
  const sources = allSources([first.source]);
  return {
    ...alert,
    reasons: [reason, ...more.map((one) => reasonOf(one, about))],
    ...(sources === undefined ? {} : { sources: [...sources] }),
  };
}

/** What is to tell of it: new, about an earlier call, or of twice as many agents. */
function revision(last: Alert | undefined, fresh: Alert): Alert | undefined {
  if (last === undefined) return fresh;
  const isSame = last.subject.agent_uid === fresh.subject.agent_uid;
  return isSame && fresh.count < last.count * 2 ? undefined : revisedAlert(last, fresh);
}

/** What becomes of the values that were first met in one call: what leads is told, and what is told with it. */
function tellTogether(found: readonly Found[], at: string): ReadonlyMap<Value, Value> {
  const [lead = found[0]] = found.filter(({ value }) => value.told !== undefined);
  const changed = new Map<Value, Value>();
  for (const one of found) {
    const { value } = one;
    const { event_id: call } = value.first;
    if (one !== lead && value.told === undefined) {
      changed.set(value, { ...value, with: call });
      continue;
    }
    if (value.with === call) continue;
    const more = one === lead ? found.filter(({ value: { told } }) => told === undefined) : [];
    const fresh = describe(
      one,
      more.filter((each) => each !== one),
      at,
    );
    const told = revision(value.told, fresh);
    if (told !== undefined) changed.set(value, { ...value, told });
  }
  return changed;
}

export function countNewcomer(draft: Draft, step: PrivilegeStep, at: string): readonly Alert[] {
  const { noted_values: noted = A_TOOL, ...first } = step;
  const counted = noted.map((one) => count(draft, first, one));
  const byCall = new Map<string, Found[]>();
  for (const found of counted.flatMap((of) => judged(of, step))) {
    const { event_id: call } = found.value.first;
    byCall.set(call, [...(byCall.get(call) ?? []), found]);
  }
  const changed = new Map([...byCall.values()].flatMap((found) => [...tellTogether(found, at)]));
  for (const { key, workload } of counted) {
    const tools = workload.tools.map((value) => changed.get(value) ?? value);
    draft.put(key, { ...workload, tools } satisfies Workload);
  }
  return [...changed].flatMap(([before, { told }]) =>
    told === undefined || told === before.told ? [] : [told],
  );
}
