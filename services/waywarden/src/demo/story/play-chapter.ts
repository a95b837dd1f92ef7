/** Plays one chapter and follows its conclusions in the log; a missing one is said. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Alert, Registry, RevocationCommand } from '@waywarden/schemas';
import type { DemoCall, TaskScript } from '../fleet/task-script.ts';
import type { CallAnswer, ToolGateway } from '../gateway/tool-gateway.ts';
import { type Narrator, seconds } from './narrator.ts';
import type { OutcomeWatch, WatchedOutcome } from './outcome-watch.ts';
import type { ChapterId, QuietReason } from './story.ts';
import type { StoryBook } from './story-book.ts';

const PATIENCE_MS = 15_000;
/** What a conclusion needs to reach the next call. */
const PAUSE_MS_MIN = 150;
/** A rule that is in shadow has decided as soon as its alert is there; none may match. */
const DECISION_PATIENCE_MS = 2_000;
const REVISION_PATIENCE_MS = 3_000;
const ANSWER_LOOK_MS = 20;
const ANSWER_LOOKS_MAX = 100;

export interface DemoStage {
  readonly gateway: ToolGateway;
  readonly watch: OutcomeWatch;
  readonly book: StoryBook;
  readonly narrator: Narrator;
  readonly registry: Registry;
  readonly warmedUp: () => Promise<void>;
  readonly speed: number;
  readonly signal: AbortSignal;
}

interface Played {
  readonly call: DemoCall;
  readonly answer: CallAnswer;
}

/** `revoke token`. */
const plain = (term: string) => term.replaceAll('_', ' ');

function begin({ book, narrator }: DemoStage, id: ChapterId, script: TaskScript): void {
  const agents = [...new Set(script.calls.map((call) => call.agent.uid))];
  book.write(id, {
    state: 'playing',
    started_at: new Date().toISOString(),
    agent_uids: agents,
    task_ids: [script.task.id],
  });
  const { title, text } = book.chapter(id);
  narrator.say({ kind: 'chapter', chapter: id, text: `${title}. ${text}` });
}

async function makeCall(stage: DemoStage, id: ChapterId, call: DemoCall): Promise<Played> {
  const pauseMs = Math.max(PAUSE_MS_MIN, call.afterMs / stage.speed);
  await wait(pauseMs, undefined, { signal: stage.signal });
  const answer = await stage.gateway.call(call, stage.signal);
  stage.book.add(id, 'event_ids', answer.event_id);
  return { call, answer };
}

async function playUntilDenied(
  stage: DemoStage,
  id: ChapterId,
  script: TaskScript,
  played: Played[],
) {
  for (const call of script.calls) {
    const one = await makeCall(stage, id, call);
    played.push(one);
    if (one.answer.outcome === 'denied') return one;
  }
  return undefined;
}

function decisiveEvents({ assembly, evidence }: Alert): readonly string[] {
  const proof = assembly?.proof ?? [];
  return proof.length > 0 ? proof : evidence.slice(0, 1).map((one) => one.event_id);
}

/** An alert can be faster than the caller's answer. */
async function completedAtMs(alert: Alert, atMs: number, played: readonly Played[]) {
  const decisive = decisiveEvents(alert);
  for (let looks = 0; looks < ANSWER_LOOKS_MAX; looks++) {
    const calls = played.filter(({ answer }) => decisive.includes(answer.event_id));
    const last = calls.at(-1);
    if (last !== undefined && calls.length >= decisive.length) return last.answer.at_ms;
    await wait(ANSWER_LOOK_MS);
  }
  return atMs;
}

async function reportAlert(
  stage: DemoStage,
  id: ChapterId,
  found: WatchedOutcome<'alert'>,
  played: readonly Played[],
) {
  const { book, narrator } = stage;
  const { value: alert, atMs } = found;
  book.add(id, 'alert_ids', alert.alert_id);
  if (alert.subject.chain_id !== undefined) book.add(id, 'chain_ids', alert.subject.chain_id);
  const calledMs = await completedAtMs(alert, atMs, played);
  book.time(id, { call_at: new Date(calledMs).toISOString(), alert_ms: atMs - calledMs });
  narrator.say({
    kind: 'alert',
    chapter: id,
    text: `${alert.title} (${alert.severity}), ${seconds(atMs - calledMs)} after the call`,
    facts: { alert_id: alert.alert_id, alert_kind: alert.kind, severity: alert.severity },
  });
  return calledMs;
}

