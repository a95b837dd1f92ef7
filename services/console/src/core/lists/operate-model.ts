/** Answers of the other services. */
import type { Alert } from '@waywarden/schemas';
import type { ConsoleStatus } from '../view-model.ts';
import type { AccountLine, TokenLine } from './work-model.ts';

interface RulesInForce {
  readonly version: string;
  readonly since: string;
  readonly from: string;
}

interface LogState {
  readonly bytes: number;
  readonly since: string | null;
  readonly stored_for: object;
  readonly removed_records: number;
  readonly lost: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly from: number;
    readonly to: number;
    readonly at: string;
    readonly readers: readonly string[];
  }[];
  readonly history: readonly {
    readonly stage: string;
    readonly topic: string;
    readonly partition: number;
    readonly missing_from: number;
    readonly begins_at: number;
    readonly begins_time: string | null;
  }[];
  readonly sentence: string;
}

export interface StatusPage extends ConsoleStatus {
  readonly uptime_s: number;
  readonly store: { readonly reachable: boolean };
  readonly canary: {
    readonly state: 'waiting' | 'alive' | 'missing';
    readonly sentence: string;
    readonly alive_at: string | null;
    readonly missing: readonly string[];
  } | null;
  readonly rules: {
    readonly sentence: string;
    readonly registry: (RulesInForce & { readonly agents: number }) | null;
    readonly policy: RulesInForce;
    readonly refused: object;
  };
  readonly log: LogState;
  readonly containments: { readonly sentence: string; readonly by_state: object };
}

export interface DemoAnswer {
  readonly tenant: string;
  readonly run: number;
  readonly started_at: string;
  readonly phase: 'history' | 'story' | 'ordinary' | 'paused';
  readonly agents: number;
  readonly history_events: number;
  readonly chapters: readonly {
    readonly id: string;
    readonly title: string;
    readonly text: string;
    readonly state: 'waiting' | 'playing' | 'shown' | 'missed';
    readonly started_at: string | null;
    readonly clock: object | null;
    readonly quiet: object | null;
    readonly alert_ids: readonly string[];
    readonly event_ids: readonly string[];
    readonly command_ids: readonly string[];
  }[];
}

interface DeadLetterOrigin {
  readonly source: string;
  readonly tenant: string | null;
  readonly token_id: string | null;
  readonly line: number | null;
  readonly received_at: string | null;
  readonly size: number;
  readonly form: string | null;
  readonly key_id: string | null;
  readonly event_id: string | null;
}

export interface SetAsideLetter extends DeadLetterOrigin {
  readonly id: string;
  readonly state: 'redrivable' | 'redriven' | 'not_redrivable';
  readonly reason: string;
  readonly field: string | null;
  readonly detail: string;
  readonly redriven_at: string | null;
}

export interface DeadLetterPage {
  readonly letters: readonly SetAsideLetter[];
  readonly matching: number;
  readonly expired: number;
  readonly next: string | null;
}

export interface RedriveResult {
  readonly id: string;
  readonly outcome: 'redriven' | 'repeat' | 'refused' | 'skipped';
  readonly event_id: string | null;
  readonly code: string | null;
  readonly field: string | null;
  readonly reason: string | null;
}

export interface AlertExport {
  readonly format: 'native' | 'ocsf';
  readonly alerts: readonly (Alert | object)[];
  readonly cursor: string;
  readonly more: boolean;
  readonly lost: number;
}

export interface AccountWithPassword extends AccountLine {
  readonly first_password: string;
}

export interface TokenInClear extends Omit<TokenLine, 'created_at'> {
  readonly token: string;
}
