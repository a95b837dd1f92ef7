/**
 * Which topics there are and which incarnation each is, written down in a topic of its own. A
 * record counts if none of that topic counts yet since the offset `since` that it names. Limit: a
 * topic remade by Kafka's own tools keeps its incarnation.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertTopicName, PARTITIONS_MAX } from '../limits.ts';
import { type AppendRecord, EventLogError, type TopicInfo, type TopicSpec } from '../port.ts';
import type { KafkaClient } from './kafka-client.ts';
import { untilKnown } from './kafka-client.ts';
import { mapped } from './kafka-errors.ts';
import type { RangeReaders } from './range-readers.ts';
import { setRetention, settingsOf } from './topic-settings.ts';

const REGISTRY_TOPIC = 'waywarden.topics.v1';
/** Leaders are elected within seconds; a broker that is starting may need this long. */
const CREATE_MS_MAX = 15_000;
const SETTLE_MS = 50;

interface Entry {
  readonly name: string;
  readonly partitions: number;
  readonly incarnation: string;
  readonly since: number;
}

interface Counted extends Entry {
  readonly at: number;
}

export interface TopicRegistryOptions {
  readonly client: KafkaClient;
  readonly append: (records: readonly AppendRecord[]) => Promise<void>;
  readonly read: RangeReaders['read'];
}

function slotOf(name: string, partitions: number): string {
  return `${name}/${partitions}`;
}

export class TopicRegistry {
  readonly #client: KafkaClient;
  readonly #append: TopicRegistryOptions['append'];
  readonly #read: TopicRegistryOptions['read'];
  readonly #known = new Map<string, TopicInfo>();
  #counted = new Map<string, Counted>();

  constructor({ client, append, read }: TopicRegistryOptions) {
    this.#client = client;
    this.#append = append;
    this.#read = read;
  }

