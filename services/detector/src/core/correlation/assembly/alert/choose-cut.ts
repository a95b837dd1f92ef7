/**
 * What the chain now holds, and the cheapest actions after which it can neither complete the combination again nor
 * use what it got.
 */
import { assuranceAtLeast, blackoutAt, type RegistryAgent, type Target } from '@waywarden/schemas';
import { CUT_PROBLEMS, CUT_WORDS } from '../../../wording/chains.ts';
import { type ChainStep, tookPlace } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import type { CompiledPolicy } from '../proof/compile-combination.ts';
import type { Proof } from '../proof/find-proof.ts';

const APPROVES = /^approve:payment(@|$)/;

function paymentOf({ wire }: ChainStep): string | undefined {
  return wire.target?.resource_type === 'payment' ? wire.target.resource_id : undefined;
}

function areOfOnePayment(a: ChainStep, b: ChainStep): boolean {
  if (paymentOf(a) === undefined || paymentOf(a) !== paymentOf(b)) return false;
  const system = a.wire.target?.system;
  return a === b || (system !== undefined && system === b.wire.target?.system);
}

/** What was denied, or is a guess, approves nothing. */
function isApproval(call: ChainStep): boolean {
  return (
    tookPlace(call) &&
    call.wire.capabilities.some(
      ({ symbol, basis }) => APPROVES.test(symbol) && basis !== 'inferred',
    )
  );
}

/**
 * The payment as an order must name it: `call_uid`, else `native_id`.
@param others calls that were proven together
 * with it.
 */
function paymentTarget(call: ChainStep, others: readonly ChainStep[]): Target | undefined {
  const payment = paymentOf(call);
  if (payment === undefined) return undefined;
  const approvals = [call, ...others].filter(
    (one) => isApproval(one) && areOfOnePayment(one, call),
  );
  const [first] = approvals.toSorted((a, b) => (a.wire.event_id < b.wire.event_id ? -1 : 1));
  const { tenant_id, agent_uid, call_uid, native_id } = first?.wire ?? {};
  const id = call_uid ?? native_id;
  if (tenant_id === undefined || agent_uid === undefined || id === undefined) return undefined;
  return { level: 'call', tenant_id, agent_uid, call_uid: id, payment_id: payment };
}

export interface ResidualAccess {
  readonly what: string;
  readonly event: ChainStep;
  readonly neutralise: readonly string[];
}

export interface CutAction {
  readonly action: string;
  readonly target: Target;
  readonly stops: string;
  readonly collateral: readonly string[];
}

export interface Cut {
  readonly actions: readonly CutAction[];
  readonly sound: boolean;
  readonly problems: readonly string[];
}

const RESIDUALS: Readonly<Record<string, readonly [what: string, neutralise: string]>> = {
  'read:secret': ['secret_read', 'rotate_secret'],
  'read:*': ['data_read', 'open_case'],
  'send:*': ['data_sent', 'open_case'],
  'publish:*': ['data_sent', 'open_case'],
  'create:credential': ['credential_created', 'revoke_credential'],
  'create:identity': ['identity_created', 'open_case'],
  'create:payee': ['payment_set_up', 'hold_payment'],
  'initiate:payment': ['payment_set_up', 'hold_payment'],
  'approve:payment': ['payment_set_up', 'hold_payment'],
  'grant:*': ['access_granted', 'revoke_grant'],
  'write:config': ['config_changed', 'open_case'],
  'disable:*': ['config_changed', 'open_case'],
  'write:memory': ['memory_written', 'quarantine_origin'],
  'modify:agent': ['agent_modified', 'open_case'],
  'deploy:*': ['code_deployed', 'open_case'],
  'exec:*': ['code_executed', 'open_case'],
};

const PAST_UNDOING: ReadonlySet<string> = new Set(['data_read', 'data_sent']);

const IDLE_READS: ReadonlySet<string> = new Set(['read:public', 'read:directory', 'read:internal']);
const IDLE_BUT_IN_BULK = 'read:internal';

