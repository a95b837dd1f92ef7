/**
 * For each shipped combination one way in which a fleet's agents complete it: who does which step
 * with what, what carries the one step to the next, and in which manners it is played.
 */

import type { CallPlan } from '../call-plan.ts';
import type { Role } from '../roles.ts';
import type { ToolName } from '../tool-table.ts';
import type { Mode } from './manner.ts';

export interface StepPlan {
  readonly role: Role;
  readonly tool: ToolName;
  readonly plan?: CallPlan;
}

/** `flow`: a value; the others: the tie that the combination asks for. */
export type Carrier = 'flow' | 'memory' | 'credential' | 'grantee' | 'derived' | 'denied';

export interface Scheme {
  readonly combination: string;
  readonly workflow: string;
  readonly carrier: Carrier;
  readonly steps: readonly StepPlan[];
  readonly modes: readonly Mode[];
  /** Manners that fire elsewhere and here do not. */
  readonly quietHere?: readonly Mode[];
  /** What the chain then holds, as the contracts name residual access. */
  readonly residual: readonly string[];
  /** When the combination fixes the alert's kind. */
  readonly kind?: string;
  /** The workflow whose owner approved this combination. */
  readonly approvedIn?: string;
}

/** In every combination that a value carries. */
const ANYWHERE: readonly Mode[] = [
  'direct',
  'split_sessions',
  'slow',
  'rewritten',
  'skewed',
  'reordered',
  'duplicated',
  'no_link',
  'near_in_time',
  'last_denied',
  'dry_run',
  'popular_value',
  'too_late',
];
const FLOW: readonly Mode[] = [
  ...ANYWHERE,
  'relayed_1',
  'relayed_2',
  'relayed_3',
  'relayed_4',
  'one_agent',
  'grant_holder',
  'bystander',
  'two_tasks',
  'too_far',
  'relay_lost',
  'held_only',
  'invented_tasks',
];
const TIED: readonly Mode[] = [
  'direct',
  'slow',
  'reordered',
  'duplicated',
  'no_link',
  'near_in_time',
  'last_denied',
  'dry_run',
  'too_late',
];

const step = (role: Role, tool: ToolName, plan: CallPlan = {}): StepPlan => ({ role, tool, plan });
const SAME = { principal: 'maker@acme.example' } as const;

const DATA_LEAVES: readonly Scheme[] = [
  {
    combination: 'lethal-trifecta',
    workflow: 'ticket-triage',
    approvedIn: 'customer-support',
    carrier: 'flow',
    steps: [
      step('triage', 'readTicket'),
      step('desk', 'readCustomer'),
      step('correspondent', 'sendMail'),
    ],
    modes: [
      ...FLOW,
      'hub_resource',
      'timed_out',
      'delegated',
      'swarm',
      'own_subject',
      'others_subject',
      'approved',
      'outside_destination',
      'outside_environment',
      'outside_sensitivity',
      'outside_role',
    ],
    residual: ['data_read', 'data_sent'],
  },
  {
    combination: 'secret-to-egress',
    workflow: 'incident-response',
    carrier: 'flow',
    steps: [step('vault', 'readSecret'), step('correspondent', 'sendMail')],
    modes: [
      ...FLOW,
      'relayed_5',
      'hub_resource',
      'timed_out',
      'swarm',
      'swarm_popular',
      'split_secret',
    ],
    residual: ['secret_read', 'data_sent'],
  },
  {
    combination: 'recon-to-exfiltration',
    workflow: 'sales-follow-up',
    carrier: 'flow',
    steps: [
      step('directory', 'readDirectory'),
      step('people', 'readPerson'),
      step('correspondent', 'sendMail'),
    ],
    modes: [...FLOW, 'hub_resource', 'timed_out', 'delegated', 'own_subject', 'others_subject'],
    residual: ['data_read', 'data_sent'],
  },
];

const TEXT_ACTS: readonly Scheme[] = [
  {
    combination: 'untrusted-to-exec',
    workflow: 'code-review',
    carrier: 'flow',
    steps: [step('coder', 'readIssue'), step('builder', 'shell')],
    modes: [...FLOW, 'relayed_5', 'hub_resource', 'timed_out'],
    residual: ['code_executed'],
  },
  {
    combination: 'memory-poisoning',
    workflow: 'research',
    carrier: 'memory',
    steps: [
      step('researcher', 'search'),
      step('researcher', 'remember'),
      step('planner', 'recall'),
      step('analyst', 'readInvoices'),
    ],
    modes: TIED,
    residual: ['memory_written', 'data_read'],
  },
  {
    combination: 'agent-tampering',
    workflow: 'code-review',
    carrier: 'flow',
    steps: [step('coder', 'readIssue'), step('tuner', 'updatePrompt')],
    modes: [...FLOW, 'relayed_5', 'hub_resource', 'delegated', 'approved_by_human'],
    residual: ['agent_modified'],
  },
  {
    combination: 'retrieval-to-execution',
    workflow: 'invoice-approval',
    carrier: 'flow',
    kind: 'separation_of_duty',
    steps: [step('intake', 'readMail'), step('payer', 'pay')],
    modes: [...ANYWHERE, 'relayed_1', 'hub_resource', 'timed_out', 'declared_handoff'],
    quietHere: ['relayed_1'],
    residual: ['payment_set_up'],
  },
];

