/** What a right, a wrong and a doubled claim of an assembly is worth; each metric has a case that moves it alone. */
import { describe, expect, it } from 'vitest';
import type { AdapterAlert } from './adapter-alert.ts';
import { assemblyWanted, scoreAssembly } from './assembly-score.ts';
import type { AssemblyLabel } from './label.ts';
import { alertFile, at, claim, nearMiss, plot, type Reported, stream } from './score-builders.ts';

const REPORTED: readonly Reported[] = [
  { id: 'a', minutes: 0, thing: 'vault/key' },
  { id: 'b', minutes: 3, agent: 'agent-b' },
  { id: 'b2', minutes: 4, agent: 'agent-b' },
  { id: 'm', minutes: 1, run: 'run-2', workflow: 'billing' },
  { id: 'n', minutes: 2, run: 'run-2', workflow: 'billing' },
  { id: 'o', minutes: 2, run: 'run-3' },
  { id: 'p', minutes: 2, run: 'run-4' },
];

function score(
  labels: readonly AssemblyLabel[],
  alerts: readonly AdapterAlert[],
  told: readonly Reported[] = REPORTED,
) {
  const file = alertFile(...alerts);
  return scoreAssembly(labels, file, stream(assemblyWanted(labels, file), told));
}

describe('path level', () => {
  it('takes any acceptable proof as a set, in any order', () => {
    const label = plot({
      proofs: [
        ['a', 'b'],
        ['a', 'c', 'b'],
      ],
    });
    expect(score([label], [claim(['b', 'c', 'a'])]).path.exact).toMatchObject({
      tp: 1,
      fp: 0,
      fn: 0,
      f1: 1,
    });
  });

  it('counts a proof with one call too many or too few as wrong, and as an overlap', () => {
    for (const proof of [['a'], ['a', 'b', 'o']]) {
      const { path, claims, failures } = score([plot()], [claim(proof)]);
      expect(path.exact).toMatchObject({ tp: 0, fp: 1, fn: 1 });
      expect(path.overlap).toMatchObject({ tp: 1, fp: 0, fn: 0 });
      expect(claims.overlap).toBe(1);
      expect(failures.wrong_proof.named).toEqual(['incident-1']);
    }
  });

  it('asks for the combination, unless the detector knows none', () => {
    const other = claim(['a', 'b'], { combination: 'ransom' });
    expect(score([plot()], [other])).toMatchObject({
      path: { exact: { tp: 0, fp: 1, fn: 1 }, overlap: { tp: 0, fp: 1, fn: 1 } },
      claims: { other_combination: 1 },
    });
    const nameless: AdapterAlert = { ...other, assembly: { proof: ['a', 'b'] } };
    expect(score([plot()], [nameless]).path.exact).toMatchObject({ tp: 1, fp: 0, fn: 0 });
  });

  it('finds an incident once, however many alerts prove it', () => {
    const twice = [claim(['a', 'b']), claim(['b', 'a'], {}, { alert_id: 'again' })];
    const { path, claims } = score([plot()], twice);
    expect(path.exact).toMatchObject({ tp: 1, fp: 0, fn: 0 });
    expect(claims).toMatchObject({ exact: 1, duplicate: 1 });
  });

  it('lets the earlier of two proofs find it, and the lower id of equals, whatever the order', () => {
    const late = claim(['a', 'b'], {}, { alert_id: 'a-late', detected_at: at(9) });
    const early = claim(['a', 'b'], {}, { alert_id: 'z-early', detected_at: at(4) });
    for (const order of [
      [late, early],
      [early, late],
    ]) {
      expect(score([plot()], order).delay.minutes?.max).toBe(1);
    }
    const tied = [
      claim(['a', 'b'], { completed_by: 'agent-x' }, { alert_id: '2' }),
      claim(['a', 'b'], { completed_by: 'agent-b' }, { alert_id: '1' }),
    ];
    expect(score([plot()], tied).found.completed_by.k).toBe(1);
    expect(score([plot()], [...tied].reverse()).found.completed_by.k).toBe(1);
  });

  it('judges an alert by everything that its revisions said: right once is right, wrong always is wrong once', () => {
    const revised = (revision: number, minutes: number, proof: readonly string[]) =>
      claim(proof, {}, { alert_id: 'revised', revision, detected_at: at(minutes) });
    const [wrong, right] = [revised(1, 4, ['a', 'o']), revised(2, 6, ['a', 'b'])];
    const { path, claims, delay } = score([plot()], [wrong, right]);
    expect(path.exact).toMatchObject({ tp: 1, fp: 0, fn: 0 });
    expect(claims).toMatchObject({ exact: 1, overlap: 0, duplicate: 0 });
    expect(delay.minutes?.max).toBe(3);
    const unlearnt = [revised(1, 4, ['a', 'b']), revised(2, 6, ['a', 'o'])];
    expect(score([plot()], unlearnt).path.exact).toMatchObject({ tp: 1, fp: 0, fn: 0 });
    const neverRight = [revised(1, 4, ['a', 'o']), revised(2, 6, ['b', 'p'])];
    expect(score([plot()], neverRight).path.exact).toMatchObject({ tp: 0, fp: 1, fn: 1 });
  });

  it('lets an alert that was withdrawn and raised again with the right proof count', () => {
    const raised = claim(['a', 'b'], {}, { alert_id: 'again', revision: 1 });
    const withdrawn = { ...raised, revision: 2, state: 'withdrawn' as const };
    const reopened = { ...raised, revision: 3, state: 'open' as const };
    expect(score([plot()], [raised, withdrawn]).path.exact).toMatchObject({ tp: 0, fn: 1 });
    expect(score([plot()], [raised, withdrawn, reopened]).path.exact).toMatchObject({ tp: 1 });
  });

  it('keeps one extra alert beside a right one as one wrong claim', () => {
    const extra = claim(['o', 'p']);
    expect(score([plot()], [claim(['a', 'b']), extra]).path.exact).toMatchObject({
      tp: 1,
      fp: 1,
      fn: 0,
      precision: 0.5,
    });
  });

  it('counts no alert that was withdrawn, and none that is hygiene', () => {
    const proof = claim(['o', 'p']);
    const withdrawn = { ...proof, revision: 2, state: 'withdrawn' as const };
    expect(score([plot()], [proof, withdrawn]).path.exact.fp).toBe(0);
    expect(score([plot()], [{ ...proof, hygiene: true }]).path.exact.fp).toBe(0);
    expect(score([plot()], [proof]).path.exact.fp).toBe(1);
  });

  it('misses an incident that nobody claims, and says which', () => {
    const { path, failures } = score([plot()], []);
    expect(path.exact).toMatchObject({ tp: 0, fn: 1, precision: null, recall: 0 });
    expect(failures.missed).toEqual({ count: 1, named: ['incident-1'] });
  });

  it('collapses when proofs are exchanged between incidents', () => {
    const ids = Array.from({ length: 20 }, (_, n) => n);
    const labels = ids.map((n) =>
      plot({
        incident_id: `i${n}`,
        combination: `combination-${n % 4}`,
        proofs: [[`a${n}`, `b${n}`]],
      }),
    );
    const alerts = ids.map((n) =>
      claim([`a${n}`, `b${n}`], { combination: `combination-${n % 4}` }),
    );
    const exchanged = labels.map((label, n) => ({
      ...label,
      proofs: labels[(n + 1) % labels.length]?.proofs ?? [],
    }));
    expect(score(labels, alerts).path.exact.recall).toBe(1);
    expect(score(exchanged, alerts).path.exact.recall).toBe(0);
  });
});

