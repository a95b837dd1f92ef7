/** The schemas of the console's answers are those of its types: a description that lags misleads every client. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { answersSchema } from '../../scripts/answers-schema.mjs';

it('describes the answers as their types are: run `npm run docs:generate`', () => {
  const file = new URL('../../services/console/answers.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(answersSchema()));
});