async function followCommand(stage: DemoStage, id: ChapterId, alert: Alert, calledMs: number) {
  const { watch, book, narrator } = stage;
  const { task_id: task } = alert.subject;
  // Not orders for earlier work.
  const ofAlert = ({ alert_ids: ids, target }: RevocationCommand) =>
    ids.includes(alert.alert_id) && (target.task_id ?? task) === task;
  const found = await watch.seen('command', ofAlert, PATIENCE_MS);
  if (found === undefined) return undefined;
  const { value: command, atMs } = found;
  const { action, target } = command;
  book.add(id, 'command_ids', command.command_id);
  book.time(id, { command_ms: atMs - calledMs });
  narrator.say({
    kind: 'command',
    chapter: id,
    text: `${plain(action)} for ${target.level} ${target.task_id ?? target.agent_uid}, ${seconds(atMs - calledMs)} after the call`,
    facts: { command_id: command.command_id, action },
  });
  const receipt = await watch.seen(
    'receipt',
    (one) => one.command_id === command.command_id,
    PATIENCE_MS,
  );
  if (receipt === undefined) return command;
  // Not when it was read: that may be late.
  const applied = receipt.value.applied_at;
  const appliedMs = applied === undefined ? receipt.atMs : Date.parse(applied);
  book.time(id, { receipt_ms: appliedMs - calledMs });
  narrator.say({
    kind: 'receipt',
    chapter: id,
    text: `${receipt.value.receiver} signed "${receipt.value.state}" ${seconds(appliedMs - calledMs)} after the call`,
    facts: { command_id: command.command_id, state: receipt.value.state },
  });
  return command;
}

async function follow(
  stage: DemoStage,
  id: ChapterId,
  fits: (alert: Alert) => boolean,
  played: Played[],
) {
  const found = await stage.watch.seen('alert', fits, PATIENCE_MS);
  if (found === undefined) return undefined;
  const calledMs = await reportAlert(stage, id, found, played);
  const command = await followCommand(stage, id, found.value, calledMs);
  return command === undefined ? undefined : { calledMs, command };
}

function noteAlerts({ watch, book }: DemoStage, id: ChapterId): void {
  const tasks = book.chapter(id).task_ids;
  for (const { value } of watch.all('alert')) {
    if (value.subject.task_id !== undefined && tasks.includes(value.subject.task_id)) {
      book.add(id, 'alert_ids', value.alert_id);
    }
  }
}

function missed({ book, narrator }: DemoStage, id: ChapterId, text: string): void {
  book.write(id, { state: 'missed' });
  narrator.say({ kind: 'missed', chapter: id, text });
}

export async function playContained(
  stage: DemoStage,
  id: ChapterId,
  script: TaskScript,
  kinds: readonly string[],
): Promise<void> {
  begin(stage, id, script);
  const played: Played[] = [];
  const task = script.task.id;
  const fits = (alert: Alert) => kinds.includes(alert.kind) && alert.subject.task_id === task;
  const following = follow(stage, id, fits, played);
  const denied = await playUntilDenied(stage, id, script, played);
  const followed = await following;
  if (followed === undefined)
    return missed(stage, id, 'No command came in time. Is the machine very busy?');
  const by = denied?.answer.denied_by;
  if (denied === undefined || by !== followed.command.command_id) {
    return missed(stage, id, 'The next call was not refused in time.');
  }
  const afterMs = denied.answer.at_ms - followed.calledMs;
  stage.book.add(id, 'denied_event_ids', denied.answer.event_id);
  stage.book.time(id, { denied_ms: afterMs });
  noteAlerts(stage, id);
  stage.book.write(id, { state: 'shown' });
  const { agent, tool } = denied.call;
  stage.narrator.say({
    kind: 'denied',
    chapter: id,
    text: `the next call of ${agent.name}, ${tool?.server}/${tool?.name}, ${seconds(afterMs)} after the one that was too much`,
    facts: { event_id: denied.answer.event_id, denied_by: by, after_ms: afterMs },
  });
}