describe('node level', () => {
  it('asks for the acceptable proof that fits best, and is not fooled by the others', () => {
    const label = plot({
      proofs: [
        ['a', 'b'],
        ['a', 'c', 'd', 'e'],
      ],
    });
    expect(score([label], [claim(['a', 'b'])]).node.claims).toMatchObject({ tp: 2, fp: 0, fn: 0 });
    expect(score([label], [claim(['a', 'b', 'c'])]).node.claims).toMatchObject({ tp: 2, fp: 0 });
    expect(score([label], [claim(['a', 'o'])]).node.claims).toMatchObject({ tp: 1, fp: 1, fn: 1 });
    const turned = { ...label, proofs: [...label.proofs].reverse() };
    expect(score([turned], [claim(['a', 'b'])]).node.claims).toMatchObject({ tp: 2, fn: 0 });
  });

  it('counts a call once, however many alerts name it', () => {
    const alerts = [claim(['o']), claim(['o', 'p'])];
    expect(score([plot()], alerts).node.claims.fp).toBe(2);
  });

  it('takes the evidence of alerts that claim no assembly only where all alerts count', () => {
    const plain: AdapterAlert = {
      alert_id: 'plain',
      kind: 'behavior_deviation',
      detected_at: at(1),
      subject: { agent_uid: 'agent-a' },
      evidence: [{ native_id: 'a' }, { native_id: 'o' }],
    };
    const { node, path, touched, other_alerts } = score([plot()], [plain]);
    expect(node.claims).toMatchObject({ tp: 0, fp: 0, fn: 2 });
    expect(node.all_alerts).toMatchObject({ tp: 1, fp: 1, fn: 1 });
    expect(path.exact.fp).toBe(0);
    expect(touched.k).toBe(1);
    expect(other_alerts).toEqual({ behavior_deviation: 1 });
  });
});

