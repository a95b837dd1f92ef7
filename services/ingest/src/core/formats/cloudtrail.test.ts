/** What is guaranteed of CloudTrail records: who acts in whose name, and what is never read. */
import { describe, expect, it } from 'vitest';
import { FormatReader, type ReadItem } from './format-reader.ts';

const USER = {
  type: 'IAMUser',
  arn: 'arn:aws:iam::111111111111:user/ana',
  accessKeyId: 'AKIAANA',
};
const role = (name: string, key: string) => ({
  type: 'AssumedRole',
  arn: `arn:aws:sts::111111111111:assumed-role/${name}/session-1`,
  accessKeyId: key,
  sessionContext: {
    attributes: { creationDate: '2024-07-30T21:31:15Z' },
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::111111111111:role/${name}` },
  },
});

let count = 0;
function record(userIdentity: object | undefined, over: object = {}) {
  count += 1;
  return {
    eventID: `event-${count}`,
    eventName: 'GetSecretValue',
    eventSource: 'secretsmanager.amazonaws.com',
    eventTime: '2024-07-30T21:31:21Z',
    sourceIPAddress: '203.0.113.9',
    userAgent: 'stratus-red-team',
    requestParameters: { secretId: 's-1' },
    responseElements: null,
    ...(userIdentity === undefined ? {} : { userIdentity }),
    ...over,
  };
}
const assumes = (by: object, name: string, key: string) =>
  record(by, {
    eventName: 'AssumeRole',
    eventSource: 'sts.amazonaws.com',
    requestParameters: { roleArn: `arn:aws:iam::111111111111:role/${name}` },
    responseElements: { credentials: { accessKeyId: key, sessionToken: 'very secret' } },
  });

function read(...lines: readonly unknown[]): readonly ReadItem[] {
  const reader = new FormatReader('cloudtrail');
  return lines.flatMap((line, at) => reader.read(JSON.stringify(line), at + 1));
}
const inputs = (...lines: readonly unknown[]) => read(...lines).map((item) => item.input);

describe('a record of CloudTrail', () => {
  it('is a call of the user, at the service, from where it came', () => {
    expect(inputs(record(USER))[0]).toMatchObject({
      agent: { uid: USER.arn },
      tool: { name: 'GetSecretValue', server: 'secretsmanager' },
      credential: { uid: 'AKIAANA', type: 'access_key' },
      src: { ip: '203.0.113.9' },
      outcome: 'success',
    });
  });

  it('reads neither the technique nor the user agent', () => {
    const text = JSON.stringify(inputs({ technique: 'aws.x.y', record: record(USER) }));
    expect(text).toContain('GetSecretValue');
    expect(text).not.toMatch(/stratus|technique|aws\.x\.y/);
  });

  it.each([
    [undefined, 'success'],
    ['AccessDenied', 'denied'],
    ['Client.UnauthorizedOperation', 'denied'],
    ['ThrottlingException', 'tool_error'],
  ])('with errorCode %s ended as %s', (errorCode, outcome) => {
    expect(inputs(record(USER, { errorCode }))[0]).toMatchObject({ outcome });
  });

  it('that lacks what a call needs is told with the field', () => {
    for (const field of ['eventID', 'eventName', 'eventSource', 'eventTime']) {
      const [item] = read({ ...record(USER), [field]: undefined });
      expect(item?.problem).toMatchObject({ code: 'wrong_shape', field });
    }
  });

  it('without an identity is the service’s own', () => {
    expect(inputs(record(undefined))[0]).toMatchObject({
      agent: { uid: 'secretsmanager.amazonaws.com' },
    });
  });
});

describe('a role', () => {
  it('is one actor, its sessions instances', () => {
    const [input] = inputs(record(role('reader', 'ASIA1')));
    expect(input).toMatchObject({
      agent: {
        uid: 'arn:aws:iam::111111111111:role/reader',
        instance_uid: 'arn:aws:sts::111111111111:assumed-role/reader/session-1',
      },
    });
    expect(input).not.toHaveProperty('delegation');
  });

  it('that was assumed acts in the name of who assumed it, through several roles', () => {
    const [first, second, used] = inputs(
      assumes(USER, 'reader', 'ASIA1'),
      assumes(role('reader', 'ASIA1'), 'admin', 'ASIA2'),
      record(role('admin', 'ASIA2')),
    ) as Record<string, unknown>[];
    expect(first).toMatchObject({
      activity: 'delegation',
      target: { resource_type: 'agent', resource_id: 'arn:aws:iam::111111111111:role/reader' },
    });
    expect(used).toMatchObject({
      credential: { uid: 'ASIA2', type: 'session_key', parent_uid: 'ASIA1' },
      delegation: {
        root_agent_uid: USER.arn,
        parent_agent_uid: 'arn:aws:iam::111111111111:role/reader',
        depth: 2,
        chain: [
          { agent_uid: USER.arn, via: 'assume_role', ref: first?.['native_id'] },
          { via: 'assume_role', ref: second?.['native_id'] },
        ],
      },
    });
  });

  it('brings no session token along', () => {
    expect(JSON.stringify(inputs(assumes(USER, 'reader', 'ASIA1')))).not.toContain('very secret');
  });
});
