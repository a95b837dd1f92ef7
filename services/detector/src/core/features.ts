/**
 * Everything the profile stage looks for in an agent, by the rows of the specification's table, and where it is
 * written: each feature is one file, whose opening comment says by what method, on whose word and within what
 * limits. Whoever looks for "who judges how old a credential is" begins here.
 *
 * Facets and rules come from their own registries (`facets/registry.ts`, `governance/findings.ts`), which is where
 * one is added; the rest stands here. All have one port for the suite that holds them to the same guarantees
 * (`features.test.ts`); the stage itself calls them where they belong (`decide-profile.ts`). Rejected: to have the
 * stage go through this list. Facets are scored together before any learns, rules are not asked of every event,
 * notes come before both; an order that matters would be hidden in a list.
 *
 * What is only told where agents meet (a tool's roll-out, one credential in two hands, one person who decides for
 * many) is noted by the features here and counted in `assembly/count-….ts`.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { Facet } from './facets/facet.ts';
import { FACETS } from './facets/registry.ts';
import { noteApprovalEvent } from './governance/approval-events.ts';
import type { FindingContext, FindingRule } from './governance/finding.ts';
import { RULES } from './governance/findings.ts';
import { noteLease } from './governance/task-lease.ts';
import { noteApproval } from './profile/approval-notes.ts';
import { noteUid } from './profile/churned-uids.ts';
import { noteChanges } from './profile/composition.ts';
import { noteCredentials } from './profile/credential-notes.ts';
import { declare } from './profile/declarations.ts';
import { noteNewcomer } from './profile/newcomer-notes.ts';
import { learnCall, scoreCall } from './profile/score-call.ts';
import { hear, noteTokenUse } from './profile/silence.ts';
import { learnWorkload, scoreWorkload } from './profile/workload-volumes.ts';

/** What a feature is told beside the event. */
export interface Asked extends FindingContext {
  /** What the agent may do; null where nobody says. */
  readonly grants: readonly string[] | null;
  readonly policyVersion: string;
}

export interface Feature {
  readonly name: string;
  /** From this folder. */
  readonly file: string;
  /** What it says of an event against what it knew before; empty: it abstains. What it learns stands in the draft. */
  see(draft: Draft, event: AuditEvent, asked: Asked): readonly unknown[];
}

const ofFacet = (facet: Facet): Feature => ({
  name: facet.name,
  file: `facets/${facet.name.replaceAll('_', '-')}.ts`,
  see(draft, event, { registered }) {
    const score = facet.score(draft, event, registered);
    facet.learn(draft, event, false);
    return score === null ? [] : [score];
  },
});

const ofRule = ([name, rule]: readonly [string, FindingRule]): Feature => ({
  name,
  file: `governance/${name}.ts`,
  see(draft, event, asked) {
    noteDeclared(draft, event);
    noteLease(draft, event);
    noteApprovalEvent(draft, event);
    return [rule(draft, event, asked) ?? []].flat();
  },
});

/** Of a feature that does not note changes itself. */
function noteDeclared(draft: Draft, event: AuditEvent): void {
  if (event.activity === 'config_change') declare(draft, event);
}

/** What comes of many calls together. */
const summed = (name: string): Feature => ({
  name,
  file: `profile/${name.replaceAll('_', '-')}.ts`,
  see(draft, event, { registered }) {
    noteDeclared(draft, event);
    const scored = scoreCall(draft, event, registered);
    learnCall(draft, event, scored.flag, scored);
    return scored.facets.filter(({ facet }) => facet === name);
  },
});

const NOTING: readonly Feature[] = [
  {
    name: 'composition',
    file: 'profile/composition.ts',
    see: (draft, event, { policyVersion }) => noteChanges(draft, event, policyVersion),
  },
  {
    name: 'silence',
    file: 'profile/silence.ts',
    see: (draft, event, asked) => [
      ...hear(draft, event, asked),
      ...noteTokenUse(event, asked.policyVersion),
    ],
  },
  {
    name: 'approval-notes',
    file: 'profile/approval-notes.ts',
    see: (_, event, { policyVersion }) => noteApproval(event, policyVersion),
  },
  {
    name: 'credential-notes',
    file: 'profile/credential-notes.ts',
    see: noteCredentials,
  },
  {
    name: 'newcomer-notes',
    file: 'profile/newcomer-notes.ts',
    see: (draft, event, { registered, policyVersion }) =>
      registered === undefined ? noteNewcomer(draft, event, policyVersion) : [],
  },
];

const WORKLOAD: Feature = {
  name: 'workload-volumes',
  file: 'profile/workload-volumes.ts',
  see(draft, event, { now, registered }) {
    if (registered !== undefined) return [];
    noteUid(draft, event, { before: undefined, now });
    const workload = scoreWorkload(draft, event);
    if (workload === undefined) return [];
    learnWorkload(draft, workload, false);
    return workload.facets;
  },
};

export const FEATURES: readonly Feature[] = [
  ...FACETS.map(ofFacet),
  ...Object.entries(RULES).map(ofRule),
  ...['weak_signs', 'odd_task'].map(summed),
  ...NOTING,
  WORKLOAD,
];

/** Which features answer each row of the table, and each thing that the specification asks for beside it. */
export const ROWS: Readonly<Record<string, readonly string[]>> = {
  'tools, targets, effects, sensitivity, environment': [
    ...['first_tool', 'first_target', 'first_effect', 'first_sensitivity', 'first_environment'],
    'outside-profile',
    'newcomer-notes',
  ],
  sequence: ['sequence', 'instruction_match', 'odd_task'],
  'counterparties and values': ['first_counterparty', 'task-envelope', 'outside-profile'],
  purpose: ['purpose', 'task-envelope', 'instruction_match', 'confused-deputy'],
  'instruction match': ['instruction_match'],
  'rate and volume': [
    ...['call_rate', 'tool_rate', 'record_volume', 'byte_volume', 'token_volume'],
    ...['denial_rate', 'error_rate', 'task_length', 'day_total'],
    'workload-volumes',
  ],
  time: ['acting_hours', 'gaps', 'silence', 'task-overrun'],
  autonomy: [
    ...['class-drift', 'autonomy-ladder', 'unattended-calls', 'reach-growth'],
    ...['approval-bypass', 'approval-quality', 'approval-reuse', 'approval-notes'],
    ...['review-lapsed', 'not-in-service'],
  ],
  'credential and place': [
    ...['credential-age', 'credential-bound', 'credential-breadth', 'stolen-credential'],
    ...['over-privilege', 'unused-grants', 'credential-notes'],
  ],
  composition: ['composition'],
  'accumulation over calls, days and tasks': ['odd_task', 'weak_signs'],
  decoys: ['decoy-touched'],
};