describe('false alarms', () => {
  const labels = [plot(), nearMiss(), nearMiss({ incident_id: 'near-2', native_ids: ['q'] })];

  it('counts a quiet plot once, by its class, and says whether its own combination was claimed', () => {
    const alerts = [claim(['m', 'n'], { combination: 'ransom' }), claim(['m'])];
    const { by_near_miss, claims, failures } = score(labels, alerts);
    expect(by_near_miss).toMatchObject([
      { variant: 'no_link', alarmed: { k: 1, n: 2 }, as_labelled: { k: 1, n: 2 } },
    ]);
    expect(claims.near_miss).toBe(2);
    expect(failures.near_miss_alarms.count).toBe(2);
    expect(score(labels, alerts.slice(0, 1)).by_near_miss[0]?.as_labelled.k).toBe(0);
  });

  it('counts runs of each workflow outside firing plots, and each alarmed run once', () => {
    const { by_workflow } = score(labels, [claim(['m']), claim(['n']), claim(['o', 'p'])]);
    expect(by_workflow).toMatchObject([
      { workflow: '(all)', near_miss_alarms: 2, ordinary_alarms: 1, runs_alarmed: { k: 2, n: 3 } },
      { workflow: 'billing', near_miss_alarms: 2, runs_alarmed: { k: 1, n: 1 } },
      { workflow: 'support', ordinary_alarms: 1, runs_alarmed: { k: 1, n: 2 } },
    ]);
  });
});

it('counts false claims by what they claim, whether such an incident is there or not', () => {
  const alerts = [claim(['o']), claim(['p'], { combination: 'ransom' }), claim(['a', 'b'])];
  const { by_combination } = score([plot()], alerts);
  expect(by_combination.map((one) => [one.name, one.exact.k, one.false_claims])).toEqual([
    ['ransom', 0, 1],
    ['secret-to-egress', 1, 1],
  ]);
});

it('puts a false alarm into the run of its latest call', () => {
  const { by_workflow } = score(
    [plot()],
    [claim(['m', 'o', 'late'])],
    [...REPORTED, { id: 'late', minutes: 30, run: 'run-5', workflow: 'closing' }],
  );
  const alarmed = by_workflow.filter((row) => row.ordinary_alarms > 0);
  expect(alarmed.map((row) => row.workflow)).toEqual(['(all)', 'closing']);
});

