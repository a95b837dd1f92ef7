import type { RevocationCommand } from '@waywarden/schemas';
import type { Responder } from './start-responder.ts';

export interface FeedOrders {
  /** Undefined: never given, or forgotten. */
  readonly commandOf: (commandId: string) => RevocationCommand | undefined;
  readonly isReverted: (commandId: string) => boolean;
  readonly isPaused: (tenantId: string) => boolean;
  /** False: it ended instead. */
  readonly restored: () => Promise<boolean>;
}

export function feedOrdersOf({ containments, restored }: Responder): FeedOrders {
  return {
    commandOf: (id) => containments.issued(id)?.command,
    isReverted: (id) => containments.issued(id)?.restored === true,
    isPaused: (tenantId) => containments.pauseOf(tenantId).paused,
    restored: () => restored(),
  };
}
