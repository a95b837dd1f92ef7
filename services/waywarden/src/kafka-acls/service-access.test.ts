import { TOPICS, type TopicId } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { aclsFor, SERVICE_ACCESS, type ServiceName } from './service-access.ts';

const PLAN = { topicPrefix: '', principals: {}, receivers: [] };
const services = Object.keys(SERVICE_ACCESS) as readonly ServiceName[];

function writersOf(topic: TopicId): readonly ServiceName[] {
  return services.filter((one) =>
    (SERVICE_ACCESS[one].write as readonly TopicId[]).includes(topic),
  );
}

describe('who may write', () => {
  it.each<[TopicId, readonly ServiceName[]]>([
    ['revocationCommands', ['responder']],
    ['responseJournal', ['responder']],
    ['decisions', ['responder']],
    ['registry', ['init']],
    ['baselineSnapshots', ['detector']],
    ['alerts', ['detector', 'responder']],
  ])('%s: %j and nobody else', (topic, writers) => {
    expect(writersOf(topic)).toEqual(writers);
  });

  it('every topic has a writer and a reader besides whoever prepares the installation', () => {
    for (const topic of Object.keys(TOPICS) as readonly TopicId[]) {
      const readers = services.filter(
        (one) => one !== 'init' && (SERVICE_ACCESS[one].read as readonly TopicId[]).includes(topic),
      );
      expect([topic, writersOf(topic).length > 0, readers.length > 0]).toEqual([topic, true, true]);
    }
  });
});

describe('the lines for a broker', () => {
  it('name topics with their prefix, and a service as the broker does', () => {
    const all = aclsFor({ ...PLAN, topicPrefix: 'eu.', principals: { ingest: 'User:CN=ingest' } });
    const ofIngest = all.filter(({ principal }) => principal === 'User:CN=ingest');
    expect(ofIngest).toContainEqual({
      principal: 'User:CN=ingest',
      resource: 'Topic',
      name: 'eu.waywarden.audit.events.v1',
      pattern: 'Literal',
      operation: 'Write',
    });
    expect(all.filter(({ principal }) => principal === 'User:ingest')).toEqual([]);
    expect(all.every(({ resource, name }) => resource === 'Group' || name.startsWith('eu.'))).toBe(
      true,
    );
  });

  it('let nobody but init make topics or set how long they are kept', () => {
    const makers = aclsFor(PLAN).filter(({ operation }) =>
      ['Create', 'AlterConfigs'].includes(operation),
    );
    expect(new Set(makers.map(({ principal }) => principal))).toEqual(new Set(['User:init']));
  });

  it('let an enforcement point read orders and answer, in groups of its own name', () => {
    const receivers = [{ id: 'gateway', principal: 'User:gw' }];
    const own = aclsFor({ ...PLAN, receivers }).filter(({ principal }) => principal === 'User:gw');
    const written = own.filter(({ operation }) => operation === 'Write').map(({ name }) => name);
    expect(written).toEqual(['waywarden.revocation.receipts.v1']);
    const groups = own.filter(({ resource }) => resource === 'Group').map(({ name }) => name);
    expect(new Set(groups)).toEqual(new Set(['receiver-gateway.read.']));
  });
});
