import { makeHealth } from '@waywarden/service-health';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { DiskWatch, observeDisk } from './disk-watch.ts';

const GIB = 1024 ** 3;

/** A watch of a disk of so many bytes; `free` sets what is left. */
function watched(totalBytes: number) {
  const lines: string[] = [];
  let freeBytes = totalBytes;
  const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  const watch = new DiskWatch('/data', logger, () => ({ freeBytes, totalBytes }));
  const free = (bytes: number) => {
    freeBytes = bytes;
    watch.look();
  };
  return { watch, lines, free };
}

describe('the disk watch', () => {
  it('warns once before the disk is full, refuses events before a write fails, and takes them again', () => {
    const { watch, lines, free } = watched(100 * GIB);
    expect(watch.sentence).toBeUndefined();
    free(1.5 * GIB);
    free(1.4 * GIB);
    expect(lines).toHaveLength(1);
    expect(watch.hasRoom).toBe(true);
    expect(watch.sentence).toContain('MiB left');
    free(0.3 * GIB);
    expect(watch.hasRoom).toBe(false);
    expect(watch.sentence).toContain('refused (503)');
    free(50 * GIB);
    expect(watch.hasRoom).toBe(true);
    expect(lines).toHaveLength(3);
    watch.stop();
  });

  it('is a metric, and a full disk is a condition against readiness', async () => {
    const { watch, free } = watched(100 * GIB);
    const health = makeHealth('up');
    observeDisk(health, watch);
    free(0.3 * GIB);
    await health.readiness.refresh();
    expect(health.readiness.conditions()).toContainEqual(
      expect.objectContaining({ name: 'disk', reason: 'disk_full' }),
    );
    expect(await health.metrics.text()).toContain('waywarden_disk_low 1');
    watch.stop();
  });

  it('has smaller bounds on a small disk', () => {
    const { watch, free } = watched(GIB / 4);
    free(GIB / 8);
    expect(watch.sentence).toBeUndefined();
    free(GIB / 64);
    expect(watch.hasRoom).toBe(false);
    watch.stop();
  });
});
