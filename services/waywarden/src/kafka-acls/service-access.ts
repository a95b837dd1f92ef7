/** What each service may do on a broker, and nothing else; a test enforces it. */
import type { Allowed, AllowedOperation } from '@waywarden/event-log/kafka/acls';
import { TOPICS, type TopicId } from '@waywarden/schemas';

/** `init` writes it. */
const INCARNATIONS = 'waywarden.topics.v1';
const ALL = Object.keys(TOPICS) as readonly TopicId[];

export interface ServiceAccess {
  readonly write: readonly TopicId[];
  readonly read: readonly TopicId[];
  readonly groups: readonly string[];
  /** By prefix: each process names them anew. */
  readonly groupPrefixes: readonly string[];
  readonly makesTopics?: true;
}

export const SERVICE_ACCESS = {
  init: {
    write: ['registry'],
    read: ALL,
    groups: [],
    groupPrefixes: ['waywarden-init.read.'],
    makesTopics: true,
  },
  ingest: {
    write: ['auditEvents', 'auditDeadletter', 'telemetry'],
    read: ['auditEvents', 'auditDeadletter', 'telemetry', 'registry'],
    groups: [],
    groupPrefixes: ['waywarden-ingest.read.'],
  },
  detector: {
    write: [
      'privilegeSteps',
      'valueFlows',
      'privilegeLinks',
      'baselinePartials',
      'baselineSnapshots',
      'alerts',
      'auditDeadletter',
    ],
    read: ['auditEvents', 'privilegeSteps', 'valueFlows', 'privilegeLinks', 'baselinePartials'],
    groups: [
      'detector-profile',
      'detector-flow',
      'detector-links',
      'detector-assembly',
      'detector-aggregate',
    ],
    groupPrefixes: ['waywarden-detector.read.'],
  },
  responder: {
    write: [
      'auditEvents',
      'responseJournal',
      'decisions',
      'alerts',
      'revocationCommands',
      'revocationReceipts',
      'auditDeadletter',
      'leases',
    ],
    read: [
      'leases',
      'auditEvents',
      'alerts',
      'revocationReceipts',
      'registry',
      'responseJournal',
      'decisions',
      'revocationCommands',
      'baselineSnapshots',
    ],
    groups: [],
    groupPrefixes: ['waywarden-responder.'],
  },
  archiver: {
    write: [],
    read: [
      'auditEvents',
      'auditDeadletter',
      'alerts',
      'decisions',
      'revocationCommands',
      'revocationReceipts',
    ],
    groups: ['waywarden.archiver'],
    groupPrefixes: ['waywarden-archiver.read.'],
  },
  console: {
    write: ['triage'],
    read: ['alerts', 'triage', 'auditEvents', 'registry'],
    groups: [],
    groupPrefixes: ['waywarden-console.read.'],
  },
  canary: {
    write: ['revocationReceipts'],
    read: ['alerts', 'revocationCommands', 'revocationReceipts'],
    groups: ['canary', 'receiver-waywarden-canary'],
    groupPrefixes: ['waywarden-canary.read.'],
  },
} as const satisfies Readonly<Record<string, ServiceAccess>>;

export type ServiceName = keyof typeof SERVICE_ACCESS;

/** Named after its `clientId`. */
function receiverAccess(id: string): ServiceAccess {
  return {
    write: ['revocationReceipts'],
    read: ['revocationCommands'],
    groups: [],
    groupPrefixes: [`receiver-${id}.read.`],
  };
}

export interface AclPlan {
  readonly topicPrefix: string;
  /** Such as `User:ingest`. */
  readonly principals: Readonly<Partial<Record<ServiceName, string>>>;
  readonly receivers: readonly { readonly id: string; readonly principal: string }[];
}

function linesOf(access: ServiceAccess, principal: string, prefix: string): readonly Allowed[] {
  const on = (
    resource: Allowed['resource'],
    pattern: Allowed['pattern'],
    names: readonly string[],
    operations: readonly AllowedOperation[],
  ) =>
    names.flatMap((name) =>
      operations.map((operation) => ({ principal, resource, name, pattern, operation })),
    );
  const prefixed = (names: readonly string[]) => names.map((name) => `${prefix}${name}`);
  // By the client alone.
  const begins = [...new Set([...access.groupPrefixes, ...prefixed(access.groupPrefixes)])];
  const named = (ids: readonly TopicId[]) => ids.map((id) => `${prefix}${TOPICS[id].name}`);
  const all = [...named(ALL), `${prefix}${INCARNATIONS}`];
  return [
    ...on('Topic', 'Literal', named(access.write), ['Write']),
    ...on('Topic', 'Literal', named(access.read), ['Read']),
    ...on('Topic', 'Literal', [`${prefix}${INCARNATIONS}`], ['Read']),
    ...on('Group', 'Literal', prefixed(access.groups), ['Read']),
    ...on('Group', 'Prefixed', begins, ['Read', 'Delete']),
    ...(access.makesTopics === true
      ? [
          ...on('Topic', 'Literal', [`${prefix}${INCARNATIONS}`], ['Write']),
          ...on('Topic', 'Literal', all, ['Create', 'DescribeConfigs', 'AlterConfigs']),
        ]
      : []),
  ];
}

export function aclsFor({ topicPrefix, principals, receivers }: AclPlan): readonly Allowed[] {
  const services = (Object.keys(SERVICE_ACCESS) as readonly ServiceName[]).flatMap((service) =>
    linesOf(SERVICE_ACCESS[service], principals[service] ?? `User:${service}`, topicPrefix),
  );
  const points = receivers.flatMap(({ id, principal }) =>
    linesOf(receiverAccess(id), principal, topicPrefix),
  );
  return [...services, ...points];
}
