/** What one call is to be: its values, who lets it through, and how it is told. */

import { DAY, dateText } from './calendar.ts';
import type { Random } from './random.ts';
import type { Approval, Fields, Outcome, SimulatedEvent } from './simulated-event.ts';
import type { ToolName } from './tool-table.ts';

export interface CallPlan {
  readonly args?: Fields;
  readonly result?: Fields;
  readonly object?: string;
  readonly owner?: string;
  readonly outcome?: Outcome;
  readonly features?: Fields;
  /** Milliseconds between the call before and this one. */
  readonly wait?: number;
  readonly principal?: string;
  readonly credential?: string;
  /** A token that was issued before, with its own times. */
  readonly inHand?: {
    readonly uid: string;
    readonly issued: number;
    readonly part: NonNullable<SimulatedEvent['credential']>;
  };
  readonly parentCredential?: string;
  readonly scopes?: readonly string[];
  /** Who let it through, instead of whom the class table asks. */
  readonly approval?: Approval;
  readonly approvedBy?: string;
  readonly environment?: string;
  readonly sensitivity?: string;
  readonly src?: SimulatedEvent['src'];
  readonly tokens?: number;
  /** It is made because the agent's prompt says so. */
  readonly prompted?: boolean;
  /** Milliseconds until it is told. */
  readonly late?: number;
  readonly again?: number;
  readonly lost?: boolean;
}

/** What of a task decides the values of its next call. */
export interface Underway {
  readonly now: number;
  readonly plan: { readonly id: string; readonly random: Random };
}

/** One more call after each of a certain kind. */
export interface AlsoCalls {
  readonly after: ToolName;
  readonly tool: ToolName;
  readonly plan: (task: Underway) => CallPlan;
}

/** The date as it stands in arguments everywhere: a value that many share and that links nothing. */
export const today = ({ now }: Underway): string => dateText(Math.floor(now / DAY));
