/** What the documentation names exists: files, anchors, pictures, scripts, commands and flags. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
/** Paths below `folder`, from the root. */
const filesOf = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file));
const packages = readdirSync(join(root, 'packages'))
  .map((name) => join('packages', name, 'README.md'))
  .filter((path) => existsSync(join(root, path)));
const pages = [
  ...['README.md', 'AGENTS.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...filesOf('docs', '.md'),
  ...packages,
].sort();

/** As GitHub makes them of headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function brokenLinks(page: string): readonly string[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).has(anchor);
    });
}

const sources = ['services/waywarden', 'packages/benchmarks']
  .flatMap((folder) => filesOf(`${folder}/src/cli`, '.ts'))
  .map(read)
  .join('\n');
const commands = new Set([...sources.matchAll(/new Command\('([a-z-]+)'/g)].map((m) => m[1]));

/** Command lines of a page, continued lines joined. */
function invocations(page: string): readonly string[] {
  return [
    ...read(page)
      .replaceAll('\\\n', ' ')
      .matchAll(/npx waywarden ([^`\n|#>]+)/g),
  ].map((match) => match[1] ?? '');
}

it('numbers each decision once', () => {
  const numbers = filesOf('docs/adr', '.md').map((page) => /(\d{4})-[^/]+$/.exec(page)?.[1]);
  const titles = filesOf('docs/adr', '.md').map((page) => /^# (\d{4}) /.exec(read(page))?.[1]);
  expect(numbers.length).toBeGreaterThan(0);
  expect(titles).toEqual(numbers);
  expect(new Set(numbers).size).toBe(numbers.length);
});

describe.each(pages)('%s', (page) => {
  it('links to what exists', () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...read(page).matchAll(/npm run ([a-z:-]+)/g)].map((m) => m[1] ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names commands and flags that exist', () => {
    const unknown = invocations(page).flatMap((line) => {
      const [name = ''] = line.trim().split(/[^a-z-]/);
      const flags = [...line.matchAll(/(?<=\s)--([a-z][a-z-]+)/g)].map((m) => m[1] ?? '');
      return [
        ...(/^[a-z]/.test(name) && !commands.has(name) ? [name] : []),
        ...flags.filter((flag) => flag !== 'help' && !sources.includes(`--${flag}`)),
      ];
    });
    expect(unknown).toEqual([]);
  });

  it('names no place of the machine on which it was written', () => {
    expect(read(page)).not.toMatch(/\/work\/(main|shared)|\/home\/[a-z]+\/|artifactory|:4873/);
  });
});
