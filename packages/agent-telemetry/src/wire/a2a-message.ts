/** A2A 0.3 and 1.0 in one form. */
import { boundedValue } from '../json/bounded-value.ts';
import { idOf, isRecord, type JsonRecord } from '../json/path.ts';
import type { CallOutcome } from '../model/observation.ts';

const PARTS_MAX = 1000;
const TEXT_CHARS_MAX = 65_536;

export interface A2aContent {
  readonly text?: string;
  readonly data?: readonly unknown[];
  readonly files?: readonly unknown[];
}

export interface A2aNews {
  readonly taskId: string | undefined;
  readonly contextId: string | undefined;
  readonly state: string | undefined;
  readonly status: readonly unknown[];
  readonly artifacts: readonly unknown[];
  readonly message: readonly unknown[];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, PARTS_MAX) : [];
}

export function partsOf(message: unknown): readonly unknown[] {
  return isRecord(message) ? list(message['parts'] ?? message['content']) : [];
}

export function contentOf(parts: readonly unknown[]): A2aContent {
  const texts: string[] = [];
  const data: unknown[] = [];
  const files: unknown[] = [];
  for (const part of parts.slice(0, PARTS_MAX)) {
    if (!isRecord(part)) continue;
    if (typeof part['text'] === 'string' && part['text'] !== '') texts.push(part['text']);
    if (part['data'] !== undefined) data.push(boundedValue(part['data']));
    const file = part['file'] ?? part['url'] ?? part['raw'];
    if (file !== undefined && file !== '') files.push(boundedValue(file));
  }
  return {
    ...(texts.length > 0 ? { text: texts.join('\n').slice(0, TEXT_CHARS_MAX) } : {}),
    ...(data.length > 0 ? { data } : {}),
    ...(files.length > 0 ? { files } : {}),
  };
}

export function isEmptyContent(content: A2aContent): boolean {
  return Object.keys(content).length === 0;
}

/** Spellings of both revisions. */
function stateOf(status: unknown): string | undefined {
  const state = isRecord(status) ? status['state'] : undefined;
  if (typeof state !== 'string') return undefined;
  return state
    .replace(/^TASK_STATE_/, '')
    .toLowerCase()
    .replaceAll('_', '-')
    .slice(0, 64);
}

const OUTCOMES = new Map<string, CallOutcome>([
  ['completed', 'success'],
  ['failed', 'error'],
  ['rejected', 'denied'],
  ['canceled', 'cancelled'],
  ['cancelled', 'cancelled'],
  ['input-required', 'pending'],
  ['auth-required', 'pending'],
  ['submitted', 'pending'],
  ['working', 'pending'],
]);

export function outcomeOfState(state: string | undefined): CallOutcome | undefined {
  return state === undefined ? undefined : OUTCOMES.get(state);
}

function taskNews(task: JsonRecord): A2aNews {
  const status = isRecord(task['status']) ? task['status'] : {};
  return {
    taskId: idOf(task['id'] ?? task['taskId']),
    contextId: idOf(task['contextId']),
    state: stateOf(status),
    status: partsOf(status['message']),
    artifacts: list(task['artifacts']).flatMap(partsOf),
    message: [],
  };
}

function messageNews(message: JsonRecord): A2aNews {
  return {
    taskId: idOf(message['taskId']),
    contextId: idOf(message['contextId']),
    state: undefined,
    status: [],
    artifacts: [],
    message: partsOf(message),
  };
}

function artifactNews(update: JsonRecord): A2aNews {
  return { ...messageNews(update), artifacts: partsOf(update['artifact']), message: [] };
}

function newsOfField(value: JsonRecord): readonly A2aNews[] {
  const news: A2aNews[] = [];
  const { task, statusUpdate, artifactUpdate } = value;
  const message = value['message'] ?? value['msg'];
  if (isRecord(task)) news.push(taskNews(task));
  if (isRecord(message)) news.push(messageNews(message));
  if (isRecord(statusUpdate)) news.push({ ...taskNews(statusUpdate), artifacts: [] });
  if (isRecord(artifactUpdate)) news.push(artifactNews(artifactUpdate));
  for (const one of list(value['tasks'])) if (isRecord(one)) news.push(taskNews(one));
  return news;
}

export function newsOf(value: unknown): readonly A2aNews[] {
  if (!isRecord(value)) return [];
  const kind = value['kind'];
  if (kind === 'artifact-update') return [artifactNews(value)];
  if (kind === 'message' || (value['messageId'] !== undefined && 'parts' in value)) {
    return [messageNews(value)];
  }
  if (kind === 'task' || kind === 'status-update' || isRecord(value['status'])) {
    return [taskNews(value)];
  }
  return newsOfField(value);
}
