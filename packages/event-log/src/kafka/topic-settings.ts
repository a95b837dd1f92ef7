/**
 * A topic's settings at the broker. Segments are small against the retention, since a broker
 * removes whole ones; age counts by LogAppendTime. A reader that falls behind finds `expired`.
 */
import type { ConfigResourceTypes } from 'kafkajs';
import type { TopicRetention, TopicSpec } from '../port.ts';
import { type KafkaClient, MESSAGE_BYTES_MAX } from './kafka-client.ts';

/** kafkajs exports the names of these numbers in a way that Node can't import. */
const OF_TOPICS: ConfigResourceTypes.TOPIC = 2;

const FOREVER = '-1';
/** Of the whole retention, in one segment. */
const SEGMENTS_PER_RETENTION = 10;
const SEGMENT_MS = { min: 60_000, max: 7 * 24 * 3_600_000 } as const;
const SEGMENT_BYTES = { min: 2 * MESSAGE_BYTES_MAX, max: 512 * 1024 * 1024 } as const;
/** `config_source` of a setting that was made for the topic itself. */
const OF_THE_TOPIC = 1;

export interface Setting {
  readonly name: string;
  readonly value: string;
}

function within(value: number, { min, max }: { readonly min: number; readonly max: number }) {
  return String(Math.round(Math.min(max, Math.max(min, value))));
}

function retentionSettings({ ageMs, bytes }: TopicRetention): readonly Setting[] {
  return [
    { name: 'retention.ms', value: ageMs === undefined ? FOREVER : String(ageMs) },
    { name: 'retention.bytes', value: bytes === undefined ? FOREVER : String(bytes) },
    {
      name: 'segment.ms',
      value: within((ageMs ?? Number.POSITIVE_INFINITY) / SEGMENTS_PER_RETENTION, SEGMENT_MS),
    },
    {
      name: 'segment.bytes',
      value: within((bytes ?? Number.POSITIVE_INFINITY) / SEGMENTS_PER_RETENTION, SEGMENT_BYTES),
    },
  ];
}

export function settingsOf(spec: TopicSpec): readonly Setting[] {
  return [
    { name: 'max.message.bytes', value: String(MESSAGE_BYTES_MAX) },
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
    ...(spec.compacted === true
      ? [{ name: 'cleanup.policy', value: 'compact' }]
      : retentionSettings(spec.retention ?? {})),
  ];
}

export async function setRetention(
  { admin, physical }: KafkaClient,
  specs: readonly TopicSpec[],
): Promise<void> {
  const wanted = new Map(
    specs
      .filter(({ retention }) => retention !== undefined)
      .map((spec) => [physical(spec.name), settingsOf(spec)]),
  );
  if (wanted.size === 0) return;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [...wanted.keys()].map((name) => ({ type: OF_TOPICS, name })),
  });
  const changed = resources.flatMap(({ resourceName: name, configEntries }) => {
    const own = new Map(
      configEntries
        .filter(({ configSource }) => Number(configSource) === OF_THE_TOPIC)
        .map(({ configName, configValue }) => [configName, configValue]),
    );
    const settings = wanted.get(name) ?? [];
    if (settings.every((one) => own.get(one.name) === one.value)) return [];
    for (const one of settings) own.set(one.name, one.value);
    const entries = [...own].map(([setting, value]) => ({ name: setting, value }));
    return [{ type: OF_TOPICS, name, configEntries: entries }];
  });
  if (changed.length > 0) await admin.alterConfigs({ validateOnly: false, resources: changed });
}
