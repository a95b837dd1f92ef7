/** Silence while credentials are in use: about one agent, or about the source that reports several. */
import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import { MINUTE_MS } from '../../domain/day.ts';
import { SEVERITIES } from '../../domain/severities.ts';
import { agentsNamed, counted, SHOWN_NAME_LENGTH_MAX, shorten } from '../../domain/short-text.ts';
import { noteAlert, shortAgent } from './note-alert.ts';

export interface SilentAgent {
  readonly silence: PrivilegeStep;
  readonly uses: readonly PrivilegeStep[];
  readonly count: number;
}

export interface SilenceFound {
  readonly silent: readonly SilentAgent[];
  readonly others?: readonly string[];
  readonly source?: string;
}

const shown = (time: string) => time.slice(0, 19);

function sinceOf({ event_time: since, usual_ms: usual }: PrivilegeStep): string {
  if (usual === undefined)
    return `was last heard of at ${shown(since)}, and its heartbeats stopped`;
  const within = counted(Math.round(usual / MINUTE_MS), 'minute');
  return `was last seen to act at ${shown(since)}, and it is usually heard of within ${within} at that hour`;
}

const namesOf = (uids: readonly string[]) => agentsNamed(uids, SHOWN_NAME_LENGTH_MAX);

function othersClaimed(others: readonly string[], source: string): string {
  if (others.length === 0) return '';
  return ` ${counted(others.length, 'other agent')} that ${source} tells of fell silent with it, without a use that is known: ${namesOf(others)}.`;
}

type Words = Pick<Alert, 'title' | 'summary'> & { readonly observed: string };

function ofOne(
  { silence, uses, count }: SilentAgent,
  { others = [], source = '' }: SilenceFound,
): Words {
  const who = shortAgent(silence.agent_uid);
  const first = shown(uses[0]?.event_time ?? '');
  return {
    title: `${silence.usual_ms === undefined ? 'Nothing' : 'No act'} is told of ${who}, and its credential is in use`,
    summary: `${who} ${sinceOf(silence)}. Its credential was used at the target since (${counted(count, 'use')} known, the first at ${first}). What it does there is not told.${othersClaimed(others, source)}`,
    observed: `${counted(count, 'use')} while silent`,
  };
}

function ofSource(first: SilentAgent, found: SilenceFound, count: number): Words {
  const { silent, others = [], source = '' } = found;
  const name = shorten(source, SHOWN_NAME_LENGTH_MAX);
  const agents = silent.map(({ silence }) => silence.agent_uid);
  const isOfActs = silent.some(({ silence }) => silence.usual_ms !== undefined);
  return {
    title: `${name} tells ${isOfActs ? 'no act' : 'nothing'} of ${agents.length} agents, and their credentials are in use`,
    summary: `${agents.length} agents that ${name} tells of fell silent within an hour, the first of them, ${shortAgent(first.silence.agent_uid)}, ${sinceOf(first.silence)}. Their credentials were used at targets since (${counted(count, 'use')} known): ${namesOf(agents)}. What they do there is not told.${othersClaimed(others, name)}`,
    observed: `${counted(count, 'use')} of credentials of ${agents.length} agents while ${name} is silent`,
  };
}

/** All are named before any twice. */
function inTurn(silent: readonly SilentAgent[]): readonly (readonly [PrivilegeStep, string])[] {
  const uses = silent.flatMap((one) => one.uses.map((use, at) => ({ use, at })));
  const first = silent.map(({ silence }) => [silence, 'last_heard'] as const);
  const used = uses
    .sort((a, b) => a.at - b.at)
    .map(({ use }) => [use, 'use_of_credential'] as const);
  return silent.length === 1 ? [...used, ...first] : [...first, ...used];
}

export function silenceAlert(found: SilenceFound, at: string): Alert {
  const { silent, source } = found;
  const [first] = silent;
  if (first === undefined) throw new Error('A silence was told of, and none is kept.');
  const isSource = silent.length > 1 && source !== undefined;
  const count = silent.reduce((sum, one) => sum + one.count, 0);
  const { silence } = first;
  const about = source === undefined ? (silence.workload ?? '') : `outage/${source}`;
  const words = isSource ? ofSource(first, found, count) : ofOne(first, found);
  const alert = noteAlert({
    kind: 'telemetry_gap',
    ruleId: 'silent-while-used',
    severity: SEVERITIES['silent-while-used'].plain,
    alertKey: `${about}|${silence.event_id}`,
    causeKey:
      source === undefined ? `silence|${silence.agent_uid}` : `${about}|${silence.event_id}`,
    subject: silence,
    evidence: inTurn(silent),
    count,
    ...words,
    threshold: silence.usual_ms === undefined ? 'operator' : 'learned',
    expected: isSource
      ? 'events of its agents, or no use of their credentials'
      : 'heartbeats or calls as usual, or no use of its credential',
    notVisible: [
      'What was done with the credential is not visible: only that the target saw it.',
      'What is merely asserted of an agent that was heard proven counts as nothing here, and so does a heartbeat by a source that the registry does not name for it.',
    ],
    taxonomy: { owasp: ['ASI03'], attack: ['T1562.008'] },
    detectedAt: at,
  });
  return isSource ? { ...alert, subject: { agent_uid: source } } : alert;
}
