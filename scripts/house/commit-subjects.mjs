/** Subjects of commits since `base` that are longer than `length` characters. None where history is not there. */
import { spawnSync } from 'node:child_process';

export function longSubjects(cwd, base, length) {
  const { status, stdout } = spawnSync(
    'git',
    ['log', '--no-merges', '--format=%h %s', `${base}..HEAD`],
    {
      cwd,
      encoding: 'utf8',
    },
  );
  if (status !== 0) return [];
  return stdout.split('\n').filter((line) => line.slice(line.indexOf(' ') + 1).length > length);
}
