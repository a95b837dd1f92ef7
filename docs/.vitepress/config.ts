/** The site: the Markdown of the repository as it is, with search. `npm run docs` serves it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withMermaid } from 'vitepress-plugin-mermaid';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const titleOf = (path: string) =>
  /^# (.+)$/m.exec(readFileSync(`${ROOT}${path}`, 'utf8'))?.[1] ?? path;
const item = (path: string) => ({
  text: titleOf(path),
  link: `/${path.replace(/README\.md$/, '').replace(/\.md$/, '')}`,
});
const pagesOf = (folder: string) =>
  readdirSync(`${ROOT}${folder}`)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .sort()
    .map((file) => item(`${folder}/${file}`));
const docs = (...names: readonly string[]) => names.map((name) => item(`docs/${name}.md`));
const folded = (text: string, folder: string) => ({
  text,
  link: `/${folder}/`,
  collapsed: true,
  items: pagesOf(folder),
});

export default withMermaid({
  title: 'Waywarden',
  description: 'Detects when an AI agent goes wayward, and takes its access away, provably.',
  srcDir: '..',
  srcExclude: ['**/node_modules/**', '**/dist/**', '.cache/**', '.waywarden/**', 'test/**'],
  outDir: '../.cache/site',
  cacheDir: '../.cache/vitepress',
  rewrites: (id: string) => id.replace(/README\.md$/, 'index.md'),
  // Sources that pages link to are no pages; test/docs checks that they exist.
  ignoreDeadLinks: [
    /^(\.\.?\/)*(services|packages|schemas|dashboards|docs\/examples|examples|LICENSE|docker-compose|receiver-openapi)/,
  ],
  lastUpdated: false,
  // Mermaid's own dependencies are no ES modules: the development server has to bundle them.
  vite: { optimizeDeps: { include: ['mermaid'] } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      {
        text: 'Guides',
        items: docs(
          'guide-first-alert',
          'guide-send-events',
          'guide-registry',
          'guide-policy',
          'guide-analyst',
          'guide-console',
          'guide-operate',
          'run-distributed',
          'troubleshooting',
          'runbook',
        ).concat(item('packages/revocation-consumer/README.md')),
      },
      {
        text: 'Reference',
        items: [
          ...docs(
            'reference-detection',
            'reference-alerts',
            'reference-combinations',
            'reference-blind-spots',
            'reference-ingest',
            'reference-catalogue',
            'reference-cli',
            'reference-metrics',
            'reference-limits',
            'contracts',
          ),
          folded('Records', 'docs/reference'),
          folded('Clients', 'docs/clients'),
        ],
      },
      {
        text: 'Explanation',
        items: [
          ...docs('architecture', 'benchmarks-fleet', 'benchmarks-adapters'),
          folded('Decisions', 'docs/adr'),
          folded('Measurements', 'docs/measurements'),
          item('CONTRIBUTING.md'),
          item('AGENTS.md'),
          item('CHANGELOG.md'),
        ],
      },
    ],
  },
});
