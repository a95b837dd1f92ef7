/**
 * A real Kafka broker for a test file: one that is named in KAFKA_BROKERS, else in Docker, else
 * Maven's jars in a process. Where none can be had the tests are skipped, loudly; with
 * REQUIRE_KAFKA=1 they fail instead, so that no build passes by having tested nothing.
 */
import { spawnSync } from 'node:child_process';
import { KafkaContainer } from '@testcontainers/kafka';
import { startNativeKafka, whyNotNative } from '../../scripts/kafka-native.mjs';

const IMAGE = 'confluentinc/cp-kafka:7.9.1';
const CONTAINER_PORT = 9093;
/** An engine that is there answers at once. */
const DOCKER_MS_MAX = 3_000;

export interface RunningKafka {
  readonly brokers: string[];
  stop(): Promise<void>;
  /** Killed, away for `awayMs`, and there again; absent for a broker that is not ours. */
  restart?(awayMs: number): Promise<void>;
}

export interface SkippedKafka {
  readonly skip: string;
}

/** The image must be there already: pulling it would make a test run wait for a registry. */
function whyNotDocker(): string | undefined {
  const inspect = ['image', 'inspect', IMAGE];
  const { status, error } = spawnSync('docker', inspect, {
    stdio: 'ignore',
    timeout: DOCKER_MS_MAX,
  });
  if (error !== undefined) return `docker does not answer (${error.message})`;
  return status === 0 ? undefined : `docker has no engine or no image ${IMAGE}`;
}

async function startContainer(): Promise<RunningKafka> {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  const container = await new KafkaContainer(IMAGE).withKraft().start();
  return {
    brokers: [`${container.getHost()}:${container.getMappedPort(CONTAINER_PORT)}`],
    stop: async () => void (await container.stop()),
  };
}

function skipped(reason: string): SkippedKafka {
  if (process.env['REQUIRE_KAFKA'] === '1') {
    throw new Error(`REQUIRE_KAFKA=1, but there is no Kafka: ${reason}`);
  }
  const line = '='.repeat(78);
  console.warn(`\n${line}\nKAFKA TESTS ARE SKIPPED: ${reason}\n${line}\n`);
  return { skip: reason };
}

export async function startKafka(): Promise<RunningKafka | SkippedKafka> {
  const given = process.env['KAFKA_BROKERS'];
  if (given) return { brokers: given.split(','), stop: async () => undefined };
  const noDocker = whyNotDocker();
  if (noDocker === undefined) return startContainer();
  const notNative = whyNotNative();
  if (notNative !== undefined) return skipped(`${noDocker}; ${notNative}`);
  try {
    return await startNativeKafka({ log: console.warn });
  } catch (error) {
    return skipped(`${noDocker}; ${error instanceof Error ? error.message : error}`);
  }
}
