/**
 * For each shipped combination the ways in which a fleet's agents complete it, and in which manners.
 * Who does it in a plot is drawn from these by chance (`cast.ts`).
 */
import type { CallPlan } from '../call-plan.ts';
import type { Role } from '../roles.ts';
import type { FormedTool } from './form-table.ts';
import { ANYWHERE, DAYS, FLOW, LONG, TIED } from './mode-list.ts';
import type { Act, Scheme } from './scheme.ts';

const act = (role: Role, tool: FormedTool, plan: CallPlan = {}): Act => ({ role, tool, plan });
/** So many records are a bulk read, and so many are read every night. */
const BULK: CallPlan = { features: { records: 1800 } };

/** Outside text, read by agents of the reasoning plane. */
const OUTSIDE_TEXT: readonly [Act, ...Act[]] = [
  act('coder', 'readIssue'),
  act('scribe', 'searchFiles'),
  act('assistant', 'searchFiles'),
  act('assistant', 'readCalendar'),
  act('seller', 'search'),
];
const MAILED: readonly [Act, ...Act[]] = [
  act('correspondent', 'sendMail'),
  act('briefer', 'sendMail'),
];
/** What the one who was let in reads. */
const SENSITIVE: readonly [Act, ...Act[]] = [
  act('analyst', 'readInvoices'),
  act('checker', 'readInvoices'),
  act('reviewer', 'readCode'),
  act('people', 'readPerson'),
  act('desk', 'readCustomer'),
];
const DROPPED: readonly [Act, ...Act[]] = [act('cleaner', 'dropTable'), act('cleaner', 'truncate')];

const DATA_LEAVES: readonly Scheme[] = [
  {
    combination: 'lethal-trifecta',
    approvedIn: 'customer-support',
    carrier: 'flow',
    steps: [
      [
        act('triage', 'readTicket'),
        act('intake', 'readMail'),
        act('researcher', 'search'),
        ...OUTSIDE_TEXT,
      ],
      [act('desk', 'readCustomer'), act('seller', 'readCustomer'), ...SENSITIVE],
      MAILED,
    ],
    modes: [
      ...LONG,
      'hub_resource',
      ...DAYS,
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
      'outside_volume',
    ],
  },
  {
    combination: 'secret-to-egress',
    carrier: 'flow',
    steps: [[act('vault', 'readSecret')], MAILED],
    modes: [
      ...FLOW.filter((mode) => mode !== 'too_late'),
      ...DAYS.filter((mode) => mode !== 'days_paper'),
      'hub_resource',
      'relayed_5',
      'timed_out',
      'swarm',
      'swarm_popular',
      'split_secret',
    ],
  },
  {
    combination: 'recon-to-exfiltration',
    approvedIn: 'access-review',
    carrier: 'flow',
    steps: [
      [act('directory', 'readDirectory')],
      [
        act('people', 'readPerson'),
        act('desk', 'readCustomer'),
        act('seller', 'readCustomer'),
        act('exporter', 'listCustomers'),
      ],
      MAILED,
    ],
    modes: [
      ...LONG,
      'hub_resource',
      ...DAYS,
      'timed_out',
      'delegated',
      'own_subject',
      'others_subject',
      'not_yet_expired',
      'outside_expiry',
    ],
  },
];

const TEXT_ACTS: readonly Scheme[] = [
  {
    combination: 'untrusted-to-exec',
    carrier: 'flow',
    steps: [
      OUTSIDE_TEXT,
      [act('builder', 'shell'), act('planner', 'runCode'), act('analyst', 'runCode')],
    ],
    modes: [...FLOW, 'hub_resource', 'relayed_5', 'timed_out'],
  },
  {
    combination: 'memory-poisoning',
    carrier: 'memory',
    steps: [
      [act('researcher', 'search')],
      [act('researcher', 'remember')],
      [act('planner', 'recall')],
      SENSITIVE,
    ],
    modes: [...TIED, 'slow_days', 'days_unrelated', 'days_beyond'],
  },
  {
    combination: 'agent-tampering',
    carrier: 'flow',
    steps: [OUTSIDE_TEXT, [act('tuner', 'updatePrompt')]],
    modes: [...FLOW, 'hub_resource', 'relayed_5', 'delegated', 'approved_by_human'],
  },
  {
    combination: 'retrieval-to-execution',
    carrier: 'flow',
    kind: 'separation_of_duty',
    steps: [
      [act('intake', 'readMail'), act('triage', 'readTicket'), act('researcher', 'search')],
      [act('payer', 'pay'), act('payees', 'createPayee'), act('correspondent', 'sendMail')],
    ],
    modes: [
      ...ANYWHERE,
      ...DAYS,
      'two_sources',
      'relayed_1',
      'hub_resource',
      'timed_out',
      'declared_handoff',
    ],
    quietHere: ['relayed_1'],
  },
];

