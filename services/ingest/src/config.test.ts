import { describe, expect, it } from 'vitest';
import { readIngestConfig } from './config.ts';

const complete = {
  WW_KAFKA_BROKERS: 'a:9092, b:9092',
  WW_KEY_FILE: '/keys/ingest.json',
  WW_TOKENS_FILE: '/keys/tokens.json',
};

describe('readConfig', () => {
  it('fills in defaults that listen on this machine only', () => {
    const read = readIngestConfig(complete);
    expect(read).toMatchObject({
      ok: true,
      config: { WW_KAFKA_BROKERS: ['a:9092', 'b:9092'], WW_INGEST_HOST: '127.0.0.1' },
    });
  });

  it('names every problem at once and no value', () => {
    const read = readIngestConfig({ WW_KAFKA_PASSWORD: 'hunter2', WW_INGEST_PORT: 'x' });
    expect(read.ok).toBe(false);
    const text = read.ok ? '' : read.problems.join('\n');
    for (const name of ['WW_KAFKA_BROKERS', 'WW_KEY_FILE', 'WW_TOKENS_FILE', 'WW_INGEST_PORT']) {
      expect(text).toContain(name);
    }
    expect(text).not.toContain('hunter2');
  });
});