  describe(name: string): Promise<TopicInfo> {
    const known = this.#known.get(name);
    if (known !== undefined) return Promise.resolve(known);
    if (name === REGISTRY_TOPIC) {
      return Promise.resolve({ name, partitions: 1, incarnation: REGISTRY_TOPIC });
    }
    return mapped(() => this.#find(name));
  }

  create(specs: readonly TopicSpec[]): Promise<void> {
    for (const { name, partitions } of specs) {
      assertTopicName(name);
      if (!Number.isInteger(partitions) || partitions < 1 || partitions > PARTITIONS_MAX) {
        throw new RangeError(`topic ${name}: ${partitions} partitions; 1 to ${PARTITIONS_MAX}`);
      }
    }
    return untilKnown(() => this.#create(specs));
  }

  async #find(name: string): Promise<TopicInfo> {
    const partitions = (await this.#partitionCounts([name])).get(name);
    if (partitions === undefined) {
      const what = `there is no topic "${name}", or this login may neither read nor write it`;
      throw new EventLogError('unknown_topic', what);
    }
    if (!this.#counted.has(slotOf(name, partitions))) {
      await this.#ensureRegistry();
      await this.#scan();
    }
    await this.#record([{ name, partitions, since: 0 }]);
    return this.#remember(name, partitions);
  }

  /** To make a topic takes a right that services need not have where `init` has made it. */
  async #ensureRegistry(): Promise<void> {
    if ((await this.#existing()).has(this.#client.physical(REGISTRY_TOPIC))) return;
    await this.#makeTopic({ name: REGISTRY_TOPIC, partitions: 1, compacted: true });
  }

  async #existing(): Promise<ReadonlySet<string>> {
    return new Set(await this.#client.admin.listTopics());
  }

  async #create(specs: readonly TopicSpec[]): Promise<void> {
    await this.#ensureRegistry();
    const since = await this.#registryEnd();
    const names = specs.map(({ name }) => name);
    const before = await this.#partitionCounts(names);
    const made = new Set<string>();
    for (const spec of specs) {
      if (before.has(spec.name)) continue;
      if (await this.#makeTopic(spec)) made.add(spec.name);
    }
    const after = await this.#warmCounts(names, before);
    for (const { name, partitions } of specs) {
      const found = after.get(name);
      if (found === partitions) continue;
      const message = `topic ${name} has ${found} partitions, not ${partitions}`;
      throw new EventLogError('partitions_differ', message);
    }
    await setRetention(
      this.#client,
      specs.filter(({ name }) => !made.has(name)),
    );
    if (specs.every(({ name }) => this.#known.has(name) && !made.has(name))) return;
    await this.#scan();
    await this.#record(
      specs.map(({ name, partitions }) => ({
        name,
        partitions,
        since: made.has(name) ? since : 0,
      })),
    );
    for (const { name, partitions } of specs) this.#remember(name, partitions);
  }

  #remember(name: string, partitions: number): TopicInfo {
    const counted = this.#counted.get(slotOf(name, partitions));
    if (counted === undefined) {
      throw new EventLogError('damaged', `${REGISTRY_TOPIC} lost the record of ${name}`);
    }
    const info = { name, partitions, incarnation: counted.incarnation };
    this.#known.set(name, info);
    return info;
  }

  async #record(wanted: readonly Omit<Entry, 'incarnation'>[]): Promise<void> {
    const missing = wanted.filter(({ name, partitions, since }) => {
      const counted = this.#counted.get(slotOf(name, partitions));
      return counted === undefined || counted.at < since;
    });
    if (missing.length === 0) return;
    await this.#append(
      missing.map((entry) => {
        const incarnation = randomUUID();
        const value = Buffer.from(JSON.stringify({ ...entry, incarnation } satisfies Entry));
        const key = `${entry.name}/${incarnation}`;
        return { topic: REGISTRY_TOPIC, partition: 0, key, value, headers: {} };
      }),
    );
    await this.#scan();
  }

  async #scan(): Promise<void> {
    const topic = this.#client.physical(REGISTRY_TOPIC);
    const to = await this.#registryEnd();
    const recordsMax = Number.MAX_SAFE_INTEGER;
    const range = { topic, partition: 0, from: 0, to, recordsMax };
    const counted = new Map<string, Counted>();
    for (const { value, offset } of await this.#read(range)) {
      const entry = JSON.parse(value?.toString() ?? 'null') as Entry;
      const slot = slotOf(entry.name, entry.partitions);
      const current = counted.get(slot);
      if (current === undefined || current.at < entry.since) {
        counted.set(slot, { ...entry, at: Number(offset) });
      }
    }
    this.#counted = counted;
  }

  async #registryEnd(): Promise<number> {
    const [first] = await this.#client.offsets(this.#client.physical(REGISTRY_TOPIC));
    return first?.high ?? 0;
  }

  /** A topic that was just made, here or by somebody else, is not at once known to every broker. */
  async #warmCounts(
    names: readonly string[],
    before: Map<string, number>,
  ): Promise<Map<string, number>> {
    const deadline = Date.now() + CREATE_MS_MAX;
    let counts = before;
    while (names.some((name) => !counts.get(name)) && Date.now() < deadline) {
      await sleep(SETTLE_MS);
      counts = await this.#partitionCounts(names);
    }
    return counts;
  }

  async #partitionCounts(names: readonly string[]): Promise<Map<string, number>> {
    const { admin, physical } = this.#client;
    // Asking for the metadata of a topic that is absent would be an error, after retries.
    const existing = await this.#existing();
    const present = names.filter((name) => existing.has(physical(name)));
    if (present.length === 0) return new Map();
    const { topics } = await admin.fetchTopicMetadata({ topics: present.map(physical) });
    const counts = new Map(topics.map((topic) => [topic.name, topic.partitions.length]));
    return new Map(present.map((name) => [name, counts.get(physical(name)) ?? 0]));
  }

  /** False when somebody else has made it. */
  async #makeTopic(spec: TopicSpec): Promise<boolean> {
    const { admin, options, physical } = this.#client;
    return admin.createTopics({
      timeout: CREATE_MS_MAX,
      waitForLeaders: true,
      topics: [
        {
          topic: physical(spec.name),
          numPartitions: spec.partitions,
          replicationFactor: options.replicationFactor ?? -1,
          configEntries: [...settingsOf(spec)],
        },
      ],
    });
  }
}
