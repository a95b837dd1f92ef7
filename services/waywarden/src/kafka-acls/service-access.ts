/**
 * Which topics each service reads and writes, and under which groups it reads: what its principal is
 * allowed on a broker, and nothing else. The table is the contract between services and broker; a test
 * runs all of them on one that enforces it.
 */
import type { Allowed, AllowedOperation } from '@waywarden/event-log/kafka/acls';
import { TOPICS, type TopicId } from '@waywarden/schemas';

/** Which incarnation a topic has: `init` writes it down, everybody looks it up. */
const INCARNATIONS = 'waywarden.topics.v1';
const ALL = Object.keys(TOPICS) as readonly TopicId[];

export interface ServiceAccess {
  readonly write: readonly TopicId[];
  readonly read: readonly TopicId[];
  /** Reader groups by name. */
  readonly groups: readonly string[];
  /** Groups of look-ups, which are named anew by each process: how they begin. */
  readonly groupPrefixes: readonly string[];
  /** Makes topics and sets how long they are kept. */
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
      // Of receivers that answer over HTTP, with WW_RESPONDER_PORT.
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
    // Each instance reads every partition, under groups of its own.
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
    groups: ['console-alerts'],
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

/** Of an enforcement point on the bus; its look-ups are named after it (`clientId` of its log). */
function receiverAccess(id: string): ServiceAccess {
  return {
    write: ['revocationReceipts'],
    read: ['revocationCommands'],
    groups: [],
    groupPrefixes: [`receiver-${id}.read.`],
  };
}

export interface AclPlan {
  /** Put before topic names, as `WW_KAFKA_TOPIC_PREFIX`. */
  readonly topicPrefix: string;
  /** Broker's name of each service that does not have its own, such as `User:ingest`. */
  readonly principals: Readonly<Partial<Record<ServiceName, string>>>;
  /** Enforcement points that read Kafka: id in the registry, and the broker's name of it. */
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
  // Groups of look-ups are named by the client alone.
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

/** What to allow whom; to read or write a topic is to describe it as well. */
export function aclsFor({ topicPrefix, principals, receivers }: AclPlan): readonly Allowed[] {
  const services = (Object.keys(SERVICE_ACCESS) as readonly ServiceName[]).flatMap((service) =>
    linesOf(SERVICE_ACCESS[service], principals[service] ?? `User:${service}`, topicPrefix),
  );
  const points = receivers.flatMap(({ id, principal }) =>
    linesOf(receiverAccess(id), principal, topicPrefix),
  );
  return [...services, ...points];
}
