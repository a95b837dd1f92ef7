/**
 * Registry and policies of the scenarios. Rules are told apart by the class of the agent, budgets by
 * their rules; the receivers of a scenario are its own, so that one that lies disturbs no other.
 */
import { issueToken } from '@waywarden/ingest';
import { publicJwks } from '@waywarden/schemas';
import { SOURCES, type SourceName, TENANT } from './containment-site.ts';
import { type ReceiverRun, receiverKey } from './receivers.mjs';
import { SCENARIOS, type Scenario, uidOf } from './scenarios.ts';

export const OPERATORS = ['ana', 'ben'] as const;
/** Whom one poisoned text reaches. */
export const VICTIM_COUNT = 60;
export const BUDGET = 3;

const TOKEN = [{ action: 'revoke_token', level: 'task' }];
const AND_ISSUANCE = [...TOKEN, { action: 'block_issuance', level: 'agent' }];

function rule(id: string, classes: readonly string[], over: object = {}): object {
  return {
    id,
    when: { kind: ['hijack_suspected'], severity_min: 'high', classes },
    mode: 'enforce',
    actions: TOKEN,
    expires: '1h',
    ...over,
  };
}

const LIMITS = { fleet_share: 1, receipt_within: '4s', overrun_grace: '2s', probe_after: '3s' };

/** Everybody may be contained. */
export const POLICY = {
  version: 1,
  limits: { ...LIMITS, subjects: 1000 },
  rules: [
    rule('token', ['autonomous']),
    rule('token-and-issuance', ['semi_autonomous'], { actions: AND_ISSUANCE }),
    rule('short', ['human_triggered'], { expires: '20s' }),
    rule('shared-key', ['assistive'], {
      actions: [{ action: 'revoke_token', level: 'credential' }],
    }),
    rule('in-shadow', ['scheduled_job'], { mode: 'shadow' }),
  ],
  task_end: { mode: 'enforce' },
};

/** As above with a small budget; each rule has its own. */
export const TIGHT_POLICY = {
  version: 1,
  limits: { ...LIMITS, subjects: BUDGET },
  rules: [
    rule('noisy', ['assistive']),
    rule('armed', ['autonomous']),
    rule('origin', ['unknown']),
    rule('arrived', ['scheduled_job'], { mode: 'shadow' }),
  ],
};

export function runningReceivers(): readonly ReceiverRun[] {
  const own = SCENARIOS.flatMap(({ receivers }) => receivers ?? []);
  const running = own.flatMap(({ does, ...rest }) => (does === 'down' ? [] : [{ does, ...rest }]));
  return [...running, { id: 'common', does: 'apply' }];
}

function agentsOf(scenario: Scenario, rounds: number): readonly object[] {
  const { class: ofClass = 'autonomous', registered = {} } = scenario;
  return Array.from({ length: rounds }, (_, round) => ({
    uid: uidOf(scenario.key, round),
    class: ofClass,
    ...registered,
  }));
}

export function registryOf(keys: string, rounds: number): object {
  const receiver = (id: string, over: object) => {
    const [key] = Object.values(publicJwks(receiverKey(keys, id)));
    return { id, kind: 'http', key, ...over };
  };
  const own = SCENARIOS.flatMap(({ key, receivers = [] }) =>
    receivers.map(({ id, does }) =>
      receiver(id, {
        ...{ subjects: [`agent/${key}-*`], issuer: does === 'issue' },
        ...(does === 'probe' ? { probes: true, required: false } : {}),
      }),
    ),
  );
  const others = SCENARIOS.filter(({ receivers }) => receivers === undefined);
  const common = [...others.map(({ key }) => `agent/${key}-*`), 'agent/late-*'];
  const late = (name: string, ofClass: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({ uid: `agent/late-${name}-${n}`, class: ofClass }));
  return {
    version: 1,
    agents: [
      ...SCENARIOS.flatMap((scenario) => agentsOf(scenario, rounds)),
      ...late('noisy', 'assistive', BUDGET + 2),
      ...late('armed', 'autonomous', 2),
      ...late('victim', 'unknown', VICTIM_COUNT),
      ...late('arrived', 'scheduled_job', 40),
    ],
    receivers: [...own, receiver('common', { subjects: common })],
    operators: OPERATORS.map((uid) => {
      const [key] = Object.values(publicJwks(receiverKey(keys, uid)));
      return { uid, key };
    }),
  };
}

export function issueTokens(path: string): Readonly<Record<SourceName, string>> {
  const made = SOURCES.map((instance): [SourceName, string] => [
    instance,
    issueToken(path, {
      id: instance,
      tenant: TENANT,
      source: { kind: 'gateway', instance },
      assurance: instance === 'boaster' ? 'asserted' : 'authenticated',
      state: 'active',
      trust_fields: false,
    }),
  ]);
  return Object.fromEntries(made) as Readonly<Record<SourceName, string>>;
}
