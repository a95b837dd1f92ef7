import { didYouMean, type Registry } from '@waywarden/schemas';
import {
  dateMs,
  dateProblems,
  destinationProblems,
  durationProblems,
  error,
  grantProblems,
  type RegistryCheck,
  type RegistryCheckContext,
  type RegistryProblem,
  repeats,
  warning,
} from './registry-check.ts';

type Workflow = Registry['workflows'][number];
type Envelope = NonNullable<Workflow['envelope']>;
type Approval = NonNullable<Workflow['approvals']>[number];

/** Without a review it is a hole. */
export const APPROVAL_DAYS_MAX = 180;
const DAY_MS = 86_400_000;
const ORIGINS = ['trusted', 'requested', 'untrusted'];
const PLANES = ['retrieval', 'reasoning', 'execution'];

function envelopeProblems(
  envelope: Envelope | undefined,
  path: readonly PropertyKey[],
): readonly RegistryProblem[] {
  if (envelope === undefined) return [];
  return [
    ...grantProblems(envelope.capabilities, [...path, 'capabilities']),
    ...destinationProblems(envelope.destinations, [...path, 'destinations']),
    ...durationProblems(envelope.deadline, [...path, 'deadline']),
    ...Object.entries(envelope.provenance ?? {}).flatMap(([argument, origins]) =>
      origins.flatMap((origin, n) =>
        ORIGINS.includes(origin)
          ? []
          : [
              error(
                [...path, 'provenance', argument, n],
                `one of ${ORIGINS.join(', ')}${didYouMean(origin, ORIGINS)}`,
              ),
            ],
      ),
    ),
  ];
}

function validity(approval: Approval, path: readonly PropertyKey[], nowMs: number) {
  const wrong = [
    ...dateProblems(approval.from, [...path, 'from']),
    ...dateProblems(approval.expires, [...path, 'expires']),
  ];
  if (wrong.length > 0) return wrong;
  const [from, expires] = [dateMs(approval.from), dateMs(approval.expires)];
  const at = [...path, 'expires'];
  if (expires <= from) return [error(at, `later than ${approval.from}, from when it holds`)];
  if (expires - from > APPROVAL_DAYS_MAX * DAY_MS) {
    const last = new Date(from + APPROVAL_DAYS_MAX * DAY_MS).toISOString().slice(0, 10);
    return [error(at, `at most ${APPROVAL_DAYS_MAX} days after ${approval.from}: ${last}`)];
  }
  return expires <= nowMs ? [warning(at, 'a day to come: this approval has expired')] : [];
}

function approvalProblems(
  registry: Registry,
  place: { readonly workflow: Workflow; readonly path: readonly PropertyKey[] },
  approval: Approval,
  context: RegistryCheckContext,
): readonly RegistryProblem[] {
  const { workflow, path } = place;
  const { combinations } = context;
  const roles = [...new Set(registry.agents.flatMap((agent) => agent.role ?? []))];
  const isUnknown = combinations?.includes(approval.combination) === false;
  return [
    ...validity(approval, path, context.nowMs),
    ...envelopeProblems(approval.envelope, [...path, 'envelope']),
    ...(approval.envelope === undefined && workflow.envelope === undefined
      ? [
          error(
            [...path, 'envelope'],
            'an envelope, here or of the workflow: an approval without bounds approves all',
          ),
        ]
      : []),
    ...(isUnknown
      ? [
          warning(
            [...path, 'combination'],
            `a combination of the policy${didYouMean(approval.combination, combinations)}`,
          ),
        ]
      : []),
    ...(approval.roles ?? []).flatMap((role, n) =>
      roles.includes(role)
        ? []
        : [
            warning(
              [...path, 'roles', n],
              `the role of an agent of this file${didYouMean(role, roles)}`,
            ),
          ],
    ),
  ];
}

const envelopes: RegistryCheck = ({ workflows }) => [
  ...repeats(
    workflows.map((one) => one.name),
    ['workflows'],
    'name',
  ),
  ...workflows.flatMap((one, n) => envelopeProblems(one.envelope, ['workflows', n, 'envelope'])),
  ...workflows.flatMap((one, n) => grantProblems(one.mediates, ['workflows', n, 'mediates'])),
];

const approvals: RegistryCheck = (registry, context) =>
  registry.workflows.flatMap((workflow, n) =>
    (workflow.approvals ?? []).flatMap((approval, m) => {
      const path = ['workflows', n, 'approvals', m];
      return approvalProblems(registry, { workflow, path }, approval, context);
    }),
  );

const handoffs: RegistryCheck = ({ workflows }) =>
  workflows.flatMap((workflow, n) =>
    (workflow.handoffs ?? []).flatMap((handoff, m) =>
      (['from', 'to'] as const).flatMap((end) =>
        PLANES.includes(handoff[end])
          ? []
          : [
              warning(
                ['workflows', n, 'handoffs', m, end],
                `a plane: ${PLANES.join(', ')}${didYouMean(handoff[end], PLANES)}`,
              ),
            ],
      ),
    ),
  );

const orchestrators: RegistryCheck = ({ workflows, agents }) => {
  const uids = agents.map(({ uid }) => uid);
  return workflows.flatMap((workflow, n) =>
    (workflow.orchestrators ?? []).flatMap((uid, m) =>
      uids.includes(uid)
        ? []
        : [
            warning(
              ['workflows', n, 'orchestrators', m],
              `the uid of an agent of this file${didYouMean(uid, uids)}`,
            ),
          ],
    ),
  );
};

const owners: RegistryCheck = ({ workflows }) =>
  workflows.flatMap((workflow, n) =>
    workflow.owner?.person === undefined
      ? [
          warning(
            ['workflows', n, 'owner'],
            'an owner with a person, who is asked about its envelope',
          ),
        ]
      : [],
  );

export const workflowChecks: readonly RegistryCheck[] = [
  envelopes,
  approvals,
  handoffs,
  orchestrators,
  owners,
];
