/** The demo: past, four chapters, then slow ordinary work, over a real pipeline. */
import { setTimeout as wait } from 'node:timers/promises';
import type { InputEvent, Registry } from '@waywarden/schemas';
import type { DataPaths } from '../runtime/data-folder.ts';
import { type DemoMark, writeMark } from './demo-folder.ts';
import { AGENTS } from './fleet/agents.ts';
import { ordinaryTask } from './fleet/ordinary-work.ts';
import { payBill, payPoisonedInvoice } from './fleet/payment-work.ts';
import { driftingTicket, poisonedInbox } from './fleet/story-work.ts';
import { type TaskScript, toEvent } from './fleet/task-script.ts';
import { ibanOf, World } from './fleet/world.ts';
import type { EventSender } from './gateway/event-sender.ts';
import type { ToolGateway } from './gateway/tool-gateway.ts';
import { type Narrator, seconds } from './story/narrator.ts';
import type { OutcomeWatch } from './story/outcome-watch.ts';
import { type DemoStage, playContained, playQuiet, playWatched } from './story/play-chapter.ts';
import type { DemoStory } from './story/story.ts';
import { StoryBook } from './story/story-book.ts';

/** Two weeks of past work, from a seed and one date: resending is harmless. */

const SEED = 20_261_101;
const DAYS = 14;
const TASKS = 420;
/** So that the demo's pace is nothing new. */
const BUSY_DAYS_AGO = [11, 7, 3];
const BUSY_TASKS = 40;
const BUSY_EVERY_MS = 1_000;
const BATCH_EVENTS = 200;
const DAY_MS = 86_400_000;

function reportTask(script: TaskScript, startMs: number): readonly InputEvent[] {
  let atMs = startMs;
  return script.calls.map((call, i) => {
    atMs += call.afterMs;
    return toEvent(call, {
      eventTime: new Date(atMs).toISOString(),
      durationMs: 5 + ((i * 37 + call.id.length * 11) % 400),
    });
  });
}

export function historyEvents(endsAt: string): readonly InputEvent[] {
  const world = new World(SEED);
  const endMs = Date.parse(endsAt) - 60_000;
  const stepMs = Math.floor((DAYS * DAY_MS) / TASKS);
  const steady = Array.from({ length: TASKS }, (_, n) => endMs - (TASKS - n) * stepMs);
  const busy = BUSY_DAYS_AGO.flatMap((days) =>
    Array.from({ length: BUSY_TASKS }, (_, n) => endMs - days * DAY_MS + n * BUSY_EVERY_MS),
  );
  const starts = [...steady, ...busy].sort((a, b) => a - b);
  return starts.flatMap((startMs, n) => reportTask(ordinaryTask('h', n + 1, world), startMs));
}

/** Returns the number of events. */
async function sendHistory(sender: EventSender, endsAt: string): Promise<number> {
  const events = historyEvents(endsAt);
  for (let at = 0; at < events.length; at += BATCH_EVENTS) {
    await sender.send(events.slice(at, at + BATCH_EVENTS));
  }
  return events.length;
}

const TASK_EVERY_MS = { story: 1_500, ordinary: 20_000 } as const;
const BREATH_MS = 800;
/** A forgotten demo fills no disk. */
export const DEMO_EVENTS_MAX = 100_000;
const PAUSE_MS_MIN = 20;
/** The story must not be held up. */
const TASKS_AT_ONCE_MAX = 3;
const TASKS_PER_MARK = 20;

export interface DemoParts {
  readonly paths: DataPaths;
  readonly mark: DemoMark;
  readonly tenant: string;
  readonly registry: Registry;
  readonly sender: EventSender;
  readonly gateway: ToolGateway;
  readonly watch: OutcomeWatch;
  readonly narrator: Narrator;
  readonly warmedUp: () => Promise<void>;
  readonly end: () => void;
  readonly speed: number;
  readonly signal: AbortSignal;
}

export class Demo {
  readonly #parts: DemoParts;
  readonly #book: StoryBook;
  readonly #world: World;
  readonly #run: number;
  #mark: DemoMark;
  #tasks = 0;

