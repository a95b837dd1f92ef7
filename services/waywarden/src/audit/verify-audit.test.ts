/**
 * Guarantee: whatever is done to the recorded decisions afterwards, `audit verify` names the first
 * record that is not as the responder wrote it; what a crash leaves is no finding.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { type ChainHead, type RecordedDecision, sha256Hex } from '@waywarden/responder';
import {
  ACT_TOPIC,
  activeSigningKey,
  agentKey,
  canonicalJson,
  HEADERS,
  loadOrCreateKeyFile,
  publicJwks,
  signDetached,
  TOPICS,
} from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from './verify-audit.ts';

const TOPIC = TOPICS.decisions.name;
const PARTITIONS = 3;
const AGENTS = ['agent/a', 'agent/b', 'agent/c', 'agent/d'];

/** As the contract says it: over the canonical text without `hash`. */
function link(before: ChainHead, more: Partial<RecordedDecision> = {}): RecordedDecision {
  const seq = before.seq + 1;
  const decision = {
    decision_id: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`,
    tenant_id: 'acme',
    alert_ids: [],
    alert_revision: 1,
    agent_uid: AGENTS[seq % AGENTS.length] ?? '',
    rule_id: 'rule',
    mode: 'shadow' as const,
    would_be_command: null,
    withheld_reason: 'rule_in_shadow',
    policy_version: 'p1',
    decided_at: '2026-11-24T09:00:00.000Z',
    ...more,
    seq,
    prev_hash: before.hash,
  };
  return { ...decision, hash: sha256Hex(canonicalJson(decision)) };
}

function chain(length: number): RecordedDecision[] {
  const made: RecordedDecision[] = [];
  let head: ChainHead = { seq: 0, hash: '0'.repeat(64) };
  for (let at = 0; at < length; at++) {
    const next = link(head);
    made.push(next);
    head = next;
  }
  return made;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Heads {
  readonly stateHead?: ChainHead;
  readonly retainedHead?: ChainHead;
}

async function audited(
  decisions: readonly (RecordedDecision & { readonly filedUnder?: string })[],
  heads: Heads = {},
) {
  const log = await openLmdbLog({ path: join(folder, 'log') });
  try {
    await log.createTopics([{ name: TOPIC, partitions: PARTITIONS }]);
    for (const { filedUnder, ...decision } of decisions) {
      const key = filedUnder ?? agentKey(decision.tenant_id, decision.agent_uid);
      const value = Buffer.from(JSON.stringify(decision));
      await log.append([{ topic: TOPIC, key, value, headers: { [HEADERS.type]: 'event' } }]);
    }
    const onProgress = () => undefined;
    const { stateHead, retainedHead } = heads;
    return await verifyAudit({ log, stateHead, retainedHead, onProgress });
  } finally {
    await log.close();
  }
}

const codesAt = (report: Awaited<ReturnType<typeof audited>>) =>
  report.problems.map(({ code, decision_id: id }) => `${code} ${Number(id?.slice(-4) ?? 0)}`);

describe('audit verify', () => {
  it('finds nothing in a chain over several partitions, and prints its head', async () => {
    const decisions = chain(20);
    const last = decisions.at(-1);
    expect(await audited(decisions)).toMatchObject({
      ok: true,
      decisions: 20,
      head: { seq: 20, hash: last?.hash },
    });
  });

  it('finds nothing in an empty log', async () => {
    expect(await audited([])).toMatchObject({ ok: true, decisions: 0, head: null });
  });

  it('takes what a crash wrote twice for what it is', async () => {
    const all = chain(12);
    const report = await audited([...all.slice(0, 9), ...all.slice(5, 12)]);
    expect(report).toMatchObject({ ok: true, decisions: 12, repeats: 4 });
  });

  it('holds what people ordered against their signatures', async () => {
    const file = loadOrCreateKeyFile(join(folder, 'ana.json'), {
      ...{ service: 'ana', uses: ['sign'], createdAt: '2026-11-24T09:00:00Z' },
    });
    const act_id = '00000000-0000-4000-8000-0000000000aa';
    const given = { act_id, tenant_id: 'acme', act: 'pause', by: 'ana', reason: 'a fault' };
    const text = JSON.stringify({ ...given, at: '2026-11-24T09:00:00Z' });
    const binding = { topic: ACT_TOPIC, audience: 'waywarden:acme', iat: 0 };
    const key = activeSigningKey(file);
    const signature = await signDetached(new TextEncoder().encode(text), key, binding);
    const jwk = { ...Object.values(publicJwks(file))[0] };
    const signed = { text, signature, key: jwk, key_print: 'x' };
    const act = { act_id, act: 'pause', by: ['ana'], reason: 'a fault', signed };
    const [first] = chain(1);
    if (first === undefined) throw new Error('no chain');
    const good = link(first, { act });
    expect(await audited([first, good])).toMatchObject({ ok: true });
    // Whoever can write the log anew, chain and all, still can't sign for a person.
    const invented = link(first, { act: { ...act, by: ['ben'] } });
    const resigned = link(first, { act: { ...act, signed: { ...signed, text: `${text} ` } } });
    for (const one of [invented, resigned]) {
      rmSync(join(folder, 'log'), { recursive: true, force: true });
      expect(codesAt(await audited([first, one]))).toEqual(['unproven 2']);
    }
  });

  it('names a decision that was altered', async () => {
    const all = chain(9);
    const altered = all.map((one) => (one.seq === 4 ? { ...one, rule_id: 'other' } : one));
    expect(codesAt(await audited(altered))).toEqual(['altered 4']);
  });

  it('names the follower of one that was altered with a hash to match', async () => {
    const all = chain(9);
    const before = all[2];
    const forged = all.map((one) =>
      one.seq === 4 && before !== undefined ? link(before, { rule_id: 'other' }) : one,
    );
    expect(codesAt(await audited(forged))).toEqual(['broken_link 5']);
  });

  it('names where one was removed', async () => {
    const all = chain(9);
    const report = await audited(all.filter(({ seq }) => seq !== 4));
    expect(codesAt(report)).toEqual(['gap 5', 'broken_link 5']);
  });

  it('names one that was added, with its place in the log', async () => {
    const all = chain(9);
    const before = all[2];
    const added = before === undefined ? [] : [link(before, { rule_id: 'added' })];
    const report = await audited([...all, ...added]);
    expect(codesAt(report)).toEqual(['doubled 4']);
    expect(report.problems[0]?.where).toMatch(new RegExp(`^${TOPIC}/\\d/\\d+$`));
  });

  it('names one that stands under another agent', async () => {
    const [first, ...rest] = chain(4);
    const moved = first === undefined ? [] : [{ ...first, filedUnder: 'acme|agent/z' }];
    expect(codesAt(await audited([...moved, ...rest]))).toEqual(['misfiled 1']);
  });

  it('notices an end that was cut off, by the responder’s own state', async () => {
    const all = chain(9);
    const stateHead = all.at(-1);
    if (stateHead === undefined) throw new Error('no chain');
    const report = await audited(all.slice(0, 6), { stateHead });
    expect(codesAt(report)).toEqual(['cut 0']);
    expect(report.problems[0]?.what).toContain('ends at decision 6');
  });

  it('notices a chain that was written anew from some point, by a head that was kept', async () => {
    const all = chain(9);
    const anew = all.slice(0, 3);
    for (let at = 3; at < 9; at++) {
      const before = anew.at(-1);
      if (before !== undefined) anew.push(link(before, { rule_id: 'anew' }));
    }
    expect((await audited(anew)).ok).toBe(true);
    const retainedHead = all[6];
    if (retainedHead === undefined) throw new Error('no chain');
    rmSync(join(folder, 'log'), { recursive: true });
    expect(codesAt(await audited(anew, { retainedHead }))).toEqual(['altered 7']);
  });
});
