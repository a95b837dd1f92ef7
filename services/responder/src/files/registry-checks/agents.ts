import { BLACKOUT_WORDS, didYouMean, parseBlackout, type Registry } from '@waywarden/schemas';
import {
  dateMs,
  dateProblems,
  destinationProblems,
  error,
  grantProblems,
  type RegistryCheck,
  type RegistryProblem,
  repeats,
  warning,
} from './registry-check.ts';

type Agent = Registry['agents'][number];
const acts = ({ state }: Agent) => state === 'live' || state === 'reviewed';

const grants: RegistryCheck = ({ agents, principals }) => [
  ...agents.flatMap((agent, n) => grantProblems(agent.grants, ['agents', n, 'grants'])),
  ...agents.flatMap((agent, n) =>
    grantProblems(agent.risk_review?.reviewed?.grants, [
      ...['agents', n, 'risk_review', 'reviewed', 'grants'],
    ]),
  ),
  ...principals.flatMap((one, n) => grantProblems(one.grants, ['principals', n, 'grants'])),
  ...repeats(
    principals.map((one) => one.uid),
    ['principals'],
    'uid',
  ),
];

function timeProblems(
  times: readonly string[],
  path: readonly (string | number)[],
): readonly RegistryProblem[] {
  return times.flatMap((text, at) =>
    parseBlackout(text) === undefined ? [error([...path, at], BLACKOUT_WORDS)] : [],
  );
}

const times: RegistryCheck = ({ agents }) =>
  agents.flatMap(({ blackout = [], profile }, n) => [
    ...timeProblems(blackout, ['agents', n, 'blackout']),
    ...timeProblems(profile?.schedule ?? [], ['agents', n, 'profile', 'schedule']),
  ]);

const names: RegistryCheck = ({ agents }) =>
  agents.flatMap(({ uid }, n) =>
    uid === uid.trim() ? [] : [error(['agents', n, 'uid'], 'a uid without blanks around it')],
  );

function reviewOf(agent: Agent, n: number, nowMs: number): readonly RegistryProblem[] {
  const path = ['agents', n, 'risk_review'];
  const review = agent.risk_review;
  if (review === undefined) {
    const free = agent.class === 'autonomous' || agent.class === 'semi_autonomous';
    return acts(agent) && free
      ? [warning(path, `a risk review: an agent of class ${agent.class} acts unreviewed`)]
      : [];
  }
  const wrong = [
    ...dateProblems(review.at, [...path, 'at']),
    ...dateProblems(review.expires, [...path, 'expires']),
  ];
  if (wrong.length > 0) return wrong;
  if (dateMs(review.expires) <= dateMs(review.at)) {
    return [error([...path, 'expires'], `later than ${review.at}, when it was reviewed`)];
  }
  return acts(agent) && dateMs(review.expires) <= nowMs
    ? [
        warning(
          [...path, 'expires'],
          'a review that still holds: this one has expired, so every act of the agent is review_lapsed',
        ),
      ]
    : [];
}

const reviews: RegistryCheck = ({ agents }, { nowMs }) =>
  agents.flatMap((agent, n) => reviewOf(agent, n, nowMs));

const owners: RegistryCheck = ({ agents }) =>
  agents.flatMap((agent, n) =>
    acts(agent) && agent.owner?.person === undefined
      ? [warning(['agents', n, 'owner'], 'an owner with a person: somebody must answer for it')]
      : [],
  );

const classes: RegistryCheck = ({ agents }) =>
  agents.flatMap((agent, n) =>
    acts(agent) && agent.class === 'unknown'
      ? [warning(['agents', n, 'class'], 'a class: unknown gets the strictest row of the table')]
      : [],
  );

const workflows: RegistryCheck = ({ agents, workflows: declared }) => {
  const known = declared.map((one) => one.name);
  return agents.flatMap((agent, n) =>
    (agent.workflows ?? []).flatMap((name, m) =>
      known.includes(name)
        ? []
        : [
            warning(
              ['agents', n, 'workflows', m],
              `a workflow of this file${didYouMean(name, known)} Without one it has no envelope`.replace(
                'file Without',
                'file; without',
              ),
            ),
          ],
    ),
  );
};

const profiles: RegistryCheck = ({ agents }) =>
  agents.flatMap((agent, n) =>
    destinationProblems(agent.profile?.destinations, ['agents', n, 'profile', 'destinations']),
  );

export const agentChecks: readonly RegistryCheck[] = [
  names,
  times,
  grants,
  reviews,
  owners,
  classes,
  workflows,
  profiles,
];
