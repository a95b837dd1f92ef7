/**
 * By which keys commands and notices are believed: those that were given, else the source's, asked
 * for once, and once more when a signature names another, for keys are rotated.
 */
import type { JwsKeyRing } from '@waywarden/schemas';
import type { ConsumerOptions } from './consumer-options.ts';
import {
  type Believed,
  type BelievedNotice,
  believeCommand,
  believeNotice,
  type Refused,
  type SignedRecord,
} from './signed-record.ts';

export class CommandTrust {
  readonly #options: Pick<ConsumerOptions, 'receiver' | 'tenantId' | 'source' | 'commandKeys'>;
  #keys: JwsKeyRing | undefined;

  constructor(options: Pick<ConsumerOptions, 'receiver' | 'tenantId' | 'source' | 'commandKeys'>) {
    this.#options = options;
    this.#keys = options.commandKeys;
  }

  async believe(
    record: SignedRecord,
    signal: AbortSignal,
  ): Promise<Believed | BelievedNotice | Refused> {
    const { receiver, tenantId, source } = this.#options;
    const believe = record.isNotice === true ? believeNotice : believeCommand;
    const by = (commandKeys: JwsKeyRing) => believe(record, { receiver, tenantId, commandKeys });
    const asked = this.#keys === undefined ? await source.commandKeys?.(signal) : undefined;
    this.#keys ??= asked ?? new Map();
    const first = await by(this.#keys);
    const isPinned = this.#options.commandKeys !== undefined || source.commandKeys === undefined;
    if (isPinned || !('refused' in first) || first.refused !== 'signature_unknown_key') {
      return first;
    }
    this.#keys = (await source.commandKeys?.(signal)) ?? this.#keys;
    return by(this.#keys);
  }
}
