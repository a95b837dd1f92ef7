import {
  CHAPTER_IDS,
  type ChapterClock,
  type ChapterId,
  type DemoChapter,
  type DemoStory,
} from './story.ts';

export const CHAPTER_TEXT: Readonly<
  Record<ChapterId, { readonly title: string; readonly text: string }>
> = {
  drift: {
    title: 'An assistive bot begins to write',
    text: 'triage-bot only ever read. Now it books refunds in production, and nobody approves them.',
  },
  hijack: {
    title: 'A mail gives orders, an agent obeys',
    text: 'inbox-assistant is asked for a summary. A mail in the inbox asks it for the customer list.',
  },
  look_alike: {
    title: 'The same three steps, approved',
    text: 'utility-bills sets up a payee, pays it and releases the payment: approved for that workflow, so quiet.',
  },
  assembly: {
    title: 'Three agents assemble a privilege',
    text: 'invoice-approval does the same for an account that stood in a mail. No agent was granted more than one step.',
  },
};

type IdList =
  | 'task_ids'
  | 'event_ids'
  | 'alert_ids'
  | 'chain_ids'
  | 'command_ids'
  | 'denied_event_ids';

const IDS_MAX = 64;

function blank(id: ChapterId): DemoChapter {
  return {
    id,
    ...CHAPTER_TEXT[id],
    state: 'waiting',
    started_at: null,
    agent_uids: [],
    task_ids: [],
    event_ids: [],
    alert_ids: [],
    chain_ids: [],
    command_ids: [],
    denied_event_ids: [],
    clock: null,
    quiet: null,
  };
}

export class StoryBook {
  #story: DemoStory;

  constructor(facts: Pick<DemoStory, 'tenant' | 'run' | 'started_at' | 'agents'>) {
    this.#story = {
      ...facts,
      phase: 'history',
      history_events: 0,
      chapters: CHAPTER_IDS.map(blank),
    };
  }

  get story(): DemoStory {
    return this.#story;
  }

  chapter(id: ChapterId): DemoChapter {
    return this.#story.chapters.find((one) => one.id === id) ?? blank(id);
  }

  note(facts: Partial<Pick<DemoStory, 'phase' | 'history_events'>>): void {
    this.#story = { ...this.#story, ...facts };
  }

  write(id: ChapterId, facts: Partial<DemoChapter>): void {
    const chapters = this.#story.chapters.map((one) =>
      one.id === id ? { ...one, ...facts } : one,
    );
    this.#story = { ...this.#story, chapters };
  }

  add(id: ChapterId, list: IdList, value: string): void {
    const before = this.chapter(id)[list];
    if (before.includes(value) || before.length >= IDS_MAX) return;
    this.write(id, { [list]: [...before, value] });
  }

  time(id: ChapterId, facts: Partial<ChapterClock>): void {
    const { clock } = this.chapter(id);
    const at = facts.call_at ?? clock?.call_at;
    if (at !== undefined) this.write(id, { clock: { ...clock, ...facts, call_at: at } });
  }
}
