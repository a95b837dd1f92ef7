/** What an alert says stands in `core/wording`: elsewhere in the detector's core no sentence is built. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const CORE = fileURLToPath(new URL('../../services/detector/src/core/', import.meta.url));
const NO_RULE = /^wording\/|(^|\/)testing\/|\.test\.ts$/;
const WORDS_MIN = 5;
const SAID = new Set(['title', 'summary', 'expected', 'observed', 'text', 'notVisible']);
/** Sentences that stay, by file. */
const EXCEPTIONS = new Set<string>([
  // Another hand works on it.
  'correlation/assembly/usual-assemblies.ts',
]);

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `X${literal.text}`).join('');
}

/** Of a property, through what only chooses, joins or shortens. */
function propertyOf({ parent }: ts.Node): string | undefined {
  if (parent === undefined || ts.isStatement(parent)) return undefined;
  return ts.isPropertyAssignment(parent) ? parent.name.getText() : propertyOf(parent);
}

/** Broken invariants are for whoever changes the code. */
const isThrown = (node: ts.Node): boolean =>
  ts.isThrowStatement(node) || (node.parent !== undefined && isThrown(node.parent));

function sentencesIn(text: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const said = textOf(node);
    const words = said?.match(/[\p{L}\p{N}’'-]+/gu)?.length ?? 0;
    const isSentence = words >= WORDS_MIN && /[.!?]$/.test(said ?? '');
    const isSaid = words > 1 && / /.test(said ?? '') && SAID.has(propertyOf(node) ?? '');
    if (said !== undefined && (isSentence || isSaid) && !isThrown(node)) found.push(said);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('one.ts', text, ts.ScriptTarget.Latest, true));
  return found;
}

it('finds a sentence wherever a rule builds one, and no code, key or broken invariant', () => {
  const at = (text: string) => sentencesIn(text).length;
  expect(at("const why = 'Whether a person asked is not visible.';")).toBe(1);
  expect(at(`finding({ title: isOne ? 'one call' : \`\${n} calls\` });`)).toBe(2);
  expect(at(`finding({ summary: shorten(\`\${who} ran a call\`, 90) });`)).toBe(1);
  expect(at(`finding({ code: 'after_slot', dedupeKey: \`age|\${n}\`, title: words.title });`)).toBe(
    0,
  );
  expect(at("throw new Error('A change was counted and none is there.');")).toBe(0);
});

it('finds none in the core of the detector but in `wording`', () => {
  const files = readdirSync(CORE, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !NO_RULE.test(path),
  );
  expect(files.length).toBeGreaterThan(100);
  const built = files.flatMap((path) =>
    sentencesIn(readFileSync(join(CORE, path), 'utf8')).map((said) => `${path}: ${said}`),
  );
  const isExpected = (one: string) => EXCEPTIONS.has(one.slice(0, one.indexOf(':')));
  expect(built.filter((one) => !isExpected(one))).toEqual([]);
  expect(new Set(built.map((one) => one.slice(0, one.indexOf(':'))))).toEqual(EXCEPTIONS);
});
