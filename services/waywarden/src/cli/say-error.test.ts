import { mkdirSync } from 'node:fs';
import { EventLogError } from '@waywarden/event-log';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../input/command-output.ts';
import { sayError } from './say-error.ts';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an error that ended a command', () => {
  it('about a folder says what is wrong with it and what to do, without a stack', () => {
    const said = sayError(thrownBy(() => mkdirSync('/dev/null/data')));
    expect(said).toBe(
      "/dev/null/data can't be used: a part of the path is a file (ENOTDIR). Name another folder with --data, or mend that and start again.",
    );
  });

  it('about the log says what to do about it', () => {
    const away = new EventLogError('unavailable', 'Kafka: connect ECONNREFUSED 127.0.0.1:1');
    expect(sayError(away)).toBe(
      'Kafka: connect ECONNREFUSED 127.0.0.1:1. Check that it runs, that the address is right, and that its disk has room.',
    );
  });

  it('of bad use is its own sentence', () => {
    expect(sayError(new UsageError('Give three files.'))).toBe('Give three files.');
  });

  it('that nobody foresaw keeps its stack, for the report', () => {
    expect(sayError(new TypeError('x is not a function'))).toMatch(/TypeError.*\n\s+at /);
  });
});