const DECISIONS: readonly Scheme[] = [
  {
    combination: 'code-to-production',
    workflow: 'release',
    carrier: 'flow',
    steps: [
      step('coder', 'push', SAME),
      step('reviewer', 'approveChange', SAME),
      step('releaser', 'deploy', SAME),
    ],
    modes: [...FLOW, 'timed_out', 'delegated', 'independent', 'orchestrated'],
    residual: ['code_deployed'],
  },
  {
    combination: 'payment-release',
    workflow: 'invoice-approval',
    carrier: 'flow',
    steps: [
      step('payees', 'createPayee', SAME),
      step('payer', 'pay', SAME),
      step('checker', 'approvePayment', SAME),
    ],
    modes: [...FLOW, 'timed_out', 'delegated', 'swarm', 'independent', 'orchestrated'],
    residual: ['payment_set_up'],
  },
  {
    combination: 'impersonated-approval',
    workflow: 'release',
    carrier: 'flow',
    steps: [step('helper', 'impersonate'), step('reviewer', 'approveChange')],
    modes: [...FLOW, 'relayed_5', 'hub_resource', 'timed_out', 'delegated'],
    residual: [],
  },
];

const ACCESS: readonly Scheme[] = [
  {
    combination: 'credential-mint-and-use',
    workflow: 'data-pipeline',
    carrier: 'credential',
    steps: [step('keys', 'createKey'), step('analyst', 'readInvoices')],
    modes: [...TIED, 'own_key'],
    residual: ['credential_created', 'data_read'],
  },
  {
    combination: 'grant-then-use',
    workflow: 'data-pipeline',
    carrier: 'grantee',
    steps: [step('access', 'grantAccess'), step('analyst', 'readInvoices')],
    modes: TIED,
    residual: ['access_granted', 'data_read'],
  },
  {
    combination: 'identity-persistence',
    workflow: 'infrastructure',
    approvedIn: 'onboarding',
    carrier: 'flow',
    steps: [
      step('onboarder', 'createUser'),
      step('access', 'grantAccess'),
      step('keys', 'createKey'),
    ],
    modes: [...FLOW, 'timed_out', 'delegated', 'approved', 'outside_environment'],
    residual: ['identity_created', 'access_granted', 'credential_created'],
  },
  {
    combination: 'attenuation-violation',
    workflow: 'data-pipeline',
    carrier: 'derived',
    kind: 'privilege_assembly',
    steps: [step('coder', 'readCode'), step('analyst', 'readInvoices')],
    modes: TIED,
    residual: ['data_read'],
  },
];

const DESTRUCTION: readonly Scheme[] = [
  {
    combination: 'cover-tracks',
    workflow: 'incident-response',
    carrier: 'flow',
    steps: [step('operator', 'disableLogging'), step('cleaner', 'dropTable')],
    modes: [...FLOW, 'relayed_5', 'hub_resource', 'timed_out', 'delegated'],
    residual: ['config_changed'],
  },
  {
    combination: 'ransom',
    workflow: 'infrastructure',
    carrier: 'flow',
    steps: [
      step('exporter', 'listCustomers', { features: { records: 20_000 } }),
      step('storekeeper', 'deleteSnapshot'),
      step('cleaner', 'dropTable'),
    ],
    modes: [...FLOW, 'hub_resource', 'timed_out', 'delegated', 'month_end', 'small_read'],
    residual: ['data_read'],
  },
  {
    combination: 'denial-laundering',
    workflow: 'infrastructure',
    carrier: 'denied',
    steps: [step('storekeeper', 'dropTable', { outcome: 'denied' }), step('cleaner', 'dropTable')],
    modes: [...TIED, 'approved_by_human', 'other_tool', 'same_tool'],
    residual: [],
    kind: 'privilege_assembly',
  },
];

export const SCHEMES: readonly Scheme[] = [
  ...DATA_LEAVES,
  ...TEXT_ACTS,
  ...DECISIONS,
  ...ACCESS,
  ...DESTRUCTION,
];