const DECISIONS: readonly Scheme[] = [
  {
    combination: 'code-to-production',
    carrier: 'flow',
    oneHand: true,
    steps: [
      [act('coder', 'push')],
      [act('reviewer', 'approveChange')],
      [act('releaser', 'deploy')],
    ],
    modes: [...LONG, 'timed_out', 'delegated', 'independent', 'orchestrated'],
  },
  {
    combination: 'payment-release',
    approvedIn: 'invoice-approval',
    carrier: 'flow',
    oneHand: true,
    steps: [
      [act('payees', 'createPayee')],
      [act('payer', 'pay')],
      [act('checker', 'approvePayment')],
    ],
    modes: [
      ...LONG,
      ...DAYS,
      'timed_out',
      'delegated',
      'swarm',
      'independent',
      'orchestrated',
      'inside_provenance',
      'outside_provenance',
    ],
  },
  {
    combination: 'impersonated-approval',
    carrier: 'flow',
    steps: [
      [act('helper', 'impersonate')],
      [act('reviewer', 'approveChange'), act('checker', 'approvePayment')],
    ],
    modes: [...FLOW, 'hub_resource', 'relayed_5', 'timed_out', 'delegated'],
  },
];

const ACCESS: readonly Scheme[] = [
  {
    combination: 'credential-mint-and-use',
    carrier: 'credential',
    steps: [[act('keys', 'createKey')], SENSITIVE],
    modes: [...TIED, 'own_key', 'slow_days', 'days_unrelated', 'days_beyond'],
  },
  {
    combination: 'grant-then-use',
    carrier: 'grantee',
    steps: [[act('access', 'grantAccess')], SENSITIVE],
    modes: [...TIED, 'too_late'],
  },
  {
    combination: 'identity-persistence',
    approvedIn: 'onboarding',
    carrier: 'flow',
    steps: [
      [act('onboarder', 'createUser')],
      [act('access', 'grantAccess')],
      [act('keys', 'createKey')],
    ],
    modes: [...LONG, 'timed_out', 'delegated', 'approved', 'outside_environment'],
  },
  {
    combination: 'attenuation-violation',
    carrier: 'derived',
    kind: 'privilege_assembly',
    steps: [
      [act('coder', 'readCode'), act('reviewer', 'readCode'), act('builder', 'readCode')],
      [
        act('analyst', 'readInvoices'),
        act('checker', 'readInvoices'),
        act('intake', 'readInvoices'),
        act('reporter', 'readInvoices'),
      ],
    ],
    modes: TIED,
  },
];

const DESTRUCTION: readonly Scheme[] = [
  {
    combination: 'cover-tracks',
    carrier: 'flow',
    steps: [[act('operator', 'disableLogging')], [...DROPPED, ...MAILED]],
    modes: [...FLOW, 'hub_resource', 'relayed_5', 'timed_out', 'delegated'],
  },
  {
    combination: 'ransom',
    carrier: 'flow',
    steps: [
      [
        act('exporter', 'listCustomers', BULK),
        act('reporter', 'readInvoices', BULK),
        act('reporter', 'query', BULK),
      ],
      [act('storekeeper', 'deleteSnapshot')],
      DROPPED,
    ],
    modes: [...LONG, 'hub_resource', 'timed_out', 'delegated', 'month_end', 'small_read'],
  },
  {
    combination: 'denial-laundering',
    carrier: 'denied',
    steps: [
      [
        act('storekeeper', 'dropTable'),
        act('builder', 'readSecret'),
        act('helper', 'updatePrompt'),
        act('triage', 'readCustomer'),
        act('operator', 'grantAccess'),
        act('directory', 'readPerson'),
      ],
      [act('cleaner', 'dropTable')],
    ],
    modes: [...TIED, 'approved_by_human', 'other_tool', 'same_tool'],
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
