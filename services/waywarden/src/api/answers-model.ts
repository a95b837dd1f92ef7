/** What every route answers, for `npm run docs:generate`. */
import type { ConsoleAnswers } from '@waywarden/console';
import type { Letter, LetterPage, Redriven } from '@waywarden/ingest';
import type { DemoStory } from '../demo/story/story.ts';
import type { LogReport } from '../runtime/log-keeper.ts';
import type { RulesReport } from '../runtime/rules-report.ts';
import type { Status } from './status-report.ts';

export interface WholeStatus extends Status {
  readonly rules: RulesReport;
  readonly log: LogReport;
  readonly containments: { readonly sentence: string; readonly by_state: object };
}

export interface Answers extends ConsoleAnswers {
  'GET /v1/status': WholeStatus;
  'GET /api/v1/demo': { readonly story: DemoStory | null };
  'GET /v1/dead-letters': LetterPage;
  'GET /v1/dead-letters/:id': { readonly letter: Letter; readonly sealed: string | null };
  'POST /v1/dead-letters/redrive': { readonly results: readonly Redriven[] };
}