  constructor(parts: DemoParts) {
    this.#parts = parts;
    this.#run = parts.mark.runs + 1;
    this.#mark = { ...parts.mark, runs: this.#run };
    this.#world = new World(this.#run);
    this.#book = new StoryBook({
      tenant: parts.tenant,
      run: this.#run,
      started_at: new Date().toISOString(),
      agents: Object.keys(AGENTS).length,
    });
    writeMark(parts.paths, this.#mark);
  }

  get story(): DemoStory {
    return this.#book.story;
  }

  /** Rejects when nothing can be sent. */
  async play(): Promise<void> {
    const { signal } = this.#parts;
    try {
      await this.#past();
      this.#book.note({ phase: 'story' });
      const background = this.#work('story');
      background.catch(() => undefined);
      await this.#chapters();
      this.#book.note({ phase: 'ordinary' });
      this.#parts.end();
      await background;
      await this.#work('ordinary');
      this.#book.note({ phase: 'paused' });
      this.#parts.narrator.say({
        kind: 'fleet',
        text: `${this.#mark.events} calls are stored here, so the fleet rests. Remove ${this.#parts.paths.root} to begin anew.`,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      writeMark(this.#parts.paths, this.#mark);
    }
  }

  async #past(): Promise<void> {
    const { sender, narrator, warmedUp, paths, tenant } = this.#parts;
    const beganMs = Date.now();
    if (this.#mark.history_sent) {
      narrator.say({
        kind: 'fleet',
        text: `Start ${this.#run} in this folder: the agents' past is there, the story begins anew.`,
      });
      return;
    }
    const events = await sendHistory(sender, this.#mark.started_at);
    await warmedUp();
    this.#mark = { ...this.#mark, history_sent: true, events: this.#mark.events + events };
    writeMark(paths, this.#mark);
    this.#book.note({ history_events: events });
    narrator.say({
      kind: 'fleet',
      text: `${Object.keys(AGENTS).length} agents of tenant ${tenant}: ${events} calls of their last two weeks read and learnt in ${seconds(Date.now() - beganMs)}.`,
      facts: { events },
    });
  }

  async #chapters(): Promise<void> {
    const { gateway, watch, narrator, registry, warmedUp, speed, signal } = this.#parts;
    const stage: DemoStage = {
      gateway,
      watch,
      book: this.#book,
      narrator,
      registry,
      warmedUp,
      speed,
      signal,
    };
    const id = (name: string) => `${name}-r${this.#run}`;
    const world = this.#world;
    await this.#pause(BREATH_MS);
    const tickets = [1, 2].map((n) => driftingTicket(id(`ticket-${n}`), world));
    await playWatched(stage, 'drift', tickets, ['class_drift']);
    await this.#pause(BREATH_MS);
    await playContained(stage, 'hijack', poisonedInbox(id('inbox'), world), ['hijack_suspected']);
    await this.#pause(BREATH_MS);
    await playQuiet(stage, 'look_alike', payBill(id('bill'), world, this.#run), 'payment-release');
    await this.#pause(BREATH_MS);
    await playContained(stage, 'assembly', this.#poisonedInvoice(id('invoice')), [
      'privilege_assembly',
    ]);
  }

  #poisonedInvoice(id: string): TaskScript {
    const iban = ibanOf(4411 + this.#run);
    const invoice = `INV${this.#world.serial()}`;
    return payPoisonedInvoice(id, this.#world, { iban, amount: 48_200, invoice });
  }

  async #work(phase: 'story' | 'ordinary'): Promise<void> {
    const { signal, paths } = this.#parts;
    const running = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | undefined;
    while (this.#mark.events < DEMO_EVENTS_MAX && this.#book.story.phase === phase) {
      if (failure !== undefined) throw failure.error;
      signal.throwIfAborted();
      if (running.size < TASKS_AT_ONCE_MAX) {
        const one: Promise<void> = this.#do(
          ordinaryTask(`r${this.#run}-`, ++this.#tasks, this.#world),
        )
          .catch((error: unknown) => {
            failure = { error };
          })
          .finally(() => running.delete(one));
        running.add(one);
        if (this.#tasks % TASKS_PER_MARK === 0) writeMark(paths, this.#mark);
      }
      await this.#pause(TASK_EVERY_MS[phase]);
    }
    await Promise.all(running);
  }

  async #do(script: TaskScript): Promise<void> {
    const { gateway, signal } = this.#parts;
    for (const call of script.calls) {
      await this.#pause(call.afterMs);
      const { outcome } = await gateway.call(call, signal);
      this.#mark = { ...this.#mark, events: this.#mark.events + 1 };
      if (outcome === 'denied') return;
    }
  }

  async #pause(ms: number): Promise<void> {
    const { speed, signal } = this.#parts;
    await wait(Math.max(PAUSE_MS_MIN, ms / speed), undefined, { signal });
  }
}