function residualOf(symbol: string, isBulk: boolean): readonly [string, string] | undefined {
  const plain = symbol.split('@', 1)[0] ?? symbol;
  if (IDLE_READS.has(plain) && !(isBulk && plain === IDLE_BUT_IN_BULK)) return undefined;
  return RESIDUALS[plain] ?? RESIDUALS[`${plain.split(':', 1)[0]}:*`];
}

/** Anything else that it names is for the directory. */
function isAgentCreated(symbol: string, { wire }: ChainStep): boolean {
  return /^create:identity(@|$)/.test(symbol) && wire.target?.resource_type === 'agent';
}

export function residualAccess(
  proof: Proof,
  { bulkRecords }: Pick<CompiledPolicy, 'bulkRecords'>,
): readonly ResidualAccess[] {
  const found = new Map<string, ResidualAccess>();
  for (const { event, symbols } of proof.steps) {
    const isBulk = (event.wire.records ?? 0) >= bulkRecords;
    for (const symbol of event.wire.exercise === 'attempted' ? [] : symbols) {
      const residual = residualOf(symbol, isBulk);
      if (residual === undefined) continue;
      const [what, byCase] = residual;
      const neutralise = isAgentCreated(symbol, event) ? ['disable_agent', byCase] : [byCase];
      found.set(`${what}/${event.n}`, { what, event, neutralise });
    }
  }
  return [...found.values()];
}

function holdPayment({ event }: ResidualAccess, proof: Proof): CutAction | undefined {
  const target = paymentTarget(
    event,
    proof.steps.map((one) => one.event),
  );
  if (target === undefined) return undefined;
  const approvals = proof.steps.map((one) => one.event.wire);
  const isCertain = approvals.some(
    ({ agent_uid, call_uid, native_id, exercise }) =>
      exercise === 'exercised' &&
      agent_uid === target.agent_uid &&
      (call_uid ?? native_id) === target.call_uid,
  );
  const stops = CUT_WORDS.payout(target.payment_id, isCertain);
  return { action: 'hold_payment', target, stops, collateral: [] };
}

function neutralise(residual: ResidualAccess, proof: Proof): CutAction | undefined {
  if (residual.what === 'payment_set_up') return holdPayment(residual, proof);
  const { wire } = residual.event;
  const thing = wire.target?.resource_id;
  const action = residual.neutralise[0] ?? 'open_case';
  if (thing === undefined) return undefined;
  const who = { tenant_id: wire.tenant_id, agent_uid: wire.agent_uid };
  const targets: Readonly<Record<string, Target>> = {
    rotate_secret: { level: 'credential', ...who, credential_uid: thing },
    revoke_credential: { level: 'credential', ...who, credential_uid: thing },
    revoke_grant: { level: 'grant', ...who, grant_id: thing },
    quarantine_origin: { level: 'origin', ...who, resource_id: thing },
    disable_agent: { level: 'agent', tenant_id: wire.tenant_id, agent_uid: thing },
  };
  const target = targets[action];
  if (target === undefined) return undefined;
  const stops = CUT_WORDS.use(thing, wire.agent_uid);
  return { action, target, stops, collateral: [CUT_WORDS.otherUse(thing)] };
}

type StoppedBy = Parameters<typeof CUT_WORDS.calls>[1];

/** The narrowest subject. What would break other work, or falls in a blackout, waits for a person. */
function stopAction(
  call: ChainStep,
  store: ChainStore,
  agent: RegistryAgent | undefined,
): CutAction {
  const { tenant_id, agent_uid, task_id, credential_uid, instance_uid } = call.wire;
  const who = { tenant_id, agent_uid };
  const isBlackout = blackoutAt(agent?.blackout ?? [], call.ms) !== undefined;
  const isCritical = CRITICAL.has(agent?.criticality ?? '');
  const act = (action: string, target: Target, how: StoppedBy): CutAction => ({
    action,
    target,
    stops: CUT_WORDS.calls(agent_uid, how),
    collateral: task_id === undefined ? otherTasks(call, store) : [],
  });
  if (task_id !== undefined) {
    const target = { level: 'task', ...who, task_id } as const;
    return isBlackout
      ? act('require_step_up', target, 'taskUntilAgreed')
      : act('revoke_token', target, 'task');
  }
  const instance: Target | undefined =
    instance_uid === undefined ? undefined : { level: 'instance', ...who, instance_uid };
  if (!isBlackout && !isCritical && credential_uid !== undefined) {
    return act('revoke_token', { level: 'credential', ...who, credential_uid }, 'token');
  }
  return isBlackout || isCritical || instance === undefined
    ? act('require_step_up', instance ?? { level: 'agent', ...who }, 'untilAgreed')
    : act('kill_session', instance, 'instance');
}