describe('what the alert that found it says', () => {
  const good = {
    completed_by: 'agent-b',
    contributors: [{ agent_uid: 'agent-b' }, { agent_uid: 'agent-a' }],
    residual_access: [{ what: 'secret_read', neutralise: ['open_case', 'rotate_secret'] }],
    cut: [
      { action: 'disable_agent', target: { level: 'agent', agent_uid: 'agent-b' } },
      { action: 'rotate_secret', target: { level: 'credential', agent_uid: 'agent-a' } },
    ],
    cut_sound: true,
  };

  it('is right when all of it is', () => {
    expect(score([plot()], [claim(['a', 'b'], good)]).found).toMatchObject({
      kind: { k: 1 },
      completed_by: { k: 1 },
      contributors: { k: 1 },
      residual_access: { k: 1 },
      neutralise: { k: 1, n: 1 },
      cut_sound: { k: 1 },
      cut_said_sound: { k: 1, n: 1 },
    });
  });

  it.each([
    ['kind', {}, { kind: 'toxic_combination' }],
    ['completed_by', { completed_by: 'agent-a' }, {}],
    ['contributors', { contributors: [{ agent_uid: 'agent-b' }] }, {}],
    [
      'residual_access',
      {
        residual_access: [
          { what: 'secret_read', neutralise: ['rotate_secret'] },
          { what: 'data_sent', neutralise: [] },
        ],
      },
      {},
    ],
    ['neutralise', { residual_access: [{ what: 'secret_read', neutralise: ['open_case'] }] }, {}],
    ['cut_sound', { cut: [] }, {}],
  ] as const)('tells %s apart from the rest', (check, assembly, fields) => {
    const wrong = claim(['a', 'b'], { ...good, ...assembly } as typeof good, fields);
    const { found } = score([plot()], [wrong]);
    const missed = Object.entries(found).filter(([, one]) => one.n > 0 && one.k < one.n);
    expect(missed.map(([name]) => name)).toContain(check);
    expect(missed.every(([name]) => name === check || /^(cut|residual)_/.test(name))).toBe(true);
  });

  it('takes a cut as sound only on the agent and the task that the label names', () => {
    const cut = (agent_uid: string, task_id: string) =>
      score(
        [plot()],
        [
          claim(['a', 'b'], {
            cut: [{ action: 'revoke_token', target: { level: 'task', agent_uid, task_id } }],
            cut_sound: true,
          }),
        ],
      ).found;
    expect(cut('agent-b', 'run-1').cut_sound.k).toBe(1);
    expect(cut('agent-b', 'run-9').cut_sound.k).toBe(0);
    expect(cut('agent-a', 'run-1').cut_sound.k).toBe(0);
    expect(cut('agent-a', 'run-1').cut_said_sound).toMatchObject({ k: 0, n: 1 });
  });
});

describe('what is left behind after the cut', () => {
  const stop = {
    action: 'revoke_token',
    target: { level: 'task', agent_uid: 'agent-b', task_id: 'run-1' },
  };
  const rotate = (credential_uid: string) => ({
    action: 'rotate_secret',
    target: { level: 'credential', agent_uid: 'agent-a', credential_uid },
  });
  const left = (label: Partial<Parameters<typeof plot>[0]>, ...cut: readonly object[]) => {
    const said = { cut: [stop, ...cut] as (typeof stop)[], cut_sound: true };
    const { found } = score([plot(label)], [claim(['a', 'b'], said)]);
    const { residual_unusable: all, residual_unusable_by_command: by } = found;
    return [all, by, found.residual_said_unusable].map(({ k, n }) => `${k}/${n}`);
  };

  it('is unusable where the cut undoes the very thing that a call of the proof acted on', () => {
    expect(left({}, rotate('vault/key'))).toEqual(['1/1', '1/1', '1/1']);
    expect(left({}, rotate('vault/other'))).toEqual(['0/1', '0/1', '0/1']);
    expect(left({})).toEqual(['0/1', '0/1', '0/1']);
  });

  it('is nothing where it was read or sent, and usable until a person undoes it', () => {
    const sent = { neutralise: [{ what: 'data_sent', action: 'open_case' }] };
    expect(left(sent)).toEqual(['0/0', '0/0', '1/1']);
    const config = { neutralise: [{ what: 'config_changed', action: 'open_case' }] };
    expect(left(config)).toEqual(['0/1', '0/0', '0/1']);
  });
});

it('delays from the completing call, in minutes and in events of the completer', () => {
  const { delay } = score([plot()], [claim(['a', 'b'], {}, { detected_at: at(4) })]);
  expect(delay).toMatchObject({ n: 1, minutes: { median: 1 }, events: { median: 2 } });
});
