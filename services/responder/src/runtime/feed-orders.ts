/** What whoever hands out commands must know of them, as the responder's state has it. */
import type { RevocationCommand } from '@waywarden/schemas';
import type { Responder } from './start-responder.ts';

export interface FeedOrders {
  /** Undefined for what was never given or is forgotten. */
  readonly commandOf: (commandId: string) => RevocationCommand | undefined;
  readonly isReverted: (commandId: string) => boolean;
  /** Two people have paused the tenant's enforcement. */
  readonly isPaused: (tenantId: string) => boolean;
  /**
   * Resolves once that state has everything that was given before this process began; false when it
   * ends instead.
   */
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
