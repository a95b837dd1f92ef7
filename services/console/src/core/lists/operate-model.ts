import type { Alert } from '@waywarden/schemas';
import type { AccountLine, TokenLine } from './work-model.ts';

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