export async function playWatched(
  stage: DemoStage,
  id: ChapterId,
  scripts: readonly TaskScript[],
  kinds: readonly string[],
): Promise<void> {
  const [first] = scripts;
  if (first === undefined) return;
  begin(stage, id, first);
  const played: Played[] = [];
  for (const script of scripts) {
    stage.book.add(id, 'task_ids', script.task.id);
    await playUntilDenied(stage, id, script, played);
  }
  const { agent_uids: agents, started_at: startedAt } = stage.book.chapter(id);
  const fits = (alert: Alert) =>
    kinds.includes(alert.kind) && agents.includes(alert.subject.agent_uid);
  const isOfNow = (alert: Alert) => fits(alert) && alert.last_event_time >= (startedAt ?? '');
  const known = stage.watch.all('alert').findLast(({ value }) => fits(value));
  // Revised only when doubled.
  const patienceMs = known === undefined ? PATIENCE_MS : REVISION_PATIENCE_MS;
  const found = (await stage.watch.seen('alert', isOfNow, patienceMs)) ?? known;
  if (found === undefined) return missed(stage, id, 'No alert came in time.');
  await reportAlert(stage, id, found, played);
  const decision = await stage.watch.seen(
    'decision',
    (one) => one.alert_ids.includes(found.value.alert_id),
    DECISION_PATIENCE_MS,
  );
  noteAlerts(stage, id);
  stage.book.write(id, { state: 'shown' });
  if (decision === undefined) return;
  const { rule_id: rule, would_be_command: would, withheld_reason: reason } = decision.value;
  stage.narrator.say({
    kind: 'decision',
    chapter: id,
    text: `rule ${rule} would have ordered: ${plain(would?.action ?? 'nothing')}; withheld, because: ${plain(reason ?? 'no reason given')}`,
    facts: { rule_id: rule, withheld_reason: reason },
  });
}

function approvalOf(registry: Registry, name: string, combination: string): QuietReason | null {
  const workflow = registry.workflows.find((one) => one.name === name);
  const approval = workflow?.approvals?.find((one) => one.combination === combination);
  if (approval === undefined) return null;
  const { by, reason, expires } = approval;
  return { combination, workflow: name, by, reason, expires };
}

/** A hygiene finding may. */
export async function playQuiet(
  stage: DemoStage,
  id: ChapterId,
  script: TaskScript,
  combination: string,
): Promise<void> {
  begin(stage, id, script);
  const { watch, book, narrator, registry } = stage;
  await playUntilDenied(stage, id, script, []);
  await stage.warmedUp();
  const { workflow, id: task } = script.task;
  const about = watch.all('alert').map(({ value }) => value);
  const raised = about.filter(({ subject }) => subject.task_id === task);
  const alarm = raised.find((alert) => alert.approved === undefined);
  const noted = raised.find((alert) => alert.approved !== undefined);
  const quiet = noted?.approved ?? approvalOf(registry, workflow, combination);
  if (alarm !== undefined || quiet === null) {
    return missed(stage, id, `An alarm was raised: ${alarm?.title ?? 'no approval found'}.`);
  }
  if (noted !== undefined) book.add(id, 'alert_ids', noted.alert_id);
  const { by, reason, expires } = quiet;
  book.write(id, { state: 'shown', quiet: { combination, workflow, by, reason, expires } });
  narrator.say({
    kind: 'quiet',
    chapter: id,
    text: `${workflow} raised no alarm: ${by} approved ${combination} until ${expires} ("${reason}")`,
    facts: { combination, workflow, by, reason, expires, alert_id: noted?.alert_id },
  });
}
