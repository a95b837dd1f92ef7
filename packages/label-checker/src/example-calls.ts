/**
 * The calls of a combination's example (`policy.yaml`, `examples`), as reference-combinations
 * ("Examples") says they are meant: "`grants` left out means: exactly what the call did; `null`:
 * unknown. Every claim of an example is proven, and all calls share one chain and, unless `task` says
 * otherwise, one task." `effect` is "else that of the first capability's verb".
 */
import type { ExampleCall } from '@waywarden/schemas';
import { type Call, type CallValue, happenedOf } from './call.ts';

const EFFECT_OF_VERB: ReadonlyMap<string, string> = new Map([
  ['ingest', 'read'],
  ['read', 'read'],
  ['browse', 'read'],
  ['send', 'send'],
  ['publish', 'send'],
  ['write', 'update'],
  ['create', 'create'],
  ['delete', 'delete'],
  ['disable', 'configure'],
  ['modify', 'configure'],
  ['exec', 'execute'],
  ['deploy', 'execute'],
  ['impersonate', 'execute'],
  ['delegate', 'execute'],
  ['grant', 'grant'],
  ['initiate', 'pay'],
  // An approval changes the state of what is approved; `code-to-production`'s own example rests on it.
  ['approve', 'update'],
]);

function effectOf(call: ExampleCall): string {
  const verb = (call.capabilities[0] ?? '').split(':')[0] ?? '';
  return call.effect ?? EFFECT_OF_VERB.get(verb) ?? 'unknown';
}

function values(named: Readonly<Record<string, string>> | undefined): readonly CallValue[] {
  return Object.entries(named ?? {}).map(([key, kind]) => ({ key, kind }));
}

function grantsOf(call: ExampleCall): readonly string[] | undefined {
  return call.grants === undefined ? call.capabilities : (call.grants ?? undefined);
}

export function callOfExample(example: ExampleCall): Call {
  const effect = effectOf(example);
  const approval = example.approval;
  return {
    id: example.id,
    timeMs: example.at * 1000,
    source: 'example',
    activity: example.hands_to === undefined ? 'tool_call' : 'delegation',
    effect,
    happened: happenedOf(example.outcome, effect),
    dryRun: false,
    capabilities: example.capabilities,
    inferred: [],
    tool: example.tool,
    target: {
      id: example.object ?? example.hands_to,
      type: example.hands_to === undefined ? undefined : 'agent',
      owner: example.object_owner,
    },
    args: values(example.args),
    result: values(example.result),
    requested: [],
    resultTrust: example.result_trust,
    records: example.records,
    grantee: example.grantee,
    handsTo: example.hands_to,
    agent: example.agent,
    instance: example.agent,
    agentProven: true,
    principal: example.principal,
    principalProven: true,
    credentialId: example.credential,
    credentialFp: example.credential_value,
    credentialParent: example.parent_credential,
    scopeGrants: example.scopes,
    chain: 'task:example',
    rootKeys: [{ rank: 0, key: 'task:example', proven: true }],
    task: example.task ?? 'example',
    taskProven: true,
    workflow: example.workflow,
    workflowProven: true,
    subjects: example.subjects ?? [],
    rootAgent: example.root_agent,
    parentAgent: example.parent_agent,
    delegationRefs: [],
    delegationProven: true,
    approval: approval === undefined ? undefined : { mode: approval, by: example.approved_by },
    approvalProven: true,
    registryGrants: grantsOf(example),
    plane: example.plane,
    owners: example.owner === undefined ? [] : [example.owner],
    handoffs: example.handoffs ?? [],
  };
}
