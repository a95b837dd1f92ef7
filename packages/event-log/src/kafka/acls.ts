/** Allows principals what they need on a broker that checks it. */
import { createRequire } from 'node:module';
import type { AclEntry, AclOperationTypes } from 'kafkajs';
import { type KafkaLogOptions, makeClient } from './kafka-client.ts';
import { mapped } from './kafka-errors.ts';

// Node finds these names in a CommonJS module only so: kafkajs spreads them into its exports.
const {
  AclOperationTypes: Operation,
  AclPermissionTypes,
  AclResourceTypes,
  ResourcePatternTypes,
} = createRequire(import.meta.url)('kafkajs') as typeof import('kafkajs');

export type AllowedOperation =
  | 'Read'
  | 'Write'
  | 'Describe'
  | 'Create'
  | 'Delete'
  | 'DescribeConfigs'
  | 'AlterConfigs';

export interface Allowed {
  /** As the broker names it, such as `User:ingest`. */
  readonly principal: string;
  readonly resource: 'Topic' | 'Group';
  readonly name: string;
  readonly pattern: 'Literal' | 'Prefixed';
  readonly operation: AllowedOperation;
}

const OPERATIONS: Readonly<Record<AllowedOperation, AclOperationTypes>> = {
  Read: Operation.READ,
  Write: Operation.WRITE,
  Describe: Operation.DESCRIBE,
  Create: Operation.CREATE,
  Delete: Operation.DELETE,
  DescribeConfigs: Operation.DESCRIBE_CONFIGS,
  AlterConfigs: Operation.ALTER_CONFIGS,
};

function toEntry({ principal, resource, name, pattern, operation }: Allowed): AclEntry {
  return {
    principal,
    host: '*',
    resourceType: resource === 'Topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: name,
    resourcePatternType:
      pattern === 'Literal' ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
    operation: OPERATIONS[operation],
    permissionType: AclPermissionTypes.ALLOW,
  };
}

export async function allow(options: KafkaLogOptions, all: readonly Allowed[]): Promise<void> {
  const { admin } = makeClient(options);
  await mapped(async () => {
    await admin.connect();
    try {
      await admin.createAcls({ acl: all.map(toEntry) });
    } finally {
      await admin.disconnect();
    }
  });
}