const CRITICAL: ReadonlySet<string> = new Set(['high', 'critical']);
const COLLATERAL_MAX = 16;

function otherTasks(call: ChainStep, store: ChainStore): readonly string[] {
  const tasks = new Set<string>();
  for (const step of store.stepsBy(call.wire.agent_uid)) {
    const task = step.wire.task_id;
    if (task !== undefined && task !== call.wire.task_id) tasks.add(task);
  }
  const known = [...tasks].sort().slice(0, COLLATERAL_MAX).map(CUT_WORDS.task);
  return [...known, CUT_WORDS.otherWork];
}

function isStopped(call: ChainStep, actions: readonly CutAction[]): boolean {
  return actions.some(({ target }) => {
    if (target.agent_uid !== call.wire.agent_uid) return false;
    if (target.level === 'task') return target.task_id === call.wire.task_id;
    if (target.level === 'credential') return target.credential_uid === call.wire.credential_uid;
    if (target.level === 'instance') return target.instance_uid === call.wire.instance_uid;
    return target.level === 'agent';
  });
}

/** The number alone is not one payment. */
function holdsSame({ target: a }: CutAction, { target: b }: CutAction): boolean {
  if (a.payment_id === undefined || a.payment_id !== b.payment_id) return false;
  return a.agent_uid === b.agent_uid && a.call_uid === b.call_uid;
}

const CREATES_PAYEE = /^create:payee(@|$)/;

function stillUsable({ what, event, neutralise: [action] }: ResidualAccess): string {
  const isPayee = event.wire.capabilities.some(({ symbol }) => CREATES_PAYEE.test(symbol));
  if (what === 'payment_set_up' && isPayee) {
    return CUT_PROBLEMS.payee;
  }
  const { target } = event.wire;
  if (what === 'payment_set_up' && target?.resource_type === 'payment' && action !== undefined) {
    return CUT_PROBLEMS.payment(target.resource_id, target.system);
  }
  return CUT_PROBLEMS.leftBehind(what, target?.resource_id !== undefined && action === 'open_case');
}

interface CutQuestion {
  readonly proof: Proof;
  readonly residual: readonly ResidualAccess[];
  readonly store: ChainStore;
  readonly completers: readonly ChainStep[];
  readonly agentOf: (call: ChainStep) => RegistryAgent | undefined;
  /** Whether it is still completed without these calls. */
  readonly completedWithout: (stopped: (call: ChainStep) => boolean) => boolean;
}

export function chooseCut(question: CutQuestion): Cut {
  const { proof, residual, store, completers } = question;
  const problems: string[] = [];
  const stops: CutAction[] = [];
  for (const call of completers) {
    // What is only asserted never puts another agent into a cut.
    const proven = assuranceAtLeast(call.wire.agent_assurance, 'authenticated');
    if (!proven && call.wire.agent_uid !== proof.completing.wire.agent_uid) continue;
    if (!isStopped(call, stops)) stops.push(stopAction(call, store, question.agentOf(call)));
  }
  if (question.completedWithout((call) => isStopped(call, stops))) {
    problems.push(CUT_PROBLEMS.another);
  }
  const undo: CutAction[] = [];
  for (const left of residual) {
    if (PAST_UNDOING.has(left.what)) continue;
    const action = neutralise(left, proof);
    if (action === undefined) problems.push(stillUsable(left));
    else if (!undo.some((given) => holdsSame(given, action))) undo.push(action);
  }
  return { actions: [...stops, ...undo], sound: problems.length === 0, problems };
}
