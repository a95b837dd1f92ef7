/**
 * What the language promises beyond the shipped examples: how much is missing decides, what is only
 * asserted neither fires alone nor hides a proven twin, and an explanation names what is missing.
 */
import { type Combination, type Policy, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { explainFiring } from '../../stages/explain-combination.ts';
import { Bench, idOf, type StepSketch, step } from './testing/step-builder.ts';

type Step = Partial<Combination['steps'][number]>;

function policyOf(second: Step, more: Record<string, unknown> = {}, first: Step = {}): Policy {
  return policySchema.parse({
    version: 1,
    combinations: [
      {
        id: 'two',
        severity: 'high',
        steps: [
          { id: 'first', any: ['write:data'], ...first },
          { id: 'second', any: ['approve:change'], after: ['first'], ...second },
        ],
        within: '1h',
        ...more,
      },
    ],
  });
}

function open(policy: Policy, ...sketches: readonly StepSketch[]) {
  const bench = new Bench(policy);
  bench.feed(...sketches.map(step));
  return bench.open()[0];
}

const write = (over: Partial<StepSketch> = {}): StepSketch => ({
  ...{ id: 'w', agent: 'maker', at: 0, capabilities: ['write:data'], args: { v: 'url' } },
  ...over,
});
const approve = (over: Partial<StepSketch> = {}): StepSketch => ({
  ...{ id: 'a', agent: 'checker', at: 300, capabilities: ['approve:change'], args: { v: 'url' } },
  ...over,
  wire: { effect: 'unknown', ...over.wire },
});

describe('maker and checker', () => {
  const policy = policyOf({}, { pairs: [{ steps: ['first', 'second'], are: 'not_independent' }] });
  const who = (principal: string, owner: string, over = {}) => ({
    wire: { principal_uid: principal, agent_owner: owner, ...over },
  });

  it('of one principal fire, of two owners and principals they do not', () => {
    expect(open(policy, write(who('p', 'o1')), approve(who('p', 'o2')))).toBeDefined();
    expect(open(policy, write(who('p1', 'o')), approve(who('p2', 'o')))).toBeDefined();
    expect(open(policy, write(who('p1', 'o1')), approve(who('p2', 'o2')))).toBeUndefined();
  });

  it('under one orchestrator are not independent', () => {
    const under = { root_agent_uid: 'boss' };
    const alert = open(policy, write(who('p1', 'o1', under)), approve(who('p2', 'o2', under)));
    expect(alert?.assembly?.caveats).toEqual([]);
  });

  it('whose independence is not known fire, and nothing automatic may follow', () => {
    const alert = open(policy, write(), approve());
    expect(alert?.assembly?.caveats).toContain('independence_not_evaluated');
  });

  it('are dependent when the checker read what the maker wrote elsewhere', () => {
    const on = (object: string) => ({ target: { resource_id: object } });
    const steps = [
      write({ ...who('p1', 'o1', on('change/1')) }),
      write({ id: 'note', at: 1, args: { n: 'url' }, ...who('p1', 'o1', on('note/1')) }),
      { ...write({ id: 'read', agent: 'checker', at: 200, args: {}, result: { n: 'url' } }) },
    ] as const;
    const read = { ...steps[2], capabilities: ['read:internal'], ...who('p2', 'o2', on('note/1')) };
    const sign = approve({ ...who('p2', 'o2', on('change/1')) });
    expect(open(policy, steps[0], sign)).toBeUndefined();
    expect(open(policy, steps[0], steps[1], read, sign)?.assembly?.caveats).toEqual([]);
  });
});

describe('a proof', () => {
  it('takes a proven call before its asserted twin, though that came first', () => {
    const forged = write({ id: 'forged', at: 0, wire: { agent_assurance: 'asserted' } });
    const alert = open(policyOf({}), forged, write({ at: 5 }), approve());
    expect(alert?.assembly?.proof).toEqual(['w', 'a'].map(idOf));
    expect(alert?.assembly?.caveats).toEqual([]);
    expect(alert?.decisive_assurance).toBe('authenticated');
  });

  it('is completed by a proven call before an asserted one, in any order of arrival', () => {
    const forged = approve({ id: 'forged', at: 250, wire: { agent_assurance: 'asserted' } });
    for (const order of [
      [write(), forged, approve()],
      [approve(), forged, write()],
    ]) {
      const alert = open(policyOf({}), ...order);
      expect(alert?.assembly?.proof).toEqual(['w', 'a'].map(idOf));
      expect(alert?.decisive_assurance).toBe('authenticated');
    }
  });

  it('still stands on asserted calls where there are no others', () => {
    const forged = write({ wire: { agent_assurance: 'asserted' } });
    expect(open(policyOf({}), forged, approve())?.assembly?.caveats).toContain('asserted_claims');
  });
});

describe('a condition on a call', () => {
  it('is not met by what is not known', () => {
    const bulk = policyOf({}, {}, { records_min: 'bulk' });
    const wrote = (records?: number) => write({ wire: records === undefined ? {} : { records } });
    expect(open(bulk, wrote(), approve())).toBeUndefined();
    expect(open(bulk, wrote(499), approve())).toBeUndefined();
    expect(open(bulk, wrote(500), approve())).toBeDefined();
  });

  it('approved_by_human is believed only when it is proven and says who', () => {
    const policy = policyOf({ unless: { approved_by_human: true } });
    const signed = { approval: { mode: 'human', by: 'ana' } } as const;
    expect(open(policy, write(), approve({ wire: signed }))).toBeUndefined();
    const { claims } = step(approve());
    const asserted = { ...signed, claims: { ...claims, approval: 'asserted' } } as const;
    expect(open(policy, write(), approve({ wire: asserted }))).toBeDefined();
    const nameless = { approval: { mode: 'human' } } as const;
    expect(open(policy, write(), approve({ wire: nameless }))).toBeDefined();
  });

  it('own_subject_of knows the owner of a record by the name that destinations have', () => {
    const policy = policyOf({ any: ['send:external'], unless: { own_subject_of: 'first' } });
    const owned = write({ wire: { target: { owner_uid: 'ana@x.example', owner_fp: 'fp-ana' } } });
    const to = (resource_id: string, over = {}) =>
      approve({ capabilities: ['send:external'], wire: { target: { resource_id }, ...over } });
    expect(open(policy, owned, to('fp-ana'))).toBeUndefined();
    expect(open(policy, owned, to('fp-bo'))).toBeDefined();
    // Somebody else gets it too.
    expect(open(policy, owned, to('fp-ana', { destinations: 2 }))).toBeDefined();
    // All of them are known: colleagues are none of those outside.
    const copied = (...outside: string[]) =>
      to('fp-ana', { destinations: 3, outside_fps: outside });
    expect(open(policy, owned, copied('fp-ana'))).toBeUndefined();
    expect(open(policy, owned, copied('fp-ana', 'fp-bo'))).toBeDefined();
    expect(open(policy, owned, copied())).toBeDefined();
    const both = { task_id: 't', task_subject_fps: ['fp-ana', 'fp-bo'] };
    const ofBoth = write({ wire: { ...both, target: { owner_fp: 'fp-ana' } } });
    const toBoth = { ...both, destinations: 2, outside_fps: ['fp-ana', 'fp-bo'] };
    expect(open(policy, ofBoth, to('fp-ana', toBoth))).toBeUndefined();
    const more = { ...both, destinations: 3, outside_fps: ['fp-ana', 'fp-bo', 'fp-eve'] };
    expect(open(policy, ofBoth, to('fp-ana', more))).toBeDefined();
    const about = { task_id: 't', task_subjects: ['ana@x.example'], task_subject_fps: ['fp-ana'] };
    expect(open(policy, write({ wire: about }), to('fp-ana', about))).toBeUndefined();
    expect(open(policy, write({ wire: about }), to('fp-bo', about))).toBeDefined();
  });

  it('takes one telling id for one object whatever kind the tools give it, and a plain one not', () => {
    const policy = policyOf({ link: ['same_object'] });
    const on = (id: string, type: string, system = 'idp') => ({
      wire: {
        effect: 'create' as const,
        target: { resource_id: id, resource_type: type, system },
      },
    });
    const both = (id: string, other = on(id, 'credential')) =>
      open(policy, write(on(id, 'identity')), approve(other));
    for (const id of ['usr-213569932', 'ann@x.example', 'i-0abcd1234ef567890']) {
      expect(both(id)?.assembly?.links).toMatchObject([{ via: 'same_object' }]);
      expect(both(id, on(id, 'credential', 'vault'))).toBeUndefined();
    }
    for (const id of ['42', '213569932', 'main', 'acme/shop', '2026-09-01']) {
      expect(both(id)).toBeUndefined();
      expect(both(id, on(id, 'identity'))).toBeDefined();
    }
  });

  it('direct takes the very value and no relay', () => {
    const relay: StepSketch = {
      id: 'r',
      agent: 'mid',
      at: 150,
      args: { v: 'url' },
      result: { u: 'url' },
    };
    const far = approve({ args: { u: 'url' } });
    expect(open(policyOf({ link: ['data_flow'] }), write(), relay, far)).toBeDefined();
    expect(
      open(policyOf({ link: ['data_flow'], direct: true }), write(), relay, far),
    ).toBeUndefined();
    expect(open(policyOf({ link: ['data_flow'], direct: true }), write(), approve())).toBeDefined();
  });
});

describe('a combination that is not evaluable', () => {
  it('never fires and says why', () => {
    const off = policyOf({}, { evaluable: false, evaluable_note: 'planes are not known yet' });
    expect(open(off, write(), approve())).toBeUndefined();
    const why = explainFiring(off, 'two', [write(), approve()].map(step));
    expect(why?.because[0]).toContain('planes are not known yet');
  });
});

describe('explaining', () => {
  const why = (policy: Policy, ...steps: readonly StepSketch[]) =>
    explainFiring(policy, 'two', steps.map(step));

  it('says that it fired, and by what', () => {
    expect(why(policyOf({}), write(), approve())).toMatchObject({
      fired: true,
      holds: ['second', 'first'],
      lacks: null,
    });
  });

  it('names a step that nobody did', () => {
    const answer = why(policyOf({}), approve());
    expect(answer).toMatchObject({ fired: false, holds: ['second'], lacks: 'first' });
    expect(answer?.because).toEqual(['no call did write:data']);
  });

  it('names the link that is missing, and the one that is not accepted', () => {
    expect(why(policyOf({}), write(), approve({ args: {} }))?.because[0]).toMatch(
      /no link leads from/,
    );
    const answer = why(policyOf({ link: ['delegation'] }), write(), approve());
    expect(answer?.because[0]).toMatch(/by data_flow only, and second asks for delegation/);
    expect(answer?.would_hold_without).toEqual(['`link` of second']);
  });

  it('names the condition that stands in the way', () => {
    const apart = policyOf({ same: { as: 'first', of: ['tool'] } });
    expect(why(apart, write(), approve())?.would_hold_without).toEqual(['`same` of second']);
    const late = why(policyOf({}), write(), approve({ at: 7200 }));
    expect(late?.would_hold_without).toEqual(['`within: 1h`']);
  });

  it('knows no other combination than the policy’s', () => {
    expect(explainFiring(policyOf({}), 'three', [])).toBeUndefined();
  });
});

describe('a call that timed out and was retried with success', () => {
  const made = (id: string, at: number, wire: StepSketch['wire']) =>
    write({ id, at, args: {}, wire: { args_hash: 'same', tool: { name: 'write' }, ...wire } });
  const lost = (wire: StepSketch['wire'] = {}) =>
    made('lost', 0, { exercise: 'possibly', outcome: 'unknown', ...wire });
  const twice = policyOf({ any: ['write:data'] });

  it('does not prove anything beside its own retry, and another call does', () => {
    expect(open(twice, lost(), made('again', 5, {}))).toBeUndefined();
    expect(open(twice, lost({ args_hash: 'other' }), made('again', 5, {}))).toBeDefined();
  });

  it('leaves its place in a proof to the retry, but for what was done before that', () => {
    const done = approve({ agent: 'maker', args: {} });
    const proofOf = (...steps: readonly StepSketch[]) =>
      open(policyOf({}), ...steps)?.assembly?.proof;
    const linked = { ...lost(), args: { v: 'url' } };
    const copy = { ...approve(), id: 'a' };
    expect(proofOf(linked, { ...made('again', 5, {}), args: { v: 'url' } }, copy)).toEqual(
      ['again', 'a'].map(idOf),
    );
    expect(proofOf(lost(), done, made('again', 400, {}))).toEqual(['lost', 'a'].map(idOf));
  });
});
